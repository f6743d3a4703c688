"""Writes schedules.json: the learning rate of 60 steps, peak 0.4, under PyTorch's schedulers, and where PyTorch has
none under the formula of the source that the kind's file names.

    pip install torch==2.13.0
    python schedules.py > schedules.json
"""

import json
import math

import torch
from torch.optim import lr_scheduler as schedulers

PEAK = 0.4
STEPS = 60
# Falls, stands still, falls by less than the threshold, rises, and falls again.
LOSSES = [2.0, 1.5, 1.5, 1.5, 1.49999, 1.6, 1.4, 1.4, 1.4, 1.4, 1.4, 1.3] + [1.3] * 20 + [1.2] + [1.25] * 27


def rates(make, losses=None, every=1, momentum=False):
    """`every`: how many optimizer steps there are to a step of the scheduler."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK, momentum=0.9)
    schedule = make(optimizer)
    values = []
    for step in range(STEPS):
        values.append(optimizer.param_groups[0]["momentum" if momentum else "lr"])
        optimizer.step()
        if losses is not None:
            schedule.step(losses[step])
        elif (step + 1) % every == 0:
            schedule.step()
    return values


def after_warm_up(make_warm_up, make_rest, steps):
    return lambda o: schedulers.SequentialLR(o, [make_warm_up(o), make_rest(o)], milestones=[steps])


def formula(function):
    return [PEAK * function(step) for step in range(STEPS)]


def stable_decay(fall, length=50, cooldown=10, final=0.05):
    def value(step):
        share = min(max((step - (length - cooldown)) / cooldown, 0), 1)
        return final + (1 - final) * fall(share)

    return value


def one_cycle(optimizer, **options):
    return schedulers.OneCycleLR(
        optimizer, max_lr=PEAK, total_steps=STEPS, div_factor=25, final_div_factor=1e3, **options)


def cyclic(mode, **options):
    return lambda o: schedulers.CyclicLR(
        o, base_lr=PEAK * 0.1, max_lr=PEAK, mode=mode, cycle_momentum=False, **options)


cases = {
    "constant": formula(lambda t: 1),
    "cosine": rates(lambda o: schedulers.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.04)),
    "step": rates(lambda o: schedulers.StepLR(o, step_size=7, gamma=0.3)),
    "exponential": rates(lambda o: schedulers.ExponentialLR(o, gamma=0.9)),
    "exponential by unit": rates(lambda o: schedulers.ExponentialLR(o, gamma=0.9), every=6),
    # Keras' InverseTimeDecay with decay_steps = 1.
    "time_based": rates(lambda o: schedulers.LambdaLR(o, lambda t: 1 / (1 + 0.05 * t))),
    "multi_step": rates(lambda o: schedulers.MultiStepLR(o, milestones=[5, 20, 21, 40], gamma=0.3)),
    "linear": rates(lambda o: schedulers.LinearLR(o, start_factor=1.0, end_factor=0.1, total_iters=45)),
    "polynomial": rates(lambda o: schedulers.PolynomialLR(o, total_iters=50, power=2.0)),
    # Vaswani et al.: d^-0.5 * min(n^-0.5, n * w^-1.5) at step number n from 1, with w = 16, scaled to the peak at w.
    "inverse_square_root": [
        PEAK * math.sqrt(16) * min((t + 1) ** -0.5, (t + 1) * 16**-1.5) for t in range(STEPS)
    ],
    "inverse_square_root, timescale": formula(lambda t: math.sqrt(5 / (5 + t))),
    "cosine_restarts": rates(
        lambda o: schedulers.CosineAnnealingWarmRestarts(o, T_0=5, T_mult=2, eta_min=0.04)),
    "cosine_restarts, equal": rates(lambda o: schedulers.CosineAnnealingWarmRestarts(o, T_0=9)),
    "warmup_stable_decay": formula(stable_decay(lambda x: 1 - x)),
    "warmup_stable_decay, cosine": formula(stable_decay(lambda x: (1 + math.cos(math.pi * x)) / 2)),
    "warmup_stable_decay, square_root": formula(stable_decay(lambda x: 1 - math.sqrt(x))),
    "triangular": rates(cyclic("triangular", step_size_up=7, step_size_down=7)),
    "triangular2": rates(cyclic("triangular2", step_size_up=4, step_size_down=12)),
    "exponential_range": rates(cyclic("exp_range", gamma=0.95, step_size_up=7, step_size_down=7)),
    "one_cycle": rates(one_cycle),
    "one_cycle, linear": rates(lambda o: one_cycle(o, anneal_strategy="linear", pct_start=0.4)),
    "one_cycle, momentum": rates(one_cycle, momentum=True),
    "plateau": rates(
        lambda o: schedulers.ReduceLROnPlateau(o, factor=0.3, patience=2, threshold=1e-4, min_lr=0.004), LOSSES),
    "plateau, rest": rates(
        lambda o: schedulers.ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=3), LOSSES),
    "warm-up, constant": rates(
        after_warm_up(
            lambda o: schedulers.ConstantLR(o, factor=0.2, total_iters=8),
            lambda o: schedulers.ConstantLR(o, factor=1.0, total_iters=0), 8)),
    "warm-up, linear": rates(lambda o: schedulers.LinearLR(o, start_factor=0.2, total_iters=8)),
    # ExponentialLR read backwards from the peak.
    "warm-up, exponential": formula(lambda t: 0.2 ** (1 - min(t, 8) / 8)),
    "warm-up then cosine": rates(
        after_warm_up(
            lambda o: schedulers.LinearLR(o, start_factor=1 / 9, total_iters=8),
            lambda o: schedulers.CosineAnnealingLR(o, T_max=52, eta_min=0.04), 8)),
    "sequence": rates(
        lambda o: schedulers.SequentialLR(
            o,
            [
                schedulers.LinearLR(o, start_factor=1 / 5, total_iters=4),
                schedulers.ConstantLR(o, factor=0.5, total_iters=1000),
                schedulers.CosineAnnealingLR(o, T_max=30),
                schedulers.StepLR(o, step_size=4, gamma=0.5),
            ],
            milestones=[4, 10, 40])),
}

print(json.dumps({"losses": LOSSES, "rates": cases}))
