"""What the client costs between two units of budget: `python benchmarks/turnaround.py` (needs PyTorch).

A driver plays tuner-mpi. All figures are medians, in milliseconds, and hold both sides of the dialogue: the
driver's writing and reading of the lines is part of them. Units train nothing.
"""

import statistics
import sys
import time
from pathlib import Path
from typing import Any, Callable, List

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from driver import Script, State  # noqa: E402

SCRIPT = """
import torch, tuner_mpi
torch.set_num_threads(1)
for trial in tuner_mpi.trials(learning_rate=1e-3, width=290, layers=1):
    width = trial["width"]
    model = torch.nn.Sequential(*(torch.nn.Linear(width, width) for _ in range(trial["layers"])))
    optimizer = torch.optim.AdamW(model.parameters())
    trial.state(model=model, optimizer=optimizer)
    is_stepped = False
    for unit in trial.budgets():
        trial.apply(optimizer)
        if not is_stepped:  # gives the optimizer its memory
            model(torch.randn(4, width)).sum().backward()
            optimizer.step()
            is_stepped = True
        trial.report(loss=1.0)
"""


def timed(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e3


def measure(layers: int, width: int, repeats: int) -> None:
    configuration = {"learning_rate": 0.01, "width": width, "layers": layers}
    times: "dict[str, List[float]]" = {}
    with Script(SCRIPT) as run:
        run.hello()
        run.begin(configuration=configuration)
        budget = 1
        run.ask("train", to=budget)
        state = run.save()
        size = len(state.content)
        for _ in range(repeats):
            file = State()
            save = timed(lambda: run.ask("save", file=file.path))  # noqa: B023
            budget += 1
            train = timed(lambda: run.ask("train", to=budget))  # noqa: B023
            members: Any = {"configuration": configuration, "state": state.path, "budget": budget}
            restore = timed(lambda: run.begin(1, do="restore", **members))  # noqa: B023
            begin = timed(lambda: run.begin(2, **members))  # noqa: B023
            for name, value in zip(("save", "train", "restore", "begin"), (save, train, restore, begin)):
                times.setdefault(name, []).append(value)
            run.ask("train", to=budget)
        run.end()
    medians = {name: statistics.median(values) for name, values in times.items()}
    row = "  ".join(f"{name} {value:8.2f}" for name, value in medians.items())
    print(f"{size / 1e6:8.2f} MB  {row}  save and next unit {medians['save'] + medians['train']:8.2f}")


if __name__ == "__main__":
    measure(layers=1, width=290, repeats=200)
    measure(layers=4, width=2000, repeats=10)
    measure(layers=100, width=58, repeats=50)
