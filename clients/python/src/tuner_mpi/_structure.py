"""Takes a value apart into named arrays, single values and the rest, and puts it together again.

The walk goes through dicts, lists and tuples. Arrays get names by their path (`optimizer.state.0.exp_avg`),
two that are the same memory one name; arrays without dimensions and the numbers and texts of dicts become
single values. What is left is the structure: types, keys of any kind, their order. It is pickled, with
references in place of what was taken out, and kept as opaque bytes.
"""

import collections
import io
import math
import pickle
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Set, Tuple

from ._arrays import Kind, Library, library_named, library_of
from ._errors import StateError
from ._numbers import heard
from ._state_file import StateReader, StateWriter, write_at

# Longer texts, and integers that a reader may take for a Double, stay in the structure.
_LONGEST_TEXT = 200
_LARGEST_INTEGER = 1 << 53

# Most of what a pickler asks about.
_NO_ARRAYS = frozenset((int, str, float, bool, type(None), tuple, list, dict))

Reference = Tuple[Any, ...]


class Found(NamedTuple):
    """An array that was found in a value. A single one has no dimensions, and is kept as its number."""

    library: Library
    array: Any
    kind: Kind
    is_single: bool


class _Taken(NamedTuple):
    """Stands in the structure where an array or a single value was taken out."""

    # Of its reference. The references are pickled apart: the pickler asks about all that it meets.
    number: int


class Anatomy:
    """The arrays and single values of one value, by name, and its structure."""

    def __init__(self, part: str, value: Any) -> None:
        self.part = part
        self.arrays: Dict[str, Found] = {}
        self.values: Dict[str, Any] = {}
        self.bytes: Dict[str, bytes] = {}
        self._names: Set[str] = set()
        self._known: Dict[Tuple[Any, ...], int] = {}
        self._references: List[Reference] = []
        self.structure = self._walk(value, part)

    def write(self, writer: StateWriter) -> None:
        """Adds all of it to a state that is written."""
        structure = self.find_hidden()
        for name, found in self.arrays.items():
            if not found.is_single:
                _write_array(writer, name, found)
        for name, content in self.bytes.items():
            _write_bytes(writer, name, content)
        writer.scalars.update(self.values)
        _write_bytes(writer, structure_name(self.part), structure)

    def _walk(self, value: Any, path: str) -> Any:
        kind = type(value)
        if kind is dict or kind is collections.OrderedDict or kind is collections.defaultdict:
            parts = value.copy()  # keeps the kind of dict, and what PyTorch hangs on an OrderedDict
            if hasattr(value, "_metadata"):
                parts._metadata = value._metadata
            for key, member in value.items():
                parts[key] = self._member(member, f"{path}.{_spelt(key)}")
            return parts
        if kind is list or kind is tuple:
            return kind(self._walk(member, f"{path}.{index}") for index, member in enumerate(value))
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            names = zip(value, value._fields)
            return kind(*(self._walk(member, f"{path}.{name}") for member, name in names))
        library = library_of(value)
        return value if library is None else _Taken(self._take(library, value, path))

    def _member(self, value: Any, path: str) -> Any:
        if type(value) is bytes:
            name = self._free(path)
            self.bytes[name] = value
            return _Taken(self._refer("bytes", name))
        if _is_single(value):
            name = self._free(path)
            self.values[name] = value
            return _Taken(self._refer("value", name, type(value).__name__))
        return self._walk(value, path)

    def _take(self, library: Library, array: Any, path: str) -> int:
        identity = library.identity(array)
        known = self._known.get(identity)
        if known is not None:
            return known
        kind, name = library.kind(array), self._free(path)
        single = library.item(array) if kind.shape == () and kind.type is not None else None
        is_single = single is not None and _is_single(single)
        if is_single:
            self.values[name] = single
        self.arrays[name] = Found(library, array, kind, is_single)
        self._known[identity] = self._refer("single" if is_single else "array", name, *kind)
        return self._known[identity]

    def _refer(self, *reference: Any) -> int:
        self._references.append(reference)
        return len(self._references) - 1

    def _free(self, path: str) -> str:
        while path in self._names:
            path += "~"
        self._names.add(path)
        return path

    def find_hidden(self) -> bytes:
        """The pickled structure. The pickler finds the arrays in objects where the walk does not go."""
        buffer = io.BytesIO()
        pickler = _Pickler(buffer, protocol=4)
        pickler.index = self._index
        try:
            pickler.dump(self.structure)
        except Exception as error:
            raise StateError(
                f"state {self.part}: expected arrays and values that can be pickled, found "
                f"{type(error).__name__}: {error}. Leave it out, or give a pair of functions."
            ) from error
        return pickle.dumps((self._references, buffer.getvalue()), protocol=4)

    def _index(self, value: Any) -> Optional[int]:
        if type(value) is _Taken:
            return value.number
        if type(value) in _NO_ARRAYS:
            return None
        library = library_of(value)
        if library is None or type(value).__name__ == "Parameter":
            return None
        return self._take(library, value, f"{self.part}.array")


class _Pickler(pickle.Pickler):
    index: Any

    def persistent_id(self, value: Any) -> Any:
        return self.index(value)


class _Unpickler(pickle.Unpickler):
    resolve: Any

    def persistent_load(self, index: Any) -> Any:
        return self.resolve(index)


class Assembly:
    """Puts a part of a saved state together again."""

    def __init__(self, part: str, reader: StateReader, targets: Mapping[str, Found]) -> None:
        """`targets` are living arrays by name: those of the same kind are read into."""
        self._part, self._reader, self._targets = part, reader, targets
        self._references: List[Reference] = []
        self._resolved: Dict[int, Any] = {}

    def value(self) -> Any:
        try:
            self._references, structure = pickle.loads(self._reader.read(structure_name(self._part)))
            unpickler = _Unpickler(io.BytesIO(structure))
            unpickler.resolve = self._resolve
            return unpickler.load()
        except (pickle.UnpicklingError, ImportError, AttributeError) as error:
            raise StateError(
                f"state {self._part}: expected a structure that this script knows, found "
                f"{type(error).__name__}: {error}."
            ) from error

    def _resolve(self, index: int) -> Any:
        if index not in self._resolved:
            self._resolved[index] = self._made(self._references[index])
        return self._resolved[index]

    def _made(self, reference: Reference) -> Any:
        form, name = reference[:2]
        if form == "bytes":
            return self._reader.read(name)
        if form == "value":
            return _of_type(self._scalar(name), reference[2])
        self._reader.sign()
        kind = Kind(*reference[2:])
        library = library_named(kind.library)
        target = self._target(name, kind)
        if form == "single":
            value = heard(self._scalar(name))
            return library.single(kind, value, target)
        return library.read(kind, self._reader.descriptor, self._reader[name].offset, target)

    def _target(self, name: str, kind: Kind) -> Any:
        found = self._targets.get(name)
        return found.array if found is not None and found.kind.fits(kind) else None

    def _scalar(self, name: str) -> Any:
        try:
            return self._reader.scalars[name]
        except KeyError:
            raise StateError(f"state: expected a value {name}, found none of this name.") from None


def structure_name(part: str) -> str:
    return f"tuner_mpi.{part}"


def _write_bytes(writer: StateWriter, name: str, content: bytes) -> None:
    writer.add_opaque(name, len(content), lambda file, offset: write_at(file, memoryview(content), offset))


def _write_array(writer: StateWriter, name: str, found: Found) -> None:
    library, array, kind, _ = found

    def write(descriptor: int, offset: int) -> None:
        library.write(array, descriptor, offset)

    if kind.type is None:
        writer.add_opaque(name, library.size(array), write)
    else:
        writer.add(name, kind.type, kind.shape, library.size(array), write)


def _spelt(key: Any) -> str:
    """A key as a part of a name; names are never empty and have no slash."""
    return str(key).replace("/", "|") or "_"


def _is_single(value: Any) -> bool:
    """True for what JSON gives back as it was."""
    kind = type(value)
    if kind is float:
        return value != 0 or math.copysign(1, value) > 0
    if kind is int:
        return bool(abs(value) <= _LARGEST_INTEGER)
    return kind is bool or (kind is str and len(value) <= _LONGEST_TEXT and value.isprintable())


def _of_type(value: Any, name: str) -> Any:
    if name == "float":
        return float(heard(value))
    return int(value) if name == "int" else bool(value) if name == "bool" else value
