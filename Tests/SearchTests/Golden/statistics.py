"""Makes statistics.json: tests, corrections and intervals as scipy has them.

Needs numpy and scipy; made with scipy 1.17.1.
"""

import json
import os

import numpy as np
from scipy import stats
from scipy.special import betainc

here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(3)


def samples(m, n, shift, digits):
    return [random.normal(0, 1, m).round(digits).tolist(), random.normal(shift, 2, n).round(digits).tolist()]


def welch(pair):
    result = stats.ttest_ind(*pair, equal_var=False)
    low, high = result.confidence_interval(0.95)
    return {"first": pair[0], "second": pair[1], "statistic": float(result.statistic),
            "probability": float(result.pvalue), "degrees": float(result.df), "low": float(low), "high": float(high)}


def rank_sum(pair, method):
    result = stats.mannwhitneyu(*pair, method=method)
    return {"first": pair[0], "second": pair[1], "statistic": float(result.statistic),
            "probability": float(result.pvalue)}


def signed_rank(pair, method):
    result = stats.wilcoxon(*pair, method=method, correction=True)
    return {"first": pair[0], "second": pair[1], "statistic": float(result.statistic),
            "probability": float(result.pvalue)}


def bootstrap(values, resamples):
    values = np.array(values)
    draws = random.integers(0, len(values), (resamples, len(values)))
    distribution = values[draws].mean(axis=1)
    intervals = {}
    for name, method in [("percentile", "percentile"), ("accelerated", "BCa")]:
        known = stats._resampling.BootstrapResult(None, distribution, None)
        result = stats.bootstrap((values,), np.mean, n_resamples=0, method=method, bootstrap_result=known)
        intervals[name] = [float(result.confidence_interval.low), float(result.confidence_interval.high)]
    return {"values": values.tolist(), "distribution": distribution.tolist()} | intervals


def holm(probabilities):
    order = np.argsort(probabilities)
    adjusted = np.empty(len(probabilities))
    adjusted[order] = np.minimum(
        1, np.maximum.accumulate(np.sort(probabilities) * (len(probabilities) - np.arange(len(probabilities)))))
    return adjusted.tolist()


beta = [(0.1, 0.5, 0.5), (0.9, 2.5, 0.5), (0.5, 10, 10), (0.999, 60, 0.5), (1e-6, 0.5, 3), (0.3, 200, 400)]
probabilities = [0.01, 0.04, 0.03, 0.005, 0.6]
with open(os.path.join(here, "statistics.json"), "w") as file:
    json.dump(
        {
            "beta": [{"x": x, "a": a, "b": b, "value": float(betainc(a, b, x))} for x, a, b in beta],
            "welch": [welch(samples(m, n, s, 6)) for m, n, s in [(5, 5, 1), (3, 12, 0), (30, 8, 4), (2, 2, 0.1)]],
            "rankSum": [rank_sum(samples(m, n, s, 6), "exact") for m, n, s in [(5, 5, 1), (3, 12, 0), (20, 15, 2)]]
            + [rank_sum(samples(m, n, s, d), "asymptotic") for m, n, s, d in [(8, 9, 1, 0), (40, 30, 0.3, 6)]],
            "signedRank": [signed_rank(samples(n, n, s, 6), "exact") for n, s in [(5, 1), (12, 0), (40, 0.5)]]
            + [signed_rank(samples(n, n, s, d), "approx") for n, s, d in [(9, 1, 0), (60, 0.3, 6)]],
            "holm": {"probabilities": probabilities, "adjusted": holm(probabilities)},
            "bootstrap": [bootstrap(random.exponential(1, 12), 400), bootstrap(random.normal(0, 1, 30), 400)],
        },
        file,
        indent=1,
    )
    file.write("\n")
