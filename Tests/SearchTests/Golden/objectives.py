"""Makes the golden file of the tests of several objectives, beside itself.

Needs numpy and pymoo; made with pymoo 0.6.2.
"""

import json
import os

import numpy as np
from pymoo.indicators.hv import HV
from pymoo.operators.survival.rank_and_crowding.metrics import calc_crowding_distance
from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

here = os.path.dirname(os.path.abspath(__file__))


def case(objectives, count, levels, seed):
    """Random costs; `levels` makes ties."""
    random = np.random.default_rng(seed)
    costs = random.random((count, objectives))
    if levels:
        costs = np.floor(costs * levels) / levels
    fronts, ranks = NonDominatedSorting().do(costs, return_rank=True)
    front = costs[fronts[0]]
    return {
        "costs": costs.tolist(),
        "ranks": [int(rank) for rank in ranks],
        "hypervolume": float(HV(ref_point=np.full(objectives, 1.1))(costs)),
        # Of the first front, in the order of the indices; where costs are equal its definition leaves a choice.
        "crowding": None
        if levels
        else [None if np.isinf(d) else float(d) for d in calc_crowding_distance(costs[np.sort(fronts[0])])],
    }


cases = [
    case(2, 60, None, 1),
    case(2, 80, 8, 2),
    case(3, 60, None, 3),
    case(3, 80, 5, 4),
    case(4, 50, None, 5),
    case(5, 30, None, 6),
]
with open(os.path.join(here, "objectives.json"), "w") as file:
    json.dump(cases, file)
    file.write("\n")
