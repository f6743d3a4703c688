"""The hyperparameters of a trial: what the script declared, and the values that a trial has of them."""

from typing import Any, Dict, FrozenSet, List, Mapping

from ._errors import HyperparameterError
from ._numbers import heard, shown


class Hyperparameters:
    """Values by name, each of the type of the default that the script declared."""

    def __init__(self, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        """`values` are those of names that a trial does not have: its defaults, or what all trials have."""
        self._defaults = dict(defaults)
        self._common = dict(values)
        self._values = dict(values)

    def take(self, configuration: Mapping[str, Any]) -> FrozenSet[str]:
        """Takes all values of a trial; returns the names of those that differ from before."""
        before = self._values
        values = {**self._common, **configuration}
        for name, default in self._defaults.items():
            values[name] = typed(name, values[name], default)
        self._values = values
        return frozenset(name for name in values if name not in before or values[name] != before[name])

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            known = ", ".join(self._values) or "none"
            raise HyperparameterError(
                f"hyperparameter {name}: expected a known name ({known}), found {name}. "
                f"Declare it with its default: tuner_mpi.trials({name}=...)."
            ) from None

    def as_dict(self) -> Dict[str, Any]:
        return dict(self._values)


def described(defaults: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """What the script declared, as the dialogue says it."""
    return [{"name": name, "default": plain(default)} for name, default in defaults.items()]


def typed(name: str, value: Any, default: Any) -> Any:
    """The value with the type of the default: 64.0 is 64 where the default is a whole number.

    Raises `HyperparameterError` where that would lose something.
    """
    if isinstance(default, bool):
        if value in (0, 1):
            return bool(value)
        raise _mistyped(name, "true or false", value)
    if isinstance(default, int):
        if isinstance(value, (int, float)) and value == value // 1:
            return int(value)
        raise _mistyped(name, "a whole number", value)
    if isinstance(default, float):
        value = heard(value)
        if isinstance(value, (int, float)):
            return float(value)
        raise _mistyped(name, "a number", value)
    if isinstance(default, str):
        return value if isinstance(value, str) else str(value)
    return value


def plain(default: Any) -> Any:
    """A default as JSON can say it; what it has no word for is said as text."""
    return default if default is None or isinstance(default, (bool, int, float, str)) else str(default)


def _mistyped(name: str, expected: str, value: Any) -> HyperparameterError:
    return HyperparameterError(
        f"hyperparameter {name}: expected {expected}, as its default in the script, found {shown(value)}. "
        "Correct its values in the experiment, or the default."
    )
