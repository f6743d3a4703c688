"""Tells tuner-mpi why the script ends before the study: an exception, `sys.exit`, or its last line."""

import atexit
import errno
import sys
from types import TracebackType
from typing import Any, Optional, Type

from ._dialogue import Dialogue
from ._errors import PlaceError

LONGEST_MESSAGE = 2000

# What a full disk or a lost mount says: no other trial would get further on this host. A missing package or
# too many open files say so only before the first trial: later, a configuration may have asked for them.
_ERRORS_OF_THE_PLACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENFILE, errno.ESTALE}


class Failures:
    """Watches over the way in which the process ends."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._is_settled = False
        self._exit: Optional[str] = None
        self.has_trials = self.is_single = False
        # Where the script was started anew for a trial, an error before it asks for it is that trial's.
        begun = [message["trial"] for message in dialogue.heard if message["do"] == "begin"]
        self.trial: Optional[int] = begun[0] if begun else None
        self._excepthook = sys.excepthook
        self._sys_exit = sys.exit
        sys.excepthook = self._on_exception
        sys.exit = self._on_sys_exit
        atexit.register(self._at_exit)

    def settle(self) -> None:
        """The study is over: however the script ends now, it has done its work."""
        self._is_settled = True

    def _on_exception(
        self, kind: Type[BaseException], error: BaseException, traceback: Optional[TracebackType]
    ) -> None:
        try:
            self._excepthook(kind, error, traceback)
        finally:
            self._say(self._place_or_trial(error), described(error))

    def _on_sys_exit(self, status: Any = None) -> Any:
        self._exit = f"SystemExit: {0 if status is None else status}"
        self._sys_exit(status)

    def _at_exit(self) -> None:
        # A script, or a library, may have set its own excepthook: the interpreter keeps the error as well.
        error = getattr(sys, "last_value", None)
        if error is not None:
            self._say(self._place_or_trial(error), described(error))
            return
        found = self._exit or "the end of the script"
        if self.is_single:
            expected = "a loop that goes on until trial.budgets() or trial.next_budget() ends the script"
            remedy = "Let it train for more units than the study asks for, without break or sys.exit."
        elif self.has_trials:
            expected = "the loop over tuner_mpi.trials() to go on until it ends by itself"
            remedy = "Take break, return and sys.exit out of the loop; a trial that fails raises an error."
        else:
            expected = "a loop over tuner_mpi.trials()"
            remedy = "Call it in the script that tuner-mpi starts."
        self._say(self._unfinished, f"the script ended early: expected {expected}, found {found}. {remedy}")

    @property
    def _unfinished(self) -> str:
        return "place" if self.trial is None else "trial"

    def _place_or_trial(self, error: BaseException) -> str:
        if isinstance(error, PlaceError):
            return "place"
        if isinstance(error, OSError) and error.errno in _ERRORS_OF_THE_PLACE:
            return "place"
        return self._unfinished

    def _say(self, kind: str, message: str) -> None:
        if self._is_settled or not self._dialogue.is_open:
            return
        self._is_settled = True
        # The trial is named because its loop may have ended: then another one was asked for already.
        self._dialogue.say("error", kind=kind, message=message[:LONGEST_MESSAGE], trial=self.trial)


def described(error: BaseException) -> str:
    """`TypeName: text`."""
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
