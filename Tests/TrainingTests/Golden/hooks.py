"""Writes hooks.json: parameters after 1, 2 and 12 steps of SGD at a rate of 0.1 on the problem of optimizers.py, with
what acts in every step beside the optimizer; of the means, the mean in their place.

    pip install torch==2.13.0 timm==1.0.31
    python hooks.py > hooks.json

Adaptive clipping is timm's `adaptive_clip_grad`, of the matrices but the last; the means are
`torch.optim.swa_utils.AveragedModel`'s. A shrunk group's formula is this file's own, after Yuan and Lin (2006).
"""

import json

import torch
from timm.utils.agc import adaptive_clip_grad
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

SHAPES = {"first.weight": (5, 7), "first.bias": (5,), "norm.gain": (17,), "second.weight": (9, 16), "zero.weight": (2, 3)}
CHECKPOINTS = (1, 2, 12)


def pattern(count, offset, multiplier, modulus):
    index = torch.arange(count, dtype=torch.int64)
    return (((index + offset) * multiplier) % modulus - modulus // 2).to(torch.float32) / 64


def initial(name, number, shape):
    count = torch.Size(shape).numel()
    return (torch.zeros(count) if name == "zero.weight" else pattern(count, 100 * number, 37, 101)).reshape(shape)


def gradient(w, number, step):
    a = (pattern(w.numel(), 7 * number, 13, 29).abs() + 0.25).reshape(w.shape)
    c = pattern(w.numel(), 31 * number, 53, 67).reshape(w.shape)
    n = pattern(w.numel(), 11 * step + number, 71, 97).reshape(w.shape)
    return a * (w - c) + n


class Problem(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.tensors = torch.nn.ParameterList(
            torch.nn.Parameter(initial(name, number, shape)) for number, (name, shape) in enumerate(SHAPES.items()))

    def matrices(self):
        return [tensor for tensor in self.tensors if tensor.dim() > 1]


def run(before=None, after=None, mean=None, **options):
    problem = Problem()
    averaged = mean(problem) if mean else None
    optimizer = torch.optim.SGD(problem.parameters(), lr=0.1, **options)
    checkpoints = {}
    for step in range(max(CHECKPOINTS)):
        for number, tensor in enumerate(problem.tensors):
            tensor.grad = gradient(tensor.detach(), number, step)
        if before:
            before(problem)
        optimizer.step()
        if after:
            with torch.no_grad():
                after(problem)
        if averaged:
            averaged.update_parameters(problem)
        if step + 1 in CHECKPOINTS:
            tensors = averaged.module.tensors if averaged else problem.tensors
            checkpoints[str(step + 1)] = {
                name: [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]
                for name, tensor in zip(SHAPES, tensors)
            }
    return checkpoints


def penalize(problem):
    (0.3 * sum(tensor.abs().sum() for tensor in problem.matrices())).backward()


def limit(problem):
    for tensor in problem.matrices():
        tensor.copy_(torch.renorm(tensor, 2, 0, 1.5))


def shrink(problem):
    for tensor in problem.matrices():
        reach = 0.1 * 0.45 * tensor[0].numel() ** 0.5
        tensor.mul_((1 - reach / tensor.norm(dim=1, keepdim=True)).clamp(min=0))


CASES = {
    "clip_value": run(before=lambda problem: torch.nn.utils.clip_grad_value_(problem.parameters(), 0.5)),
    "adaptive_clip": run(before=lambda problem: adaptive_clip_grad(problem.matrices()[:-1], clip_factor=0.3)),
    "l1": run(before=penalize),
    "max_norm": run(after=limit),
    "group_lasso": run(after=shrink),
    "ema": run(mean=lambda problem: AveragedModel(problem, multi_avg_fn=get_ema_multi_avg_fn(0.8))),
    "swa": run(mean=AveragedModel),
}

print(json.dumps({"cases": CASES}, separators=(",", ":")))
