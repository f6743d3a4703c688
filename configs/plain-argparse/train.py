"""Handwritten digits by softmax regression, with nothing but Python: python3 train.py --lr 0.1 --epochs 3"""

import argparse
import gzip
import json
import math
import os
import random
from operator import mul
from pathlib import Path

DIGITS = Path(__file__).resolve().parents[2] / "Sources/Training/Resources/digits.csv.gz"
CLASSES, PIXELS = 10, 64


def digits():
    """Pairs of an image, 64 pixels between 0 and 1 and a constant 1, and what it shows."""
    with gzip.open(DIGITS, "rt") as file:
        rows = [[int(word) for word in line.split(",")] for line in file]
    return [([pixel / 16 for pixel in row[:PIXELS]] + [1.0], row[PIXELS]) for row in rows]


def probabilities(weights, image):
    scores = [sum(map(mul, row, image)) for row in weights]
    largest = max(scores)
    powers = [math.exp(score - largest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def train_epoch(weights, velocity, samples, options):
    """One pass of stochastic gradient descent with momentum; the mean loss."""
    loss = 0.0
    random.shuffle(samples)
    for start in range(0, len(samples), options.batch_size):
        batch = samples[start : start + options.batch_size]
        errors = []
        for image, label in batch:
            error = probabilities(weights, image)
            loss -= math.log(max(error[label], 1e-30))
            error[label] -= 1
            errors.append(error)
        pixels = list(zip(*(image for image, _ in batch)))
        for number, (row, speed) in enumerate(zip(weights, velocity)):
            column = [error[number] / len(batch) for error in errors]
            speed[:] = [options.momentum * v + sum(map(mul, column, p)) for v, p in zip(speed, pixels)]
            row[:] = [w - options.lr * v for w, v in zip(row, speed)]
    return loss / len(samples)


def accuracy(weights, samples):
    def guess(image):
        scores = [sum(map(mul, row, image)) for row in weights]
        return scores.index(max(scores))

    return sum(guess(image) == label for image, label in samples) / len(samples)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--momentum", type=float, default=0.0)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoints", help="a directory; goes on from what is in it")
    options = parser.parse_args()

    samples = digits()
    train, validation = samples[:1400], samples[1400:]
    epoch = 0
    weights, velocity = ([[0.0] * (PIXELS + 1) for _ in range(CLASSES)] for _ in range(2))
    checkpoint = options.checkpoints and os.path.join(options.checkpoints, "checkpoint.json")
    if checkpoint and os.path.exists(checkpoint):
        with open(checkpoint) as file:
            epoch, weights, velocity = json.load(file)
        print(f"going on after epoch {epoch}")

    while epoch < options.epochs:
        epoch += 1
        random.seed(options.seed + epoch)
        loss = train_epoch(weights, velocity, train, options)
        print(f"epoch {epoch}: loss {loss:.4f}, val acc {accuracy(weights, validation):.4f}")
        if checkpoint:
            with open(checkpoint, "w") as file:
                json.dump([epoch, weights, velocity], file)


if __name__ == "__main__":
    main()
