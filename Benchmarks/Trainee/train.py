"""The study's script, for tuner-mpi."""

import torch
import tuner_mpi
from study import accuracy, data, epoch, network

images, labels, dev_images, dev_labels = data()
for trial in tuner_mpi.trials(learning_rate=1e-3, weight_decay=1e-2):
    model = network()
    optimizer = torch.optim.AdamW(model.parameters(), lr=trial["learning_rate"])
    trial.state(model=model, optimizer=optimizer)
    for unit in trial.budgets():
        trial.apply(optimizer)
        epoch(model, optimizer, images, labels)
        trial.report(dev_accuracy=accuracy(model, dev_images, dev_labels))
