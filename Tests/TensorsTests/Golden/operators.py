"""Writes operators.json: each operator's result and the gradient of its sum of squares, by PyTorch.

    pip install torch==2.13.0
    python operators.py > operators.json

Inputs are made from an index, so that the test rebuilds them exactly.
"""

import json

import torch
from torch.nn import functional as f


def pattern(*shape, offset=0):
    """(((i + offset) · 7919) mod 10007 − 5003) / 4096, between -1.22 and 1.22."""
    index = torch.arange(torch.Size(shape).numel(), dtype=torch.int64)
    return ((((index + offset) * 7919) % 10007 - 5003).to(torch.float32) / 4096).reshape(shape)


CASES = {
    "adding": (lambda x: x + pattern(4, offset=50), (3, 4)),
    "subtracting": (lambda x: x - pattern(3, 1, offset=50), (3, 4)),
    "multiplied": (lambda x: x * pattern(4, offset=50), (3, 4)),
    "divided": (lambda x: x / (pattern(4, offset=50) + 3), (3, 4)),
    "matmul": (lambda x: x @ pattern(4, 2, offset=50), (2, 3, 4)),
    "maximum": (lambda x: torch.maximum(x, pattern(3, 4, offset=50)), (3, 4)),
    "exp": (torch.exp, (5,)),
    "log": (lambda x: torch.log(x + 3), (5,)),
    "squareRoot": (lambda x: torch.sqrt(x + 3), (5,)),
    "absolute": (torch.abs, (5,)),
    "relu": (f.relu, (7,)),
    "gelu": (lambda x: f.gelu(x, approximate="tanh"), (7,)),
    "tanh": (torch.tanh, (7,)),
    "sigmoid": (torch.sigmoid, (7,)),
    "silu": (f.silu, (7,)),
    "leakyRelu": (f.leaky_relu, (7,)),
    "elu": (f.elu, (7,)),
    "mish": (f.mish, (7,)),
    "sum along": (lambda x: x.sum(1), (3, 4)),
    "mean along": (lambda x: x.mean(0, keepdim=True), (3, 4)),
    "linear": (lambda x: f.linear(x, pattern(5, 4, offset=50), pattern(5, offset=90)), (2, 3, 4)),
    "convolved": (lambda x: f.conv2d(x, pattern(3, 2, 3, 3, offset=50), pattern(3, offset=90), 2, 1), (2, 2, 5, 5)),
    "batchNormalized": (
        lambda x: f.batch_norm(
            x, torch.zeros(3), torch.ones(3), pattern(3, offset=50), pattern(3, offset=90), training=True),
        (4, 3, 2, 2)),
    "layerNormalized": (lambda x: f.layer_norm(x, (6,), pattern(6, offset=50), pattern(6, offset=90)), (3, 6)),
    "groupNormalized": (
        lambda x: f.group_norm(x, 3, pattern(6, offset=50), pattern(6, offset=90)), (2, 6, 2, 2)),
    "rootMeanSquareNormalized": (lambda x: f.rms_norm(x, (6,), pattern(6, offset=50), 1e-5), (3, 6)),
    "maxPooled": (lambda x: f.max_pool2d(x, 2, 2), (1, 2, 4, 4)),
    "averagePooled": (lambda x: f.avg_pool2d(x, 3, 2, 1), (1, 2, 5, 5)),
    "averagePooled to": (lambda x: f.adaptive_avg_pool2d(x, (2, 1)), (1, 2, 5, 4)),
    "softmax": (lambda x: torch.softmax(x, 1), (3, 4)),
    "logSoftmax": (lambda x: torch.log_softmax(x, -1), (3, 4)),
    "crossEntropy": (lambda x: f.cross_entropy(x, torch.tensor([1, 0, 3]), label_smoothing=0.2), (3, 4)),
    "meanSquaredError": (lambda x: f.mse_loss(x, pattern(3, 4, offset=50)), (3, 4)),
    "attention": (
        lambda x: f.scaled_dot_product_attention(
            x, pattern(1, 2, 5, 4, offset=50), pattern(1, 2, 5, 4, offset=90), is_causal=True),
        (1, 2, 5, 4)),
}


def run(operator, shape):
    x = pattern(*shape).requires_grad_(True)
    y = operator(x)
    (y * y).sum().backward()
    return {"shape": list(y.shape), "values": y.flatten().tolist(), "gradient": x.grad.flatten().tolist()}


print(json.dumps({name: run(*case) for name, case in CASES.items()}))
