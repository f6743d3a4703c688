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

    def __init__(self, inputs, outputs, stride, norm, pre, squeeze, activation, bias):
        super().__init__()
        self.convolution1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=bias)
        self.norm1 = norm(inputs if pre else outputs)
        self.convolution2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=bias)
        self.norm2 = norm(outputs)
        if squeeze:
            self.squeeze = nn.Linear(outputs, max(1, outputs // squeeze))
            self.excite = nn.Linear(max(1, outputs // squeeze), outputs)
        self.stride, self.added, self.pre, self.excites = stride, outputs - inputs, pre, squeeze > 0
        self.activation = activation

    def weigh(self, x):
        if not self.excites:
            return x
        weights = self.excite(functional.relu(self.squeeze(x.mean((2, 3))))).sigmoid()
        return x * weights[:, :, None, None]

    def shortcut(self, x):
        if self.stride > 1 or self.added > 0:
            x = x[:, :, :: self.stride, :: self.stride]
            x = functional.pad(x, (0, 0, 0, 0, self.added // 2, self.added - self.added // 2))
        return x

    def forward(self, x):
        if self.pre:
            inner = self.convolution1(self.activation(self.norm1(x)))
            return self.shortcut(x) + self.weigh(self.convolution2(self.activation(self.norm2(inner))))
        inner = self.activation(self.norm1(self.convolution1(x)))
        return self.activation(self.shortcut(x) + self.weigh(self.norm2(self.convolution2(inner))))


class Stem(nn.Module):
    def __init__(self, channels, width, norm, bias):
        super().__init__()
        self.convolution = nn.Conv2d(channels, width, 3, 1, 1, bias=bias)
        self.norm = norm(width)

    def forward(self, x):
        return self.norm(self.convolution(x))


class ResNet(nn.Module):
    def __init__(
        self, depth, width, channels, classes, *, norm=nn.BatchNorm2d, pre=False, squeeze=0, activation=functional.relu,
        bias=False,
    ):
        super().__init__()
        nothing = lambda channels: nn.Identity()
        self.stem = Stem(channels, width, nothing if pre else norm, bias)
        inputs, stages = width, []
        for stage in range(3):
            blocks = []
            for block in range((depth - 2) // 6):
                outputs = width << stage
                stride = 2 if stage > 0 and block == 0 else 1
                blocks.append(Block(inputs, outputs, stride, norm, pre, squeeze, activation, bias))
                inputs = outputs
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.norm = norm(inputs) if pre else nn.Identity()
        self.classifier = nn.Linear(inputs, classes)
        self.pre, self.activation = pre, activation

    def forward(self, x):
        x = self.stem(x)
        x = self.stages(x if self.pre else self.activation(x))
        x = self.activation(self.norm(x)) if self.pre else x
        return self.classifier(functional.adaptive_avg_pool2d(x, 1).flatten(1))


class ConvolutionBlock(nn.Module):
    """Convolution, normalization."""

    def __init__(self, inputs, outputs, kernel, norm, bias):
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, 1, kernel // 2, bias=bias)
        self.norm = norm(outputs)

    def forward(self, x):
        return self.norm(self.convolution(x))


class CNN(nn.Module):
    def __init__(
        self, widths, channels, classes, *, convolutions=1, kernel=3, norm=nn.BatchNorm2d, bias=False, pixels=0,
        hidden=0, pool=functional.max_pool2d, activation=functional.relu,
    ):
        super().__init__()
        blocks, inputs = [], channels
        for width in widths:
            block = []
            for _ in range(convolutions):
                block.append(ConvolutionBlock(inputs, width, kernel, norm, bias))
                inputs = width
            blocks.append(nn.ModuleList(block))
        self.blocks = nn.ModuleList(blocks)
        features = inputs * pixels if pixels else inputs
        if hidden:
            self.hidden = nn.Linear(features, hidden)
        self.classifier = nn.Linear(hidden or features, classes)
        self.has_hidden, self.pixels, self.pool, self.activation = hidden > 0, pixels, pool, activation

    def forward(self, x):
        for block in self.blocks:
            for convolution in block:
                x = self.activation(convolution(x))
            x = self.pool(x, 2)
        x = x.flatten(1) if self.pixels else x.mean((2, 3))
        return self.classifier(self.activation(self.hidden(x)) if self.has_hidden else x)


class TabularBlock(nn.Module):
    def __init__(self, width, inner, norm, activation):
        super().__init__()
        self.norm, self.activation = norm(width), activation
        self.linear1, self.linear2 = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x):
        return x + self.linear2(self.activation(self.linear1(self.norm(x))))


class TabularNetwork(nn.Module):
    """Gorishniy et al., arXiv:2106.11959, section 3.2, without dropout.

    Each range of `categories` is of one column, and becomes at most `embedding` numbers."""

    def __init__(
        self, inputs, width, inner, blocks, classes, norm=nn.BatchNorm1d, activation=functional.relu,
        categories=(), embedding=0,
    ):
        super().__init__()
        self.categories = categories
        self.embeddings = nn.ModuleList(
            nn.Linear(len(c), min(embedding, len(c)), bias=False) for c in categories)
        embedded = {feature for c in categories for feature in c}
        self.numbers = [feature for feature in range(inputs) if feature not in embedded]
        width_in = len(self.numbers) + sum(e.out_features for e in self.embeddings)
        self.first = nn.Linear(width_in, width)
        self.blocks = nn.ModuleList(TabularBlock(width, inner, norm, activation) for _ in range(blocks))
        self.norm, self.activation = norm(width), activation
        self.classifier = nn.Linear(width, classes)

    def forward(self, x):
        x = x.flatten(1)
        parts = [e(x[:, c.start:c.stop]) for c, e in zip(self.categories, self.embeddings)]
        x = self.first(torch.cat([x[:, self.numbers], *parts], 1))
        for block in self.blocks:
            x = block(x)
        return self.classifier(self.activation(self.norm(x)))


class TransformerBlock(nn.Module):
    def __init__(self, width, heads, head_width, place, norm, ratio, gated, activation):
        super().__init__()
        inner, self.place, self.gated, self.activation = round(ratio * width), place, gated, activation
        self.attention_norm = norm(width)
        self.attention = nn.Linear(width, 3 * heads * head_width)
        self.projection = nn.Linear(heads * head_width, width)
        self.feedforward_norm = norm(width)
        self.expansion = nn.Linear(width, 2 * inner if gated else inner)
        self.contraction = nn.Linear(inner, width)
        if place == "sandwich":
            self.attention_end_norm, self.feedforward_end_norm = norm(width), norm(width)
        self.heads = heads

    def attend(self, x, turn):
        batch, length, _ = x.shape
        parts = self.attention(x).chunk(3, dim=2)
        query, key, value = (p.view(batch, length, self.heads, -1).transpose(1, 2) for p in parts)
        mixed = functional.scaled_dot_product_attention(turn(query), turn(key), value, is_causal=True)
        return self.projection(mixed.transpose(1, 2).reshape(batch, length, -1))

    def feed(self, x):
        if self.gated:
            gate, values = self.expansion(x).chunk(2, dim=-1)
            return self.contraction(self.activation(gate) * values)
        return self.contraction(self.activation(self.expansion(x)))

    def forward(self, x, turn):
        if self.place == "post":
            x = self.attention_norm(x + self.attend(x, turn))
            return self.feedforward_norm(x + self.feed(x))
        attended, fed = (self.attention_end_norm, self.feedforward_end_norm) if self.place == "sandwich" else 2 * (nn.Identity(),)
        x = x + attended(self.attend(self.attention_norm(x), turn))
        return x + fed(self.feed(self.feedforward_norm(x)))


def gelu(x):
    return functional.gelu(x, approximate="tanh")


def rms(width):
    return nn.RMSNorm(width, eps=1e-5)


class Transformer(nn.Module):
    def __init__(
        self, vocabulary, context, layers, heads, width, *, head_width=None, place="pre", norm=nn.LayerNorm, ratio=4,
        gated=False, activation=gelu, positions="learned", tied=False,
    ):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.kind, head_width = positions, head_width or width // heads
        if positions == "learned":
            self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(
            TransformerBlock(width, heads, head_width, place, norm, ratio, gated, activation) for _ in range(layers))
        self.norm = nn.Identity() if place == "post" else norm(width)
        if not tied:
            self.head = nn.Linear(width, vocabulary, bias=False)
        self.tied, self.head_width = tied, head_width

    def angles(self, length, pairs, width):
        return torch.arange(length, dtype=torch.float64)[:, None] * 1e4 ** (-2 * torch.arange(pairs) / width)

    def forward(self, tokens):
        x, length = self.tokens(tokens), tokens.shape[1]
        turn = lambda x: x
        if self.kind == "learned":
            x = x + self.positions.weight[:length]
        elif self.kind == "sinusoidal":
            width = x.shape[2]
            angles = self.angles(length, (width + 1) // 2, width)
            x = x + torch.stack([angles.sin(), angles.cos()], 2).flatten(1)[:, :width].float()
        else:
            angles = self.angles(length, self.head_width // 2, self.head_width)
            turned = torch.polar(torch.ones_like(angles), angles).to(torch.complex64)

            def turn(x):
                half = x.shape[-1] // 2
                y = torch.complex(x[..., :half].contiguous(), x[..., half:].contiguous()) * turned
                return torch.cat([y.real, y.imag], dim=-1)

        for block in self.blocks:
            x = block(x, turn)
        x = self.norm(x)
        return (x @ self.tokens.weight.T if self.tied else self.head(x)).flatten(0, 1)


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
        **{
            name: (ResNet(8, 4, 3, 5, **options), images(4, 3, 9, 9), labels(4, 5), 0.05, 0.1)
            for name, options in {
                "resnet": {},
                "resnet group pre": {"norm": lambda channels: nn.GroupNorm(2, channels), "pre": True},
                "resnet none squeeze": {"norm": lambda channels: nn.Identity(), "squeeze": 2, "bias": True},
                "resnet none pre": {"norm": lambda channels: nn.Identity(), "pre": True, "bias": True},
                "resnet layer silu": {
                    "norm": lambda channels: nn.GroupNorm(1, channels), "activation": functional.silu},
                "resnet momentum pre": {
                    "norm": lambda channels: nn.BatchNorm2d(channels, eps=1e-3, momentum=0.3), "pre": True},
            }.items()
        },
        **{
            name: (CNN([4, 6], 3, 5, **options), images(4, 3, 9, 9), labels(4, 5), 0.05, 0.1)
            for name, options in {
                "cnn": {},
                "cnn pixels": {
                    "convolutions": 2, "kernel": 5, "norm": lambda channels: nn.Identity(), "bias": True, "pixels": 4,
                    "hidden": 7, "pool": functional.avg_pool2d},
                "cnn group silu": {
                    "norm": lambda channels: nn.GroupNorm(2, channels), "activation": functional.silu},
            }.items()
        },
        "tabular": (TabularNetwork(24, 8, 12, 2, 5), images(6, 24), labels(6, 5), 0.1, 0.0),
        "tabular layer gelu": (
            TabularNetwork(24, 8, 16, 1, 5, nn.LayerNorm, gelu), images(6, 24), labels(6, 5), 0.1, 0.1),
        "tabular embedded": (
            TabularNetwork(24, 8, 12, 2, 5, categories=[range(3, 8), range(8, 10), range(15, 24)], embedding=4),
            images(6, 24), labels(6, 5), 0.1, 0.1),
        **{
            name: (Transformer(11, 9, 2, 2, 8, **options), tokens, (tokens + 3) % 11, 0.1, 0.0)
            for name, options in {
                "transformer": {},
                "transformer post rms": {"place": "post", "norm": rms},
                "transformer sandwich gated": {
                    "place": "sandwich", "ratio": 2.5, "gated": True, "activation": functional.silu},
                "transformer rotary tied": {"positions": "rotary", "head_width": 6, "tied": True},
                "transformer sinusoidal": {"positions": "sinusoidal"},
            }.items()
        },
    }
    print(json.dumps({name: run(*case) for name, case in cases.items()}, indent=1))


if __name__ == "__main__":
    main()
