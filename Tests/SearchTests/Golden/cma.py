"""Makes cma.json, beside itself: generations of the PyPI package cmaes 0.13.1."""

import json
import os

import numpy as np
from cmaes import CMA

here = os.path.dirname(os.path.abspath(__file__))


def run(dimension, population, generations, seed):
    optimizer = CMA(np.full(dimension, 0.5), 0.3, seed=seed, population_size=population)
    steps = []
    for _ in range(generations):
        points = [optimizer.ask() for _ in range(population)]
        # An ellipsoid whose minimum is off the middle.
        solutions = [(x, float(sum((j + 1) ** 2 * (v - 0.3) ** 2 for j, v in enumerate(x)))) for x in points]
        optimizer.tell(list(solutions))
        steps.append({
            "points": [x.tolist() for x, _ in sorted(solutions, key=lambda solution: solution[1])],
            "mean": optimizer.mean.tolist(),
            "sigma": optimizer._sigma,
            "covariance": optimizer._C.ravel().tolist(),
        })
    return {"dimension": dimension, "population": population, "weights": optimizer._weights.tolist(), "steps": steps}


with open(os.path.join(here, "cma.json"), "w") as file:
    json.dump([run(3, 7, 6, 1), run(2, 12, 4, 2), run(8, 10, 5, 3), run(1, 4, 4, 4)], file, indent=1)
    file.write("\n")
