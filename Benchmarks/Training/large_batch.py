"""Optimizers at large batches, each tuned by this program with the same budget: the table and the plot of docs/large-batch.md.

    python large_batch.py PATH/TO/tuner-mpi RUNS [RANKS]

Runs configs/large-batch with every optimizer and batch below, as run directories in RUNS, resuming what is there; then tests
the best model of Fashion-MNIST's, and prints a Markdown table. With matplotlib it draws RUNS/large-batch.svg: the best value
after each trial. The ranges of the learning rate are two and a half decades around what each optimizer's paper uses.
"""

import csv
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
RATES = {"sgd": (1e-2, 3), "adam": (1e-4, 3e-2), "lamb": (1e-3, 0.3), "muon": (3e-4, 0.1)}
# Experiment, metric, whether more is better, batches.
STUDIES = [("fashion-mnist", "dev_accuracy", True, [4096, 16384]), ("shakespeare", "dev_loss", False, [4096])]


def study(program, runs, ranks, experiment, optimizer, batch):
    """Runs one study, or goes on with it; gives back its run directory."""
    name = f"{experiment}-{optimizer}-{batch}"
    low, high = RATES[optimizer]
    settings = {
        "study": name, "training.optimizer.kind": optimizer, "training.batch_size": batch,
        "search.space.learning_rate.low": low, "search.space.learning_rate.high": high}
    command = ["mpirun", "-n", ranks, program, "run", str(ROOT / "configs" / "large-batch" / f"{experiment}.yaml")]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    with open(runs / f"{name}.log", "a") as log:
        subprocess.run(command, cwd=runs, check=True, stdout=log, stderr=log)
    return runs / "runs" / name


def trials(program, directory, metric):
    """The trials in the order in which they began: each one's settings and its last value."""
    subprocess.run([program, "report", directory], check=True, capture_output=True)
    last = {}
    with open(directory / "trials.csv") as file:
        for row in csv.DictReader(file):
            if row.get(f"metric.{metric}"):
                last[int(row["trial"])] = (float(row[f"metric.{metric}"]), row)
    return [last[trial] for trial in sorted(last)]


def tested(program, directory):
    text = subprocess.run([program, "test", directory], check=True, capture_output=True, text=True).stdout
    return " ".join(line.strip() for line in text.splitlines() if "test_accuracy" in line)


def main():
    program, runs = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).absolute()
    ranks = sys.argv[3] if len(sys.argv) > 3 else "3"
    runs.mkdir(parents=True, exist_ok=True)
    curves = {}
    for experiment, metric, is_more_better, batches in STUDIES:
        print(f"\n| {experiment}, batch | optimizer | best {metric} | median | learning rate, warm-up, decay of the best | test |")
        print("|---|---|---|---|---|---|")
        for batch in batches:
            for optimizer in RATES:
                directory = study(program, runs, ranks, experiment, optimizer, batch)
                results = trials(program, directory, metric)
                values = sorted((value for value, _ in results), reverse=is_more_better)
                best = next(row for value, row in results if value == values[0])
                found = ", ".join(f"{float(best[key]):.2g}" for key in best if key.split(".")[-1] in
                                  ("learning_rate", "warmup", "weight_decay"))
                test = tested(program, directory) if experiment == "fashion-mnist" else ""
                print(f"| {batch} | {optimizer} | {values[0]:.4f} | {values[len(values) // 2]:.4f} | {found} | {test} |",
                      flush=True)
                curves[experiment, batch, optimizer] = [value for value, _ in results]
    draw(curves, runs / "large-batch.svg")


def draw(curves, path):
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("svg")
    import matplotlib.pyplot as plot
    panels = [(name, metric, more, batch) for name, metric, more, batches in STUDIES for batch in batches]
    _, axes = plot.subplots(1, len(panels), figsize=(4 * len(panels), 3.2))
    for axis, (name, metric, more, batch) in zip(axes, panels):
        shown = []
        for optimizer in RATES:
            best, line = None, []
            for value in curves[name, batch, optimizer]:
                best = value if best is None else max(best, value) if more else min(best, value)
                line.append(best)
            axis.step(range(1, len(line) + 1), line, where="post", label=optimizer)
            shown += line[3:]
        # The first trials are anything; what the optimizers come to is told by hundredths.
        margin = 0.1 * (max(shown) - min(shown))
        axis.set_ylim(min(shown) - margin, max(shown) + margin)
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.set(title=f"{name}, batch {batch}", xlabel="trials", ylabel=f"best {metric}")
        axis.grid(alpha=0.3)
    axes[0].legend()
    plot.tight_layout()
    plot.savefig(path)


if __name__ == "__main__":
    main()
