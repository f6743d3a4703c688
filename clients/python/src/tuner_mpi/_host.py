"""Who gives the trials: tuner-mpi, or nobody but the command line."""

from abc import ABC, abstractmethod
from typing import Any, Iterator, Mapping, Optional

from ._trial import Trial
from ._work import Work


class Host(ABC):
    """Gives trials to the script, and takes what it reports."""

    rank: int
    ranks: int
    # Whether the script takes one trial, and is no loop over them.
    is_single = False

    @abstractmethod
    def trials(self) -> Iterator[Trial]:
        """The trials of this process, one after another."""

    def only_trial(self) -> Trial:
        """The trial of a script that takes one."""
        self.is_single = True
        self._loop = self.trials()  # its end would be that of the trial
        return next(self._loop)

    @abstractmethod
    def units(self, work: Work, alone: Optional[int]) -> Iterator[int]:
        """The units of budget of a trial, as they are asked for.

        `alone` is how many there are where nobody asks; None is without end.
        """

    @abstractmethod
    def report(self, work: Work, metrics: Mapping[str, Any]) -> None: ...

    @abstractmethod
    def heartbeat(self) -> None: ...

    @abstractmethod
    def directory(self, work: Work) -> str:
        """The scratch directory of a trial, which exists."""
