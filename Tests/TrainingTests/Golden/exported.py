"""Makes exported/: programs as torch.export.save writes them, and exported.json: what their modules compute in PyTorch.

    pip install torch==2.13.0
    python exported.py

Three steps of plain gradient descent from the constants of models.py: the losses, of each step each gradient's norm and
its product with a pattern, and afterwards the buffers and the logits of an evaluation.
"""

import json
import pathlib

import torch
from models import fill, images, labels, pattern
from scripts import Doubled, Images, Own, Tied
from torch import nn
from torch.nn import functional

BATCH = torch.export.Dim("batch")


class Convolutions(nn.Module):
    """Batch normalization, pooling, and a view that is told the batch's size."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(4)
        self.squeeze = nn.Conv2d(4, 3, 1)
        self.norm2 = nn.BatchNorm2d(3, momentum=0.3)
        self.head = nn.Linear(3 * 16, 10)
        # Of another order of dimensions in memory.
        self.convolution.weight.data = self.convolution.weight.data.to(memory_format=torch.channels_last)

    def forward(self, x):
        x = functional.max_pool2d(torch.relu(self.norm1(self.convolution(x))), 2)
        x = self.norm2(self.squeeze(x))
        return self.head(x.reshape(x.shape[0] * 3 // 3, -1))


class Attention(nn.Module):
    """Next characters of a vocabulary of 11, 9 at a time, by two ways of attention."""

    def __init__(self, dropout: float = 0.0):
        super().__init__()
        self.embedding = nn.Embedding(11, 8)
        self.places = nn.Parameter(torch.zeros(9, 8))
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True, dropout=dropout)
        self.queries = nn.Linear(8, 24)
        self.head = nn.Linear(8, 11)
        self.p = dropout
        self.register_buffer("order", torch.arange(9), persistent=False)

    def forward(self, x):
        x = self.embedding(x) + self.places[self.order]
        y = self.norm(x)
        mask = torch.triu(torch.full((9, 9), float("-inf"), device=x.device), diagonal=1)
        x = x + self.attention(y, y, y, attn_mask=mask, need_weights=False)[0]
        q, k, v = self.queries(x).reshape(x.shape[0], 9, 3, 8).unbind(2)
        p = self.p if self.training else 0.0
        x = x + functional.scaled_dot_product_attention(q, k, v, dropout_p=p, is_causal=True)
        return self.head(x)


class Arithmetic(Images):
    """Numbers that follow from the batch's size."""

    def forward(self, x):
        n = x.shape[0]
        factor = (n * 7 // 2 - n % 3) / (n**2 + 1) + min(n, 5)
        return self.linear(x.reshape(n, -1)) * factor + torch.ones(n, 1).to(torch.float32) / n


class Counting(Images):
    """How often it was trained, as a buffer that is not one of 32-bit floats, and its mean output."""

    def __init__(self, counts: torch.dtype):
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))
        self.register_buffer("count", torch.zeros((), dtype=counts))

    def forward(self, x):
        y = self.linear(x.flatten(1))
        self.count.add_(1)
        self.mean.mul_(0.5).add_(y.detach().mean(0))
        return y + self.mean.clone()


class WithoutRecording(Images):
    def forward(self, x):
        y = self.linear(x.flatten(1))
        with torch.no_grad():
            mean = y.mean(0) / x.shape[0]
        return y - mean


class Branching(Images):
    def forward(self, x):
        return self.linear(torch.cond(x.sum() > 0, lambda x: x + 1, lambda x: x - 1, (x,)).flatten(1))


@torch.library.custom_op("tuner_golden::twice", mutates_args=())
def twice(x: torch.Tensor) -> torch.Tensor:
    return x * 2


twice.register_fake(lambda x: torch.empty_like(x))


class OwnOperator(Images):
    def forward(self, x):
        return self.linear(twice(x.flatten(1)))


class Pair(Images):
    def forward(self, x, y):
        return self.linear((x + y).flatten(1))


class Two(Images):
    def forward(self, x):
        return self.linear(x.flatten(1)), x


class Flat(nn.Module):
    """A row a character, as the loss wants them."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return self.module(x).flatten(0, 1)


def save(name, module, *inputs, dynamic=True, decomposed=False):
    names = "xyz"[: len(inputs)]
    shapes = {name: {0: BATCH} for name in names} if dynamic else None
    program = torch.export.export(module, inputs, dynamic_shapes=shapes)
    if decomposed:
        program = program.run_decompositions()
    graphs = [part.graph for part in program.graph_module.modules() if isinstance(part, torch.fx.GraphModule)]
    for node in (node for graph in graphs for node in graph.nodes):
        # Where on which machine a line of Python lay.
        for key in ("stack_trace", "nn_module_stack", "from_node", "source_fn_stack"):
            node.meta.pop(key, None)
    torch.export.save(program, pathlib.Path(__file__).with_suffix("") / f"{name}.pt2")


def run(model, inputs, targets, rate):
    losses, norms, products = [], [], []
    for _ in range(3):
        loss = functional.cross_entropy(model(inputs), targets.flatten())
        model.zero_grad()
        loss.backward()
        losses.append(loss.item())
        gradients = {n.removeprefix("module."): p.grad.double() for n, p in model.named_parameters()}
        norms.append({name: gradient.norm().item() for name, gradient in gradients.items()})
        products.append({
            name: (gradient.flatten() * pattern(gradient.numel(), 5000).double()).sum().item()
            for name, gradient in gradients.items()
        })
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= rate * parameter.grad
    buffers = {
        name.removeprefix("module."): buffer.flatten().tolist()
        for name, buffer in model.named_buffers() if buffer.dtype == torch.float32
    }
    model.eval()
    with torch.no_grad():
        logits = model(inputs).flatten()[:20].tolist()
    return {"losses": losses, "norms": norms, "products": products, "buffers": buffers, "logits": logits}


def main():
    torch.set_num_threads(1)
    pathlib.Path(__file__).with_suffix("").mkdir(exist_ok=True)
    digits, small = images(6, 1, 8, 8), images(4, 1, 6, 6)
    tokens = torch.arange(3 * 9).reshape(3, 9) * 5 % 11
    modules = {"own": Own(), "tied": Tied(), "cnn": Convolutions(), "dropout": Own(0.5)}
    for name, module in modules.items():
        fill(module)
        save(name, module, digits)
    save("decomposed", modules["cnn"], digits, decomposed=True)
    modules["cnn"].eval()
    save("evaluating", modules["cnn"], digits)
    save("forgetful", modules["cnn"], digits, decomposed=True)
    modules["cnn"].train()
    texts = {"text": Attention(), "noisy": Attention(0.4)}
    for name, module in texts.items():
        fill(module)
        save(name, module, tokens)
    others = {
        "images": Images(), "arithmetic": Arithmetic(), "counting": Counting(torch.float32), "doubled": Doubled(),
        "unrecorded": WithoutRecording(), "branching": Branching(), "operator": OwnOperator(), "two": Two(), "whole": Counting(torch.int64),
    }
    for name, module in others.items():
        fill(module)
        save(name, module, small)
    save("pair", Pair(), small, small)
    save("fixed", Images(), small, dynamic=False)
    save("double", Images().double(), small.double())
    frozen = Images()
    frozen.linear.weight.requires_grad_(False)
    save("frozen", frozen, small)
    results = {
        name: run(modules[name], digits, labels(6, 10), 0.1) for name in ("own", "tied", "cnn")
    }
    results["text"] = run(Flat(texts["text"]), tokens, (tokens + 3) % 11, 0.1)
    for name in ("arithmetic", "counting", "unrecorded"):
        results[name] = run(others[name], small, labels(4, 3), 0.1)
    texts["noisy"].eval()
    results["noisy"] = {"logits": texts["noisy"](tokens).flatten()[:20].tolist()}
    fill(others["arithmetic"])
    for rows in (1, 2, 5):
        results[f"arithmetic of {rows}"] = {
            "logits": others["arithmetic"](images(rows, 1, 6, 6)).flatten()[:20].tolist()}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
