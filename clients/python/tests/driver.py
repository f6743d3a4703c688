"""Plays the side of tuner-mpi: starts a script with a dialogue, asks, and holds the states in memory."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

HERE = Path(__file__).parent
SOURCES = HERE.parent / "src"
PATIENCE = 30.0


class State:
    """A file in memory, as tuner-mpi gives it to a process and takes it back."""

    def __init__(self) -> None:
        self.descriptor = os.memfd_create("state")
        self.path = f"/proc/{os.getpid()}/fd/{self.descriptor}"

    @property
    def content(self) -> bytes:
        return os.pread(self.descriptor, os.fstat(self.descriptor).st_size, 0)

    @property
    def header(self) -> Dict[str, Any]:
        content = self.content
        length = int.from_bytes(content[:8], "little")
        assert (8 + length) % 64 == 0
        header: Dict[str, Any] = json.loads(content[8 : 8 + length])
        return header

    @property
    def metadata(self) -> Dict[str, Any]:
        metadata: Dict[str, Any] = json.loads(self.header["__metadata__"]["tuner_mpi"])
        return metadata

    def bytes(self, name: str) -> bytes:
        content = self.content
        begin = 8 + int.from_bytes(content[:8], "little")
        first, end = self.header[name]["data_offsets"]
        return content[begin + first : begin + end]

    def __del__(self) -> None:
        os.close(self.descriptor)


class Script:
    """A process under the dialogue: a file of `scripts`, or a text of several lines."""

    def __init__(self, script: str, *, python: str = sys.executable, **environment: str) -> None:
        theirs_in, self.asking = os.pipe()
        self.hearing, theirs_out = os.pipe()
        variables = {
            **os.environ, "PYTHONPATH": str(SOURCES), "TUNER_MPI_DIALOGUE": f"{theirs_in},{theirs_out}",
            "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1", **environment,
        }  # fmt: skip
        program = ["-c", script] if "\n" in script else [str(HERE / "scripts" / script)]
        self.process = subprocess.Popen(
            [python, *program],
            env=variables,
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._pending = b""
        self._scratch = tempfile.TemporaryDirectory()
        self.signs: List[Dict[str, Any]] = []

    def __enter__(self) -> "Script":
        return self

    def __exit__(self, *_: Any) -> None:
        self.hang_up()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.communicate()
        os.close(self.hearing)
        self._scratch.cleanup()

    def hang_up(self) -> None:
        if self.asking >= 0:
            os.close(self.asking)
            self.asking = -1

    def say(self, do: str, **members: Any) -> None:
        os.write(self.asking, json.dumps({"do": do, **members}).encode() + b"\n")

    def hear(self) -> Optional[Dict[str, Any]]:
        """The next line; None at the end."""
        deadline = time.monotonic() + PATIENCE
        while b"\n" not in self._pending:
            if not select.select([self.hearing], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("the script says nothing")
            read = os.read(self.hearing, 1 << 16)
            if not read:
                return None
            self._pending += read
        line, self._pending = self._pending.split(b"\n", 1)
        message: Dict[str, Any] = json.loads(line)
        return message

    def answer(self) -> Dict[str, Any]:
        """The next line that is no report and no sign of life; those are kept in `signs`."""
        while True:
            message = self.hear()
            assert message is not None, self.process.communicate()[1]
            if message["say"] not in ("report", "alive"):
                return message
            self.signs.append(message)

    def ask(self, do: str, **members: Any) -> Dict[str, Any]:
        self.say(do, **members)
        return self.answer()

    def hello(self, **members: Any) -> Dict[str, Any]:
        defaults = {"version": 1, "study": "test", "rank": 0, "ranks": 1, "settings": {}, "searched": []}
        return self.ask("hello", **{**defaults, **members})

    def begin(self, trial: int = 0, do: str = "begin", **members: Any) -> Dict[str, Any]:
        defaults = {
            "seed": 7,
            "configuration": {},
            "directory": f"{self._scratch.name}/trial-{trial}",
            "budget": 0,
            "state": None,
        }
        return self.ask(do, trial=trial, **{**defaults, **members})

    def save(self) -> State:
        state = State()
        answer = self.ask("save", file=state.path)
        assert answer == {"say": "saved", "bytes": len(state.content)}, answer
        return state

    def end(self) -> str:
        """Says the end; returns what the script printed."""
        self.say("end")
        output, errors = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, errors
        return output

    def failure(self) -> Dict[str, Any]:
        """What the script says while it fails."""
        message = self.answer()
        assert message["say"] == "error", message
        return message
