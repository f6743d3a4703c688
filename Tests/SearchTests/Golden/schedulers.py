"""Makes the golden files of the schedulers' numerics: student.json and learning-curves.json.

    python schedulers.py      (needs numpy and scipy)

The learning curves are computed here as a Bayesian linear regression by numpy's dense linear algebra and scipy's Student
distribution, from the model's definition in Sources/Search/Schedulers/Stopping/LearningCurve.swift.
"""

import json
import pathlib

import numpy as np
from scipy import stats

here = pathlib.Path(__file__).parent


def student():
    return [
        {"degrees": v, "t": t, "cumulative": stats.t.cdf(t, v)}
        for v in [1, 1.5, 2, 3, 7.25, 30, 200]
        for t in [-40, -3, -1.2, -0.1, 0, 0.1, 0.7, 2, 5, 40]
    ]


def shapes(end):
    yield lambda x: 1 / np.log(x + 1)
    for alpha in np.geomspace(0.05, 4, 12):
        yield lambda x: x**-alpha
    for half in np.geomspace(0.5, 2 * end, 8):
        for steepness in [0.5, 1, 2]:
            yield lambda x: 0.5 ** ((x / half) ** steepness)
            yield lambda x: 1 / (1 + (x / half) ** (2 * steepness))


def probability(end, costs, bound):
    y = np.array(costs)
    n = len(y)
    x = np.arange(1.0, n + 1)
    degrees, prior = n - 2 + 1, (0.01 * np.ptp(y)) ** 2
    weights, below = [], []
    for shape in shapes(end):
        psi = (shape(x) - shape(end)) / (shape(x[0]) - shape(end))
        design = np.stack([psi, 1 - psi], 1)
        gram = design.T @ design
        first, final = np.linalg.solve(gram, design.T @ y)
        if final > first:
            continue
        rest = prior + np.sum((y - design @ [first, final]) ** 2)
        scale = np.sqrt(rest / degrees * (1 + np.linalg.inv(gram)[1, 1]))
        weights.append(np.linalg.det(gram) ** -0.5 * rest ** (-degrees / 2))
        below.append(stats.t.cdf((bound - final) / scale, degrees))
    return float(np.dot(weights, below) / np.sum(weights))


def curves():
    random = np.random.default_rng(7)
    made = {
        "power": lambda x: 0.1 + 0.8 * x**-0.7,
        "exponential": lambda x: 0.3 + 0.5 * np.exp(-x / 6),
        "hill": lambda x: -1 + 1 / (1 + (x / 9) ** 2),
    }
    for name, curve in made.items():
        for count in [4, 8, 15]:
            x = np.arange(1.0, count + 1)
            costs = (curve(x) + 0.005 * random.standard_normal(count)).tolist()
            for offset in [-0.1, -0.01, 0.02]:
                bound = float(curve(40.0) + offset)
                yield {
                    "name": name, "end": 40, "costs": costs, "bound": bound,
                    "probability": probability(40.0, costs, bound),
                }


(here / "student.json").write_text(json.dumps(student(), indent=1) + "\n")
(here / "learning-curves.json").write_text(json.dumps(list(curves()), indent=1) + "\n")
