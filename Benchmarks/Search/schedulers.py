"""Which schedulers keep an allocation busy: the same space and about the same epochs, on virtual groups of ranks.

    schedulers.py PROGRAM [--workers 16] [--seeds 5] [--durations lognormal:1]

Prints Markdown: for each scheduler the trials, how long the study took beside `full`, how much of the
groups' time was spent at work until the last job, and the best dev loss, each the median over the seeds. Training is a
function (`tuner-mpi simulate`): the curves of a bowl, with noise. So the last column says whether a scheduler gets into the
basin at all, and search-benchmarks.md, on real curves, how well.
"""

import argparse
import os
import re
import statistics
import subprocess
import tempfile

STUDY = """\
study: schedulers
objective: {metric: dev_loss}
data: digits
model: mlp
search:
  space:
    learning_rate: {type: float, low: 1e-5, high: 0.1, scale: log}
    weight_decay: {type: float, low: 1e-6, high: 0.1, scale: log}
    dropout: {type: float, low: 0, high: 0.5}
    label_smoothing: {type: float, low: 0, high: 0.2}
    hidden_layers: {type: integer, low: 1, high: 4}
    activation: {type: categorical, choices: [relu, gelu, silu]}
"""

# Each is to train about as much as 64 full runs of 27 epochs.
SCHEDULERS = [
    "{kind: full, trials: 64, budget: 27}",
    "{kind: median, trials: 80, maximum_budget: 27}",
    "{kind: extrapolation, trials: 80, maximum_budget: 27}",
    "{kind: successive_halving, trials: 27, maximum_budget: 27, iterations: 16}",
    "{kind: hyperband, maximum_budget: 27, iterations: 4}",
    "{kind: hyperband, decisions: asynchronous, maximum_budget: 27, iterations: 4}",
    "{kind: asha, trials: 400, maximum_budget: 27}",
    "{kind: bohb, maximum_budget: 27, iterations: 4}",
    "{kind: bohb, decisions: asynchronous, maximum_budget: 27, iterations: 4}",
    "{kind: dehb, maximum_budget: 27, iterations: 4}",
    "{kind: freeze_thaw, runs: 64, maximum_budget: 27}",
]


def seconds(text):
    units = {"s": 1, "min": 60, "h": 3600, "d": 86400}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+) (s|min|h|d)\b", text))


def study(program, scheduler, seed, options):
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "study.yaml")
        with open(file, "w", encoding="utf-8") as text:
            text.write(STUDY + f"  scheduler: {scheduler}\n")
        said = subprocess.run(
            [program, "simulate", file, "--seed", str(seed), "--workers", str(options.workers), "--durations",
             options.durations], check=True, capture_output=True, text=True).stdout
    busy = re.search(r"([\d.]+)% until the last job", said)
    return {
        "trials": int(re.search(r"trials +(\d+)", said).group(1)),
        "time": seconds(re.search(r"virtual time +(.*)", said).group(1)),
        "busy": float(busy.group(1)),
        "best": float(re.search(r"best +dev_loss ([\d.]+)", said).group(1)),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--durations", default="lognormal:1")
    options = parser.parse_args()
    print("| scheduler | trials | time | groups at work | best dev loss |")
    print("| --- | --- | --- | --- | --- |")
    whole = None
    for scheduler in SCHEDULERS:
        found = [study(options.program, scheduler, seed + 1, options) for seed in range(options.seeds)]
        middle = {key: statistics.median(one[key] for one in found) for key in found[0]}
        whole = whole or middle["time"]
        print(
            f"| `{scheduler}` | {middle['trials']:.0f} | {middle['time'] / whole:.2f} | {middle['busy']:.0f} % "
            f"| {middle['best']:.4f} |", flush=True)


main()
