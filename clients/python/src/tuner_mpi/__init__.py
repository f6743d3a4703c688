"""Lets a training script be tuned by tuner-mpi, and lends its samplers to Python."""

from ._errors import DialogueError, HyperparameterError, PlaceError, StateError, StudyError, TunerError
from ._study import Study, minimize
from ._study_state import Belief, Finding, StudyState, Suggestion
from ._trial import Trial
from ._trials import trial, trials
from ._variables import variables

__all__ = [
    "Belief",
    "DialogueError",
    "Finding",
    "HyperparameterError",
    "PlaceError",
    "StateError",
    "Study",
    "StudyError",
    "StudyState",
    "Suggestion",
    "Trial",
    "TunerError",
    "minimize",
    "trial",
    "trials",
    "variables",
]
__version__ = "1.0"
