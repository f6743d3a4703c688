"""The random generators of the process: Python's, NumPy's, and PyTorch's on the host and on GPUs.

They belong to a state, so that a trial that was paused goes on as if it had not been. Where each rank draws
numbers of its own they do not, and are seeded for every unit instead.
"""

import hashlib
import importlib
import pickle
import random
import sys
from typing import Any, Dict

from ._parts import FunctionsPart


def generators() -> FunctionsPart:
    return FunctionsPart("generators", _states, _restore)


def seed_generators(seed: int) -> None:
    """Seeds those whose library the script has imported, so that a trial begins alike wherever it runs."""
    random.seed(seed)
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)


def seed_for_unit(seed: int, unit: int, rank: int) -> None:
    """Seeds them for a unit of a trial on one rank: a state need not have what each rank has drawn."""
    digest = hashlib.sha256(f"{seed} {unit} {rank}".encode()).digest()
    seed_generators(int.from_bytes(digest[:8], "little") >> 1)


def _states() -> Dict[str, Any]:
    """The states of those whose library the script has imported."""
    states: Dict[str, Any] = {"python": pickle.dumps(random.getstate(), protocol=4)}
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        states["numpy"] = pickle.dumps(numpy.random.get_state(legacy=False), protocol=4)
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        states["torch"] = torch.get_rng_state()
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            states["cuda"] = torch.cuda.get_rng_state_all()
    return states


def _restore(states: Dict[str, Any]) -> None:
    random.setstate(pickle.loads(states["python"]))
    if "numpy" in states:
        numpy: Any = importlib.import_module("numpy")
        numpy.random.set_state(pickle.loads(states["numpy"]))
    if "torch" in states:
        torch: Any = importlib.import_module("torch")
        torch.set_rng_state(states["torch"])
        if "cuda" in states and torch.cuda.is_available():
            # A host with fewer GPUs restores those that it has.
            for device, state in zip(range(torch.cuda.device_count()), states["cuda"]):
                torch.cuda.set_rng_state(state, device)
