"""Another trial for a script that takes one: the script is started anew, in the same process.

A script with `tuner_mpi.trial()` makes its objects once, at its own top level. The process keeps its number,
its log and the dialogue; everything else is as when tuner-mpi started it.
"""

import atexit
import json
import os
import sys
from typing import Any, Dict, List, Mapping, NoReturn, Sequence

VARIABLE = "TUNER_MPI_ANEW"
_SECONDS_FOR_CHILDREN = 1.0


class Beginning:
    """How the process was started, remembered before the script changes any of it."""

    def __init__(self) -> None:
        with open("/proc/self/cmdline", "rb") as file:
            self._arguments = [sys.executable.encode(), *file.read().split(b"\0")[1:-1]]
        self._environment = dict(os.environ)
        self._directory = os.getcwd()
        self._cores = os.sched_getaffinity(0)

    def again(
        self, descriptors: Sequence[int], variables: Mapping[str, str], heard: Sequence[Mapping[str, Any]]
    ) -> NoReturn:
        """Starts the script anew, with these descriptors alone, and with messages that it is to hear first.

        Raises `OSError` where the system refuses.
        """
        memory = os.memfd_create("tuner-mpi messages")
        os.write(memory, json.dumps(heard).encode())
        # Before the end of what the script has left to the end, which may wait for them.
        _end_children()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        # Libraries in C leave descriptors open: the port at which the group has met would stay taken.
        kept = {0, 1, 2, memory, *descriptors}
        for name in os.listdir("/proc/self/fd"):
            if os.path.exists(f"/proc/self/fd/{name}"):
                os.set_inheritable(int(name), int(name) in kept)
        os.chdir(self._directory)
        # Libraries for threads bind the one that calls them, and what it starts, to a core.
        os.sched_setaffinity(0, self._cores)
        os.execve(sys.executable, self._arguments, {**self._environment, **variables, VARIABLE: str(memory)})


def heard_before() -> List[Dict[str, Any]]:
    """What the process has heard before it was started anew; nothing in one that is new."""
    text = os.environ.pop(VARIABLE, None)
    if text is None:
        return []
    memory = int(text)
    try:
        content = os.pread(memory, os.fstat(memory).st_size, 0)
    finally:
        os.close(memory)
    heard: List[Dict[str, Any]] = json.loads(content)
    return heard


def _end_children() -> None:
    """Workers of a data loader wait for the end of this process, which does not end."""
    multiprocessing: Any = sys.modules.get("multiprocessing")
    if multiprocessing is None:
        return
    children = multiprocessing.active_children()
    for child in children:
        child.terminate()
    for child in children:
        child.join(_SECONDS_FOR_CHILDREN)
