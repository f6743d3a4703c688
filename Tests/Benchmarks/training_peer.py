"""Training speed beside PyTorch eager, in one run: one thread, the same weights and batches, taking turns.

    python training_peer.py PATH/TO/training-bench

Needs torch (the version that the program links) and, for the LAMB row, timm. Prints a table; the exit code says whether
the losses of the first three steps agree to 1e-5 with PyTorch's in our own memory layout: channels last for images. (In
rows, PyTorch's convolutions round otherwise, and Adam's first step, which is the sign of the gradient, makes 1e-4 of it.)
"""

import importlib.util
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import types

import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "TrainingTests" / "Golden"))
import models  # noqa: E402

ROUNDS = 6

# Model, optimizer, memory layouts of PyTorch to try (the last one is ours), steps a turn.
CASES = [
    ("mlp", "adamw", ["rows"], 25),
    ("resnet", "adamw", ["rows", "channels last"], 2),
    ("transformer", "adamw", ["rows"], 3),
    ("mlp", "lamb", ["rows"], 25),
]


def make(name):
    torch.manual_seed(1)
    if name == "mlp":
        return models.MLP(784, [1024, 1024], 10), torch.rand(256, 784) * 2 - 1, torch.randint(10, (256,))
    if name == "resnet":
        return models.ResNet(20, 16, 3, 10), torch.rand(128, 3, 32, 32) * 2 - 1, torch.randint(10, (128,))
    tokens = torch.randint(65, (32, 129))
    model = models.Transformer(65, 128, 4, 4, 128)
    for table in (model.tokens, model.positions):
        torch.nn.init.normal_(table.weight, std=0.02)
    return model, tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()


class PyTorch:
    def __init__(self, name, optimizer, layout):
        self.model, self.inputs, self.targets = make(name)
        if layout == "channels last":
            self.model = self.model.to(memory_format=torch.channels_last)
            self.inputs = self.inputs.contiguous(memory_format=torch.channels_last)
        self.optimizer = make_optimizer(optimizer, self.model)

    def train(self, steps):
        losses, seconds = [], []
        for _ in range(steps):
            start, processor = time.perf_counter(), time.process_time()
            loss = functional.cross_entropy(self.model(self.inputs), self.targets.flatten())
            loss.backward()
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
            losses.append(loss.item())
            seconds.append((time.perf_counter() - start, time.process_time() - processor))
        return losses, seconds


def make_optimizer(kind, model):
    groups = [
        {"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": 0.01},
        {"params": [p for p in model.parameters() if p.dim() <= 1], "weight_decay": 0.0},
    ]
    if kind == "adamw":
        return torch.optim.AdamW(groups, lr=1e-3, eps=1e-6, fused=True)
    return timm_lamb()(groups, lr=1e-3, eps=1e-6, max_grad_norm=1.0)


def timm_lamb():
    """timm's Lamb without the rest of timm, whose other parts need torchvision: `pip install --no-deps timm` is enough."""
    found = importlib.util.find_spec("timm")
    if found is None:
        sys.exit("The LAMB row needs timm: pip install --no-deps timm")
    package = types.ModuleType("timm_optim")
    package.__path__ = [str(pathlib.Path(found.origin).parent / "optim")]
    sys.modules["timm_optim"] = package
    return importlib.import_module("timm_optim.lamb").Lamb


class Ours:
    def __init__(self, binary, name, optimizer, folder):
        model, inputs, targets = make(name)
        for parameter, values in model.named_parameters():
            values.detach().numpy().tofile(f"{folder}/{parameter}")
        inputs.numpy().tofile(f"{folder}/inputs")
        targets.numpy().tofile(f"{folder}/targets")
        self.process = subprocess.Popen(
            [binary, name, optimizer, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def train(self, steps):
        print(steps, file=self.process.stdin, flush=True)
        reply = json.loads(self.process.stdout.readline())
        return reply["losses"], list(zip(reply["seconds"], reply["processorSeconds"]))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(binary, name, optimizer, layouts, steps):
    """Ours, then PyTorch in each layout, in turns; the first turn of three steps warms up and compares losses."""
    with tempfile.TemporaryDirectory() as folder:
        trainers = {"ours": Ours(binary, name, optimizer, folder)}
        trainers |= {layout: PyTorch(name, optimizer, layout) for layout in layouts}
        losses = {key: trainer.train(3)[0] for key, trainer in trainers.items()}
        differences = {
            layout: max(abs(a - b) for a, b in zip(losses["ours"], losses[layout])) for layout in layouts}
        seconds = {key: [] for key in trainers}
        for _ in range(ROUNDS):
            for key, trainer in trainers.items():
                seconds[key] += trainer.train(steps)[1]
        trainers["ours"].close()
    return differences, seconds


def row(ours, theirs):
    def summary(times, clock, of):
        return of(sample[clock] for sample in times) * 1e3

    def both(times):
        return f"{summary(times, 0, statistics.median):7.1f} ({summary(times, 0, min):6.1f})"

    ratios = [
        summary(theirs, clock, of) / summary(ours, clock, of)
        for clock, of in [(0, statistics.median), (0, min), (1, statistics.median)]]
    return f"ours {both(ours)}  PyTorch {both(theirs)}  " + "  ".join(f"{ratio:.3f}" for ratio in ratios)


def main():
    torch.set_num_threads(1)
    chosen = sys.argv[2:]
    agree = True
    print(f"PyTorch {torch.__version__}, one thread. Milliseconds a step, median (fastest); how many times faster we are,")
    print("by the medians, by the fastest, and by the processor time alone, which other programs disturb less")
    for name, optimizer, layouts, steps in CASES:
        if chosen and f"{name}-{optimizer}" not in chosen:
            continue
        differences, seconds = measure(sys.argv[1], name, optimizer, layouts, steps)
        agree = agree and differences[layouts[-1]] < 1e-5
        for layout in layouts:
            print(f"{name:11} {optimizer:5} {layout:13} {row(seconds['ours'], seconds[layout])}  "
                  f"first losses differ by {differences[layout]:.0e}", flush=True)
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
