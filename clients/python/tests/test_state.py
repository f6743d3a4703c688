"""States: every kind of part and of array comes back bit for bit, into the arrays that are there."""

import array
import collections
import json
import os
import random
from typing import Any, Dict, NamedTuple, Tuple

import pytest

from tuner_mpi import StateError
from tuner_mpi._parts import part
from tuner_mpi._snapshot import Snapshot, Trees
from tuner_mpi._state_file import StateReader


class Pair(NamedTuple):
    first: Any
    second: Any


class Holder:
    """Something with a state dict, which is replaced as a whole."""

    def __init__(self, state: Any) -> None:
        self.state = state

    def state_dict(self) -> Any:
        return self.state

    def load_state_dict(self, state: Any) -> None:
        self.state = state


def snapshot(generators: bool = False, **parts: Any) -> Snapshot:
    made = Snapshot()
    for name, value in parts.items():
        made.add(part(name, value))
    made.choose(generators, own=False)
    return made


def saved(generators: bool = False, **parts: Any) -> StateReader:
    file = os.memfd_create("state")
    size = snapshot(generators, **parts).save(file)
    assert size == os.fstat(file).st_size
    return StateReader(file)


def there_and_back(value: Any) -> Tuple[Any, StateReader]:
    """A value through a file into an object that has none."""
    reader, empty = saved(part=Holder(value)), Holder(None)
    snapshot(part=empty).load(reader)
    return empty.state, reader


@pytest.mark.parametrize(
    "value",
    [
        {},
        None,
        {"a": 1, 5: 2.0, "5": -0.0, (1, 2): "x", None: True, 2.5: None},
        {"nested": [1, (2, {"x": [None, 3.5]}), Pair(1, [2])], "empty": ([], (), {})},
        {
            "large": 2**60,
            "huge": 10**400,
            "long": "x" * 10_000,
            "lines": "a\nb\u2028",
            "": "empty",
            "a/b": 1,
            "a|b": 2,
        },
        {"inf": float("inf"), "minus": float("-inf"), "bytes": b"\0\xff", "text": "NaN", "set": {1, 2}},
        collections.OrderedDict(b=1, a=collections.OrderedDict(c=2)),
        [1, "two", 3.0],
        "text",
    ],
)
def test_values_come_back_as_they_were(value: Any) -> None:
    back, _ = there_and_back(value)
    assert repr(back) == repr(value) and type(back) is type(value)


def test_not_a_number_comes_back() -> None:
    back, reader = there_and_back({"x": float("nan")})
    assert back["x"] != back["x"]
    assert reader.scalars == {"part.x": "NaN"}


def test_kinds_of_dicts_are_kept() -> None:
    value = collections.defaultdict(list, a=[1])
    back, _ = there_and_back(value)
    assert type(back) is collections.defaultdict and back.default_factory is list and back == value


def test_names_are_paths_without_slashes_and_unique() -> None:
    one = array.array("d", [1.0])
    value = {"a/b": one[:], "a|b": one[:], "": one[:], "x": {"y": one[:]}, "x.y": one[:], 0: [one[:]]}
    _, reader = there_and_back(value)
    names = {name for name in reader.arrays if name.startswith("part.")}
    assert names == {"part.a|b", "part.a|b~", "part._", "part.x.y", "part.x.y~", "part.0.0"}


def test_the_same_memory_is_saved_once_and_stays_the_same() -> None:
    weights = array.array("f", [1, 2, 3])
    back, reader = there_and_back({"a": weights, "b": weights, "c": [weights]})
    assert back["a"] is back["b"] is back["c"][0] and back["a"] == weights
    assert [name for name in reader.arrays if name.startswith("part.")] == ["part.a"]


def test_the_layout_is_that_of_safetensors() -> None:
    arrays = {code: array.array(code, [1, 2, 3]) for code in "bBhfdHIQ"}
    reader = saved(arrays=arrays)
    with open(reader.descriptor, "rb", closefd=False) as file:
        file.seek(0)
        content = file.read()
    length = int.from_bytes(content[:8], "little")
    assert (8 + length) % 64 == 0
    header = json.loads(content[8 : 8 + length])
    metadata = json.loads(header.pop("__metadata__")["tuner_mpi"])
    assert {name: header[f"arrays.{name}"]["dtype"] for name in "bBhfd"} == dict(
        b="I8", B="U8", h="I16", f="F32", d="F64"
    )
    # Unsigned types that the layout lacks are opaque.
    assert set(metadata["opaque"]) == {"arrays.H", "arrays.I", "arrays.Q", "tuner_mpi.arrays"}
    ends, sizes = [0], {"F64": 8, "F32": 4, "I16": 2, "I8": 1, "U8": 1}
    for entry in header.values():
        first, end = entry["data_offsets"]
        assert first == ends[-1] and first % sizes[entry["dtype"]] == 0
        ends.append(end)
    assert 8 + length + ends[-1] == len(content)


def test_dicts_and_arrays_are_restored_in_place() -> None:
    inner: Dict[str, Any] = {"w": array.array("d", [1, 2]), "n": 1}
    members: Dict[str, Any] = {"inner": inner, "step": 3, "list": [1]}
    alone = array.array("q", [5])
    reader = saved(members=members, alone=alone)
    weights = inner["w"]
    weights[0], inner["n"], members["step"], members["new"], alone[0] = 7, 8, 9, 10, 11
    members["list"].append(2)
    snapshot(members=members, alone=alone).load(reader)
    assert members == {"inner": {"w": array.array("d", [1, 2]), "n": 1}, "step": 3, "list": [1]}
    assert members["inner"] is inner and inner["w"] is weights and alone[0] == 5


def test_a_pair_of_functions_is_a_part() -> None:
    kept: Dict[str, Any] = {}
    reader = saved(loader=(lambda: {"index": 5, "order": [3, 1]}, kept.update))
    snapshot(loader=(lambda: None, kept.update)).load(reader)
    assert kept == {"index": 5, "order": [3, 1]}


def test_what_a_part_refuses_is_said_with_its_name() -> None:
    def refuse(_: Any) -> None:
        raise KeyError("momentum")

    reader = saved(loader=(dict, refuse))
    with pytest.raises(StateError) as error:
        snapshot(loader=(dict, refuse)).load(reader)
    assert (
        str(error.value)
        == "state loader: expected one that fits what the script made, found KeyError: 'momentum'"
    )


def test_what_cannot_be_pickled_is_said_with_its_name() -> None:
    with pytest.raises(
        StateError, match="^state part: expected arrays and values that can be pickled, found "
    ):
        saved(part=Holder({"f": lambda: 0}))


@pytest.mark.parametrize("name", ["", "a.b", "a/b", "tuner_mpi"])
def test_names_that_parts_cannot_have(name: str) -> None:
    with pytest.raises(TypeError, match="expected a name without dots and slashes"):
        part(name, array.array("d"))


def test_python_generators_belong_to_the_state() -> None:
    random.seed(5)
    random.gauss(0, 1)  # the second of a pair is remembered
    reader = saved(generators=True, x=array.array("d"))
    drawn = [random.gauss(0, 1) for _ in range(3)]
    random.seed(6)
    snapshot(generators=True, x=array.array("d")).load(reader)
    assert [random.gauss(0, 1) for _ in range(3)] == drawn


def test_two_models_are_no_pair_of_functions() -> None:
    class Model:
        state_dict = load_state_dict = __call__ = dict

    with pytest.raises(TypeError, match="^state models: expected an object with state_dict"):
        part("models", (Model(), Model()))


def test_trees_are_kept_and_taken() -> None:
    tree = {"layers": [array.array("f", [1, 2]), Pair(array.array("f", [3]), 4)], "step": 5}
    made = Snapshot()
    trees = Trees(made)
    assert trees.restore("tree", tree, None) is tree
    trees.keep("tree", tree)
    made.choose(False, False)
    file = os.memfd_create("state")
    made.save(file)
    # Before the loop, from the file, and once only.
    other = Snapshot()
    fresh: Any = {"layers": [array.array("f", [0, 0]), Pair(array.array("f", [0]), 0)], "step": 0}
    others, reader = Trees(other), StateReader(file)
    other.choose(False, False)
    taken = others.restore("tree", fresh, reader)
    assert taken == tree and fresh["step"] == 0 and fresh["layers"][0][0] == 0
    other.load(reader)
    others.check()
    # A clone in the loop is new until it is taken.
    other.load(StateReader(file))
    with pytest.raises(Exception, match="trial.restore: expected a call in every unit"):
        others.check()
    assert others.restore("tree", fresh, None) == tree
    others.check()


@pytest.mark.parametrize("damage", [b"", b"\xff" * 8, b"\x40" + bytes(200), b"\x02" + bytes(7) + b"{}"])
def test_a_damaged_file_is_refused(damage: bytes) -> None:
    file = os.memfd_create("state")
    os.write(file, damage)
    with pytest.raises(StateError, match="^state file: expected "):
        StateReader(file)


def test_a_file_that_was_cut_is_refused() -> None:
    reader = saved(x=array.array("d", [1] * 100))
    os.ftruncate(reader.descriptor, os.fstat(reader.descriptor).st_size - 400)
    with pytest.raises(StateError, match="found its end|found UnpicklingError"):
        snapshot(x=array.array("d", [1] * 100)).load(reader)


def test_numpy_arrays_come_back() -> None:
    numpy = pytest.importorskip("numpy", reason="needs NumPy")
    names = (
        "float64 float32 float16 int64 int32 int16 int8 uint8 bool uint16 uint32 uint64 complex64 complex128"
    )
    value = {name: numpy.arange(6).reshape(2, 3).astype(name) for name in names.split()}
    value["dates"] = numpy.array(["2024-02-29", "NaT"], dtype="datetime64[D]")
    value["swapped"] = numpy.arange(3, dtype=">f4")
    value["objects"] = numpy.array([None, "x"], dtype=object)
    value["columns"] = numpy.asfortranarray(numpy.arange(6.0).reshape(2, 3))
    value["steps"] = numpy.arange(10.0)[::3]
    value["empty"] = numpy.zeros((0, 3))
    value["scalar"] = numpy.float32(0.1)
    value["single"] = numpy.array(0.1, dtype="float32")
    value["nan"] = numpy.array([numpy.nan, -0.0, numpy.inf])
    value["minus_zero"] = numpy.array(-0.0)
    back, reader = there_and_back(value)
    for name, expected in value.items():
        assert type(back[name]) is type(expected) and back[name].dtype == expected.dtype, name
        assert back[name].shape == expected.shape, name
        assert name == "objects" or back[name].tobytes() == expected.tobytes(), name
    assert back["objects"].tolist() == [None, "x"]
    assert reader.scalars["part.single"] == pytest.approx(0.1)
    assert reader.arrays["part.minus_zero"].shape == ()
    target = {name: numpy.zeros_like(array) for name, array in value.items() if name != "scalar"}
    value.pop("scalar")
    same = dict(target)
    snapshot(target=target).load(saved(target=value))
    for name, expected in value.items():
        if expected.dtype != object:
            assert target[name] is same[name] and target[name].tobytes() == expected.tobytes(), name


def test_numpy_generators_belong_to_the_state() -> None:
    numpy = pytest.importorskip("numpy", reason="needs NumPy")
    reader = saved(generators=True, x=array.array("d"))
    drawn = numpy.random.normal(size=3)
    snapshot(generators=True, x=array.array("d")).load(reader)
    assert (numpy.random.normal(size=3) == drawn).all()


def test_an_array_that_cannot_change_is_refused() -> None:
    numpy = pytest.importorskip("numpy", reason="needs NumPy")
    fixed = numpy.zeros(3)
    fixed.flags.writeable = False
    with pytest.raises(
        StateError, match="expected an array that can be changed in place, found a ndarray of shape"
    ):
        snapshot(x=fixed).load(saved(x=fixed))


def test_jax_trees_come_back() -> None:
    jax = pytest.importorskip("jax", reason="needs JAX")
    tree = {"w": jax.numpy.arange(6, dtype="bfloat16").reshape(2, 3), "step": jax.numpy.int32(3)}
    tree["key"] = jax.random.PRNGKey(5)
    back, reader = there_and_back(tree)
    assert reader.arrays["part.w"].type == "BF16" and reader.scalars["part.step"] == 3
    for name, expected in tree.items():
        assert isinstance(back[name], jax.Array) and back[name].dtype == expected.dtype
        assert (back[name] == expected).all()
