"""Lets a training script be tuned by tuner-mpi, and lends its samplers to Python."""

from ._errors import DialogueError, HyperparameterError, PlaceError, StateError, StudyError, TunerError
from ._study import Study, Suggestion, minimize
from ._trial import Trial
from ._trials import trials

__all__ = [
    "DialogueError",
    "HyperparameterError",
    "PlaceError",
    "StateError",
    "Study",
    "StudyError",
    "Suggestion",
    "Trial",
    "TunerError",
    "minimize",
    "trials",
]
__version__ = "1.0"
