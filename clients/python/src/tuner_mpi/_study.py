"""Ask and tell: the samplers and schedulers of `tuner-mpi suggest`, for trials that are trained elsewhere."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Type, Union

from ._errors import StudyError
from ._numbers import number

PROGRAM_VARIABLE = "TUNER_MPI"

# (low, high), a list of choices, one value for all trials, or a parameter as docs/suggest.md has it.
Domain = Union[Tuple[float, float], List[Any], Mapping[str, Any], float, int, str, bool, None]


@dataclass(frozen=True)
class Suggestion:
    """A trial that the study wants: what to train, and how far, counted from the trial's beginning."""

    id: int
    params: Dict[str, Any]
    fidelity: Optional[int] = None
    # The trial and the fidelity of the state to begin with, where it is another one's.
    origin: Optional[Tuple[int, int]] = field(default=None)

    def __getitem__(self, name: str) -> Any:
        return self.params[name]


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
        space: Union[Mapping[str, Domain], Sequence[Mapping[str, Any]]],
        *,
        sampler: Optional[str] = None,
        scheduler: Optional[str] = None,
        program: Optional[str] = None,
        **options: Any,
    ) -> None:
        """`options` are those of `init` in docs/suggest.md: seed, budget, parallel, direction, fidelity,
        constraints, baseline, first, warm.

        The program is the argument, else the one that the environment variable `TUNER_MPI` names, else
        `tuner-mpi` in `PATH`.
        """
        command = [_found(program), "suggest"]
        command += [] if sampler is None else ["--sampler", sampler]
        command += [] if scheduler is None else ["--scheduler", scheduler]
        self.is_finished = False
        self._is_maximized = options.get("direction") == "maximize"
        self._best: Optional[Tuple[float, Dict[str, Any]]] = None
        self._suggested: Dict[int, Suggestion] = {}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self._say("init", space=parameters(space), **options)
        except BaseException:
            self.close()
            raise

    def ask(self) -> Optional[Suggestion]:
        """The next trial; None where the scheduler waits for results, or has no more: `is_finished`."""
        suggestions = self.ask_many(1)
        return suggestions[0] if suggestions else None

    def ask_many(self, count: int) -> List[Suggestion]:
        """Up to `count` trials to be trained at the same time."""
        answer = self._say("ask", n=count)
        self.is_finished = answer.get("finished") is True
        suggestions = [_suggestion(trial) for trial in answer["trials"]]
        self._suggested.update((suggestion.id, suggestion) for suggestion in suggestions)
        return suggestions

    def tell(
        self,
        trial: Union[Suggestion, int],
        value: Any,
        *,
        curve: Sequence[Tuple[int, float]] = (),
    ) -> None:
        """What a trial was measured to be, or None for one that failed.

        `curve` has the measurements on the way, pairs of fidelity and value.

        A number that is not finite is a failure as well.
        """
        id = trial if isinstance(trial, int) else trial.id
        told: Dict[str, Any] = {"id": id, "value": _value(value)}
        if curve:
            told["curve"] = [[fidelity, number("curve", point)] for fidelity, point in curve]
        self._say("tell", trials=[told])
        suggestion = self._suggested.pop(id, None)
        if suggestion is not None:
            self._note(told["value"], suggestion.params)

    def observe(self, params: Mapping[str, Any], value: Any, *, fidelity: Optional[int] = None) -> None:
        """Tells of a trial that the study did not ask for, such as one of an earlier study."""
        told: Dict[str, Any] = {"id": None, "params": dict(params), "value": _value(value)}
        if fidelity is not None:
            told["fidelity"] = fidelity
        self._say("tell", trials=[told])
        self._note(told["value"], dict(params))

    @property
    def best(self) -> Optional[Tuple[float, Dict[str, Any]]]:
        """The best value that was told, at whatever fidelity, and its parameters."""
        return self._best

    def close(self) -> None:
        """Ends the program."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass
        try:
            self._process.wait(10)  # it ends with its input
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> "Study":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def _note(self, value: Optional[float], params: Dict[str, Any]) -> None:
        if value is None:
            return
        is_better = self._best is None or (
            value > self._best[0] if self._is_maximized else value < self._best[0]
        )
        if is_better:
            self._best = (value, params)

    def _say(self, operation: str, **members: Any) -> Dict[str, Any]:
        line = json.dumps({"op": operation, **members}, separators=(",", ":")).encode() + b"\n"
        pipes = self._process.stdin, self._process.stdout
        if pipes[0] is None or pipes[1] is None or pipes[0].closed:
            raise StudyError(f"{operation}: expected an open study, found a closed one. Make another one.")
        try:
            pipes[0].write(line)
            pipes[0].flush()
            answer = pipes[1].readline()
        except BrokenPipeError:
            answer = b""
        if not answer.endswith(b"\n"):
            code = self._process.wait()
            raise StudyError(
                f"{operation}: expected an answer, found the end of tuner-mpi suggest (exit code {code}). "
                "Its error output says why."
            )
        message: Dict[str, Any] = json.loads(answer)
        if "error" in message:
            raise StudyError(message["error"])
        return message


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
        if study.best is None:
            raise StudyError(f"minimize: expected a finite value in {trials} trials, found none.")
        return study.best


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


def _suggestion(trial: Mapping[str, Any]) -> Suggestion:
    origin = trial.get("from")
    return Suggestion(
        trial["id"],
        trial["params"],
        trial.get("fidelity"),
        None if origin is None else (origin["id"], origin["fidelity"]),
    )


def _value(value: Any) -> Optional[float]:
    if value is None:
        return None
    plain = number("value", value)
    return plain if abs(plain) < float("inf") else None


def _found(program: Optional[str]) -> str:
    named = program or os.environ.get(PROGRAM_VARIABLE) or "tuner-mpi"
    path = shutil.which(named)
    if path is None:
        raise StudyError(
            f"tuner-mpi: expected the program, found none called {named}. Put it into PATH, set "
            f"{PROGRAM_VARIABLE}, or name it: Study(..., program=...)."
        )
    return path
