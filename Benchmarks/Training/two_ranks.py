"""Weak scaling of a training step to two ranks, beside PyTorch DDP with gloo, in one run.

    python two_ranks.py PATH/TO/bench-training

One thread a rank, as many samples on each as on one alone; the four (ours and PyTorch's, by one rank and by two) take
turns, each in processes of its own that end with its turn: ranks that wait for theirs would take from the cores. Efficiency is
the step of one rank over the step of two, by the medians. Needs mpirun, and torch of the version that the program links. On two
cores, nothing else should run.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import beside_pytorch  # noqa: E402
import torch  # noqa: E402
from torch.nn import functional  # noqa: E402

ROUNDS = 3
# Model, samples of a rank's batch, steps a turn.
CASES = [("mlp", 256, 30), ("resnet", 128, 4), ("transformer", 32, 4)]


def peer(name, batch, folder):
    """A rank of PyTorch's side: a number of steps on standard input, the seconds of each on standard output of rank 0."""
    torch.set_num_threads(1)
    rank, ranks = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    layout = "channels last" if name == "resnet" else "rows"
    side = beside_pytorch.PyTorch(name, int(batch), "adamw", layout, pathlib.Path(folder))
    module = side.model
    if ranks > 1:
        torch.distributed.init_process_group("gloo")
        module = torch.nn.parallel.DistributedDataParallel(module)
    while True:
        steps = torch.tensor([int(sys.stdin.readline() or 0) if rank == 0 else 0])
        if ranks > 1:
            torch.distributed.broadcast(steps, 0)
        if not steps:
            break
        seconds = []
        for _ in range(int(steps)):
            start = time.perf_counter()
            inputs, targets = side.batches[side.step % beside_pytorch.BATCHES]
            side.step += 1
            functional.cross_entropy(module(inputs), targets.flatten()).backward()
            side.optimizer.step()
            side.optimizer.zero_grad(set_to_none=True)
            seconds.append(time.perf_counter() - start)
        if rank == 0:
            print(json.dumps({"seconds": seconds}), flush=True)


class Side:
    """A trainer on one rank or two, which takes a number of steps when asked."""

    def __init__(self, command):
        environment = os.environ | {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29511", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def reply(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("a side ended without an answer")
        return json.loads(line)

    def train(self, steps):
        print(steps, file=self.process.stdin, flush=True)
        return self.reply()["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def ours(binary, name, batch, folder, ranks):
    side = Side(["mpirun", "-n", str(ranks), binary, name, str(batch), "adamw", folder])
    side.reply()
    return side


def theirs(name, batch, folder, ranks):
    launcher = ["mpirun", "-n", str(ranks), "bash", "-c",
                'RANK=$OMPI_COMM_WORLD_RANK WORLD_SIZE=$OMPI_COMM_WORLD_SIZE exec "$@"', "peer"]
    return Side([*launcher, sys.executable, __file__, "--peer", name, str(batch), folder])


def measure(binary, name, batch, steps):
    with tempfile.TemporaryDirectory() as folder:
        beside_pytorch.write_data(name, batch, pathlib.Path(folder))
        # Ours on one rank first: it writes the weights and the batches that PyTorch takes.
        starts = {("ours", ranks): lambda ranks=ranks: ours(binary, name, batch, folder, ranks) for ranks in (1, 2)}
        starts |= {("DDP", ranks): lambda ranks=ranks: theirs(name, batch, folder, ranks) for ranks in (1, 2)}
        seconds = {key: [] for key in starts}
        for _ in range(ROUNDS):
            for key, start in starts.items():
                side = start()
                side.train(3)
                seconds[key] += side.train(steps)
                side.close()
    return {key: statistics.median(values) for key, values in seconds.items()}


def main():
    if sys.argv[1] == "--peer":
        return peer(*sys.argv[2:])
    print("| model | ours: ms on 1, on 2 ranks | efficiency | DDP, gloo: ms on 1, on 2 | efficiency |\n|---|---|---|---|---|")
    for name, batch, steps in CASES:
        medians = measure(sys.argv[1], name, batch, steps)
        cells = []
        for side in ("ours", "DDP"):
            one, two = medians[side, 1], medians[side, 2]
            cells += [f"{one * 1e3:.1f}, {two * 1e3:.1f}", f"{one / two:.3f}"]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
