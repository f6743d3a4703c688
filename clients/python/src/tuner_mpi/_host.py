"""Who gives the trials: tuner-mpi, or nobody but the command line."""

from abc import ABC, abstractmethod
from typing import Any, Iterator, Mapping

from ._trial import Trial
from ._work import Work


class Host(ABC):
    """Gives trials to the script, and takes what it reports."""

    rank: int
    ranks: int

    @abstractmethod
    def trials(self) -> Iterator[Trial]:
        """The trials of this process, one after another."""

    @abstractmethod
    def units(self, work: Work) -> Iterator[int]:
        """The units of budget of a trial, as they are asked for."""

    @abstractmethod
    def report(self, work: Work, metrics: Mapping[str, Any]) -> None: ...

    @abstractmethod
    def heartbeat(self) -> None: ...

    @abstractmethod
    def directory(self, work: Work) -> str:
        """The scratch directory of a trial, which exists."""
