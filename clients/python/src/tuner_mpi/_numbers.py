"""Values as they are written in JSON, which has no number for what is not finite."""

import json
import math
from typing import Any, Dict, Mapping

_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def spoken(value: Any) -> Any:
    """The value with `"NaN"`, `"Infinity"` and `"-Infinity"` in place of the numbers that JSON lacks."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {str(key): spoken(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [spoken(member) for member in value]
    return value


def written(message: Mapping[str, Any]) -> str:
    """One line of JSON, without its end."""
    return json.dumps(spoken(message), separators=(",", ":"), allow_nan=False)


def heard(value: Any) -> Any:
    """The number that `"NaN"`, `"Infinity"` or `"-Infinity"` stands for; anything else as it is."""
    return _NOT_FINITE.get(value, value) if isinstance(value, str) else value


def number(name: str, value: Any) -> float:
    """A metric as a Python number: from a number, or from an array or tensor of one element.

    Raises `TypeError` that names the metric.
    """
    plain = value
    if not isinstance(plain, (bool, int, float)) and callable(getattr(plain, "item", None)):
        try:
            plain = plain.item()
        except (ValueError, RuntimeError, TypeError):
            raise TypeError(f"metric {name}: expected one number, found {shown(value)}.") from None
    if isinstance(plain, bool):
        return int(plain)
    if isinstance(plain, int):
        return plain
    if isinstance(plain, float):
        return float(plain)
    raise TypeError(f"metric {name}: expected one number, found {shown(value)}.")


def numbers(metrics: Mapping[str, Any]) -> Dict[str, float]:
    """Metrics as Python numbers, by name."""
    return {name: number(name, value) for name, value in metrics.items()}


def shown(value: Any) -> str:
    """How a value is quoted in messages."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"a {type(value).__name__} of shape {list(shape)}"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
