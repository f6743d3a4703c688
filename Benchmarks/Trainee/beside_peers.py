"""The same study by this program, by hand with mpi4py and by Ray Tune, in turns; prints seconds and ratios.

    python3 beside_peers.py PROGRAM [ROUNDS]

The Python that runs this has PyTorch; mpi4py and Ray are measured where it has them.
"""

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

folder = Path(__file__).resolve().parent
program, rounds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
environment = dict(os.environ)
environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
environment["PYTHONPATH"] = str(folder.parents[1] / "clients/python/src")
environment["OMP_NUM_THREADS"] = "1"

mpirun = ["mpirun", "-n"]
commands = {"tuner-mpi, saving every generation": [*mpirun, "3", program, "study.yaml", "--run-directory"]}
if importlib.util.find_spec("mpi4py"):
    commands["PBT by hand with mpi4py, saving nothing"] = [*mpirun, "2", sys.executable, "by_mpi4py.py"]
if importlib.util.find_spec("ray"):
    commands["Ray Tune"] = [sys.executable, "by_ray.py"]

seconds: dict[str, list[float]] = {name: [] for name in commands}
for _ in range(rounds):
    for name, command in commands.items():
        with tempfile.TemporaryDirectory() as runs:
            words = [*command, f"{runs}/run"] if command[-1] == "--run-directory" else command
            start = time.perf_counter()
            done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
            seconds[name].append(time.perf_counter() - start)
            if done.returncode != 0:
                sys.exit(f"{name}: code {done.returncode}\n{done.stdout}\n{done.stderr}")
            shutil.rmtree(f"{runs}/run", ignore_errors=True)

ours = statistics.median(next(iter(seconds.values())))
for name, times in seconds.items():
    middle = statistics.median(times)
    print(f"{name:36} {middle:6.1f} s ({min(times):.1f} to {max(times):.1f}), {middle / ours:.2f} times ours")
