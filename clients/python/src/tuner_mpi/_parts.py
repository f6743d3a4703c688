"""The parts of a trial's state: how each kind is taken and given back."""

from typing import Any, Callable, Mapping, MutableMapping, NoReturn, Optional, Tuple

from ._arrays import library_of
from ._errors import StateError
from ._numbers import shown
from ._state_file import StateReader, StateWriter
from ._structure import Anatomy, Assembly, Found, structure_name


class Part:
    """A named part of the state."""

    # True where the arrays that the script made say exactly which ones a state must have.
    is_exact = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get(self) -> Any:
        raise NotImplementedError

    def put(self, value: Any) -> None:
        raise NotImplementedError

    def write(self, writer: StateWriter) -> None:
        Anatomy(self.name, self.get()).write(writer)

    def restore(self, reader: StateReader) -> None:
        """Raises `StateError` that names the first array that differs from what the script made."""
        current = Anatomy(self.name, self.get())
        if self.is_exact:
            self._compare(current, reader)
        value = Assembly(self.name, reader, self.targets(current)).value()
        try:
            self.put(value)
        except StateError:
            raise
        except Exception as error:
            raise StateError(
                f"state {self.name}: expected one that fits what the script made, found "
                f"{type(error).__name__}: {error}"
            ) from error

    def targets(self, current: Anatomy) -> Mapping[str, Found]:
        """The living arrays that may be read into."""
        return current.arrays

    def _compare(self, current: Anatomy, reader: StateReader) -> None:
        current.find_hidden()
        for name, (_, _, kind, _) in current.arrays.items():
            stored = reader.arrays.get(name)
            if stored is None:
                if kind.shape != () or name not in reader.scalars:
                    _refuse(name, f"{kind}, as the script made it", "no array of this name")
            elif kind.type is not None and (kind.type, kind.shape) != (stored.type, stored.shape):
                _refuse(name, f"{kind}, as the script made it", str(stored))
        for name, stored in reader.arrays.items():
            is_mine = name.startswith(self.name + ".")
            if is_mine and name not in current.arrays and name not in current.bytes:
                _refuse(name, "no array of this name, as the script made none", str(stored))


class ObjectPart(Part):
    """Whatever has `state_dict` and `load_state_dict`."""

    def __init__(self, name: str, owner: Any) -> None:
        super().__init__(name)
        self.owner = owner
        # An optimizer's memory is empty before its first step; a model has all its arrays from the beginning.
        self.is_exact = hasattr(owner, "named_parameters")

    def get(self) -> Any:
        return self.owner.state_dict()

    def put(self, value: Any) -> None:
        self.owner.load_state_dict(value)


class FunctionsPart(Part):
    """A pair of functions: one that returns the state, one that takes it."""

    is_exact = False

    def __init__(self, name: str, get: Callable[[], Any], put: Callable[[Any], Any]) -> None:
        super().__init__(name)
        self._get, self._put = get, put

    def get(self) -> Any:
        return self._get()

    def put(self, value: Any) -> None:
        self._put(value)


class MappingPart(Part):
    """A dict whose arrays are restored in place, and whose other members are replaced."""

    def __init__(self, name: str, members: MutableMapping[Any, Any]) -> None:
        super().__init__(name)
        self._members = members

    def get(self) -> Any:
        return _as_dict(self._members)

    def put(self, value: Any) -> None:
        _replace(self._members, value)


class ArrayPart(Part):
    """An array that is restored in place."""

    def __init__(self, name: str, array: Any) -> None:
        super().__init__(name)
        self._array = array

    def get(self) -> Any:
        return self._array

    def put(self, value: Any) -> None:
        if value is not self._array:
            raise StateError(
                f"state {self.name}: expected an array that can be changed in place, found "
                f"{shown(self._array)}. Use trial.restore and trial.keep."
            )


class TreePart(Part):
    """A tree of arrays that the script gives with `keep` and takes with `restore`."""

    def __init__(self, name: str, tree: Any) -> None:
        super().__init__(name)
        self.tree = tree
        # True after a restore, until the script has taken the tree.
        self.is_new = False
        self._source: Optional[StateReader] = None

    def get(self) -> Any:
        return self.tree

    def restore(self, reader: StateReader) -> None:
        if reader is not self._source:  # else the script has asked for it before all the others
            self._source = reader
            super().restore(reader)

    def put(self, value: Any) -> None:
        self.tree = value
        self.is_new = True

    def targets(self, current: Anatomy) -> Mapping[str, Found]:
        """Only arrays that never change, for the place where they lie: others may be in use elsewhere."""
        return {name: found for name, found in current.arrays.items() if not found.library.is_mutable}


def part(name: str, value: Any) -> Part:
    """The part of a state that a value is. Raises `TypeError` for what is none."""
    if "." in name or "/" in name or name in ("", "tuner_mpi"):
        raise TypeError(f"state {name}: expected a name without dots and slashes. Choose another one.")
    if _is_pair(value):
        return FunctionsPart(name, *value)
    if callable(getattr(value, "state_dict", None)) and callable(getattr(value, "load_state_dict", None)):
        return ObjectPart(name, value)
    if isinstance(value, MutableMapping):
        return MappingPart(name, value)
    if library_of(value) is not None:
        return ArrayPart(name, value)
    raise TypeError(
        f"state {name}: expected an object with state_dict and load_state_dict, a pair of functions "
        "(get, set), "
        f"a dict of arrays or an array, found {shown(value)}."
    )


def parts_of(reader: StateReader) -> Tuple[str, ...]:
    """The parts that a state has."""
    begin = structure_name("")
    return tuple(name[len(begin) :] for name in reader.arrays if name.startswith(begin))


def _refuse(name: str, expected: str, found: str) -> NoReturn:
    raise StateError(
        f"state {name}: expected {expected}, found {found}. A state fits only what has the same architecture."
    )


def _is_pair(value: Any) -> bool:
    """Two functions, and not two models, which can be called as well."""
    return (
        isinstance(value, (tuple, list))
        and len(value) == 2
        and all(callable(member) and not hasattr(member, "state_dict") for member in value)
    )


def _as_dict(value: Any) -> Any:
    """Mappings of any kind as dicts, so that the walk goes into them."""
    return {key: _as_dict(member) for key, member in value.items()} if _is_mapping(value) else value


def _replace(members: MutableMapping[Any, Any], value: Any) -> None:
    for key in [key for key in members if key not in value]:
        del members[key]
    for key, member in value.items():
        old = members.get(key)
        if _is_mapping(old) and isinstance(member, dict):
            _replace(old, member)  # type: ignore[arg-type]
        elif old is not member:
            members[key] = member


def _is_mapping(value: Any) -> bool:
    return isinstance(value, MutableMapping)
