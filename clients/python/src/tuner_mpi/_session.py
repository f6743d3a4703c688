"""The dialogue with tuner-mpi: it asks, this answers, one line each."""

import os
import sys
import time
from typing import Any, Dict, Iterator, Mapping, NoReturn, Optional

from ._dialogue import Dialogue, Message
from ._errors import DialogueError, TunerError
from ._failures import Failures
from ._generators import seed_generators
from ._host import Host
from ._hyperparameters import Hyperparameters, described
from ._numbers import numbers
from ._snapshot import opened
from ._state_file import StateReader
from ._trial import Trial
from ._work import Work

VERSION = 1
CLIENT = "tuner_mpi (Python) 1.0"
SECONDS_BETWEEN_SIGNS = 1.0


class Session(Host):
    """A process under tuner-mpi."""

    def __init__(self, dialogue: Dialogue, failures: Failures, defaults: Mapping[str, Any]) -> None:
        self._dialogue, self._failures = dialogue, failures
        self._defaults = dict(defaults)
        self._settings: Dict[str, Any] = {}
        self._waiting: Optional[Message] = None  # what ended a trial: the beginning of another, or the end
        self._held: Dict[str, float] = {}  # the newest report, which may be the unit's result
        self._last_sign = 0.0
        self._is_training = False
        self._is_asked = False  # and has not answered yet
        if failures.has_trials:
            raise DialogueError(
                "tuner_mpi.trials: expected one call in a process, found another. Keep one loop."
            )
        failures.has_trials = True
        dialogue.listen()
        self._greet()

    def _greet(self) -> None:
        hello = self._hello = self._ask("hello")
        if hello.get("version") != VERSION:
            raise DialogueError(
                f"the dialogue: expected version {VERSION}, found {hello.get('version')}. "
                "Install the tuner_mpi package that came with this tuner-mpi."
            )
        self.rank, self.ranks = int(hello.get("rank", 0)), int(hello.get("ranks", 1))
        self._settings = hello.get("settings") or {}
        declared = described(self._defaults)
        known = {"hyperparameters": declared} if declared else {}
        if not self._dialogue.heard:  # else it was answered before the script was started anew
            self._answer("hello", version=VERSION, client=CLIENT, **known)

    def trials(self) -> Iterator[Trial]:
        message = self._ask("begin", "end")
        while message["do"] == "begin":
            self._failures.trial = int(message["trial"])
            work = self._begun(message)
            yield Trial(work, self)
            message = self._following(work)
        self._failures.settle()
        if self.is_single:
            sys.exit()  # without a trial to train

    def _begun(self, message: Message) -> Work:
        hyperparameters = Hyperparameters({**self._defaults, **self._settings}, self._defaults)
        hyperparameters.take(message["configuration"])
        work = Work(
            hyperparameters, int(message["trial"]), int(message["seed"]), str(message["directory"]),
            self.rank, int(message["budget"]),
        )  # fmt: skip
        seed_generators(work.seed)
        if message.get("state") is not None:
            work.reader = StateReader(os.open(message["state"], os.O_RDONLY | os.O_CLOEXEC), self.heartbeat)
        return work

    def _following(self, work: Work) -> Message:
        message, self._waiting = self._waiting, None
        if message is None:
            found = "a break" if work.has_begun else "none"
            raise TunerError(
                f"trial {work.number}: expected a loop over trial.budgets() that goes on until it ends by "
                f"itself, found {found}. Report what was measured and let the study decide, or raise "
                "an error "
                "if the trial failed."
            )
        return message

    def only_trial(self) -> Trial:
        self._failures.is_single = True
        return super().only_trial()

    def units(self, work: Work, alone: Optional[int]) -> Iterator[int]:
        work.begin()
        self._say_ready(work)
        while True:
            message = self._ask("train", "save", "set", "restore", "begin", "end")
            do = message["do"]
            if do == "train":
                self._held, self._is_training = {}, True
                yield from work.unit(int(message["to"]))
                self._is_training = False
                effective = work.in_force.effective()
                self._answer("reached", budget=work.budget, metrics=work.metrics, effective=effective)
            elif do == "save":
                with opened(message["file"], os.O_RDWR) as file:
                    size = work.snapshot.save(file, sign=self.heartbeat)
                self._answer("saved", bytes=size)
            elif do == "set":
                work.change(message["configuration"])
                work.in_force.reapply()
                self._say_ready(work)
            elif do == "restore":
                self._restore(work, message)
                self._say_ready(work)
            else:
                if self.is_single:
                    self._leave(message)
                self._waiting = message
                return

    def _leave(self, message: Message) -> NoReturn:
        """The script goes on with no other trial: it ends, or is started anew."""
        self._failures.settle()
        if message["do"] == "begin":
            self.heartbeat()  # a start takes its time
            self._dialogue.start_anew(self._hello, message)
        sys.exit()

    def _restore(self, work: Work, message: Message) -> None:
        self._failures.trial = work.number = int(message["trial"])
        work.seed = int(message["seed"])
        work.directory, work.budget = str(message["directory"]), int(message["budget"])
        work.change(message["configuration"])
        with opened(message["state"]) as file:
            work.load(StateReader(file, self.heartbeat))

    def _say_ready(self, work: Work) -> None:
        ownership, effective = work.snapshot.ownership, work.in_force.effective()
        self._answer("ready", budget=work.budget, state=ownership, effective=effective)

    def _ask(self, *expected: str) -> Message:
        message = self._dialogue.next()
        self._is_asked = True
        if message["do"] not in expected:
            raise DialogueError(f"tuner-mpi: expected one of {', '.join(expected)}, found {message['do']}.")
        return message

    def _answer(self, what: str, **members: Any) -> None:
        self._is_asked = False
        self._dialogue.say(what, **members)

    def report(self, work: Work, metrics: Mapping[str, Any]) -> None:
        """The newest report is held back: it may be the unit's result, which `reached` says."""
        reported = numbers(metrics)
        if not self._is_training:
            raise TunerError(
                "trial.report: expected a call in the loop over trial.budgets(), found one outside. "
                "Move it there."
            )
        if self._held:
            self._dialogue.say("report", metrics=self._held)
        else:
            self.heartbeat()
        self._held = reported
        work.metrics.update(reported)

    def heartbeat(self) -> None:
        now = time.monotonic()
        if self._is_asked and now - self._last_sign >= SECONDS_BETWEEN_SIGNS:
            self._last_sign = now
            self._dialogue.say("alive")

    def directory(self, work: Work) -> str:
        os.makedirs(work.directory, exist_ok=True)
        return work.directory
