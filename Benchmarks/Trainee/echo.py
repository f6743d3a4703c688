"""A script in the dialogue that trains nothing and has a state of so many bytes."""

import sys

import numpy
import tuner_mpi

for trial in tuner_mpi.trials(rate=0.1):
    weights = numpy.zeros(int(sys.argv[1]) // 32, dtype=numpy.float32)
    moments = [numpy.zeros_like(weights) for _ in range(7)]
    trial.state(generators=False, weights=weights, moments=dict(enumerate(moments)))
    for unit in trial.budgets():
        weights += 1
        trial.in_force(rate=trial["rate"])
        trial.report(loss=0.0)
