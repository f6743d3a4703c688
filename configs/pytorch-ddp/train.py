"""Handwritten digits by a small network, data-parallel with DistributedDataParallel.

Under tuner-mpi every rank of a group runs this script. Alone it trains once:
python3 train.py --learning_rate 0.01 --budget 3
"""

import gzip
import os
from pathlib import Path

import torch
import torch.distributed
import tuner_mpi
from torch import nn
from torch.nn.parallel import DistributedDataParallel

DIGITS = Path(__file__).resolve().parents[2] / "Sources/Training/Resources/digits.csv.gz"
BATCH = 64  # of all ranks together


def digits() -> tuple[torch.Tensor, torch.Tensor]:
    """Images of 8 x 8 pixels between 0 and 1, and what they show."""
    with gzip.open(os.environ.get("DIGITS", DIGITS), "rt") as file:
        rows = torch.tensor([[float(word) for word in line.split(",")] for line in file])
    return rows[:, :64] / 16, rows[:, 64].long()


def main() -> None:
    rank, ranks = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if ranks > 1:
        torch.distributed.init_process_group("gloo")
    torch.set_num_threads(1)
    images, labels = digits()
    train, dev = slice(0, 1400), slice(1400, None)
    loss_function = nn.CrossEntropyLoss()

    for trial in tuner_mpi.trials(learning_rate=0.01, momentum=0.9, width=64):
        torch.manual_seed(trial.seed)
        network = nn.Sequential(nn.Linear(64, trial["width"]), nn.ReLU(), nn.Linear(trial["width"], 10))
        model = DistributedDataParallel(network) if ranks > 1 else network
        optimizer = torch.optim.SGD(model.parameters(), lr=trial["learning_rate"], momentum=trial["momentum"])
        trial.state(model=network, optimizer=optimizer)

        for epoch in trial.budgets():
            trial.apply(optimizer)
            # The same order on every rank, each its share of every batch.
            order = torch.randperm(1400, generator=torch.Generator().manual_seed(trial.seed + epoch))
            for batch in order[: 1400 // BATCH * BATCH].split(BATCH):
                share = batch[rank::ranks]
                optimizer.zero_grad()
                loss_function(model(images[train][share]), labels[train][share]).backward()
                optimizer.step()
            with torch.no_grad():
                scores = network(images[dev])
            accuracy = (scores.argmax(1) == labels[dev]).float().mean()
            trial.report(dev_accuracy=accuracy, dev_loss=loss_function(scores, labels[dev]))


if __name__ == "__main__":
    main()
