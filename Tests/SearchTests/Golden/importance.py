"""Makes importance.json: the functional ANOVA of a tree, counted out cell by cell, and errors after shuffling.

Needs numpy and scikit-learn; made with scikit-learn 1.9.1.
"""

import itertools
import json
import os

import numpy as np
from sklearn.tree import DecisionTreeRegressor

here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(11)
points = random.random((120, 3)).astype(np.float32)
targets = np.sin(6 * points[:, 0].astype(float)) + 3 * points[:, 1] * points[:, 2]
models = [DecisionTreeRegressor(min_samples_split=16, min_samples_leaf=6, random_state=s) for s in range(20)]
model = models[0]
for other in models:
    # Of equally good splits scikit-learn takes any: an example without such.
    assert np.allclose(other.fit(points, targets).predict(points), model.fit(points, targets).predict(points))

tree = model.tree_
edges = [
    np.unique(np.concatenate([[0, 1], tree.threshold[tree.feature == j]])) for j in range(3)
]
middles = [(e[1:] + e[:-1]) / 2 for e in edges]
widths = [np.diff(e) for e in edges]
grid = np.array(list(itertools.product(*middles)), dtype=np.float32)
values = model.predict(grid).reshape([len(m) for m in middles])
weights = np.einsum("i,j,k->ijk", *widths)
mean = (weights * values).sum()
variance = (weights * (values - mean) ** 2).sum()


def marginal_variance(kept):
    others = tuple(j for j in range(3) if j not in kept)
    marginal = (weights * values).sum(axis=others) / weights.sum(axis=others)
    return float((weights.sum(axis=others) * (marginal - mean) ** 2).sum())


single = [marginal_variance([j]) for j in range(3)]
pairs = [[j, k, marginal_variance([j, k]) - single[j] - single[k]] for j, k in [(0, 1), (0, 2), (1, 2)]]
orders = [random.permutation(120) for _ in range(3)]
errors = []
for j, order in enumerate(orders):
    shuffled = points.copy()
    shuffled[:, j] = points[order, j]
    errors.append(float(((model.predict(shuffled) - targets) ** 2).mean()))

with open(os.path.join(here, "importance.json"), "w") as file:
    json.dump(
        {
            "points": points.astype(float).tolist(),
            "targets": targets.tolist(),
            "variance": float(variance),
            "single": single,
            "pairs": [{"first": j, "second": k, "variance": v} for j, k, v in pairs],
            "orders": [o.tolist() for o in orders],
            "errors": errors,
        },
        file,
        indent=1,
    )
    file.write("\n")
