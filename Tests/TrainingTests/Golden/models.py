"""The built-in models in PyTorch, tensor for tensor under the same names, and models.json: what they compute.

    pip install torch==2.13.0
    python models.py > models.json

Every constant is made from an index, so that the test rebuilds it exactly. Three steps of plain gradient descent: the
losses, the norms of the first step's gradients, and afterwards the logits of an evaluation (running statistics).
"""

import json

import torch
from torch import nn
from torch.nn import functional


class MLP(nn.Module):
    def __init__(self, inputs, hidden, classes, activation="relu", normalization="none"):
        super().__init__()
        widths = [inputs, *hidden]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, [*hidden, classes]))
        norm = {"none": lambda width: nn.Identity(), "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}[normalization]
        self.norms = nn.ModuleList(norm(width) for width in hidden)
        self.activation = {
            "relu": functional.relu, "gelu": lambda x: functional.gelu(x, approximate="tanh"), "tanh": torch.tanh,
            "silu": functional.silu, "leaky_relu": functional.leaky_relu, "elu": functional.elu,
            "mish": functional.mish, "identity": lambda x: x,
        }[activation]

    def forward(self, x):
        x = x.flatten(1)
        for layer, norm in zip(self.layers, self.norms):
            x = self.activation(norm(layer(x)))
        return self.layers[-1](x)


class Block(nn.Module):
    """A residual block whose shortcut is free of parameters (He et al., CVPR 2016, option A)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.convolution1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.convolution2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.stride, self.added = stride, outputs - inputs

    def forward(self, x):
        inner = functional.relu(self.norm1(self.convolution1(x)), inplace=True)
        inner = self.norm2(self.convolution2(inner))
        if self.stride > 1 or self.added > 0:
            x = x[:, :, :: self.stride, :: self.stride]
            x = functional.pad(x, (0, 0, 0, 0, self.added // 2, self.added - self.added // 2))
        inner += x
        return functional.relu(inner, inplace=True)


class Stem(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.convolution = nn.Conv2d(channels, width, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x):
        return functional.relu(self.norm(self.convolution(x)), inplace=True)


class ResNet(nn.Module):
    def __init__(self, depth, width, channels, classes):
        super().__init__()
        self.stem = Stem(channels, width)
        inputs, stages = width, []
        for stage in range(3):
            blocks = []
            for block in range((depth - 2) // 6):
                outputs = width << stage
                blocks.append(Block(inputs, outputs, 2 if stage > 0 and block == 0 else 1))
                inputs = outputs
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.classifier = nn.Linear(inputs, classes)

    def forward(self, x):
        return self.classifier(functional.adaptive_avg_pool2d(self.stages(self.stem(x)), 1).flatten(1))


class TransformerBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.feedforward_norm = nn.LayerNorm(width)
        self.expansion = nn.Linear(width, 4 * width)
        self.contraction = nn.Linear(4 * width, width)
        self.heads = heads

    def forward(self, x):
        batch, length, width = x.shape
        parts = self.attention(self.attention_norm(x)).split(width, dim=2)
        query, key, value = (p.view(batch, length, self.heads, -1).transpose(1, 2) for p in parts)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.projection(mixed.transpose(1, 2).reshape(batch, length, width))
        inner = functional.gelu(self.expansion(self.feedforward_norm(x)), approximate="tanh")
        return x + self.contraction(inner)


class Transformer(nn.Module):
    def __init__(self, vocabulary, context, layers, heads, width):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(TransformerBlock(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions.weight[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)).flatten(0, 1)


def pattern(count, offset):
    """(((i + offset) · 7919) mod 10007 − 5003) / 8192 for i = 0, 1, ..., between -0.62 and 0.62."""
    index = torch.arange(count, dtype=torch.int64)
    return (((index + offset) * 7919) % 10007 - 5003).to(torch.float32) / 8192


def fill(model):
    """Sets parameter p, in the order of the names, to a quarter of the pattern at 1000 p; around 1 for gains of norms."""
    with torch.no_grad():
        for number, (name, parameter) in enumerate(sorted(model.named_parameters(), key=lambda named: named[0])):
            values = pattern(parameter.numel(), 1000 * number).reshape(parameter.shape) / 4
            parameter.copy_(values + 1 if "norm" in name and name.endswith("weight") else values)


def run(model, inputs, targets, rate, smoothing):
    fill(model)
    losses, norms = [], {}
    for step in range(3):
        loss = functional.cross_entropy(model(inputs), targets.flatten(), label_smoothing=smoothing)
        model.zero_grad()
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            norms = {name: parameter.grad.norm().item() for name, parameter in model.named_parameters()}
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= rate * parameter.grad
    model.eval()
    with torch.no_grad():
        return {"losses": losses, "gradientNorms": norms, "logits": model(inputs).flatten()[:20].tolist()}


def images(*shape):
    return pattern(torch.Size(shape).numel(), 77).reshape(shape) * 4


def labels(count, classes):
    return torch.arange(count) * 7 % classes


def main():
    torch.set_num_threads(1)
    tokens = torch.arange(3 * 9).reshape(3, 9) * 5 % 11
    cases = {
        "mlp": (MLP(24, [16, 12], 5), images(6, 24), labels(6, 5), 0.1, 0.0),
        "mlp batch tanh": (MLP(24, [16], 5, "tanh", "batch"), images(6, 2, 3, 4), labels(6, 5), 0.1, 0.0),
        "mlp layer gelu": (MLP(24, [16, 16], 5, "gelu", "layer"), images(6, 24), labels(6, 5), 0.1, 0.1),
        **{
            f"mlp {name}": (MLP(24, [16], 5, name), images(6, 24), labels(6, 5), 0.1, 0.0)
            for name in ("silu", "leaky_relu", "elu", "mish", "identity")
        },
        "resnet": (ResNet(8, 4, 3, 5), images(4, 3, 9, 9), labels(4, 5), 0.05, 0.1),
        "transformer": (Transformer(11, 9, 2, 2, 8), tokens, (tokens + 3) % 11, 0.1, 0.0),
    }
    print(json.dumps({name: run(*case) for name, case in cases.items()}, indent=1))


if __name__ == "__main__":
    main()
