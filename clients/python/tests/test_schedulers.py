"""The rate under PyTorch's schedulers, when a trial gets another one. Skipped where PyTorch is absent."""

from typing import Any, Callable, Dict, List, Tuple

import pytest
from driver import Script

from tuner_mpi import TunerError
from tuner_mpi._hyperparameters import Hyperparameters
from tuner_mpi._in_force import InForce

torch = pytest.importorskip("torch", reason="needs PyTorch")
lr_scheduler = torch.optim.lr_scheduler

Maker = Callable[[Any], Any]


def optimizer_of(rate: float) -> Any:
    """Two groups, the second with a tenth of the rate."""
    groups: List[Dict[str, Any]] = [{"params": [torch.nn.Parameter(torch.ones(1))]} for _ in range(2)]
    groups[1]["lr"] = rate / 10
    return torch.optim.SGD(groups, lr=rate)


def made(rate: float, maker: Maker) -> Tuple[Any, Any, Hyperparameters, InForce]:
    optimizer = optimizer_of(rate)
    scheduler = maker(optimizer)
    hyperparameters = Hyperparameters({"lr": rate}, {"lr": rate})
    in_force = InForce(hyperparameters)
    in_force.apply(optimizer, (scheduler,), {})
    return optimizer, scheduler, hyperparameters, in_force


def rates(optimizer: Any) -> List[float]:
    return [float(group["lr"]) for group in optimizer.param_groups]


MULTIPLYING: Dict[str, Maker] = {
    "lambda": lambda optimizer: lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + step)),
    "multiplicative": lambda optimizer: lr_scheduler.MultiplicativeLR(optimizer, lambda step: 0.9),
    "step": lambda optimizer: lr_scheduler.StepLR(optimizer, 3),
    "linear": lambda optimizer: lr_scheduler.LinearLR(optimizer, 0.1, total_iters=6),
    "cosine": lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, 12),
    "restarts": lambda optimizer: lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 4),
    "sequential": lambda optimizer: lr_scheduler.SequentialLR(
        optimizer,
        [lr_scheduler.LinearLR(optimizer, 0.1, total_iters=4), lr_scheduler.CosineAnnealingLR(optimizer, 8)],
        [4],
    ),
    "chained": lambda optimizer: lr_scheduler.ChainedScheduler(
        [lr_scheduler.LinearLR(optimizer, 0.1, total_iters=4), lr_scheduler.ExponentialLR(optimizer, 0.9)]
    ),
    "nested": lambda optimizer: lr_scheduler.ChainedScheduler(
        [MULTIPLYING["sequential"](optimizer), lr_scheduler.ExponentialLR(optimizer, 0.9)]
    ),
}


@pytest.mark.parametrize("name", MULTIPLYING)
@pytest.mark.parametrize("steps", [0, 2, 3, 4, 7])
def test_a_changed_rate_goes_on_as_if_it_had_been_so_from_the_start(name: str, steps: int) -> None:
    optimizer, scheduler, hyperparameters, in_force = made(1.0, MULTIPLYING[name])
    expected, follower, _, _ = made(8.0, MULTIPLYING[name])
    for step in range(10):
        if step == steps:
            hyperparameters.take({"lr": 8.0})
        in_force.apply(optimizer, (scheduler,), {})
        assert in_force.effective() == {"lr": 8.0 if step >= steps else 1.0}
        if step >= steps:
            assert rates(optimizer) == pytest.approx(rates(expected), rel=1e-9, abs=1e-12)
        for stepping in (optimizer, expected, scheduler, follower):
            stepping.step()


REDUCING = """
import torch, tuner_mpi
for trial in tuner_mpi.trials(learning_rate=1.0):
    parameter = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([parameter], lr=trial["learning_rate"])
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    trial.state(optimizer=optimizer, scheduler=scheduler, parameter=parameter.data)
    for unit in trial.budgets():
        trial.apply(optimizer, scheduler)
        optimizer.step()
        trial.report(rate=optimizer.param_groups[0]["lr"])
        scheduler.step(1.0)
"""


def test_reductions_stay_through_units_restores_and_changes() -> None:
    """Every unit but the first ends with half the rate."""
    with Script(REDUCING) as run:
        run.hello()
        run.begin(configuration={"learning_rate": 8.0})
        fresh = run.save()
        answers = [run.ask("train", to=unit) for unit in (1, 2, 3)]
        state = run.save()
        answers += [run.ask("train", to=4)]
        ready = run.begin(1, do="restore", configuration={"learning_rate": 80.0}, state=state.path, budget=3)
        assert ready["effective"] == {"learning_rate": 80}
        answers += [run.ask("train", to=unit) for unit in (4, 5)]
        assert run.ask("set", configuration={"learning_rate": 8.0})["effective"] == {"learning_rate": 8}
        answers += [run.ask("train", to=6)]
        run.begin(2, configuration={"learning_rate": 800.0}, state=state.path, budget=3)
        answers += [run.ask("train", to=unit) for unit in (4, 5)]
        # Saved before the first `apply`: nothing was reduced, and the rate is that of another trial.
        run.begin(3, configuration={"learning_rate": 64.0}, state=fresh.path)
        answers += [run.ask("train", to=unit) for unit in (1, 2, 3)]
        run.end()
    found = [(answer["metrics"]["rate"], answer["effective"]["learning_rate"]) for answer in answers]
    assert found == [
        (8, 8), (8, 8), (4, 8), (2, 8), (20, 80), (10, 80), (0.5, 8), (200, 800), (100, 800),
        (64, 64), (64, 64), (32, 64),
    ]  # fmt: skip


CYCLES: Dict[str, Maker] = {
    "OneCycleLR": lambda optimizer: lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=9),
    "CyclicLR": lambda optimizer: lr_scheduler.CyclicLR(optimizer, 0.1, 1.0),
}
REMEDY = (
    "or leave the rate alone by trial.apply(optimizer, lr=None), set it yourself, and say what is in force by "
    "trial.in_force(name=value)."
)


@pytest.mark.parametrize("name", CYCLES)
@pytest.mark.parametrize("chain", [list, lr_scheduler.ChainedScheduler], ids=["alone", "chained"])
def test_a_scheduler_with_rates_of_its_own_is_refused(name: str, chain: Any) -> None:
    def maker(optimizer: Any) -> Any:
        scheduler = CYCLES[name](optimizer)
        return scheduler if chain is list else chain([scheduler])

    with pytest.raises(TunerError) as error:
        made(1.0, maker)
    assert str(error.value) == (
        "trial.apply: expected a scheduler that multiplies the rate of the optimizer, found "
        f"{name}, which goes to a max_lr of its own. Write it as a LambdaLR, {REMEDY}"
    )


def test_a_scheduler_without_a_base_is_refused() -> None:
    class Wrapper:
        def __init__(self, scheduler: Any) -> None:
            self.scheduler = scheduler

    with pytest.raises(TunerError) as error:
        made(1.0, lambda optimizer: Wrapper(MULTIPLYING["cosine"](optimizer)))
    assert str(error.value) == (
        "trial.apply: expected schedulers with base_lrs, as those of torch.optim.lr_scheduler, found Wrapper. "
        f"Give the one that is inside it, {REMEDY}"
    )


def test_a_refused_scheduler_may_have_its_rate_to_itself() -> None:
    optimizer = optimizer_of(1.0)
    scheduler = CYCLES["OneCycleLR"](optimizer)
    values = {"lr": 0.5, "weight_decay": 0.25}
    in_force = InForce(Hyperparameters(values, values))
    before = rates(optimizer)
    in_force.apply(optimizer, (scheduler,), {"lr": None})
    in_force.say({"lr": lambda: optimizer.param_groups[0]["max_lr"]})
    assert rates(optimizer) == before
    assert in_force.effective() == {"lr": 1.0, "weight_decay": 0.25}
