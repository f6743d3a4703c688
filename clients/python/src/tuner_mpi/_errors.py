"""What can go wrong, said with what was expected, what was found and how to mend it."""


class TunerError(Exception):
    """The base of this package's errors."""


class HyperparameterError(TunerError, LookupError):
    """A hyperparameter that nobody declared, or a value that does not have its type."""


class StateError(TunerError):
    """A state that cannot be saved, or does not fit what the script made."""


class DialogueError(TunerError):
    """tuner-mpi or the script did what the dialogue does not provide for."""


class StudyError(TunerError):
    """A refusal of `tuner-mpi suggest`, or its end."""


class PlaceError(TunerError):
    """Raise this where the host lacks something, such as a GPU: other trials would fail there too."""
