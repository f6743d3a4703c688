"""The options of a script that runs alone: its hyperparameters, and how far to train."""

import argparse
import difflib
import sys
from typing import Any, Dict, List, Mapping, NamedTuple, Optional

from ._hyperparameters import typed

_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class Choice(NamedTuple):
    """What the command line says; of a budget it may say nothing."""

    configuration: Dict[str, Any]
    budget: Optional[int] = None
    seed: int = 0
    state: Optional[str] = None
    directory: Optional[str] = None


def read_command_line(defaults: Mapping[str, Any]) -> Choice:
    """Takes this package's options out of `sys.argv`; what it does not know is left to the script."""
    parser = _parser(defaults)
    found, rest = parser.parse_known_args(sys.argv[1:])
    _warn_of_misspelt(parser, rest)
    sys.argv[1:] = rest
    values = vars(found)
    configuration = {name: values[f"hyperparameter {name}"] for name in defaults}
    return Choice(
        configuration, found.trial_budget, found.trial_seed, found.trial_state, found.trial_directory
    )


def _parser(defaults: Mapping[str, Any]) -> argparse.ArgumentParser:
    # A hyperparameter may be called as one of our options: then it has the short name.
    parser = argparse.ArgumentParser(
        description="Trains one trial. Under tuner-mpi the study chooses all of this.",
        epilog="Options that are not listed are left to the script.",
        allow_abbrev=False, conflict_handler="resolve",
    )  # fmt: skip
    run = parser.add_argument_group("how to train")
    run.add_argument("--trial-budget", "--budget", type=int, metavar="N", help="units of budget, default 1")
    run.add_argument("--trial-seed", "--seed", type=int, default=0, metavar="N", help="trial.seed, default 0")
    run.add_argument(
        "--trial-state", "--state", metavar="DIR", default=None,
        help="keep the state here after every unit, and go on from it",
    )  # fmt: skip
    run.add_argument("--trial-directory", metavar="DIR", default=None, help="trial.directory")
    values = parser.add_argument_group("hyperparameters")
    for name, default in defaults.items():
        _add_hyperparameter(values, name, default)
    return parser


def _add_hyperparameter(group: Any, name: str, default: Any) -> None:
    spellings = [f"--{name}"] + ([f"--{name.replace('_', '-')}"] if "_" in name else [])

    def converted(text: str) -> Any:
        try:
            return typed(name, _read(text, default), default)
        except (ValueError, LookupError) as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    # An option that may stand alone is a flag.
    flag = {"nargs": "?", "const": True} if isinstance(default, bool) else {}
    group.add_argument(
        *spellings, dest=f"hyperparameter {name}", type=converted, default=default,
        metavar=type(default).__name__.upper(), help="default: %(default)s", **flag,
    )  # fmt: skip


def _read(text: str, default: Any) -> Any:
    """The text as what the default is; where there is none, as a number if it is one."""
    if isinstance(default, bool):
        if text.lower() in _YES + _NO:
            return text.lower() in _YES
        raise ValueError(f"expected true or false, found {text}")
    if isinstance(default, str):
        return text
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    if isinstance(default, (int, float)):
        raise ValueError(f"expected a number, found {text}")
    return text


def _warn_of_misspelt(parser: argparse.ArgumentParser, rest: List[str]) -> None:
    known = [option for action in parser._actions for option in action.option_strings]
    for argument in rest:
        name = argument.split("=")[0]
        near = difflib.get_close_matches(name, known, 1, cutoff=0.8) if name.startswith("--") else []
        if near:
            print(f"{name} is left to the script. Did you mean {near[0]}?", file=sys.stderr)
