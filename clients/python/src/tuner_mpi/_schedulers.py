"""Learning-rate schedulers of PyTorch: what they start from, and which of them leave that to a trial.

Most multiply a base, which is `initial_lr` of each group and `base_lrs` of the scheduler. SequentialLR and
ChainedScheduler are made of such ones. ReduceLROnPlateau knows no base: it multiplies what it finds.
OneCycleLR and CyclicLR go between rates of their own, whatever the base is.
"""

from typing import Any, List, Sequence

from ._errors import TunerError

# Where CyclicLR keeps its upper rates, and OneCycleLR what goes between those of the groups.
_OF_CYCLES = ("max_lrs", "_schedule_phases")
_REMEDY = (
    "or leave the rate alone by trial.apply(optimizer, lr=None), set it yourself, and say what is in force by "
    "trial.in_force(name=value)."
)


def parts(schedulers: Sequence[Any]) -> List[Any]:
    """The schedulers that others are made of, in the place of those."""
    found: List[Any] = []
    for scheduler in schedulers:
        inner = getattr(scheduler, "_schedulers", None)
        found += [scheduler] if inner is None else parts(inner)
    return found


def is_reducing(scheduler: Any) -> bool:
    """Whether it multiplies the rates that it finds, as ReduceLROnPlateau, and keeps none."""
    return hasattr(scheduler, "num_bad_epochs") and not hasattr(scheduler, "base_lrs")


def check(schedulers: Sequence[Any]) -> None:
    """Raises `TunerError` for a scheduler, one of `parts`, that would undo or ignore a new rate."""
    for scheduler in schedulers:
        name = type(scheduler).__name__
        if any(hasattr(scheduler, own) for own in _OF_CYCLES):
            raise TunerError(
                "trial.apply: expected a scheduler that multiplies the rate of the optimizer, found "
                f"{name}, which goes to a max_lr of its own. Write it as a LambdaLR, {_REMEDY}"
            )
        if not hasattr(scheduler, "base_lrs") and not is_reducing(scheduler):
            raise TunerError(
                "trial.apply: expected schedulers with base_lrs, as those of torch.optim.lr_scheduler, found "
                f"{name}. Give the one that is inside it, {_REMEDY}"
            )
