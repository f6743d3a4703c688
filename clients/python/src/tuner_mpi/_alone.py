"""A script that runs without tuner-mpi: one trial, also under torchrun."""

import itertools
import os
import tempfile
from typing import Any, Dict, Iterator, Mapping, Optional

from ._command_line import Choice
from ._errors import TunerError
from ._host import Host
from ._hyperparameters import Hyperparameters
from ._numbers import numbers, written
from ._snapshot import opened
from ._state_file import StateReader
from ._trial import Trial
from ._work import Work


class Alone(Host):
    """Gives one trial, and prints what it reports as JSON lines."""

    def __init__(self, defaults: Mapping[str, Any], choice: Choice) -> None:
        # As torchrun names them.
        self.rank, self.ranks = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
        self._choice = choice
        self._hyperparameters = Hyperparameters(defaults, defaults)
        self._hyperparameters.take(self._choice.configuration)
        self._scratch: Any = None

    def trials(self) -> Iterator[Trial]:
        work = Work(self._hyperparameters, 0, self._choice.seed, self._choice.directory or "", self.rank)
        try:
            work.reader = self._open_state()
            if work.reader is not None:
                work.budget = int(work.reader.notes["budget"])
            yield Trial(work, self)
        finally:
            work.close()
            if self._scratch is not None:
                self._scratch.cleanup()

    def units(self, work: Work, alone: Optional[int]) -> Iterator[int]:
        work.begin()
        last = alone if self._choice.budget is None else self._choice.budget
        for unit in itertools.count(work.budget + 1):
            if last is not None and unit > last:
                return
            yield from work.unit(unit)
            if self._choice.state is not None:
                self._save(work)
            line: Dict[str, Any] = {"budget": work.budget, "metrics": work.metrics}
            self._print({**line, "effective": work.in_force.effective()})

    def report(self, work: Work, metrics: Mapping[str, Any]) -> None:
        work.metrics.update(numbers(metrics))

    def heartbeat(self) -> None:
        pass

    def directory(self, work: Work) -> str:
        if not work.directory:
            self._scratch = tempfile.TemporaryDirectory(prefix="trial-")
            work.directory = self._scratch.name
        os.makedirs(work.directory, exist_ok=True)
        return work.directory

    def _print(self, line: Mapping[str, Any]) -> None:
        if self.rank == 0:
            print(written(line), flush=True)

    def _open_state(self) -> Any:
        """The state of this rank, else the first rank's; None where there is none yet."""
        for path in (self._path(own=True), self._path(own=False)):
            if path is not None and os.path.exists(path):
                return StateReader(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
        return None

    def _save(self, work: Work) -> None:
        """Writes beside the file, then renames: a reader finds the old state or the new one."""
        ownership = work.snapshot.ownership
        path = self._path(own=ownership == "own")
        if path is None or ownership == "none":
            raise TunerError("--state: expected parts to save, found none. Name them with trial.state(...).")
        if ownership == "same" and self.rank > 0:
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with opened(path + ".new", os.O_RDWR | os.O_CREAT | os.O_TRUNC) as file:
            work.snapshot.save(file, {"budget": work.budget})
            os.fsync(file)
        os.replace(path + ".new", path)

    def _path(self, own: bool) -> Any:
        if self._choice.state is None:
            return None
        name = f"rank-{self.rank}.safetensors" if own else "state.safetensors"
        return os.path.join(self._choice.state, name)
