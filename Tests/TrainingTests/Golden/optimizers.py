"""Writes optimizers.json: parameters after 1, 2, 10, 25 and 50 steps of reference optimizers on a small problem.

    pip install torch==2.13.0 timm==1.0.31
    python optimizers.py > optimizers.json

SGD and AdamW are torch.optim's; LAMB is timm's `Lamb` (always with grad_averaging=True, decoupled_decay=False). Tensors
of one dimension are in a group of their own without weight decay, which timm also exempts from the trust ratio.

The problem: g = a·(w − c) + n(t) for each element, every constant a multiple of 1/64 made from the element's index, so
that the test rebuilds it exactly. All arithmetic is in 32-bit floats.
"""

import json

import torch
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


def run(make, decay, scheduler=None):
    parameters = {
        name: torch.nn.Parameter(initial(name, number, torch.Size(shape).numel()).reshape(shape))
        for number, (name, shape) in enumerate(SHAPES.items())
    }
    decayed = [p for p in parameters.values() if p.dim() > 1]
    exempt = [p for p in parameters.values() if p.dim() <= 1]
    optimizer = make([{"params": decayed, "weight_decay": decay}, {"params": exempt, "weight_decay": 0.0}])
    schedule = scheduler(optimizer) if scheduler else None
    checkpoints = {}
    for step in range(max(CHECKPOINTS)):
        for number, parameter in enumerate(parameters.values()):
            parameter.grad = gradient(parameter.detach(), number, step)
        optimizer.step()
        if schedule:
            schedule.step()
        if step + 1 in CHECKPOINTS:
            checkpoints[str(step + 1)] = {
                name: [float(f"{value:.9g}") for value in parameter.detach().flatten().tolist()]
                for name, parameter in parameters.items()
            }
    return checkpoints


def warm_up_then_cosine(optimizer):
    # Peak at step 10, after rates of 1/11, 2/11 ... of it; then a cosine to a tenth over 40 steps.
    def factor(step):
        import math
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
}

print(json.dumps({"shapes": SHAPES, "cases": CASES}, indent=None, separators=(",", ":")))
