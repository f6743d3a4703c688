"""The loop that a script is written around."""

from typing import Any, Iterator, Mapping, Optional

from ._alone import Alone
from ._dialogue import Dialogue
from ._failures import Failures
from ._host import Host
from ._session import Session
from ._trial import Trial

# Taken as soon as the package is imported: from then on no child has the descriptors, and an error that comes
# before the loop is told as well.
_dialogue: Optional[Dialogue] = Dialogue.inherited()
_failures: Optional[Failures] = None if _dialogue is None else Failures(_dialogue)


def trials(hyperparameters: Optional[Mapping[str, Any]] = None, /, **defaults: Any) -> Iterator[Trial]:
    """The trials of this process, one a turn of the loop: those of tuner-mpi, or one from the command line.

    `defaults` are the script's hyperparameters, each with the value that it has where nobody says another
    one; names that are no Python names go into the mapping. Without any, values come as the study has them.

        for trial in tuner_mpi.trials(learning_rate=1e-3, width=128):
            model = make(trial["width"])
            trial.state(model=model)
            for unit in trial.budgets():
                train(model, trial["learning_rate"])
                trial.report(accuracy=evaluate(model))
    """
    declared = {**(hyperparameters or {}), **defaults}
    host: Host
    if _dialogue is not None and _failures is not None:
        host = Session(_dialogue, _failures, declared)
    else:
        host = Alone(declared)
    return host.trials()
