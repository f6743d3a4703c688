"""Learning-rate schedulers of PyTorch, and what they start from.

Most multiply a base, which is `initial_lr` of each group and `base_lrs` of the scheduler. SequentialLR and
ChainedScheduler are made of such ones. ReduceLROnPlateau knows no base: it multiplies what it finds.
"""

from typing import Any, List, Sequence


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
