"""What `tuner-mpi suggest` says of a study, as values."""

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Tuple


@dataclass(frozen=True)
class Suggestion:
    """A trial that the study wants: what to train, and how far, counted from the trial's beginning."""

    id: int
    params: Dict[str, Any]
    fidelity: Optional[float] = None
    # The trial and the fidelity of the state to begin with, where it is another one's.
    origin: Optional[Tuple[int, float]] = field(default=None)

    def __getitem__(self, name: str) -> Any:
        return self.params[name]


@dataclass(frozen=True)
class Finding:
    """A result that was told."""

    # None of one that the study did not ask for.
    id: Optional[int]
    params: Dict[str, Any]
    # By the names of the objectives, the leading one first; the one that has no name is called `value`.
    values: Dict[str, float]
    fidelity: Optional[float] = None
    # The limits that it does not keep, in words.
    breaks: Tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """Of the first objective."""
        return next(iter(self.values.values()))


@dataclass(frozen=True)
class Belief:
    """What a sampler's model expects of a value at the full evaluation."""

    mean: float
    # One standard deviation of the mean.
    deviation: float


@dataclass(frozen=True)
class StudyState:
    """Where a study stands."""

    # How many results were told, and how many of them as failed.
    told: int
    failed: int
    # The trials that were asked for and not told.
    pending: List[int]
    is_finished: bool
    sampler: str
    # Where each objective goes, the leading one first: minimize or maximize.
    objectives: Dict[str, str]
    # Why the last proposal was made as it was; None where there was no choice.
    because: Optional[str]
    # By the first objective, of those that break limits least, at whatever fidelity.
    best: Optional[Finding]
    # What nothing dominates, by the first objective; the best alone where there is one objective.
    front: List[Finding]
    # For each point that was asked about, by objective; None without points, and without a model.
    beliefs: Optional[List[Dict[str, Belief]]] = None
    # Why there are no beliefs.
    no_beliefs: Optional[str] = None


def suggestion(trial: Mapping[str, Any]) -> Suggestion:
    origin = trial.get("from")
    return Suggestion(
        trial["id"],
        trial["params"],
        trial.get("fidelity"),
        None if origin is None else (origin["id"], origin["fidelity"]),
    )


def state(answer: Mapping[str, Any]) -> StudyState:
    objectives: Dict[str, str] = answer["objectives"]
    first = next(iter(objectives))
    best = None if answer["best"] is None else _finding(answer["best"], first)
    front = [] if best is None else [best]
    beliefs = answer.get("beliefs")
    return StudyState(
        told=answer["told"],
        failed=answer["failed"],
        pending=answer["pending"],
        is_finished=answer["finished"],
        sampler=answer["sampler"],
        objectives=objectives,
        because=answer.get("because"),
        best=best,
        front=[_finding(member, first) for member in answer["front"]] if "front" in answer else front,
        beliefs=None if beliefs is None else [_beliefs(belief, objectives) for belief in beliefs],
        no_beliefs=answer.get("no_beliefs"),
    )


def _finding(found: Mapping[str, Any], first: str) -> Finding:
    value = found["value"]
    return Finding(
        found["id"],
        found["params"],
        value if isinstance(value, dict) else {first: value},
        found.get("fidelity"),
        tuple(found.get("breaks", ())),
    )


def _beliefs(belief: Mapping[str, Any], objectives: Mapping[str, str]) -> Dict[str, Belief]:
    parts = belief if len(objectives) > 1 else {next(iter(objectives)): belief}
    return {name: Belief(part["mean"], part["deviation"]) for name, part in parts.items()}
