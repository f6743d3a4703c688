"""Writes schedules.json: the learning rate of 40 steps under PyTorch's schedulers.

    pip install torch==2.13.0
    python schedules.py > schedules.json
"""

import json

import torch
from torch.optim import lr_scheduler as schedulers


def rates(make, steps=40):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4)
    schedule = make(optimizer)
    values = []
    for _ in range(steps):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return values


def warm_up_then_cosine(optimizer):
    return schedulers.SequentialLR(
        optimizer,
        [
            schedulers.LinearLR(optimizer, start_factor=1 / 9, total_iters=8),
            schedulers.CosineAnnealingLR(optimizer, T_max=32, eta_min=0.04),
        ],
        milestones=[8],
    )


print(
    json.dumps(
        {
            "cosine": rates(lambda o: schedulers.CosineAnnealingLR(o, T_max=40, eta_min=0.04)),
            "step": rates(lambda o: schedulers.StepLR(o, step_size=7, gamma=0.3)),
            "exponential": rates(lambda o: schedulers.ExponentialLR(o, gamma=0.9)),
            "warm-up then cosine": rates(warm_up_then_cosine),
        }
    )
)
