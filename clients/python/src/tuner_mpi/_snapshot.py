"""The state of a trial: its parts, saved into a file and restored from one."""

import contextlib
import os
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Union

from ._errors import StateError, TunerError
from ._generators import generators as process_generators
from ._numbers import shown
from ._parts import ObjectPart, Part, TreePart, parts_of
from ._state_file import StateReader, StateWriter


class Snapshot:
    """What `trial.state` and `trial.keep` named."""

    def __init__(self) -> None:
        self._parts: Dict[str, Part] = {}
        self._has_generators = True
        self.seeds_each_rank = False
        self._is_own = False
        self._is_fixed = False

    @property
    def ownership(self) -> str:
        """`same` on all ranks, each rank's `own`, or `none`."""
        return "none" if not self._parts else "own" if self._is_own else "same"

    def add(self, new: Part) -> None:
        if self._is_fixed:
            raise TunerError(
                f"state {new.name}: expected all parts before trial.budgets(), found one in it. "
                "Move trial.state, or the first trial.restore, above the loop."
            )
        if new.name in self._parts or new.name == "generators":
            raise TunerError(
                f"state {new.name}: expected a new name, found one that is taken. Choose another one."
            )
        self._parts[new.name] = new

    def choose(self, generators: Union[bool, str], own: bool) -> None:
        """Leaves the generators out, if one call says so; makes all of it each rank's own, likewise."""
        if generators not in (True, False, "rank"):
            raise TunerError(
                f'trial.state: expected generators=True, False or "rank", found {shown(generators)}. '
                "Write one of them."
            )
        self._has_generators = self._has_generators and generators not in (False, "rank")
        self.seeds_each_rank = self.seeds_each_rank or generators == "rank"
        self._is_own = self._is_own or own

    def fix(self) -> None:
        """No part may follow: what the state is made of was said."""
        self._is_fixed = True

    def optimizers(self) -> List[Any]:
        """The parts that have groups of parameters, as PyTorch's optimizers do."""
        owners = [member.owner for member in self._parts.values() if isinstance(member, ObjectPart)]
        return [owner for owner in owners if isinstance(getattr(owner, "param_groups", None), list)]

    def save(
        self,
        descriptor: int,
        notes: Optional[Mapping[str, Any]] = None,
        sign: Callable[[], None] = lambda: None,
    ) -> int:
        """Writes all parts into an empty file; returns its size in bytes. `sign` as in `StateWriter`."""
        writer = StateWriter(sign)
        writer.notes.update(notes or {})
        for member in self._all():
            sign()
            member.write(writer)
        return writer.write(descriptor)

    def load(self, reader: StateReader) -> None:
        """Restores all parts, the generators last: making the others may have drawn from them."""
        if not self._parts:
            raise StateError(
                "state: expected parts to restore it into, found none. Name them with trial.state(...)."
            )
        every = parts_of(reader)
        stored = set(every) - {"generators"}
        for name in sorted(stored ^ set(self._parts)):
            found = f"also {name}" if name in stored else f"none called {name}"
            raise StateError(
                f"state: expected the parts {', '.join(self._parts)}, as the script has them, found {found}. "
                "Name the same parts for all trials."
            )
        for member in self._all():
            if member.name != "generators" or "generators" in every:
                member.restore(reader)

    def _all(self) -> Iterator[Part]:
        yield from self._parts.values()
        if self._has_generators:
            yield process_generators()


class Trees:
    """The trees of `trial.keep` and `trial.restore`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._trees: Dict[str, TreePart] = {}

    def restore(self, name: str, tree: Any, reader: Optional[StateReader]) -> Any:
        """The tree to go on with: the restored one if there is one, else the given one."""
        known = self._trees.get(name)
        if known is None:
            known = self._add(name, tree)
            if reader is not None:
                known.restore(reader)
        if known.is_new:
            known.is_new = False
            return known.tree
        known.tree = tree
        return tree

    def keep(self, name: str, tree: Any) -> None:
        known = self._trees.get(name) or self._add(name, tree)
        known.tree = tree

    def check(self) -> None:
        """Raises `TunerError` where a restored tree was not taken: the unit has trained the old one."""
        for tree in self._trees.values():
            if tree.is_new:
                raise TunerError(
                    "trial.restore: expected a call in every unit, because another state was restored, found "
                    f"none for {tree.name}. Begin the loop over trial.budgets() with {tree.name} = "
                    f"trial.restore({tree.name})."
                )

    def _add(self, name: str, tree: Any) -> TreePart:
        added = self._trees[name] = TreePart(name, tree)
        self._snapshot.add(added)
        return added


@contextlib.contextmanager
def opened(path: Optional[str], flags: int = os.O_RDONLY) -> Iterator[int]:
    """An open descriptor of the file, closed at the end."""
    descriptor = os.open(str(path), flags | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
