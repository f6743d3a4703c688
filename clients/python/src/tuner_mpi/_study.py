"""Ask and tell: the samplers and schedulers of `tuner-mpi suggest`, for trials that are trained elsewhere."""

import os
from types import TracebackType
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Type, Union

from ._errors import StudyError
from ._numbers import number
from ._study_state import Belief, Finding, StudyState, Suggestion, state, suggestion
from ._suggest import Suggest

# (low, high), a list of choices, one value for all trials, or a parameter as docs/suggest.md has it.
Domain = Union[Tuple[float, float], List[Any], Mapping[str, Any], float, int, str, bool, None]
# Parameters by name, or in order as docs/suggest.md has them; or the path of an experiment file.
Space = Union[Mapping[str, Domain], Sequence[Mapping[str, Any]], str, "os.PathLike[str]"]

# What stands for a value that was not said, because None is a failure.
_UNSAID: Any = object()


class Study:
    """A conversation with `tuner-mpi suggest`, which ends with the `with` block, or by `close`.

        with tuner_mpi.Study({"rate": {"type": "float", "low": 1e-5, "high": 0.1, "log": True}}) as study:
            for _ in range(20):
                trial = study.ask()
                study.tell(trial, train(**trial.params))

    Every mistake that the program finds is a `StudyError` with its words, and changes nothing.
    """

    def __init__(
        self,
        space: Space,
        *,
        objectives: Optional[Mapping[str, str]] = None,
        limits: Optional[Mapping[str, Mapping[str, float]]] = None,
        transfer: Optional[Sequence[Union[str, "os.PathLike[str]"]]] = None,
        sampler: Optional[str] = None,
        scheduler: Optional[str] = None,
        settings: Sequence[str] = (),
        program: Optional[str] = None,
        **options: Any,
    ) -> None:
        """A study of a space, or of an experiment file, which names all but the seed.

        `objectives` are named and go somewhere each, `{"loss": "minimize", "speed": "maximize"}`; `limits` are
        kept, `{"memory": {"at_most": 5}}`; `transfer` are run directories or tables of earlier studies.
        `settings` replace values of an experiment file, such as `search.sampler=tpe`.

        `options` are those of `init` in docs/suggest.md: seed, budget, parallel, direction, fidelity,
        constraints, baseline, first, warm.

        The program is the argument, else the one that the environment variable `TUNER_MPI` names, else
        `tuner-mpi` in `PATH`.
        """
        named = {"objectives": objectives, "limits": limits, "transfer": transfer}
        init = {**{key: value for key, value in named.items() if value is not None}, **options}
        arguments: List[str] = []
        if isinstance(space, (str, os.PathLike)):
            arguments.append(os.fspath(space))
        else:
            init = {"space": parameters(space), **init}
        arguments += [] if sampler is None else ["--sampler", sampler]
        arguments += [] if scheduler is None else ["--scheduler", scheduler]
        arguments += [word for setting in settings for word in ("--set", setting)]
        self.is_finished = False
        self._last: Optional[StudyState] = None
        self._suggest = Suggest(program, arguments)
        try:
            self._suggest.say("init", **init)
        except BaseException:
            self._suggest.close()
            raise

    def ask(self) -> Optional[Suggestion]:
        """The next trial; None where the scheduler waits for results, or has no more: `is_finished`."""
        suggestions = self.ask_many(1)
        return suggestions[0] if suggestions else None

    def ask_many(self, count: int) -> List[Suggestion]:
        """Up to `count` trials to be trained at the same time."""
        answer = self._suggest.say("ask", n=count)
        self.is_finished = answer.get("finished") is True
        return [suggestion(trial) for trial in answer["trials"]]

    def tell(
        self,
        trial: Union[Suggestion, int],
        value: Any = _UNSAID,
        *,
        metrics: Optional[Mapping[str, Any]] = None,
        curve: Sequence[Tuple[float, Any]] = (),
    ) -> None:
        """What a trial was measured to be, or None for one that failed.

        Of several objectives the value is a list in their order, or a mapping by their names; `metrics` are
        those of the limits, and of objectives that the value leaves out. `curve` has the measurements on the
        way, pairs of fidelity and value.

        A number that is not finite is a failure as well.
        """
        told = _told("tell", value, metrics)
        told["id"] = trial if isinstance(trial, int) else trial.id
        if curve:
            told["curve"] = [[fidelity, _plain("curve", point)] for fidelity, point in curve]
        self._suggest.say("tell", trials=[told])

    def observe(
        self,
        params: Mapping[str, Any],
        value: Any = _UNSAID,
        *,
        metrics: Optional[Mapping[str, Any]] = None,
        fidelity: Optional[float] = None,
    ) -> None:
        """Tells of a trial that the study did not ask for, such as one of an earlier study."""
        told = _told("observe", value, metrics)
        told.update(id=None, params=dict(params))
        if fidelity is not None:
            told["fidelity"] = fidelity
        self._suggest.say("tell", trials=[told])

    def state(self, at: Optional[Sequence[Mapping[str, Any]]] = None) -> StudyState:
        """Where the study stands, and what the sampler's model believes at parameters.

        Of a study that was closed: where it stood, without beliefs.
        """
        if self._last is not None and at is None:
            return self._last
        points = {} if at is None else {"at": [dict(point) for point in at]}
        return state(self._suggest.say("state", **points))

    @property
    def best(self) -> Optional[Tuple[float, Dict[str, Any]]]:
        """The best value that was told, at whatever fidelity, and its parameters: by the first objective, of
        those that break limits least. `state().best` says more."""
        best = self.state().best
        return None if best is None else (best.value, best.params)

    @property
    def front(self) -> List[Finding]:
        """What nothing dominates, by the first objective; with one objective the best alone."""
        return self.state().front

    def believes(
        self, at: Sequence[Mapping[str, Any]], objective: Optional[str] = None
    ) -> Optional[List[Belief]]:
        """What the sampler's model expects of an objective, the first one unless it is named, at parameters.

        None where there is no model, or too little was told for one: `state(at).no_beliefs` says which.
        """
        beliefs = self.state(at).beliefs
        if beliefs is None:
            return None
        for point in beliefs:
            if objective is not None and objective not in point:
                raise StudyError(
                    f"believes: expected one of the objectives {', '.join(point)}, found {objective}. "
                    "Name one of them, or none for the first."
                )
        return [next(iter(point.values())) if objective is None else point[objective] for point in beliefs]

    def close(self) -> None:
        """Ends the program."""
        if self._suggest.is_listening:
            try:
                self._last = self.state()
            except StudyError:
                pass  # it has ended by itself, and whoever asked it something heard of that
        self._suggest.close()

    def __enter__(self) -> "Study":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()


def minimize(
    function: Callable[..., Any], space: Mapping[str, Domain], trials: int, **options: Any
) -> Tuple[float, Dict[str, Any]]:
    """The best of `trials` values of a function of the parameters, one after another, and where it was found.

    Options are those of `Study`.
    """
    with Study(space, budget=trials, **options) as study:
        for _ in range(trials):
            trial = study.ask()
            if trial is None:
                break
            study.tell(trial, function(**trial.params))
        best = study.best
        if best is None:
            raise StudyError(f"minimize: expected a finite value in {trials} trials, found none.")
        return best


def parameters(space: Union[Mapping[str, Domain], Sequence[Mapping[str, Any]]]) -> List[Dict[str, Any]]:
    """A space as `init` has it: (1, 8) is an int, (0.0, 1.0) a float, a list its choices, a value fixed."""
    if not isinstance(space, Mapping):
        return [dict(parameter) for parameter in space]
    return [{"name": name, **_parameter(domain)} for name, domain in space.items()]


def _parameter(domain: Domain) -> Mapping[str, Any]:
    if isinstance(domain, Mapping):
        return domain
    if isinstance(domain, tuple):
        low, high = domain
        is_whole = isinstance(low, int) and isinstance(high, int)
        return {"type": "int" if is_whole else "float", "low": low, "high": high}
    if isinstance(domain, list):
        return {"type": "cat", "choices": domain}
    return {"type": "fixed", "value": domain}


def _told(operation: str, value: Any, metrics: Optional[Mapping[str, Any]]) -> Dict[str, Any]:
    """A measurement as `tell` has it; of a number that is not finite a failure."""
    if value is _UNSAID and metrics is None:
        raise StudyError(
            f"{operation}: expected a value or metrics, found neither. Write None as the value of a failed trial."
        )
    told: Dict[str, Any] = {}
    if value is not _UNSAID:
        told["value"] = None if value is None else _plain("value", value)
    if metrics is not None:
        told["metrics"] = {name: number(name, metric) for name, metric in metrics.items()}
    return {"value": None} if not all(map(_is_finite, told.values())) else told


def _plain(name: str, value: Any) -> Any:
    """A number, a list of numbers, or numbers by name."""
    if isinstance(value, Mapping):
        return {key: number(key, part) for key, part in value.items()}
    if isinstance(value, (list, tuple)) or (getattr(value, "ndim", 0) == 1 and len(value) > 1):
        return [number(name, part) for part in value]
    return number(name, value)


def _is_finite(plain: Any) -> bool:
    if isinstance(plain, dict):
        return all(map(_is_finite, plain.values()))
    if isinstance(plain, list):
        return all(map(_is_finite, plain))
    return plain is not None and abs(plain) < float("inf")
