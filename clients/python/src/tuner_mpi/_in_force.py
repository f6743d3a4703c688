"""The hyperparameters that are really in force: set into optimizers, and read back from them.

An optimizer's groups have values of their own. One that differs from the optimizer's own value when it is
first seen was made so on purpose: a rate or a decay keeps its ratio to that, so that a tenth stays a tenth
and no decay stays none; anything else stays as it is. "First seen" is before a state is restored into it:
after that its groups have the values of the trial that was saved.

The optimizer's own value is its default. A script that writes the values of all its groups itself leaves
the default to PyTorch, and no group has it: then it is the trial's value if a group has that, else the
largest of the groups.

A learning-rate scheduler moves `lr` away from the value that was set. What it starts from is `initial_lr` of
the group and its own `base_lrs`: these are set, `lr` is scaled with them, and `initial_lr` is read back. One
that only reduces what it finds gets an `initial_lr` here, which is saved with the optimizer: without it nobody
would know, after a restore or a change, how far the rate was reduced.
"""

import inspect
import math
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ._errors import TunerError
from ._hyperparameters import Hyperparameters
from ._schedulers import check, is_reducing, parts

# A place in a group: a key, or one of the numbers of a key.
Slot = Union[str, Tuple[str, int]]

USUAL: Mapping[str, Slot] = {
    "learning_rate": "lr", "lr": "lr", "weight_decay": "weight_decay", "momentum": "momentum",
    "beta1": ("betas", 0), "beta_1": ("betas", 0), "beta2": ("betas", 1), "beta_2": ("betas", 1),
    "epsilon": "eps", "eps": "eps", "dampening": "dampening", "nesterov": "nesterov", "lr_decay": "lr_decay",
}  # fmt: skip
_SCALED = ("lr", "weight_decay")

Group = Mapping[str, Any]


class Made(NamedTuple):
    """An optimizer as the script had made it: its groups, and the values that the trial had then."""

    groups: Sequence[Group]
    values: Mapping[str, Any]


class AppliedOptimizer:
    """An optimizer, its schedulers, and which hyperparameter goes where."""

    def __init__(
        self,
        optimizer: Any,
        names: Mapping[str, Optional[str]],
        known: Hyperparameters,
        made: Made,
    ) -> None:
        self.optimizer, self.names = optimizer, names
        self._schedulers: Sequence[Any] = ()
        if not isinstance(getattr(optimizer, "param_groups", None), list):
            raise TypeError(
                f"trial.apply: expected an optimizer with param_groups, found a {type(optimizer).__name__}. "
                "Set it yourself, and say what is in force by trial.in_force(name=value)."
            )
        self._hyperparameters = _places(names, known)
        self._ratios = {
            slot: self._ratio_of(slot, made.groups, made.values[name])
            for slot, name in self._hyperparameters.items()
        }

    def follow(self, schedulers: Sequence[Any]) -> None:
        """Sets the rate where these find it; raises where one of them would undo or ignore that."""
        self._schedulers = parts(schedulers)
        if "lr" in self._hyperparameters:
            check(self._schedulers)

    def set(self, values: Hyperparameters) -> None:
        for slot, name in self._hyperparameters.items():
            for index, (group, ratio) in enumerate(zip(self._groups, self._ratios[slot])):
                if ratio is None or not _has(group, slot):
                    continue
                value = values[name] if ratio == 1 else values[name] * ratio
                if slot == "lr" and ("initial_lr" in group or any(map(is_reducing, self._schedulers))):
                    self._set_scheduled(index, group, value)
                else:
                    _put(group, slot, value)

    def read(self, values: Hyperparameters) -> Dict[str, Any]:
        """What the groups have, by hyperparameter; if they disagree, the first that is not as it was set."""
        read = {}
        for slot, name in self._hyperparameters.items():
            pairs = [
                (self._found(group, slot), ratio)
                for group, ratio in zip(self._groups, self._ratios[slot])
                if ratio and _has(group, slot)
            ]
            if pairs:
                read[name] = _agreed(sorted(pairs, key=lambda pair: pair[1] != 1), values[name])
        return read

    @property
    def _groups(self) -> List[Dict[str, Any]]:
        groups: List[Dict[str, Any]] = self.optimizer.param_groups
        return groups

    def _ratio_of(self, slot: Slot, made: Sequence[Group], value: Any) -> List[Optional[float]]:
        """What each group has of the optimizer's own value; None for a group that goes its own way."""
        defaults = getattr(self.optimizer, "defaults", {})
        if not _has(defaults, slot):
            return [1.0 for _ in made]
        own = self._own_value(slot, [self._found(group, slot) for group in made if _has(group, slot)], value)
        ratios: List[Optional[float]] = []
        for group in made:
            if not _has(group, slot) or self._found(group, slot) == own:
                ratios.append(1.0)
            else:
                ratios.append(self._found(group, slot) / own if slot in _SCALED and own != 0 else None)
        return ratios

    def _own_value(self, slot: Slot, found: Sequence[Any], value: Any) -> Any:
        """What the groups have shares of; `value` is the trial's, from which they may have been made."""
        default = _number(_get(self.optimizer.defaults, slot))
        if default in found or not found or not _is_left_open(self.optimizer, slot):
            return default
        if value in found and value != 0:
            return value
        return max(found) if slot in _SCALED else default

    def _found(self, group: Mapping[str, Any], slot: Slot) -> Any:
        return _number(group["initial_lr"] if slot == "lr" and "initial_lr" in group else _get(group, slot))

    def _set_scheduled(self, index: int, group: Dict[str, Any], value: float) -> None:
        if not self._schedulers:
            raise TunerError(
                "trial.apply: expected the learning-rate scheduler of this optimizer as well, which "
                "would undo "
                "a new rate, found none. Write trial.apply(optimizer, scheduler)."
            )
        # Without a base yet, the rate may be that of a restored state: it says nothing about this trial's.
        before = _number(group.setdefault("initial_lr", _number(group["lr"])))
        now = _number(group["lr"]) * (value / before) if before != 0 else value
        _put(group, "lr", value if before == _number(group["lr"]) else now)
        _put(group, "initial_lr", value)
        for scheduler in self._schedulers:
            if not is_reducing(scheduler):
                scheduler.base_lrs[index] = value


class InForce:
    """All that a trial has applied, and what it said itself."""

    def __init__(self, hyperparameters: Hyperparameters) -> None:
        self._hyperparameters = hyperparameters
        self._applied: Dict[int, AppliedOptimizer] = {}
        self._said: Dict[str, Any] = {}
        self._made: Dict[int, Made] = {}
        self._has_begun = False

    def begin(self, optimizers: Iterable[Any]) -> None:
        """Remembers how the script made the optimizers of its state, before they are restored."""
        self._has_begun = True
        for optimizer in optimizers:
            self._made.setdefault(id(optimizer), self._made_now(optimizer))

    def apply(self, optimizer: Any, schedulers: Sequence[Any], names: Mapping[str, Optional[str]]) -> None:
        applied = self._applied.get(id(optimizer))
        if applied is None or applied.names != names:
            made = self._as_made(optimizer)
            applied = AppliedOptimizer(optimizer, names, self._hyperparameters, made)
            self._applied[id(optimizer)] = applied
        applied.follow(schedulers)
        applied.set(self._hyperparameters)

    def _made_now(self, optimizer: Any) -> Made:
        groups = getattr(optimizer, "param_groups", [])
        return Made(_copied(groups), self._hyperparameters.as_dict())

    def _as_made(self, optimizer: Any) -> Made:
        if id(optimizer) not in self._made:
            if self._has_begun:
                raise TunerError(
                    "trial.apply: expected an optimizer that is a part of the state, trial.state(optimizer=...), "
                    f"or a first call before trial.budgets(), found neither for {type(optimizer).__name__}. "
                    "A restore changes an optimizer, and nobody would know how it was made."
                )
            self._made[id(optimizer)] = self._made_now(optimizer)
        return self._made[id(optimizer)]

    def reapply(self) -> None:
        """After a restore, which brought back another trial's values, and after a change.

        What the script said itself is forgotten, until it says it again.
        """
        self._said = {name: value for name, value in self._said.items() if callable(value)}
        self.set()

    def set(self) -> None:
        """Sets the hyperparameters in all optimizers."""
        for applied in self._applied.values():
            applied.set(self._hyperparameters)

    def say(self, values: Mapping[str, Union[Any, Callable[[], Any]]]) -> None:
        for name in values:
            self._hyperparameters[name]  # raises where nobody knows the name
        self._said.update(values)

    def effective(self) -> Dict[str, Any]:
        read: Dict[str, Any] = {}
        for applied in self._applied.values():
            read.update(applied.read(self._hyperparameters))
        for name, value in self._said.items():
            read[name] = _number(value() if callable(value) else value)
        return read


def _places(names: Mapping[str, Optional[str]], known: Hyperparameters) -> Dict[Slot, str]:
    """The hyperparameter of each slot: by its usual name, unless `names` says another one, or None."""
    places: Dict[Slot, str] = {}
    for name, slot in USUAL.items():
        if name in known:
            if slot in places:
                raise TunerError(
                    f"trial.apply: expected one hyperparameter for {slot}, found {places[slot]} and {name}. "
                    "Rename one of them."
                )
            places[slot] = name
    for key, chosen in names.items():
        slot = USUAL.get(key, key)
        places.pop(slot, None)
        if chosen is not None:
            known[chosen]  # raises where nobody knows the name
            places[slot] = chosen
    return places


def _agreed(pairs: Sequence[Tuple[Any, float]], value: Any) -> Any:
    """The value of all groups, read back; groups of ratio 1 come first, because they have it undivided."""
    for found, ratio in pairs:
        expected = value * ratio if ratio != 1 else value
        if not (found == expected or math.isclose(found, expected, rel_tol=1e-6)):
            return found if ratio == 1 else found / ratio
    found, ratio = pairs[0]
    # Divided back, the value would have lost its last digit; it was just found to be in force.
    return found if ratio == 1 else value


def _is_left_open(optimizer: Any, slot: Slot) -> bool:
    """Whether the optimizer's default is that of its class: the script said none."""
    key = slot if isinstance(slot, str) else slot[0]
    parameter = inspect.signature(type(optimizer)).parameters.get(key)
    return parameter is not None and bool(parameter.default == optimizer.defaults[key])


def _copied(groups: Sequence[Group]) -> List[Group]:
    return [{key: _number(value) for key, value in group.items() if key != "params"} for group in groups]


def _has(group: Mapping[str, Any], slot: Slot) -> bool:
    return (slot if isinstance(slot, str) else slot[0]) in group


def _get(group: Mapping[str, Any], slot: Slot) -> Any:
    return group[slot] if isinstance(slot, str) else group[slot[0]][slot[1]]


def _put(group: Dict[str, Any], slot: Slot, value: Any) -> None:
    if isinstance(slot, tuple):
        numbers = list(group[slot[0]])
        numbers[slot[1]] = value
        group[slot[0]] = tuple(numbers)
    elif callable(getattr(group[slot], "fill_", None)):  # a tensor, which captured graphs have seen
        group[slot].fill_(value)
    else:
        group[slot] = value


def _number(value: Any) -> Any:
    has_one = callable(getattr(value, "item", None)) and getattr(value, "shape", ()) == ()
    return value.item() if has_one else value
