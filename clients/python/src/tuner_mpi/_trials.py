"""What a script takes its trials from."""

from typing import Any, Iterator, Mapping, Optional

from ._alone import Alone
from ._command_line import Choice, read_command_line
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
    return (_session(declared) or Alone(declared, read_command_line(declared))).trials()


def trial(hyperparameters: Optional[Mapping[str, Any]] = None, /, **defaults: Any) -> Trial:
    """The trial of a script that is no loop over trials: for another one, the script is started anew.

    So no line of the script need be moved, and a trial whose objects cannot be those of the last one costs a
    start of the script. Its lines after the loop are for when it runs alone: then it has the defaults, and
    its options are its own.

        trial = tuner_mpi.trial(learning_rate=learning_rate)
        trial.state(model=model, optimizer=optimizer)
        for epoch in trial.budgets(epochs):
            trial.apply(optimizer)
            train(model, optimizer)
            trial.report(accuracy=evaluate(model))
    """
    declared = {**(hyperparameters or {}), **defaults}
    host: Host = _session(declared) or Alone(declared, Choice(declared))
    return host.only_trial()


def _session(declared: Mapping[str, Any]) -> Optional[Session]:
    if _dialogue is None or _failures is None:
        return None
    return Session(_dialogue, _failures, declared)
