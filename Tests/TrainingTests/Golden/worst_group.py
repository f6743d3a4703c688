"""Makes worst_group.json: metrics of the groups of two cases of metrics.json, as scikit-learn has them.

    python3 -m pip install --target DIRECTORY scikit-learn
    PYTHONPATH=DIRECTORY python3 worst_group.py
"""

import json
import pathlib

import numpy as np
import sklearn.metrics as sk

folder = pathlib.Path(__file__).parent
golden = json.loads((folder / "metrics.json").read_text())


def groups(rows):
    """Of uneven sizes; the last has one sample."""
    numbers = np.arange(rows) * 37 % 11 // 4
    numbers[-1] = 9
    return numbers


def classes(case):
    logits = np.array(case["logits"]).reshape(-1, case["width"])
    labels = np.array(case["labels"])
    terms = np.exp(logits - logits.max(1, keepdims=True))
    probabilities = terms / terms.sum(1, keepdims=True)
    predicted = logits.argmax(1)
    every = list(range(case["width"]))
    accuracy, loss, area = [], [], []
    for group in np.unique(groups(len(labels))):
        inside = groups(len(labels)) == group
        accuracy.append(sk.accuracy_score(labels[inside], predicted[inside]))
        loss.append(sk.log_loss(labels[inside], probabilities[inside], labels=every))
        # Of one class there is no area.
        if len(np.unique(labels[inside])) == 2:
            area.append(sk.roc_auc_score(labels[inside], probabilities[inside, 1]))
    assert len(area) < len(accuracy)
    return {
        "worst_group_accuracy": min(accuracy),
        "worst_group_log_loss": max(loss),
        "worst_group_auc": min(area),
    }


def numbers(case):
    means, deviations = np.array(case["means"]), np.array(case["deviations"])
    true, said = (
        means + deviations * np.array(case[name]).reshape(-1, len(means)) for name in ("truth", "predicted")
    )
    square, absolute = [], []
    for group in np.unique(groups(len(true))):
        inside = groups(len(true)) == group
        square.append(sk.mean_squared_error(true[inside], said[inside]))
        absolute.append(sk.mean_absolute_error(true[inside], said[inside]))
    return {"worst_group_mse": max(square), "worst_group_mae": max(absolute)}


result = {"classes": classes(golden["classes"]["two"]), "numbers": numbers(golden["numbers"]["two"])}
(folder / "worst_group.json").write_text(json.dumps(result, indent=1) + "\n")
