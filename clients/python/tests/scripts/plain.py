"""Needs nothing but Python: a dict of arrays, drawn from random numbers."""

import array
import random
import sys
from typing import Any, Dict

import tuner_mpi

for trial in tuner_mpi.trials(learning_rate=0.1, width=3, name="x", flag=False):
    weights = array.array("d", [0.0] * trial["width"])
    memory: Dict[str, Any] = {"weights": weights, "seen": 0, "note": "none", "nothing": None}
    random.seed(trial.seed)
    trial.state(memory=memory)
    for unit in trial.budgets():
        for index in range(len(weights)):
            weights[index] += random.gauss(0, trial["learning_rate"])
        memory["seen"] += 1
        memory["note"] = f"unit {unit}"
        trial.report(loss=sum(weights), seen=memory["seen"])
    print("trial", trial.number, trial["width"], repr(trial["name"]), trial["flag"], sorted(trial.changed))
assert "torch" not in sys.modules and "numpy" not in sys.modules
print("over")
