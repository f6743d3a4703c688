"""Writes optimizers.json: parameters after 1, 2, 10, 25 and 50 steps of reference optimizers on a small problem.

    pip install torch==2.13.0 timm==1.0.31 lion-pytorch==0.2.5 schedulefree==1.4.1
    python optimizers.py > optimizers.json

LAMB is timm's `Lamb` (always with grad_averaging=True, decoupled_decay=False), Lion lion-pytorch's, Schedule-Free its
authors', LARS this file's own after the paper, all others are torch.optim's. Muon's iteration runs in 32-bit floats
here, not in bfloat16; it has the matrices but the last, AdamW the rest. Tensors of one dimension are in a group of their
own without weight decay, which timm also exempts from the trust ratio.

The problem: g = a·(w − c) + n(t) for each element, every constant a multiple of 1/64 made from the element's index, so
that the test rebuilds it exactly. All arithmetic is in 32-bit floats.
"""

import inspect
import json
import math

import schedulefree
import torch
from lion_pytorch import Lion
from timm.optim.lamb import Lamb

SHAPES = {"first.weight": (5, 7), "first.bias": (5,), "norm.gain": (17,), "second.weight": (9, 16), "zero.weight": (2, 3)}
CHECKPOINTS = (1, 2, 10, 25, 50)


def pattern(count, offset, multiplier, modulus):
    """(((i + offset) · multiplier) mod modulus − ⌊modulus / 2⌋) / 64 for i = 0, 1, ..."""
    index = torch.arange(count, dtype=torch.int64)
    return (((index + offset) * multiplier) % modulus - modulus // 2).to(torch.float32) / 64


def initial(name, number, count):
    return torch.zeros(count) if name == "zero.weight" else pattern(count, 100 * number, 37, 101)


def gradient(w, number, step):
    a = (pattern(w.numel(), 7 * number, 13, 29).abs() + 0.25).reshape(w.shape)
    c = pattern(w.numel(), 31 * number, 53, 67).reshape(w.shape)
    n = pattern(w.numel(), 11 * step + number, 71, 97).reshape(w.shape)
    return a * (w - c) + n


def grouped(parameters, decay):
    decayed = [p for p in parameters.values() if p.dim() > 1]
    exempt = [p for p in parameters.values() if p.dim() <= 1]
    return [{"params": decayed, "weight_decay": decay}, {"params": exempt, "weight_decay": 0.0}]


def run(make, decay, scheduler=None, evaluated=False):
    return run_all(lambda parameters: [make(grouped(parameters, decay))], scheduler, evaluated)


def run_all(make, scheduler=None, evaluated=False):
    """`make` gives the optimizers of all parameters, by name; `evaluated` records what an optimizer evaluates."""
    parameters = {
        name: torch.nn.Parameter(initial(name, number, torch.Size(shape).numel()).reshape(shape))
        for number, (name, shape) in enumerate(SHAPES.items())
    }
    optimizers = make(parameters)
    schedules = [scheduler(optimizer) for optimizer in optimizers] if scheduler else []
    checkpoints = {}
    for step in range(max(CHECKPOINTS)):
        for number, parameter in enumerate(parameters.values()):
            parameter.grad = gradient(parameter.detach(), number, step)
        for one in optimizers + schedules:
            one.step()
        if step + 1 in CHECKPOINTS:
            if evaluated:
                optimizers[0].eval()
            checkpoints[str(step + 1)] = {
                name: [float(f"{value:.9g}") for value in parameter.detach().flatten().tolist()]
                for name, parameter in parameters.items()
            }
            if evaluated:
                optimizers[0].train()
    return checkpoints


class PaperLARS(torch.optim.Optimizer):
    """You, Gitman and Ginsburg, arXiv 1708.03888, Algorithm 1; groups without decay have no local rate."""

    def __init__(self, groups, lr, momentum=0.9, coefficient=0.001):
        super().__init__(groups, dict(lr=lr, momentum=momentum, coefficient=coefficient))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            decay = group["weight_decay"]
            for w in group["params"]:
                local, norms = 1.0, (w.norm().item(), w.grad.norm().item())
                if decay > 0 and min(norms) > 0:
                    local = group["coefficient"] * norms[0] / (norms[1] + decay * norms[0])
                v = self.state[w].setdefault("v", torch.zeros_like(w))
                v.mul_(group["momentum"]).add_(w.grad + decay * w, alpha=group["lr"] * local)
                w.sub_(v)


# The iteration of torch.optim.Muon, in 32-bit floats.
import torch.optim._muon as torch_muon  # noqa: E402

iteration = inspect.getsource(torch_muon._zeropower_via_newtonschulz)
assert "grad.bfloat16()" in iteration
exec(iteration.replace("grad.bfloat16()", "grad.clone()"), torch_muon.__dict__)


def muon(decay, lr, steps=5):
    def make(parameters):
        hidden = [parameters["first.weight"], parameters["second.weight"]]
        rest = {name: p for name, p in parameters.items() if all(p is not q for q in hidden)}
        return [
            torch.optim.Muon(
                hidden, lr=lr, weight_decay=decay, momentum=0.95, ns_steps=steps, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(grouped(rest, decay), lr=lr, betas=(0.9, 0.95), eps=1e-8),
        ]
    return make


def schedule_free(groups):
    optimizer = schedulefree.AdamWScheduleFree(groups, lr=0.02, betas=(0.9, 0.99))
    optimizer.train()
    return optimizer


def warm_up_then_cosine(optimizer):
    # Peak at step 10, after rates of 1/11, 2/11 ... of it; then a cosine to a tenth over 40 steps.
    def factor(step):
        if step < 10:
            return (step + 1) / 11
        return 0.1 + 0.9 * (1 + math.cos(math.pi * (step - 10) / 40)) / 2
    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


CASES = {
    "sgd": run(lambda p: torch.optim.SGD(p, lr=0.05), 0.0),
    "sgd momentum decay": run(lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9), 0.05),
    "sgd nesterov": run(lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8, nesterov=True), 0.01),
    "adamw": run(lambda p: torch.optim.AdamW(p, lr=0.01, eps=1e-8), 0.01),
    "adamw betas": run(lambda p: torch.optim.AdamW(p, lr=0.02, betas=(0.8, 0.95), eps=1e-6), 0.1),
    "lamb": run(lambda p: Lamb(p, lr=0.01, max_grad_norm=1.0), 0.01),
    "lamb unclipped": run(lambda p: Lamb(p, lr=0.02, betas=(0.8, 0.99), max_grad_norm=None), 0.1),
    "lamb without bias correction": run(lambda p: Lamb(p, lr=0.01, bias_correction=False, max_grad_norm=1.0), 0.01),
    "lamb trust clip": run(lambda p: Lamb(p, lr=0.02, trust_clip=True, max_grad_norm=1.0), 0.01),
    "lamb scheduled": run(lambda p: Lamb(p, lr=0.03, max_grad_norm=1.0), 0.01, warm_up_then_cosine),
    "sgd dampening": run(lambda p: torch.optim.SGD(p, lr=0.03, momentum=0.9, dampening=0.4), 0.01),
    "adamw amsgrad": run(lambda p: torch.optim.AdamW(p, lr=0.02, amsgrad=True, eps=1e-8), 0.05),
    "adam": run(lambda p: torch.optim.Adam(p, lr=0.02), 0.1),
    "adam amsgrad": run(lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.9), amsgrad=True), 0.0),
    "amsgrad": run(lambda p: torch.optim.Adam(p, lr=0.02, amsgrad=True), 0.1),
    "radam": run(lambda p: torch.optim.RAdam(p, lr=0.02, betas=(0.9, 0.99)), 0.05),
    "radam decoupled": run(lambda p: torch.optim.RAdam(p, lr=0.02, decoupled_weight_decay=True), 0.1),
    "radam scheduled": run(lambda p: torch.optim.RAdam(p, lr=0.03, betas=(0.9, 0.98)), 0.0, warm_up_then_cosine),
    "nadam": run(lambda p: torch.optim.NAdam(p, lr=0.02, momentum_decay=0.01), 0.05),
    "nadamw": run(lambda p: torch.optim.NAdam(p, lr=0.02, decoupled_weight_decay=True), 0.1),
    "adagrad": run(lambda p: torch.optim.Adagrad(p, lr=0.05), 0.02),
    "adadelta": run(lambda p: torch.optim.Adadelta(p, lr=1.0), 0.02),
    "rmsprop": run(lambda p: torch.optim.RMSprop(p, lr=0.01), 0.02),
    "rmsprop momentum": run(lambda p: torch.optim.RMSprop(p, lr=0.005, alpha=0.9, momentum=0.8), 0.0),
    "rmsprop centered": run(lambda p: torch.optim.RMSprop(p, lr=0.01, eps=1e-3, centered=True, momentum=0.5), 0.02),
    "lion": run(lambda p: Lion(p, lr=0.01, betas=(0.9, 0.99)), 0.1),
    "lars": run(lambda p: PaperLARS(p, lr=1.0, coefficient=0.02), 0.01),
    "lars scheduled": run(lambda p: PaperLARS(p, lr=0.03, coefficient=0.5), 0.001, warm_up_then_cosine),
    "schedule_free_adamw": run(schedule_free, 0.05),
    "schedule_free_adamw evaluated": run(schedule_free, 0.05, evaluated=True),
    "adafactor": run(lambda p: torch.optim.Adafactor(p, lr=0.05), 0.02),
    "adafactor scheduled": run(
        lambda p: torch.optim.Adafactor(p, lr=0.03, beta2_decay=-0.6, d=1.2), 0.0, warm_up_then_cosine),
    "muon": run_all(muon(0.1, 0.02)),
    "muon scheduled": run_all(muon(0.0, 0.03, steps=3), warm_up_then_cosine),
}

print(json.dumps({"shapes": SHAPES, "cases": CASES}, indent=None, separators=(",", ":")))
