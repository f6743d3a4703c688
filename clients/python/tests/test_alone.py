"""A script without tuner-mpi: options, lines of JSON, and a state in a directory."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, List, Tuple

from driver import HERE, SOURCES

ECHO = """
import sys
import tuner_mpi
for trial in tuner_mpi.trials(rate=0.5, steps=3, name="x", flag=False, anything=None, two_words=1.0):
    for unit in trial.budgets():
        trial.report(unit=unit, rate=trial["rate"], seed=trial.seed, two=trial["two_words"])
    print([trial["steps"], trial["name"], trial["flag"], trial["anything"]], sys.argv[1:], file=sys.stderr)
"""


def run(*arguments: str, script: str = ECHO, **environment: str) -> Tuple[int, List[Any], str]:
    """Exit code, the lines of JSON, and what else was printed."""
    program = ["-c", script] if "\n" in script else [str(HERE / "scripts" / script)]
    done = subprocess.run(
        [sys.executable, *program, *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCES), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done.returncode, lines, done.stderr


def test_defaults_train_one_unit() -> None:
    code, lines, rest = run()
    assert code == 0
    assert lines == [
        {"budget": 1, "metrics": {"unit": 1, "rate": 0.5, "seed": 0, "two": 1.0}, "effective": {}}
    ]
    assert rest == "[3, 'x', False, None] []\n"


def test_options_are_made_from_the_defaults() -> None:
    options = (
        "--rate 1e-3 --steps=7 --name long --flag --anything 5 --two-words 2 --budget 2 --seed 9".split()
    )
    code, lines, rest = run(*options)
    assert code == 0
    assert [line["metrics"] for line in lines] == [
        {"unit": unit, "rate": 1e-3, "seed": 9, "two": 2.0} for unit in (1, 2)
    ]
    assert rest == "[7, 'long', True, 5] []\n"


def test_a_flag_may_say_what_it_is() -> None:
    assert run("--flag", "true")[2] == run("--flag=1")[2] == "[3, 'x', True, None] []\n"
    assert run("--flag", "off")[2] == "[3, 'x', False, None] []\n"


def test_other_options_are_left_to_the_script() -> None:
    assert (
        run("--data", "/here", "--rate", "1", "--epochs=3")[2]
        == "[3, 'x', False, None] ['--data', '/here', '--epochs=3']\n"
    )


def test_a_misspelt_option_is_hinted_at() -> None:
    assert run("--raet", "1")[2].splitlines()[0] == "--raet is left to the script. Did you mean --rate?"


def test_values_that_are_none() -> None:
    for option, found in (("--steps", "1.5"), ("--rate", "fast"), ("--flag", "perhaps"), ("--budget", "x")):
        code, _, rest = run(option, found)
        assert code == 2 and option in rest and found in rest


def test_help_lists_the_hyperparameters() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ECHO, "--help"],
        env={**os.environ, "PYTHONPATH": str(SOURCES), "COLUMNS": "100"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    for text in ("--budget N", "--state DIR", "--rate FLOAT", "default: 0.5", "--two-words FLOAT"):
        assert text in done.stdout


def test_a_hyperparameter_may_be_called_as_one_of_our_options() -> None:
    text = """
import tuner_mpi
for trial in tuner_mpi.trials(budget=1.5, seed=2):
    for unit in trial.budgets():
        trial.report(budget=trial["budget"], seed=trial["seed"], ours=trial.seed)
"""
    _, lines, _ = run(
        "--budget", "2.5", "--trial-budget", "2", "--seed", "4", "--trial-seed", "5", script=text
    )
    assert [line["metrics"] for line in lines] == [{"budget": 2.5, "seed": 4, "ours": 5}] * 2


def test_the_state_goes_on_where_it_stands(tmp_path: Path) -> None:
    straight = run("--budget", "4", script="plain.py")[1]
    state = str(tmp_path / "state")
    first = run("--budget", "2", "--state", state, script="plain.py")[1]
    second = run("--budget", "4", "--state", state, script="plain.py")[1]
    assert first + second == straight
    assert os.listdir(state) == ["state.safetensors"]
    assert run("--budget", "4", "--state", state, script="plain.py")[1] == []


def test_a_state_without_parts_is_refused(tmp_path: Path) -> None:
    code, _, rest = run("--state", str(tmp_path))
    assert code == 1
    assert "--state: expected parts to save, found none. Name them with trial.state(...)." in rest


def test_only_the_first_rank_of_torchrun_prints() -> None:
    text = """
import sys
import tuner_mpi
for trial in tuner_mpi.trials():
    for unit in trial.budgets():
        trial.report(x=1)
    print(trial.rank, trial.ranks, file=sys.stderr)
"""
    assert run(script=text, RANK="1", WORLD_SIZE="2") == (0, [], "1 2\n")


def test_the_scratch_directory_is_gone_afterwards() -> None:
    text = """
import os, sys
import tuner_mpi
for trial in tuner_mpi.trials():
    assert os.path.isdir(trial.directory)
    print(trial.directory, file=sys.stderr)
"""
    code, _, rest = run(script=text)
    assert code == 0 and not os.path.exists(rest.strip())
