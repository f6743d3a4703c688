"""Makes scripts/: modules as somebody's own would be, and scripts.json: what they compute in PyTorch.

    pip install torch==2.13.0
    python scripts.py
"""

import json
import pathlib

import torch
from models import fill, images, labels, run
from torch import nn


class Own(nn.Module):
    """A network for the built-in digits."""

    def __init__(self, dropout: float = 0.0):
        super().__init__()
        self.flatten = nn.Flatten()
        self.layers = nn.ModuleList([nn.Linear(64, 12), nn.Linear(12, 10)])
        self.norm = nn.BatchNorm1d(12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = self.flatten(x)
        x = torch.relu(self.norm(self.layers[0](x)))
        return self.layers[1](self.dropout(x))


class Tied(nn.Module):
    """One layer twice."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(64, 64)
        self.second = nn.Linear(64, 64)
        self.second.weight = self.first.weight
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(torch.tanh(self.second(torch.tanh(self.first(x.flatten(1))))))


class Text(nn.Module):
    """Next characters, of a vocabulary of 11."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 6)
        self.head = nn.Linear(6, 11)

    def forward(self, x):
        return self.head(torch.tanh(self.embedding(x)))


class Images(nn.Module):
    """3 classes of images of 6 x 6 pixels."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(36, 3)

    def forward(self, x):
        return self.linear(x.flatten(1))


class Doubled(Images):
    """Answers of another type."""

    def forward(self, x):
        return self.linear(x.flatten(1)).double()


def main():
    torch.set_num_threads(1)
    folder = pathlib.Path(__file__).with_suffix("")
    folder.mkdir(exist_ok=True)
    modules = {"own": Own(), "tied": Tied(), "text": Text(), "images": Images(), "dropout": Own(0.5)}
    for name, module in modules.items():
        fill(module)
        torch.jit.save(torch.jit.script(module), folder / f"{name}.pt")
    torch.jit.save(torch.jit.script(Images().double()), folder / "double.pt")
    torch.jit.save(torch.jit.script(Doubled()), folder / "doubled.pt")
    frozen = Images()
    frozen.linear.weight.requires_grad_(False)
    torch.jit.save(torch.jit.script(frozen), folder / "frozen.pt")

    class Flat(nn.Module):
        def forward(self, x):
            return modules["text"](x).flatten(0, 1)

        def named_parameters(self, *_):
            return modules["text"].named_parameters()

        def parameters(self, *_):
            return modules["text"].parameters()

        def zero_grad(self, *_):
            modules["text"].zero_grad()

    tokens = torch.arange(3 * 9).reshape(3, 9) * 5 % 11
    results = {
        "own": run(modules["own"], images(6, 1, 8, 8), labels(6, 10), 0.1, 0.0),
        "tied": run(modules["tied"], images(6, 1, 8, 8), labels(6, 10), 0.1, 0.1),
        "text": run(Flat(), tokens, (tokens + 3) % 11, 0.1, 0.0),
    }
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
