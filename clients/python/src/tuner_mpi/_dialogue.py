"""The two descriptors that tuner-mpi leaves to the process, and the lines on them.

Nobody else may hold them: they are closed in every child, forked or executed, so that the end of the one
process is seen at once on the other side.
"""

import contextlib
import json
import os
import queue
import select
import signal
import threading
from typing import Any, Dict, NoReturn, Optional, Union

from ._anew import Beginning, heard_before
from ._errors import DialogueError
from ._numbers import written

VARIABLE = "TUNER_MPI_DIALOGUE"
LONGEST_LINE = 1 << 20
STDERR = 2

Message = Dict[str, Any]


class Dialogue:
    """Reads what tuner-mpi asks, and writes what the process says."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._beginning = Beginning()
        self._lines: "queue.SimpleQueue[Union[Message, DialogueError]]" = queue.SimpleQueue()
        # Where the script was started anew, what the process heard before comes first.
        self.heard = heard_before()
        for message in self.heard:
            self._lines.put(message)
        self._lock = threading.Lock()
        self._listener: Optional[threading.Thread] = None
        self.is_open, self._is_over = True, False
        for descriptor in (reading, writing):
            os.set_inheritable(descriptor, False)
        os.register_at_fork(after_in_child=self._leave)

    @classmethod
    def inherited(cls) -> Optional["Dialogue"]:
        """The dialogue that tuner-mpi began with this process; None where the script runs alone.

        The variable is taken away, so that no child takes itself for the one that was meant.
        """
        text = os.environ.pop(VARIABLE, None)
        if text is None:
            return None
        try:
            reading, writing = (int(part) for part in text.split(","))
            return cls(reading, writing)
        except (ValueError, OSError):
            raise DialogueError(
                f"{VARIABLE}: expected two open descriptors, such as 3,4, found {text!r}. "
                "Remove the variable to run the script alone."
            ) from None

    def listen(self) -> None:
        """Begins to read, in a thread: the end of tuner-mpi is noticed while the script trains."""
        if self._listener is None:
            self._listener = threading.Thread(target=self._listen, name="tuner-mpi", daemon=True)
            self._listener.start()

    def next(self) -> Message:
        """Waits for what tuner-mpi asks."""
        message = self._lines.get()
        if isinstance(message, DialogueError):
            raise message
        return message

    def say(self, what: str, **members: Any) -> None:
        """Writes one line."""
        if not self.is_open:
            raise DialogueError(
                f"{what}: expected the process that tuner-mpi started, found a child of it. "
                "Report from the main process only."
            )
        line = written({"say": what, **members}).encode() + b"\n"
        if len(line) > LONGEST_LINE:
            raise DialogueError(
                f"{what}: expected a line of at most {LONGEST_LINE} bytes, found {len(line)}. Say less."
            )
        with self._lock:
            try:
                while line:
                    line = line[os.write(self._writing, line) :]
            except BrokenPipeError:
                if not self._is_over:
                    end_process_group()

    def start_anew(self, *heard: Message) -> NoReturn:
        """Starts the script anew, which hears these messages first."""
        descriptors = self._reading, self._writing
        self._beginning.again(descriptors, {VARIABLE: "{},{}".format(*descriptors)}, heard)

    def _listen(self) -> None:
        pending = b""
        while True:
            try:
                read = os.read(self._reading, 1 << 16)
            except OSError:
                read = b""
            if not read:
                break
            *lines, pending = (pending + read).split(b"\n")
            for line in lines:
                message = _parsed(line)
                if isinstance(message, dict) and message["do"] == "end":
                    self._is_over = True
                self._lines.put(message)
        if not self._is_over:
            end_process_group()

    def _leave(self) -> None:
        if self.is_open:
            self.is_open = False
            os.close(self._reading)
            os.close(self._writing)


def end_process_group() -> None:
    """Ends this process and, where it leads a group, all of the group: tuner-mpi is gone."""
    # Who read stderr may be gone as well: no error, no SIGPIPE and no full pipe may keep the end away.
    with contextlib.suppress(OSError, ValueError):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
        if select.select([], [STDERR], [], 0)[1]:
            os.write(STDERR, b"tuner-mpi is gone: this process ends.\n")
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _parsed(line: bytes) -> Union[Message, DialogueError]:
    try:
        message = json.loads(line)
        if isinstance(message, dict) and isinstance(message.get("do"), str):
            return message
    except ValueError:
        pass
    text = line[:200].decode(errors="replace")
    return DialogueError(f'the line from tuner-mpi: expected {{"do":...}}, found {text}.')
