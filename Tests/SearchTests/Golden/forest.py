"""Makes the golden files of the forests' tests, beside itself.

Needs numpy and scikit-learn; made with scikit-learn 1.9.1.
"""

import json
import os

import numpy as np
from sklearn.tree import DecisionTreeRegressor

here = os.path.dirname(os.path.abspath(__file__))


def write(name, value):
    with open(os.path.join(here, name), "w") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def costs(points):
    return np.sin(6 * points[:, 0]) + 2 * points[:, 1] ** 2 + points[:, 2] * points[:, 0]


def tree(features, minimum_split, minimum_leaf, weights):
    """A tree of all features, with midpoints for thresholds, and its predictions."""
    random = np.random.default_rng(7)
    # scikit-learn computes with 32 bits.
    points = random.random((80, 4)).astype(np.float32)
    queries = random.random((40, 4)).astype(np.float32)[:, :features]
    targets = costs(points.astype(float)) + 0.1 * random.standard_normal(80)
    points = points[:, :features]
    counts = random.poisson(1, 80) if weights else np.ones(80, dtype=int)
    # Repeated rows rather than weights: for scikit-learn a minimum counts rows.
    models = [
        DecisionTreeRegressor(
            min_samples_split=minimum_split, min_samples_leaf=minimum_leaf, random_state=seed
        ).fit(np.repeat(points, counts, axis=0), np.repeat(targets, counts))
        for seed in range(20)
    ]
    model = models[0]
    # Of equally good splits scikit-learn takes any: an example without such.
    assert all(np.allclose(other.predict(queries), model.predict(queries)) for other in models)
    return {
        "minimumSplit": minimum_split,
        "minimumLeaf": minimum_leaf,
        "points": points.astype(float).tolist(),
        "targets": targets.tolist(),
        "weights": counts.tolist(),
        "queries": queries.astype(float).tolist(),
        "leaves": int(model.get_n_leaves()),
        "predictions": model.predict(queries).tolist(),
    }


write("regression-tree.json", [tree(1, 2, 1, True), tree(4, 16, 6, False), tree(4, 20, 8, True)])
