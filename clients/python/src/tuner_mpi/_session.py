"""The dialogue with tuner-mpi: it asks, this answers, one line each."""

import os
import time
from typing import Any, Dict, Iterator, Mapping, Optional

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
        if failures.has_trials:
            raise DialogueError(
                "tuner_mpi.trials: expected one call in a process, found another. Keep one loop."
            )
        failures.has_trials = True
        dialogue.listen()
        self._greet()

    def _greet(self) -> None:
        hello = self._ask("hello")
        if hello.get("version") != VERSION:
            raise DialogueError(
                f"the dialogue: expected version {VERSION}, found {hello.get('version')}. "
                "Install the tuner_mpi package that came with this tuner-mpi."
            )
        self.rank, self.ranks = int(hello.get("rank", 0)), int(hello.get("ranks", 1))
        self._settings = hello.get("settings") or {}
        declared = described(self._defaults)
        known = {"hyperparameters": declared} if declared else {}
        self._dialogue.say("hello", version=VERSION, client=CLIENT, **known)

    def trials(self) -> Iterator[Trial]:
        message = self._ask("begin", "end")
        while message["do"] == "begin":
            self._failures.trial = int(message["trial"])
            work = self._begun(message)
            yield Trial(work, self)
            message = self._following(work)
        self._failures.settle()

    def _begun(self, message: Message) -> Work:
        hyperparameters = Hyperparameters({**self._defaults, **self._settings}, self._defaults)
        hyperparameters.take(message["configuration"])
        work = Work(
            hyperparameters, int(message["trial"]), int(message["seed"]), str(message["directory"]),
            int(message["budget"]),
        )  # fmt: skip
        seed_generators(work.seed)
        if message.get("state") is not None:
            work.reader = StateReader(os.open(message["state"], os.O_RDONLY | os.O_CLOEXEC))
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

    def units(self, work: Work) -> Iterator[int]:
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
                self._dialogue.say("reached", budget=work.budget, metrics=work.metrics, effective=effective)
            elif do == "save":
                with opened(message["file"], os.O_RDWR) as file:
                    size = work.snapshot.save(file)
                self._dialogue.say("saved", bytes=size)
            elif do == "set":
                work.change(message["configuration"])
                work.in_force.reapply()
                self._say_ready(work)
            elif do == "restore":
                self._restore(work, message)
                self._say_ready(work)
            else:
                self._waiting = message
                return

    def _restore(self, work: Work, message: Message) -> None:
        work.number, work.seed = int(message["trial"]), int(message["seed"])
        work.directory, work.budget = str(message["directory"]), int(message["budget"])
        work.change(message["configuration"])
        with opened(message["state"]) as file:
            work.load(StateReader(file))

    def _say_ready(self, work: Work) -> None:
        ownership, effective = work.snapshot.ownership, work.in_force.effective()
        self._dialogue.say("ready", budget=work.budget, state=ownership, effective=effective)

    def _ask(self, *expected: str) -> Message:
        message = self._dialogue.next()
        if message["do"] not in expected:
            raise DialogueError(f"tuner-mpi: expected one of {', '.join(expected)}, found {message['do']}.")
        return message

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
        if self._is_training and now - self._last_sign >= SECONDS_BETWEEN_SIGNS:
            self._last_sign = now
            self._dialogue.say("alive")

    def directory(self, work: Work) -> str:
        os.makedirs(work.directory, exist_ok=True)
        return work.directory
