"""Lets a training script be tuned by tuner-mpi, and lends its samplers to Python."""

from ._errors import DialogueError, HyperparameterError, PlaceError, StateError, StudyError, TunerError
from ._trial import Trial
from ._trials import trials

__all__ = [
    "DialogueError", "HyperparameterError", "PlaceError", "StateError", "StudyError", "Trial", "TunerError", "trials",
]  # fmt: skip
__version__ = "1.0"
