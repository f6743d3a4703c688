"""The file of a state: named arrays in the layout of safetensors.

    8 bytes     N, little-endian
    N bytes     JSON, padded by spaces so that 8 + N is a multiple of 64
    the rest    the arrays without gaps, those of larger elements first, so that each is aligned to its own

Arrays are written by `pwrite` from where they are, and read by `preadv` to where they belong: one copy each
way. A map was measured to be four times slower for a fresh memory file, and with one a full disk kills the
process instead of raising an error.
"""

import json
import os
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Tuple

from ._errors import StateError
from ._numbers import spoken

ITEM_BYTES = {
    "F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1,
}  # fmt: skip

Shape = Tuple[int, ...]


@dataclass(frozen=True)
class Stored:
    """Where an array lies in a file."""

    type: str
    shape: Shape
    offset: int
    bytes: int

    def __str__(self) -> str:
        return f"{self.type} {list(self.shape)}"


class StateWriter:
    """Collects the arrays and single values of a state, then writes them."""

    def __init__(self, sign: Callable[[], None] = lambda: None) -> None:
        """`sign` is called after each array: a sign of life while much is written."""
        self._sign = sign
        self.scalars: Dict[str, Any] = {}
        self.notes: Dict[str, Any] = {}
        self._arrays: List[Tuple[str, str, Shape, int, Callable[[int, int], None]]] = []
        self._opaque: List[str] = []

    def add(self, name: str, kind: str, shape: Shape, size: int, write: Callable[[int, int], None]) -> None:
        """Adds an array of `size` bytes; `write` will be called with the descriptor and its offset."""
        self._arrays.append((name, kind, shape, size, write))

    def add_opaque(self, name: str, size: int, write: Callable[[int, int], None]) -> None:
        """Adds bytes that nobody but this client can read."""
        self._opaque.append(name)
        self.add(name, "U8", (size,), size, write)

    def write(self, descriptor: int) -> int:
        """Writes all into an empty file; returns its size in bytes."""
        arrays = sorted(self._arrays, key=lambda array: -ITEM_BYTES[array[1]])
        header: Dict[str, Any] = {"__metadata__": {"tuner_mpi": self._metadata()}}
        end = 0
        for name, kind, shape, size, _ in arrays:
            header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [end, end + size]}
            end += size
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-(8 + len(text)) % 64)
        begin = 8 + len(text)
        os.ftruncate(descriptor, begin + end)
        write_at(descriptor, memoryview(len(text).to_bytes(8, "little") + text), 0)
        for name, _, _, size, write in arrays:
            if size > 0:
                write(descriptor, begin + header[name]["data_offsets"][0])
            self._sign()
        return begin + end

    def _metadata(self) -> str:
        metadata = {"scalars": spoken(self.scalars), "opaque": self._opaque, **self.notes}
        return json.dumps(metadata, separators=(",", ":"), allow_nan=False)


class StateReader:
    """A state in an open file, whose arrays are read one by one."""

    def __init__(self, descriptor: int, sign: Callable[[], None] = lambda: None) -> None:
        """`sign` is called before each array is read: a sign of life while much is restored."""
        self.descriptor, self.sign = descriptor, sign
        try:
            size = int.from_bytes(os.pread(descriptor, 8, 0), "little")
            text = bytearray(size if size < os.fstat(descriptor).st_size else 0)
            read_at(descriptor, memoryview(text), 8)
            header = json.loads(bytes(text))
            metadata = json.loads(header.pop("__metadata__")["tuner_mpi"])
            self.scalars: Mapping[str, Any] = metadata["scalars"]
            self.notes: Mapping[str, Any] = metadata
            self.arrays = {name: _stored(entry, 8 + size) for name, entry in header.items()}
        except (ValueError, KeyError, TypeError) as error:
            raise StateError(
                f"state file: expected the layout of safetensors, found {type(error).__name__}: {error}."
            ) from None

    def read(self, name: str) -> bytes:
        """The bytes of an array."""
        stored = self[name]
        buffer = bytearray(stored.bytes)
        read_at(self.descriptor, memoryview(buffer), stored.offset)
        return bytes(buffer)

    def __getitem__(self, name: str) -> Stored:
        try:
            return self.arrays[name]
        except KeyError:
            raise StateError(f"state: expected an array {name}, found none of this name.") from None


def write_at(descriptor: int, buffer: memoryview, offset: int) -> None:
    """Writes all bytes of a buffer of bytes."""
    while len(buffer) > 0:
        written = os.pwrite(descriptor, buffer, offset)
        buffer, offset = buffer[written:], offset + written


def read_at(descriptor: int, buffer: memoryview, offset: int) -> None:
    """Fills a writable buffer of bytes."""
    while len(buffer) > 0:
        read = os.preadv(descriptor, [buffer], offset)
        if read == 0:
            raise StateError(f"state file: expected {len(buffer)} more bytes at {offset}, found its end.")
        buffer, offset = buffer[read:], offset + read


def _stored(entry: Mapping[str, Any], begin: int) -> Stored:
    first, end = entry["data_offsets"]
    return Stored(entry["dtype"], tuple(entry["shape"]), begin + first, end - first)
