"""Handwritten digits by a network with one hidden layer, in NumPy.

Alone it trains once: python3 train.py --learning_rate 0.3 --budget 5
"""

import gzip
from pathlib import Path

import numpy as np
import tuner_mpi

DIGITS = Path(__file__).resolve().parents[2] / "Sources/Training/Resources/digits.csv.gz"
BATCH = 50


def make(width, random):
    """The weights of both layers, each with a last row for the constant 1."""
    hidden = random.normal(0, 0.2, (65, width))
    return {"hidden": hidden, "output": np.zeros((width + 1, 10))}


def with_ones(values):
    return np.hstack([values, np.ones((len(values), 1))])


def forward(weights, images):
    """What the hidden layer says, and the probability of each class."""
    hidden = with_ones(np.maximum(images @ weights["hidden"], 0))
    scores = hidden @ weights["output"]
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return hidden, powers / powers.sum(1, keepdims=True)


def train(weights, images, labels, rate, decay, random):
    for batch in random.permutation(len(images)).reshape(-1, BATCH):
        hidden, error = forward(weights, images[batch])
        error[np.arange(BATCH), labels[batch]] -= 1
        back = (error @ weights["output"].T)[:, :-1] * (hidden[:, :-1] > 0)
        for name, gradient in [("output", hidden.T @ error), ("hidden", images[batch].T @ back)]:
            weights[name] -= rate * (gradient / BATCH + decay * weights[name])


def main():
    data = np.loadtxt(gzip.open(DIGITS, "rt"), delimiter=",")
    images, labels = with_ones(data[:, :64] / 16), data[:, 64].astype(int)

    for trial in tuner_mpi.trials(learning_rate=0.1, weight_decay=1e-4, width=32):
        random = np.random.default_rng(trial.seed)
        weights = make(trial["width"], random)
        trial.state(weights=weights)
        for epoch in trial.budgets():
            order = np.random.default_rng([trial.seed, epoch])
            train(weights, images[:1400], labels[:1400], trial["learning_rate"], trial["weight_decay"], order)
            guesses = forward(weights, images[1400:])[1].argmax(1)
            trial.report(dev_accuracy=(guesses == labels[1400:]).mean())


if __name__ == "__main__":
    main()
