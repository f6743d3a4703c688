"""Makes class_weights.json: the cross entropy of PyTorch with class weights, label smoothing and mixed samples, and
scikit-learn's balanced weights, for BatchingTests.

    PYTHONPATH=... python3 class_weights.py
"""

import json
import pathlib

import numpy
import torch
from sklearn.utils.class_weight import compute_class_weight

torch.manual_seed(1)
logits = torch.randn(6, 3, dtype=torch.float32)
labels = torch.tensor([0, 1, 1, 2, 0, 1])
weights = torch.tensor([0.5, 1.0, 4.0])
losses = []
for smoothing in [0.0, 0.2]:
    values = logits.double().requires_grad_()
    loss = torch.nn.functional.cross_entropy(
        values, labels, weight=weights.double(), label_smoothing=smoothing)
    loss.backward()
    losses.append({"smoothing": smoothing, "loss": loss.item(), "gradient": values.grad.flatten().tolist()})

# lambda * L(y1) + (1 - lambda) * L(y2), sample by sample, as the paper of mixup has it.
kept = torch.tensor([1.0, 0.25, 0.9, 0.5, 0.0, 0.7], dtype=torch.float64)
others = labels.flip(0)
each = lambda targets: torch.nn.functional.cross_entropy(
    logits.double(), targets, reduction="none", label_smoothing=0.1)
mixed = (kept * each(labels) + (1 - kept) * each(others)).mean().item()

classes = [0] * 10 + [1] * 3 + [2] * 7
balanced = compute_class_weight("balanced", classes=numpy.array([0, 1, 2]), y=classes).tolist()
folder = pathlib.Path(__file__).parent
(folder / "class_weights.json").write_text(json.dumps({
    "logits": logits.flatten().tolist(), "labels": labels.tolist(), "weights": weights.tolist(), "losses": losses,
    "kept": kept.tolist(), "mixed": mixed, "balanced": balanced}))
