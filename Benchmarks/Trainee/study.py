"""The study that all three programs of this comparison do: MNIST's shape, an MLP 784-256-128-10, batches of 128, AdamW.

Samples are drawn, not read: how fast a network trains does not depend on what it learns.
"""

import torch
from torch import nn

MEMBERS, GENERATIONS, BATCH = 8, 20, 128
RATES, DECAYS = (1e-4, 1e-2), (1e-5, 1e-1)


def data() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(1)
    images = torch.rand(9000, 784, generator=generator)
    labels = (images[:, :784] @ torch.randn(784, 10, generator=generator)).argmax(1)
    return images[:8000], labels[:8000], images[8000:], labels[8000:]


def network() -> nn.Module:
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


def epoch(model: nn.Module, optimizer: torch.optim.Optimizer, images: torch.Tensor, labels: torch.Tensor) -> None:
    for batch in torch.randperm(len(images)).split(BATCH)[:-1]:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
        optimizer.step()


def accuracy(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    with torch.no_grad():
        return (model(images).argmax(1) == labels).float().mean().item()
