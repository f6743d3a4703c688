"""Makes variation.json, beside itself: crossover and mutation of DEAP 1.4 with given uniform numbers."""

import json
import os
import random

from deap import tools

here = os.path.dirname(os.path.abspath(__file__))


def with_draws(draws, function, *arguments):
    left = iter(draws)
    original, random.random = random.random, lambda: next(left)
    try:
        return function(*arguments)
    finally:
        random.random = original


crossed, mutated = [], []
for a, b in [(0.2, 0.7), (0.0, 0.1), (0.95, 1.0), (0.4, 0.401), (0.0, 1.0)]:
    for uniform in [0.01, 0.3, 0.5, 0.77, 0.999]:
        # The first number takes the coordinate, the last keeps the children's order.
        one, two = with_draws([0.1, uniform, 0.9], tools.cxSimulatedBinaryBounded, [a], [b], 10, 0, 1)
        crossed.append({"a": a, "b": b, "uniform": uniform, "low": one[0], "high": two[0]})
for x in [0.0, 0.03, 0.5, 0.8, 1.0]:
    for uniform in [0.01, 0.3, 0.5, 0.77, 0.999]:
        (one,) = with_draws([0.0, uniform], tools.mutPolynomialBounded, [x], 10, 0, 1, 1)
        mutated.append({"x": x, "uniform": uniform, "value": one[0]})
with open(os.path.join(here, "variation.json"), "w") as file:
    json.dump({"index": 10, "crossed": crossed, "mutated": mutated}, file, indent=1)
    file.write("\n")
