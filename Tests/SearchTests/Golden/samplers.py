"""Makes the golden files of the samplers' tests, beside itself.

Needs numpy, scipy, scikit-learn and mpmath; made with scipy 1.17.1, scikit-learn 1.9.1 and mpmath 1.4.1.
"""

import json
import os

import mpmath
import numpy as np
from scipy.stats import qmc
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Exponentiation, Matern, WhiteKernel

mpmath.mp.dps = 60
here = os.path.dirname(os.path.abspath(__file__))


def write(name, value):
    with open(os.path.join(here, name), "w") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def sobol(dimension, indices):
    """Unscrambled points as numerators over 2^32."""
    points = []
    for index in indices:
        sequence = qmc.Sobol(dimension, scramble=False, bits=32)
        if index > 0:
            sequence.fast_forward(index)
        points.append([int(round(x * 2**32)) for x in sequence.random(1)[0]])
    return {"dimension": dimension, "indices": indices, "points": points}


def gaussian_process(points, targets, queries, scales, variance, noise):
    """Features, targets and queries as given; what scikit-learn makes of them with these hyperparameters."""
    kernel = ConstantKernel(variance) * Matern(length_scale=scales, nu=2.5) + WhiteKernel(noise)
    process = GaussianProcessRegressor(kernel, alpha=0, optimizer=None).fit(points, targets)
    likelihood, gradient = process.log_marginal_likelihood(kernel.theta, eval_gradient=True)
    mean, deviation = process.predict(queries, return_std=True)
    return {
        "logLikelihood": float(likelihood),
        "byLogVariance": float(gradient[0]),
        "byLogScales": gradient[1:-1].tolist(),
        "byLogNoise": float(gradient[-1]),
        # scikit-learn adds the noise to the variance of a prediction.
        "means": mean.tolist(),
        "variances": (deviation**2 - noise).tolist(),
    }


def numeric_process():
    random = np.random.default_rng(1)
    points, queries = random.random((14, 3)), random.random((5, 3))
    targets = np.sin(5 * points[:, 0]) + points[:, 1] ** 2 + 0.1 * random.standard_normal(14)
    scales, variance, noise = [0.3, 0.8, 2.5], 1.7, 0.02
    result = gaussian_process(points, targets, queries, scales, variance, noise)
    result |= {"points": points.tolist(), "targets": targets.tolist(), "queries": queries.tolist()}
    return result | {"scales": scales, "variance": variance, "noise": noise}


def mixed_process():
    """One number and one choice of three: a one-hot vector over sqrt(2), of which unequal ones are 1 apart."""
    random = np.random.default_rng(2)
    numbers, choices = random.random((12, 1)), random.integers(0, 3, 12)
    query_numbers, query_choices = random.random((4, 1)), np.array([0, 1, 2, 0])
    targets = np.cos(4 * numbers[:, 0]) + choices * 0.5
    scales, variance, noise = [0.4, 1.3], 0.9, 0.005

    def encoded(numbers, choices):
        return np.hstack([numbers, np.eye(3)[choices] / np.sqrt(2)])

    result = gaussian_process(
        encoded(numbers, choices), targets, encoded(query_numbers, query_choices), [scales[0]] + [scales[1]] * 3,
        variance, noise)
    # The three one-hot coordinates share one length scale, so that its derivative is the sum of theirs.
    result["byLogScales"] = [result["byLogScales"][0], sum(result["byLogScales"][1:])]
    result |= {
        "points": np.column_stack([numbers[:, 0], choices]).tolist(),
        "targets": targets.tolist(),
        "queries": np.column_stack([query_numbers[:, 0], query_choices]).tolist(),
    }
    return result | {"scales": scales, "variance": variance, "noise": noise}


def process_with_trend():
    """A quadratic trend about (0.5, 0.5, 0.5) with reaches of 0.5: inputs are scaled to the trend's frame."""
    random = np.random.default_rng(3)
    points, queries = random.random((15, 3)), random.random((5, 3))
    targets = (points[:, 0] - points[:, 1]) ** 2 + 0.3 * points[:, 2] + 0.1 * np.sin(9 * points[:, 1])
    scales, variance, noise, trend = np.array([0.4, 0.9, 1.8]), 0.6, 0.003, 1.4
    unit = 2 / np.sqrt(3)
    quadratic = Exponentiation(DotProduct(1, sigma_0_bounds="fixed"), 2)
    kernel = ConstantKernel(variance) * Matern(scales * unit, nu=2.5) + ConstantKernel(trend) * quadratic + WhiteKernel(noise)
    process = GaussianProcessRegressor(kernel, alpha=0, optimizer=None).fit((points - 0.5) * unit, targets)
    likelihood, gradient = process.log_marginal_likelihood(kernel.theta, eval_gradient=True)
    mean, deviation = process.predict((queries - 0.5) * unit, return_std=True)
    return {
        "logLikelihood": float(likelihood), "byLogVariance": float(gradient[0]), "byLogScales": gradient[1:4].tolist(),
        "byLogTrend": float(gradient[4]), "byLogNoise": float(gradient[5]), "means": mean.tolist(),
        "variances": (deviation**2 - noise).tolist(), "points": points.tolist(), "targets": targets.tolist(),
        "queries": queries.tolist(), "scales": scales.tolist(), "variance": variance, "noise": noise, "trend": trend,
    }


def log_improvement(z):
    """ln h(z) and its derivative, h(z) = phi(z) + z Phi(z), with enough digits for what cancels."""
    with mpmath.workdps(120):
        z = mpmath.mpf(z)
        density = mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi)
        distribution = mpmath.erfc(-z / mpmath.sqrt(2)) / 2
        h = density + z * distribution
        return {"z": float(z), "value": float(mpmath.log(h)), "slope": float(distribution / h)}


def quantile(p):
    p = mpmath.mpf(p)
    x = mpmath.findroot(lambda x: mpmath.log(mpmath.erfc(-x / mpmath.sqrt(2)) / 2) - mpmath.log(p),
                        -mpmath.sqrt(-2 * mpmath.log(p)) if p < 0.5 else 0.1)
    return {"p": float(p), "value": float(x)}


write("sobol.json", [
    sobol(5, list(range(17)) + [1000, 123456]),
    sobol(128, [1, 7, 1000]),
])
write("gaussian-process.json", {"numeric": numeric_process(), "mixed": mixed_process(), "trend": process_with_trend()})
write("log-improvement.json", [log_improvement(z) for z in [
    30.0, 8.0, 3.0, 1.0, 0.1, 0.0, -0.5, -0.999, -1.0, -1.001, -2.0, -5.0, -10.0, -29.999, -30.0, -30.001, -40.0,
    -100.0, -1e3, -1e5, -1e8, -1e12]])
write("normal.json", {
    "erfcx": [{"x": x, "value": float(mpmath.exp(mpmath.mpf(x) ** 2) * mpmath.erfc(x))}
              for x in [0.46875, 0.5, 1.0, 2.0, 3.999, 4.0, 4.001, 10.0, 26.0, 100.0, 1e8]],
    "quantile": [quantile(p) for p in ["1e-300", "1e-20", "1e-5", "0.01", "0.3", "0.499", "0.7", "0.99", "0.99999"]],
})
