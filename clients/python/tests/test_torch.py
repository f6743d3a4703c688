"""PyTorch: bitwise restores, optimizers, workers, speed. Skipped where it is absent."""

import os
from typing import Any, Dict

import pytest
from driver import Script
from test_state import Holder, saved, snapshot, there_and_back

from tuner_mpi import StateError, TunerError
from tuner_mpi._hyperparameters import Hyperparameters
from tuner_mpi._in_force import InForce

torch = pytest.importorskip("torch", reason="needs PyTorch")

CONFIGURATION = {"learning_rate": 0.01, "width": 16.0}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_restored_equals_uninterrupted_bit_for_bit(workers: str, tmp_path: Any) -> None:
    with Script("torch_mlp.py", WORKERS=workers) as run:
        run.hello()
        run.begin(configuration=CONFIGURATION)
        effective = {"learning_rate": 0.01, "weight_decay": 0.01, "beta2": 0.999}
        assert [run.ask("train", to=unit)["effective"] for unit in (1, 2)] == [effective] * 2
        middle = run.save()
        straight = run.ask("train", to=3)
        end = run.save()
        run.begin(1, do="restore", configuration=CONFIGURATION, state=middle.path, budget=2)
        assert run.ask("train", to=3) == straight
        assert run.save().content == end.content
        run.begin(2, configuration=CONFIGURATION, state=middle.path, budget=2)
        assert run.ask("train", to=3) == straight
        assert run.save().content == end.content
        run.end()
    if workers == "0":
        with Script("torch_mlp.py") as run:  # another process
            path = tmp_path / "state"  # in another file system
            path.write_bytes(middle.content)
            run.hello()
            run.begin(3, configuration=CONFIGURATION, state=str(path), budget=2)
            run.ask("save", file=str(path))
            assert path.read_bytes() == middle.content
            assert len(os.listdir(f"/proc/{run.process.pid}/fd")) < 20
            assert run.ask("train", to=3) == straight
            assert run.save().content == end.content
            run.end()


def test_a_clone_keeps_the_perturbed_values() -> None:
    """The parent's rate comes back with the optimizer's state: the classic lost perturbation."""
    perturbed = {**CONFIGURATION, "learning_rate": 0.5, "weight_decay": 0.25}
    with Script("torch_mlp.py") as run:
        run.hello()
        run.begin(configuration=CONFIGURATION)
        run.ask("train", to=1)
        state = run.save()
        assert state.metadata["scalars"]["optimizer.param_groups.0.lr"] == 0.01
        for do in ("restore", "begin"):
            ready = run.begin(1, do=do, configuration=perturbed, state=state.path, budget=1)
            expected = {"learning_rate": 0.5, "weight_decay": 0.25, "beta2": 0.999}
            # What was not yet applied has not yet been read back.
            assert ready["effective"] == (expected if do == "restore" else {})
            assert run.ask("train", to=2)["effective"] == expected
            assert run.save().metadata["scalars"]["optimizer.param_groups.0.lr"] == 0.5
        answer = run.ask("set", configuration={**perturbed, "learning_rate": 0.125})
        assert answer["effective"]["learning_rate"] == 0.125
        said = run.begin(1, configuration={**CONFIGURATION, "width": 8}, state=state.path)
    assert said["message"] == (
        "StateError: state model.0.weight: expected F32 [8, 64], as the script made it, found F32 [16, 64]. "
        "A state fits only what has the same architecture."
    )


def test_what_an_optimizer_refuses_is_said() -> None:
    first, second = torch.zeros(2, requires_grad=True), torch.zeros(2, requires_grad=True)
    reader = saved(optimizer=torch.optim.SGD([first, second], lr=1.0))
    with pytest.raises(
        StateError, match="^state optimizer: expected one that fits .* found ValueError: loaded state"
    ):
        snapshot(optimizer=torch.optim.SGD([first], lr=1.0)).load(reader)


def test_tensors_of_every_kind_come_back() -> None:
    names = (
        "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 float8_e4m3fn uint16"
    )
    value: Dict[str, Any] = {
        name: torch.arange(6).reshape(2, 3).to(getattr(torch, name)) for name in names.split()
    }
    value["columns"] = torch.arange(6.0).reshape(2, 3).t()
    value["steps"] = torch.arange(10.0)[::3]
    value["expanded"] = torch.tensor([1.0]).expand(3)
    value["conjugate"] = torch.tensor([1 + 2j]).conj()
    value["empty"] = torch.zeros(0, 3)
    value["single"] = torch.tensor(0.1)
    value["single_bf16"] = torch.tensor(0.1, dtype=torch.bfloat16)
    value["count"] = torch.tensor(2**60)
    value["flag"] = torch.tensor(True)
    value["nan"] = torch.tensor([float("nan"), -0.0])
    value["learned"] = torch.ones(2, requires_grad=True)
    value["parameter"] = torch.nn.Parameter(torch.ones(2))
    value["sparse"] = torch.eye(3).to_sparse()
    back, reader = there_and_back(value)
    for name, expected in value.items():
        assert back[name].dtype == expected.dtype and back[name].shape == expected.shape, name
        if name not in ("sparse", "float8_e4m3fn"):
            assert torch.equal(back[name].detach(), expected.detach()) or name == "nan", name
    assert back["nan"][0].isnan() and back["nan"].numpy().tobytes() == value["nan"].numpy().tobytes()
    assert back["float8_e4m3fn"].view(torch.uint8).equal(value["float8_e4m3fn"].view(torch.uint8))
    assert back["sparse"].is_sparse and back["sparse"].to_dense().equal(torch.eye(3))
    assert back["learned"].requires_grad
    assert reader.arrays["part.bfloat16"].type == "BF16"
    assert reader.scalars["part.single_bf16"] == float(value["single_bf16"])
    assert "part.count" in reader.arrays and reader.scalars["part.flag"] is True


def test_tied_weights_are_saved_once_and_stay_tied() -> None:
    def tied() -> Any:
        model = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Linear(3, 3))
        model[1].weight = model[0].weight
        return model

    model, other = tied(), tied()
    reader = saved(model=model)
    assert "model.1.weight" not in reader.arrays and "model.1.bias" in reader.arrays
    snapshot(model=other).load(reader)
    assert other[1].weight is other[0].weight and torch.equal(other[0].weight, model[0].weight)


def test_tensors_that_hide_in_other_objects_are_arrays_too() -> None:
    back, reader = there_and_back({"hidden": Hiding(torch.arange(3.0))})
    assert reader.arrays["part.array"].shape == (3,) and back["hidden"].inside.equal(torch.arange(3.0))


class Hiding:
    def __init__(self, inside: Any) -> None:
        self.inside = inside


def test_arrays_are_restored_in_place_with_no_other_copy_of_them() -> None:
    model = torch.nn.Linear(100, 100)
    weights = model.weight.detach().clone()
    reader = saved(model=model, optimizer=Holder({"m": torch.ones(5)}))
    place = model.weight.data_ptr()
    living = {"m": torch.zeros(5)}
    with torch.no_grad():
        model.weight.zero_()
    holder = Holder(living)
    snapshot(model=model, optimizer=holder).load(reader)
    assert model.weight.data_ptr() == place and torch.equal(model.weight, weights)
    assert holder.state["m"] is living["m"] and living["m"].equal(torch.ones(5))


def test_schedulers_follow_the_trials_rate() -> None:
    text = """
import torch, tuner_mpi
for trial in tuner_mpi.trials(learning_rate=1.0):
    parameter = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([parameter], lr=trial["learning_rate"])
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5 ** step)
    trial.state(optimizer=optimizer, scheduler=scheduler, parameter=parameter.data)
    for unit in trial.budgets():
        trial.apply(optimizer, scheduler)
        trial.report(rate=optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
"""
    with Script(text) as run:
        run.hello()
        run.begin(configuration={"learning_rate": 8.0})
        answers = [run.ask("train", to=unit) for unit in (1, 2)]
        state = run.save()
        run.begin(1, do="restore", configuration={"learning_rate": 80.0}, state=state.path, budget=2)
        answers += [run.ask("train", to=unit) for unit in (3, 4)]
        run.begin(2, configuration={"learning_rate": 800.0}, state=state.path, budget=2)
        answers += [run.ask("train", to=unit) for unit in (3, 4)]
        run.end()
    assert [answer["metrics"]["rate"] for answer in answers] == [8, 4, 20, 10, 200, 100]
    assert [answer["effective"]["learning_rate"] for answer in answers] == [8, 8, 80, 80, 800, 800]


def test_a_scheduler_that_was_forgotten_is_an_error() -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5**step)
    with pytest.raises(TunerError) as error:
        InForce(Hyperparameters({"lr": 2.0}, {})).apply(optimizer, (), {})
    assert str(error.value) == (
        "trial.apply: expected the learning-rate scheduler of this optimizer as well, which would undo a new "
        "rate, found none. Write trial.apply(optimizer, scheduler)."
    )


def test_safetensors_reads_the_file(tmp_path: Any) -> None:
    safetensors = pytest.importorskip("safetensors.torch", reason="needs safetensors")
    model = torch.nn.Linear(3, 2)
    reader = saved(model=model)
    path = tmp_path / "state.safetensors"
    path.write_bytes(os.pread(reader.descriptor, os.fstat(reader.descriptor).st_size, 0))
    assert safetensors.load_file(path)["model.weight"].equal(model.weight)
