"""Arrays of any library: what they are called in a state file, and how they get there and back.

This package imports no library that the script has not imported, unless a state is restored that was saved
from one.
"""

import array
import ctypes
import importlib
from typing import Any, Callable, Dict, NamedTuple, Optional, Tuple

from ._state_file import Shape, read_at, write_at

# The types of a state file by the name that NumPy and PyTorch give them; arrays of others are opaque bytes.
FILE_TYPES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
    "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL",
}  # fmt: skip


class Kind(NamedTuple):
    """What an array is, apart from its elements. `dtype` is the library's own name, `place` its device."""

    library: str
    dtype: str
    shape: Shape
    place: str = "cpu"
    has_gradient: bool = False

    @property
    def type(self) -> Optional[str]:
        """The type in a state file; None for those that are kept as opaque bytes."""
        return FILE_TYPES.get(self.dtype)

    def __str__(self) -> str:
        return f"{self.type or self.dtype} {list(self.shape)}"

    def fits(self, other: "Kind") -> bool:
        return self[:3] == other[:3]


class Library:
    """How the arrays of one library are written and read."""

    name: str
    is_mutable = True

    def holds(self, value: Any) -> bool:
        """True for arrays of this library that are nothing but a shape and elements in memory."""
        raise NotImplementedError

    def kind(self, value: Any) -> Kind:
        raise NotImplementedError

    def identity(self, value: Any) -> Tuple[Any, ...]:
        """Equal for two arrays that are the same elements in memory."""
        return (self.name, id(value))

    def size(self, value: Any) -> int:
        """Bytes of the elements."""
        return int(value.nbytes)

    def item(self, value: Any) -> Any:
        return value.item()

    def write(self, value: Any, descriptor: int, offset: int) -> None:
        raise NotImplementedError

    def read(self, kind: Kind, descriptor: int, offset: int, target: Any) -> Any:
        """Reads into `target`, an array of the same kind, or into a new one if it is None or fixed."""
        raise NotImplementedError

    def single(self, kind: Kind, value: Any, target: Any) -> Any:
        """An array without dimensions that has this value."""
        raise NotImplementedError


class TorchLibrary(Library):
    name = "torch"

    def __init__(self, torch: Any) -> None:
        self._torch = torch

    def holds(self, value: Any) -> bool:
        torch = self._torch
        if type(value) is not torch.Tensor and type(value) is not torch.nn.Parameter:
            return False
        return value.layout is torch.strided and not value.is_quantized and value.device.type != "meta"

    def kind(self, value: Any) -> Kind:
        has_gradient = bool(value.requires_grad) and type(value) is self._torch.Tensor
        return Kind("torch", str(value.dtype)[6:], tuple(value.shape), value.device.type, has_gradient)

    def identity(self, value: Any) -> Tuple[Any, ...]:
        return ("torch", value.device, value.data_ptr(), value.dtype, tuple(value.shape), value.stride())

    def write(self, value: Any, descriptor: int, offset: int) -> None:
        value = value.detach()
        if value.is_complex():
            value = value.resolve_conj()
        value = value.resolve_neg().cpu().contiguous()
        write_at(descriptor, self._bytes(value), offset)

    def read(self, kind: Kind, descriptor: int, offset: int, target: Any) -> Any:
        torch = self._torch
        if target is not None and target.device.type == "cpu" and target.is_contiguous():
            read_at(descriptor, self._bytes(target), offset)
            return target
        fresh = torch.empty(kind.shape, dtype=getattr(torch, kind.dtype))
        read_at(descriptor, self._bytes(fresh), offset)
        return self._placed(fresh, kind, target)

    def single(self, kind: Kind, value: Any, target: Any) -> Any:
        dtype = getattr(self._torch, kind.dtype)
        return self._placed(self._torch.tensor(value, dtype=dtype), kind, target)

    def _placed(self, fresh: Any, kind: Kind, target: Any) -> Any:
        torch = self._torch
        if target is not None:
            with torch.no_grad():
                return target.copy_(fresh)
        if kind.place != "cpu" and (kind.place != "cuda" or torch.cuda.is_available()):
            fresh = fresh.to(kind.place)
        return fresh.requires_grad_() if kind.has_gradient else fresh

    @staticmethod
    def _bytes(value: Any) -> memoryview:
        """The memory of a contiguous tensor on the host, without NumPy; valid as long as the tensor lives."""
        if value.nbytes == 0:
            return memoryview(b"")
        return memoryview((ctypes.c_char * value.nbytes).from_address(value.data_ptr())).cast("B")


class NumPyLibrary(Library):
    name = "numpy"

    def __init__(self, numpy: Any) -> None:
        self._numpy = numpy

    def holds(self, value: Any) -> bool:
        return type(value) is self._numpy.ndarray and self._is_plain(value.dtype)

    @staticmethod
    def _is_plain(dtype: Any) -> bool:
        is_extension = dtype.kind == "V" and dtype.fields is None and not dtype.name.startswith("void")
        return dtype.kind in "biufcmM" or is_extension

    def kind(self, value: Any) -> Kind:
        dtype = value.dtype
        has_name = dtype.isnative and dtype.kind in "biufcV"
        return Kind("numpy", dtype.name if has_name else dtype.str, tuple(value.shape))

    def identity(self, value: Any) -> Tuple[Any, ...]:
        return ("numpy", value.__array_interface__["data"], value.dtype, value.shape, value.strides)

    def write(self, value: Any, descriptor: int, offset: int) -> None:
        value = self._numpy.ascontiguousarray(value)
        write_at(descriptor, self._bytes(value), offset)

    def read(self, kind: Kind, descriptor: int, offset: int, target: Any) -> Any:
        if target is not None and target.flags.c_contiguous and target.flags.writeable:
            read_at(descriptor, self._bytes(target), offset)
            return target
        fresh = self._numpy.empty(kind.shape, dtype=kind.dtype)
        read_at(descriptor, self._bytes(fresh), offset)
        return self._placed(fresh, target)

    def single(self, kind: Kind, value: Any, target: Any) -> Any:
        return self._placed(self._numpy.array(value, dtype=kind.dtype), target)

    def _placed(self, fresh: Any, target: Any) -> Any:
        if target is None or not target.flags.writeable:
            return fresh
        target[...] = fresh
        return target

    def _bytes(self, value: Any) -> memoryview:
        return memoryview(value.reshape(-1).view(self._numpy.uint8))


class JAXLibrary(Library):
    """Arrays of JAX never change: those that are read are new, and lie where the target lay."""

    name = "jax"
    is_mutable = False

    name = "jax"

    def __init__(self, jax: Any) -> None:
        self._jax = jax
        self._numpy = NumPyLibrary(importlib.import_module("numpy"))

    def holds(self, value: Any) -> bool:
        jax = self._jax
        if not isinstance(value, jax.Array) or isinstance(value, jax.core.Tracer):
            return False
        # Keys of jax.random.key() have a type that no file knows; those of PRNGKey() are arrays.
        return not jax.dtypes.issubdtype(value.dtype, jax.dtypes.extended)

    def kind(self, value: Any) -> Kind:
        return Kind("jax", value.dtype.name, tuple(value.shape))

    def write(self, value: Any, descriptor: int, offset: int) -> None:
        self._numpy.write(self._jax.device_get(value), descriptor, offset)

    def read(self, kind: Kind, descriptor: int, offset: int, target: Any) -> Any:
        return self._placed(self._numpy.read(kind, descriptor, offset, None), target)

    def single(self, kind: Kind, value: Any, target: Any) -> Any:
        return self._placed(self._numpy.single(kind, value, None), target)

    def _placed(self, fresh: Any, target: Any) -> Any:
        return self._jax.device_put(fresh, None if target is None else target.sharding)


class StandardLibrary(Library):
    """`array.array`, for scripts that need no other library."""

    name = "array"
    _NAMES = {"b": "int8", "B": "uint8", "h": "int16", "f": "float32", "d": "float64"}

    def holds(self, value: Any) -> bool:
        return type(value) is array.array

    def kind(self, value: Any) -> Kind:
        name = self._NAMES.get(value.typecode)
        if name is None and value.typecode in "ilq":
            name = f"int{value.itemsize * 8}"
        return Kind("array", name or value.typecode, (len(value),), value.typecode)

    def size(self, value: Any) -> int:
        return len(value) * int(value.itemsize)

    def write(self, value: Any, descriptor: int, offset: int) -> None:
        write_at(descriptor, memoryview(value).cast("B"), offset)

    def read(self, kind: Kind, descriptor: int, offset: int, target: Any) -> Any:
        if target is None:
            target = array.array(kind.place, [0]) * kind.shape[0]
        if kind.shape[0] > 0:  # an empty view has no bytes to be seen as
            read_at(descriptor, memoryview(target).cast("B"), offset)
        return target


_MAKERS: Dict[str, Callable[[], Library]] = {
    "array": StandardLibrary,
    "jax": lambda: JAXLibrary(importlib.import_module("jax")),
    "numpy": lambda: NumPyLibrary(importlib.import_module("numpy")),
    "torch": lambda: TorchLibrary(importlib.import_module("torch")),
}
# By the package that the type of an array is defined in: where there is one, the library was imported.
_NAMES = {"array": "array", "jax": "jax", "jaxlib": "jax", "numpy": "numpy", "torch": "torch"}
_by_name: Dict[str, Library] = {}
_by_type: Dict[type, Optional[Library]] = {}


def library_of(value: Any) -> Optional[Library]:
    """The library that an array is of; None for what is no array."""
    kind = type(value)
    try:
        library = _by_type[kind]
    except KeyError:
        name = _NAMES.get(kind.__module__.partition(".")[0])
        library = _by_type[kind] = None if name is None else library_named(name)
    return library if library is not None and library.holds(value) else None


def library_named(name: str) -> Library:
    """The library that a state was saved from, imported if the script has not yet done so."""
    if name not in _by_name:
        _by_name[name] = _MAKERS[name]()
    return _by_name[name]
