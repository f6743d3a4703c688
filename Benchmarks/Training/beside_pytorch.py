"""Training speed beside PyTorch, eager and compiled, in one run: one thread, the same weights and first batches, in turns.

    python beside_pytorch.py PATH/TO/bench-training [--device cuda] [MODEL-OPTIMIZER ...]

On a GPU it is PyTorch eager and compiled, and losses may differ by 1e-3: convolutions round otherwise there.

Needs torch (the version that the program links), for torch.compile a C++ compiler, and for the LAMB row timm. Prints a table; the exit code says whether
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

import numpy
import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Tests" / "TrainingTests" / "Golden"))
import models  # noqa: E402

ROUNDS = 6
# That our side shares.
BATCHES = 4

# Model, samples of a batch, optimizer, memory layouts of PyTorch to try (the last one is ours), steps a turn. In our
# layout PyTorch is measured eagerly and by torch.compile.
CASES = [
    ("mlp", 256, "adamw", ["rows"], 25),
    ("mlp", 16, "adamw", ["rows"], 200),
    ("resnet", 128, "adamw", ["rows", "channels last"], 2),
    ("transformer", 32, "adamw", ["rows"], 3),
    ("mlp", 256, "lamb", ["rows"], 25),
]


DEVICE = "cpu"


def make(name, batch):
    """The model, and the shapes of a batch's inputs and targets."""
    if name == "mlp":
        return models.MLP(784, [1024, 1024], 10), (batch, 28, 28), (batch,)
    if name == "resnet":
        return models.ResNet(20, 16, 3, 10), (batch, 3, 32, 32), (batch,)
    return models.Transformer(65, 128, 4, 4, 128), (batch, 128), (batch, 128)


class PyTorch:
    def __init__(self, name, batch, optimizer, layout, folder, is_compiled=False):
        """Takes the weights and the batches from the files that our side wrote."""
        self.model, inputs, targets = make(name, batch)
        scalar = numpy.int64 if name == "transformer" else numpy.float32
        with torch.no_grad():
            for parameter, values in self.model.named_parameters():
                values.copy_(load(folder / parameter, numpy.float32, values.shape))
        self.batches = [
            (load(folder / f"inputs-{n}", scalar, inputs), load(folder / f"targets-{n}", numpy.int64, targets))
            for n in range(BATCHES)]
        self.model = self.model.to(DEVICE)
        self.batches = [(x.to(DEVICE), y.to(DEVICE)) for x, y in self.batches]
        if layout == "channels last":
            self.model = self.model.to(memory_format=torch.channels_last)
            self.batches = [(x.contiguous(memory_format=torch.channels_last), y) for x, y in self.batches]
        self.optimizer = make_optimizer(optimizer, self.model)
        self.step = 0
        if is_compiled:
            self.model.compile()

    def train(self, steps):
        losses, seconds = [], []
        for _ in range(steps):
            start, processor = time.perf_counter(), time.process_time()
            inputs, targets = self.batches[self.step % BATCHES]
            self.step += 1
            loss = functional.cross_entropy(self.model(inputs), targets.flatten())
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


def load(path, scalar, shape):
    return torch.from_numpy(numpy.fromfile(path, scalar).reshape(shape))


def write_data(name, batch, folder):
    """Noise, as IDX files or as text: the speed does not depend on what is learnt."""
    random = numpy.random.default_rng(1)
    _, inputs, _ = make(name, batch)
    if name == "transformer":
        (folder / "text").write_bytes(bytes(random.integers(32, 32 + 65, 100_000, dtype=numpy.uint8)))
        return
    # A fifth is the dev split.
    shape = (inputs[0] * BATCHES * 5 // 4, *inputs[1:])
    for file, data in [
        ("images", random.integers(0, 256, shape, dtype=numpy.uint8)),
        ("labels", numpy.arange(shape[0], dtype=numpy.uint8) % 10),
    ]:
        header = bytes([0, 0, 8, data.ndim]) + numpy.array(data.shape, ">u4").tobytes()
        (folder / file).write_bytes(header + data.tobytes())


class Ours:
    def __init__(self, binary, name, batch, optimizer, folder):
        write_data(name, batch, folder)
        self.process = subprocess.Popen(
            [binary, name, str(batch), optimizer, folder, DEVICE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        linked = self.reply()["libtorch"]
        if linked != torch.__version__.split("+")[0]:
            sys.exit(f"the program links libtorch {linked}, this Python has {torch.__version__}: install the same")

    def reply(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("our side ended without an answer")
        return json.loads(line)

    def train(self, steps):
        print(steps, file=self.process.stdin, flush=True)
        reply = self.reply()
        return reply["losses"], list(zip(reply["seconds"], reply["processorSeconds"]))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(binary, name, batch, optimizer, layouts, steps):
    """Ours, then PyTorch in each way, in turns; the first turn of three steps warms up and compares losses."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        trainers = {"ours": Ours(binary, name, batch, optimizer, folder)}
        for layout in layouts:
            trainers[layout] = PyTorch(name, batch, optimizer, layout, folder)
        trainers["compiled"] = PyTorch(name, batch, optimizer, layouts[-1], folder, is_compiled=True)
        losses = {key: trainer.train(3)[0] for key, trainer in trainers.items()}
        differences = {
            key: max(abs(a - b) for a, b in zip(losses["ours"], losses[key])) for key in trainers if key != "ours"}
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
    global DEVICE
    if chosen[:1] == ["--device"]:
        DEVICE, chosen = chosen[1], chosen[2:]
    tolerance = 1e-5 if DEVICE == "cpu" else 1e-3
    agree = True
    print(f"PyTorch {torch.__version__}, {DEVICE}, one thread. Milliseconds a step, median (fastest); how many times faster we are,")
    print("by the medians, by the fastest, and by the processor time alone, which other programs disturb less")
    for name, batch, optimizer, layouts, steps in CASES:
        if chosen and f"{name}-{optimizer}" not in chosen:
            continue
        if DEVICE != "cpu":
            layouts, steps = layouts[:1], 10 * steps
        differences, seconds = measure(sys.argv[1], name, batch, optimizer, layouts, steps)
        agree = agree and differences[layouts[-1]] < tolerance
        for way, difference in differences.items():
            print(f"{name:11} {batch:4} {optimizer:5} {way:13} {row(seconds['ours'], seconds[way])}  "
                  f"first losses differ by {difference:.0e}", flush=True)
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
