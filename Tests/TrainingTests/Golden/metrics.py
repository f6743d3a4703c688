"""Makes metrics.json: the metrics of MetricsGoldenTests, as scikit-learn has them.

    python3 -m pip install --target DIRECTORY scikit-learn
    PYTHONPATH=DIRECTORY python3 metrics.py
"""

import json
import pathlib

import numpy as np
import sklearn.metrics as sk


def pattern(count, offset):
    """Numbers from -0.61 to 0.61, exact in 32 bits."""
    return ((np.arange(count) + offset) * 7919 % 10007 - 5003) / np.float64(8192)


def classes(rows, width, offset, confidence, share):
    """Logits `[rows, width]` that lean towards the class in a part of the rows; classes of uneven sizes."""
    labels = (pattern(rows, offset + 5) + 0.61) / 1.23
    labels = np.minimum((labels**share * width).astype(int), width - 1)
    logits = 3 * pattern(rows * width, offset).reshape(rows, width)
    leaning = np.arange(rows) % 3 > 0
    logits[leaning, labels[leaning]] += confidence
    # Some equal scores, so that ties are met.
    logits[::7] = np.round(logits[::7])
    logits = logits.astype(np.float32).astype(np.float64)
    terms = np.exp(logits - logits.max(1, keepdims=True))
    probabilities = terms / terms.sum(1, keepdims=True)
    predicted = logits.argmax(1)
    every = list(range(width))
    values = {
        "balanced_accuracy": sk.balanced_accuracy_score(labels, predicted),
        "f1_macro": sk.f1_score(labels, predicted, average="macro", zero_division=0),
        "f1_micro": sk.f1_score(labels, predicted, average="micro", zero_division=0),
        "log_loss": sk.log_loss(labels, probabilities, labels=every),
        "calibration_error": calibration_error(probabilities, labels, predicted),
        "accuracy": sk.accuracy_score(labels, predicted),
    }
    if width == 2:
        values["auc"] = sk.roc_auc_score(labels, probabilities[:, 1])
        values["brier"] = sk.brier_score_loss(labels, probabilities[:, 1])
    else:
        values["auc"] = sk.roc_auc_score(labels, probabilities, multi_class="ovr", average="macro")
        values["brier"] = sk.brier_score_loss(labels, probabilities, labels=every)
        for k in (2, 3, 5):
            if k < width:
                values[f"top_{k}_accuracy"] = sk.top_k_accuracy_score(labels, probabilities, k=k, labels=every)
    loss = values["log_loss"]
    values["perplexity"] = np.exp(loss)
    values["bits_per_character"] = loss / np.log(2)
    return {"width": width, "logits": logits.ravel().tolist(), "labels": labels.tolist(), "values": values}


def calibration_error(probabilities, labels, predicted):
    """Guo et al., ICML 2017, equation 3, with 15 bins (m / 15, (m + 1) / 15]."""
    confidence = probabilities.max(1)
    right = predicted == labels
    error = 0
    for bin in range(15):
        inside = (confidence > bin / 15) & (confidence <= (bin + 1) / 15)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error


def numbers(rows, width, offset):
    """Truths far from 0, of different scales, in standardized form with their means and deviations."""
    truth = pattern(rows * width, offset).reshape(rows, width).astype(np.float32)
    predicted = (0.8 * truth + 0.3 * pattern(rows * width, offset + 31).reshape(rows, width)).astype(np.float32)
    means, deviations = np.array([1000.0, -3.0])[:width], np.array([50.0, 0.25])[:width]
    true, said = (means + deviations * array.astype(np.float64) for array in (truth, predicted))
    values = {
        "mse": sk.mean_squared_error(true, said),
        "rmse": sk.root_mean_squared_error(true, said),
        "mae": sk.mean_absolute_error(true, said),
        "r2": sk.r2_score(true, said),
    }
    for percent in (5, 10, 50, 90, 95):
        values[f"pinball_{percent}"] = sk.mean_pinball_loss(true, said, alpha=percent / 100)
    return {
        "means": means.tolist(), "deviations": deviations.tolist(), "truth": truth.ravel().tolist(),
        "predicted": predicted.ravel().tolist(), "values": values,
    }


golden = {
    "classes": {
        "two": classes(120, 2, 3, 1.5, 1),
        "two, few of one": classes(150, 2, 40, 2, 0.2),
        "seven": classes(200, 7, 11, 2.5, 1),
        "four, uneven": classes(160, 4, 77, 1, 2.5),
    },
    "numbers": {"one": numbers(90, 1, 17), "two": numbers(90, 2, 29)},
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n")
