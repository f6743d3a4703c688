"""The conversation with `tuner-mpi suggest`: one line of JSON for each line, over the pipes of a process."""

import json
import os
import shutil
import subprocess
from typing import Any, Dict, Optional, Sequence

from ._errors import StudyError

PROGRAM_VARIABLE = "TUNER_MPI"


class Suggest:
    """A running `tuner-mpi suggest`."""

    def __init__(self, program: Optional[str], arguments: Sequence[str]) -> None:
        command = [_found(program), "suggest", *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._is_waiting = False

    @property
    def is_listening(self) -> bool:
        """Whether the next line would have its own answer."""
        pipe = self._process.stdin
        return pipe is not None and not pipe.closed and not self._is_waiting

    def say(self, operation: str, **members: Any) -> Dict[str, Any]:
        """The answer to a request. Raises `StudyError` with its words if it is refused."""
        line = (
            json.dumps({"op": operation, **members}, separators=(",", ":"), default=_plain).encode() + b"\n"
        )
        pipes = self._process.stdin, self._process.stdout
        if pipes[0] is None or pipes[1] is None or pipes[0].closed:
            raise StudyError(f"{operation}: expected an open study, found a closed one. Make another one.")
        self._is_waiting = True
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
        self._is_waiting = False
        message: Dict[str, Any] = json.loads(answer)
        if "error" in message:
            raise StudyError(message["error"])
        return message

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


def _plain(value: Any) -> Any:
    """A number or a list of what JSON does not know: an array's, a tensor's, or a path's text."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if callable(getattr(value, "tolist", None)):
        return value.tolist()
    raise TypeError(f"expected a value that JSON has, found {value!r}.")


def _found(program: Optional[str]) -> str:
    named = program or os.environ.get(PROGRAM_VARIABLE) or "tuner-mpi"
    path = shutil.which(named)
    if path is None:
        raise StudyError(
            f"tuner-mpi: expected the program, found none called {named}. Put it into PATH, set "
            f"{PROGRAM_VARIABLE}, or name it: Study(..., program=...)."
        )
    return path
