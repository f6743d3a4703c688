"""A classifier of drawn digits: AdamW, dropout and a shuffling loader, so that every generator matters."""

import os

import torch

import tuner_mpi

torch.set_num_threads(1)
size = int(os.environ.get("SIZE", "32"))
workers = int(os.environ.get("WORKERS", "0"))
data = torch.randn(64, 64, generator=torch.Generator().manual_seed(0))
labels = (data[:, 0] > 0).long()

for trial in tuner_mpi.trials(learning_rate=1e-3, weight_decay=0.01, width=size, beta2=0.999):
    torch.manual_seed(trial.seed)
    width = trial["width"]
    model = torch.nn.Sequential(
        torch.nn.Linear(64, width),
        torch.nn.BatchNorm1d(width),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.5),
        torch.nn.Linear(width, 2),
    )
    optimizer = torch.optim.AdamW(model.parameters())
    dataset = torch.utils.data.TensorDataset(data, labels)
    loader = torch.utils.data.DataLoader(dataset, batch_size=16, shuffle=True, num_workers=workers)
    trial.state(model=model, optimizer=optimizer)
    for unit in trial.budgets():
        trial.apply(optimizer)
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(inputs), targets)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        trial.report(loss=loss.detach())
