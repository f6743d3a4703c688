"""Makes parzen.json, beside itself: Parzen estimators of Optuna 5.0.0.

Estimators of good and of bad observations, and the log of the ratio of their densities; the units in which a density is
measured cancel there.
"""

import json
import os

import numpy as np
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters

# Which of equal observations gets which bandwidth is otherwise up to the processor.
unstable = np.argsort
np.argsort = lambda values, **_: unstable(values, kind="stable")

here = os.path.dirname(os.path.abspath(__file__))
space = {
    "rate": FloatDistribution(1e-5, 0.1, log=True),
    "dropout": FloatDistribution(0, 0.5),
    "layers": IntDistribution(1, 4),
    "width": IntDistribution(8, 200, log=True),
    "activation": CategoricalDistribution(["relu", "gelu", "tanh"]),
}
random = np.random.default_rng(7)


def draw(count):
    return {
        "rate": 10 ** random.uniform(-5, -1, count),
        "dropout": random.uniform(0, 0.5, count),
        "layers": random.integers(1, 5, count),
        "width": np.round(2 ** random.uniform(3, 7.6, count)),
        "activation": random.integers(0, 3, count),
    }


def estimator(observations, weights):
    parameters = _ParzenEstimatorParameters(1.0, True, False, lambda n: np.ones(n), True)
    return _ParzenEstimator(observations, space, parameters, np.array(weights, dtype=float))


def rows(observations):
    return [[float(observations[name][i]) for name in space] for i in range(len(observations["rate"]))]


good, bad, queries = draw(6), draw(12), draw(9)
good_weights = [6, 5, 4, 3, 2, 1]
good_estimator = estimator(good, good_weights)
bad_estimator = estimator(bad, np.ones(12))
result = {
    "good": rows(good),
    "goodWeights": good_weights,
    "bad": rows(bad),
    "queries": rows(queries),
    "mixtureWeights": good_estimator._mixture_distribution.weights.tolist(),
    # Without the prior's, in parts of the range.
    "dropoutBandwidths": (bad_estimator._mixture_distribution.distributions[1].sigma[:-1] / 0.5).tolist(),
    "logRatios": (good_estimator.log_pdf(queries) - bad_estimator.log_pdf(queries)).tolist(),
}
with open(os.path.join(here, "parzen.json"), "w") as file:
    json.dump(result, file, indent=1)
    file.write("\n")
