"""All that belongs to one trial while the process works on it; `Trial` is what the script sees of it."""

import os
from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, Iterator, Mapping, Optional

from ._generators import seed_for_unit
from ._hyperparameters import Hyperparameters
from ._in_force import InForce
from ._snapshot import Snapshot, Trees
from ._state_file import StateReader


@dataclass
class Work:
    """One trial: its number and values, its state, what is in force, and what the script measured."""

    hyperparameters: Hyperparameters
    number: int
    seed: int
    directory: str
    rank: int
    # What the trial was trained so far, and the file of the state that it begins with.
    budget: int = 0
    reader: Optional[StateReader] = None
    changed: FrozenSet[str] = frozenset()
    metrics: Dict[str, float] = field(default_factory=dict)
    has_begun: bool = False

    def __post_init__(self) -> None:
        self.snapshot = Snapshot()
        self.trees = Trees(self.snapshot)
        self.in_force = InForce(self.hyperparameters)

    def begin(self) -> None:
        """The script has made its objects: restores them, if there is a state to begin with."""
        self.has_begun = True
        self.snapshot.fix()
        if self.snapshot.ownership != "none":
            self.in_force.begin(self.snapshot.optimizers())
        if self.reader is not None:
            self.load(self.reader)
            self.close()
        else:
            self.in_force.set()

    def load(self, reader: StateReader) -> None:
        self.snapshot.load(reader)
        self.in_force.reapply()

    def close(self) -> None:
        if self.reader is not None:
            os.close(self.reader.descriptor)
            self.reader = None

    def change(self, configuration: Mapping[str, Any]) -> None:
        self.changed = self.changed | self.hyperparameters.take(configuration)

    def unit(self, to: int) -> Iterator[int]:
        """One unit of budget: what the script does between two turns of its loop."""
        self.metrics = {}
        if self.snapshot.seeds_each_rank:
            seed_for_unit(self.seed, to, self.rank)
        yield to
        self.trees.check()
        self.changed = frozenset()
        self.budget = to
