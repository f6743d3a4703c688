"""What the script sees of a trial."""

import sys
from typing import TYPE_CHECKING, Any, Callable, FrozenSet, Iterator, Optional, TypeVar, Union

from ._errors import TunerError
from ._parts import part

if TYPE_CHECKING:
    from ._host import Host
    from ._work import Work

Tree = TypeVar("Tree")


class Trial:
    """One turn of the loop over `tuner_mpi.trials()`: values to train with, and someone to report to."""

    def __init__(self, work: "Work", host: "Host") -> None:
        self._work, self._host = work, host
        self._units: Optional[Iterator[int]] = None

    def __getitem__(self, name: str) -> Any:
        """The value of a hyperparameter, of the type of its default; ask again in every unit, it may change.

        Raises `HyperparameterError`, with the list of the known names.
        """
        return self._work.hyperparameters[name]

    def __contains__(self, name: object) -> bool:
        return name in self._work.hyperparameters

    @property
    def number(self) -> int:
        return self._work.number

    @property
    def seed(self) -> int:
        """A number below 2⁶³, another one for each trial and the same on all its ranks."""
        return self._work.seed

    @property
    def rank(self) -> int:
        """This process among those that train the trial together, from 0."""
        return self._host.rank

    @property
    def ranks(self) -> int:
        """How many processes train the trial together."""
        return self._host.ranks

    @property
    def directory(self) -> str:
        """Scratch space of this trial on this node."""
        return self._host.directory(self._work)

    @property
    def changed(self) -> FrozenSet[str]:
        """The hyperparameters that were given another value since the unit before."""
        return self._work.changed

    def state(self, generators: Union[bool, str] = True, own: bool = False, **parts: Any) -> None:
        """Names what a later process needs to go on: call it when the objects are made, before `budgets()`.

        A part is an object with `state_dict` and `load_state_dict`, a pair of functions (get, set), a dict of
        arrays, or an array; the last two are restored in place. The random generators of Python, NumPy and
        PyTorch belong to it, unless `generators` is false. With `own` each rank keeps a state of its own;
        without, the first rank's is everyone's, its generators too: ranks that drew different numbers draw
        the same ones after a restore. Then say `generators="rank"`: they are seeded by the trial, the unit
        and the rank before every unit, and nothing of them is saved.
        """
        for name, value in parts.items():
            self._work.snapshot.add(part(name, value))
        self._work.snapshot.choose(generators, own)

    def budgets(self, alone: int = 1) -> Iterator[int]:
        """One turn for each unit of budget: the number of the unit, counted from 1.

        Everything that the study wants happens between two turns: pauses, copies of other trials, new values.
        Leave the loop by no `break`: it ends when the trial is over. Without tuner-mpi it has `alone` turns,
        unless the command line says how many.
        """
        return self._host.units(self._work, alone)

    def next_budget(self, **metrics: Any) -> int:
        """Ends a unit of budget with what it has reached, and begins the next one; returns its number.

        For the loop of a script with `tuner_mpi.trial()`, in the place of `budgets`. All that happens between
        two turns of that happens in here. The first call begins the first unit, and reports nothing. Call it
        where the variables of the loop may be replaced, and ask for the hyperparameters after it.

        Raises `TunerError` in a loop over `tuner_mpi.trials()`.
        """
        if not self._host.is_single:
            raise TunerError(
                "trial.next_budget: expected a script with tuner_mpi.trial(), found a loop over "
                "tuner_mpi.trials(). Use the loop over trial.budgets()."
            )
        if self._units is None:
            self._units = self._host.units(self._work, None)
        else:
            self.report(**metrics)
        return next(self._units)

    def apply(self, optimizer: Any, *schedulers: Any, **names: Optional[str]) -> None:
        """Sets the hyperparameters that an optimizer knows: learning_rate, weight_decay, momentum, beta1 ...

        `names` says which hyperparameter is meant where it has no usual name, `lr="rate_of_the_head"`; None
        leaves one alone. Schedulers of the learning rate must be given as well. The optimizer is remembered:
        it is set again after every restore and change, and its values are read back for every report.
        """
        self._work.in_force.apply(optimizer, schedulers, names)

    def in_force(self, **values: Union[Any, Callable[[], Any]]) -> None:
        """Says what is in force where `apply` did not set it: read it from where it is used.

        A function is asked again at every report; a value counts until the next change.
        """
        self._work.in_force.say(values)

    def report(self, **metrics: Any) -> None:
        """Reports numbers, or arrays of one element; the last ones of a unit are its result.

        The first rank's count.

        Raises `TypeError` for what is no number.
        """
        self._host.report(self._work, metrics)

    def heartbeat(self) -> None:
        """Says that a long unit is still at work; call it as often as you like."""
        self._host.heartbeat()

    def restore(self, tree: Tree, name: str = "tree") -> Tree:
        """The tree of arrays to go on with: for code without objects that keep it, as in JAX.

        params = trial.restore(params)          # once after making it, and first in every unit
        for unit in trial.budgets():
            params = trial.restore(params)
            params = train(params)
            trial.keep(params)
        """
        restored: Tree = self._work.trees.restore(name, tree, self._work.reader)
        return restored

    def keep(self, tree: Any, name: str = "tree") -> None:
        """Makes a tree of arrays (dicts, lists, tuples) the state of the trial, at the end of a unit."""
        self._work.trees.keep(name, tree)

    def log(self, *values: Any) -> None:
        """Writes a line into the trial's log."""
        text = " ".join(str(value) for value in values)
        print(f"trial {self.number}, rank {self.rank}: {text}", file=sys.stderr, flush=True)
