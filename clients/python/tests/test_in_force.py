"""Hyperparameters into the groups of an optimizer and back, without any library."""

from typing import Any, Dict, List

import pytest

from tuner_mpi import HyperparameterError, TunerError
from tuner_mpi._hyperparameters import Hyperparameters
from tuner_mpi._in_force import InForce


class Optimizer:
    def __init__(self, *groups: Dict[str, Any], **defaults: Any) -> None:
        self.defaults = defaults
        self.param_groups: List[Dict[str, Any]] = [
            {"params": [], **defaults, **group} for group in groups or ({},)
        ]


def applied(optimizer: Optimizer, values: Dict[str, Any], **names: Any) -> Dict[str, Any]:
    in_force = InForce(Hyperparameters(values, values))
    in_force.apply(optimizer, (), names)
    return in_force.effective()


def test_usual_names() -> None:
    adam = Optimizer(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0)
    values = {"learning_rate": 0.5, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6, "weight_decay": 0.1}
    assert applied(adam, {**values, "momentum": 0.5, "width": 3}) == values
    assert adam.param_groups[0] == {
        "params": [],
        "lr": 0.5,
        "betas": (0.8, 0.99),
        "eps": 1e-6,
        "weight_decay": 0.1,
    }
    sgd = Optimizer(lr=1e-3, momentum=0, dampening=0)
    assert applied(sgd, {"lr": 0.5, "momentum": 0.9}) == {"lr": 0.5, "momentum": 0.9}


def test_names_of_ones_own() -> None:
    first, second = Optimizer(lr=1.0), Optimizer(lr=1.0, alpha=0.5)
    in_force = InForce(
        Hyperparameters(values := {"rate_g": 0.25, "rate_d": 0.75, "alpha": 0.1, "lr": 9}, values)
    )
    in_force.apply(first, (), {"lr": "rate_g"})
    in_force.apply(second, (), {"learning_rate": "rate_d", "alpha": "alpha"})
    assert in_force.effective() == {"rate_g": 0.25, "rate_d": 0.75, "alpha": 0.1}
    assert applied(Optimizer(lr=1.0), {"lr": 2.0}, lr=None) == {}
    with pytest.raises(HyperparameterError):
        applied(Optimizer(lr=1.0), {"lr": 2.0}, lr="rate")
    with pytest.raises(TunerError, match="expected one hyperparameter for lr, found learning_rate and lr"):
        applied(Optimizer(lr=1.0), {"lr": 2.0, "learning_rate": 1.0})


def test_groups_keep_their_ratios_and_what_is_their_own() -> None:
    groups = Optimizer(
        {"lr": 0.1, "weight_decay": 0.0}, {}, {"momentum": 0.5}, lr=1.0, weight_decay=0.01, momentum=0.9
    )
    values = {"lr": 0.3, "weight_decay": 0.2, "momentum": 0.7}
    assert applied(groups, values) == values
    assert [group["lr"] for group in groups.param_groups] == [0.3 * 0.1, 0.3, 0.3]
    assert [group["weight_decay"] for group in groups.param_groups] == [0, 0.2, 0.2]
    assert [group["momentum"] for group in groups.param_groups] == [0.7, 0.7, 0.5]


def test_what_is_read_back_is_what_is_there() -> None:
    optimizer = Optimizer({}, {}, lr=1.0)
    in_force = InForce(Hyperparameters({"lr": 0.5}, {"lr": 0.5}))
    in_force.apply(optimizer, (), {})
    optimizer.param_groups[1]["lr"] = 0.25
    assert in_force.effective() == {"lr": 0.25}
    in_force.reapply()
    assert in_force.effective() == {"lr": 0.5}
    in_force.say({"lr": lambda: 7})
    assert in_force.effective() == {"lr": 7}


def test_an_optimizer_whose_making_nobody_saw_is_refused() -> None:
    in_force = InForce(Hyperparameters({"lr": 0.5}, {"lr": 0.5}))
    known, unknown = Optimizer(lr=1.0), Optimizer(lr=1.0)
    in_force.begin([known])
    known.param_groups[0]["lr"] = 0.125  # a restore
    in_force.apply(known, (), {})
    assert known.param_groups[0]["lr"] == 0.5
    with pytest.raises(TunerError, match="trial.apply: expected an optimizer that is a part of the state"):
        in_force.apply(unknown, (), {})


def test_a_second_call_may_bring_other_names_and_schedulers() -> None:
    optimizer = Optimizer({"lr": 0.5}, {}, lr=1.0)
    values = {"lr": 4.0, "other": 8.0}
    in_force = InForce(Hyperparameters(values, values))
    in_force.apply(optimizer, (), {})
    assert [group["lr"] for group in optimizer.param_groups] == [2, 4]
    in_force.apply(optimizer, (), {"lr": "other"})
    assert [group["lr"] for group in optimizer.param_groups] == [4, 8]
    assert in_force.effective() == {"other": 8}


class Decaying(Optimizer):
    """As AdamW: a class with defaults of its own."""

    def __init__(self, *groups: Dict[str, Any], lr: float = 1e-3, weight_decay: float = 0.01) -> None:
        super().__init__(*groups, lr=lr, weight_decay=weight_decay)


@pytest.mark.parametrize("decay", [0.1, 0.3], ids=["of another value", "of the trial's value"])
def test_groups_that_say_all_themselves_have_no_ratio_to_a_default_of_the_class(decay: float) -> None:
    optimizer = Decaying({"weight_decay": decay}, {"weight_decay": 0.0}, lr=0.5)
    assert applied(optimizer, {"weight_decay": 0.3}) == {"weight_decay": 0.3}
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0.3, 0]


def test_the_trials_value_is_that_of_the_time_when_the_optimizer_was_made() -> None:
    values = {"lr": 0.5}
    hyperparameters = Hyperparameters(values, values)
    optimizer = Decaying({"lr": 5.0}, {"lr": 0.5}, {"lr": 0.05})
    in_force = InForce(hyperparameters)
    in_force.begin([optimizer])
    hyperparameters.take({"lr": 0.05})
    in_force.apply(optimizer, (), {})
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.5, 0.05, 0.005])


def test_a_default_that_the_script_has_said_is_the_optimizers_own_value() -> None:
    optimizer = Decaying({"lr": 0.2}, {"lr": 0.1}, lr=1.0)
    assert applied(optimizer, {"lr": 0.1}) == {"lr": 0.1}
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.02, 0.01])
