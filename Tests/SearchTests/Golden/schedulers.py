"""Makes the golden files of the schedulers' numerics: student.json, welch.json, learning-curves.json, bandit.json.

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


def welch():
    random = np.random.default_rng(3)
    for first, second in [(3, 4), (10, 10), (2, 7)]:
        a = random.normal(1.0, 0.5, first).tolist()
        b = random.normal(1.4, 1.5, second).tolist()
        test = stats.ttest_ind(a, b, equal_var=False, alternative="less")
        yield {"first": a, "second": b, "statistic": test.statistic, "degrees": test.df, "less": test.pvalue}


def bandit():
    """A time-varying process, its likelihood maximized over the grid, and its upper confidence bound."""
    random = np.random.default_rng(5)
    n = 24
    points = random.random((n, 2))
    turns = np.repeat(np.arange(1, 7), 4)
    improvements = np.exp(-8 * (points[:, 0] - 0.1 * turns) ** 2) + 0.1 * random.standard_normal(n)
    pending = np.array([[0.7, 0.2], [0.6, 0.6]])
    turn = 7
    y = (improvements - improvements.mean()) / improvements.std()

    def covariance(x, s, z, t, length, forgetting):
        squares = ((x[:, None] - z[None]) ** 2).sum(-1)
        return np.exp(-squares / (2 * length**2)) * (1 - forgetting) ** (np.abs(s[:, None] - t[None]) / 2)

    best = None
    for length in [0.1, 0.2, 0.4, 0.8, 1.6]:
        for forgetting in [0.0, 0.03, 0.1, 0.3]:
            for noise in [0.05, 0.2, 0.6]:
                matrix = covariance(points, turns, points, turns, length, forgetting) + noise * np.eye(n)
                likelihood = stats.multivariate_normal(np.zeros(n), matrix).logpdf(y)
                if best is None or likelihood > best[0]:
                    best = (likelihood, length, forgetting, noise)
    _, length, forgetting, noise = best
    grid = random.random((6, 2))
    x, s = np.vstack([points, pending]), np.append(turns, [turn, turn])
    now = np.full(len(grid), turn)
    some = covariance(points, turns, points, turns, length, forgetting) + noise * np.eye(n)
    mean = covariance(grid, now, points, turns, length, forgetting) @ np.linalg.solve(some, y)
    every = covariance(x, s, x, s, length, forgetting) + noise * np.eye(len(x))
    cross = covariance(grid, now, x, s, length, forgetting)
    variance = 1 - np.einsum("ij,ij->i", cross, np.linalg.solve(every, cross.T).T)
    bound = mean + np.sqrt(0.2 + np.log(0.4 * n)) * np.sqrt(variance)
    return {
        "points": points.tolist(), "turns": turns.tolist(), "improvements": improvements.tolist(),
        "pending": pending.tolist(), "turn": turn, "candidates": grid.tolist(), "bounds": bound.tolist(),
    }


(here / "student.json").write_text(json.dumps(student(), indent=1) + "\n")
(here / "learning-curves.json").write_text(json.dumps(list(curves()), indent=1) + "\n")
(here / "welch.json").write_text(json.dumps(list(welch()), indent=1) + "\n")
(here / "bandit.json").write_text(json.dumps(bandit(), indent=1) + "\n")
