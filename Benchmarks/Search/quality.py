"""How good the best configuration is after a number of evaluations: tuner-mpi beside its peers.

    quality.py run RESULTS --optimizers auto optuna-gp --seeds 5 [--in-flight 8 --evaluations 128] [--jobs 2]
    quality.py table RESULTS [--in-flight 8]

`run` adds to RESULTS, a file of JSON lines, one for each study that is not there yet; `table` prints the mean ranks
and the regrets as Markdown. A study is (problem, optimizer, seed, evaluations in flight); outcomes are told in the
order of the questions.
"""

import argparse
import os
import statistics
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from optimizers import OPTIMIZERS
from problems import PROBLEMS
from studies import ranks, read, run_studies


def study(task):
    problem, optimizer, seed, in_flight, evaluations = task
    start, own, best, curve, waiting = time.perf_counter(), 0.0, float("inf"), [], []
    chosen = OPTIMIZERS[optimizer](PROBLEMS[problem].space, seed, evaluations, in_flight)
    for number in range(evaluations):
        while len(waiting) < min(in_flight, evaluations - number):
            begin = time.perf_counter()
            waiting.append(chosen.ask())
            own += time.perf_counter() - begin
        token, values = waiting.pop(0)
        cost = PROBLEMS[problem].evaluate(values)
        begin = time.perf_counter()
        chosen.tell(token, cost)
        own += time.perf_counter() - begin
        best = min(best, cost)
        curve.append(best)
    chosen.close()
    return {"problem": problem, "optimizer": optimizer, "seed": seed, "in_flight": in_flight,
            "evaluations": evaluations, "best": best, "curve": curve, "seconds": time.perf_counter() - start,
            "own_seconds": own}


def key(result):
    return tuple(result[name] for name in ("problem", "optimizer", "seed", "in_flight", "evaluations"))


def run(options):
    done = {key(result) for result in read(options.results)}
    tasks = [(problem, optimizer, seed, options.in_flight, options.evaluations)
             for seed in range(options.first_seed, options.first_seed + options.seeds)
             for optimizer in options.optimizers for problem in options.problems]
    tasks = [task for task in tasks if task not in done]
    run_studies(study, tasks, options.results, options.jobs,
                lambda result: f"best {result['best']:.6g}, {result['seconds']:.1f} s")


def table(options):
    results = [r for r in read(options.results)
               if r["in_flight"] == options.in_flight and (not options.optimizers or r["optimizer"] in options.optimizers)]
    optimizers = list(dict.fromkeys(r["optimizer"] for r in results))
    best = {}
    for r in results:
        at = options.after or len(r["curve"])
        best.setdefault((r["problem"], r["optimizer"]), {})[r["seed"]] = r["curve"][at - 1]
    problems = [p for p in PROBLEMS if all((p, o) in best for o in optimizers)]
    print(f"| problem | {' | '.join(optimizers)} |\n|---|{'---|' * len(optimizers)}")
    means = {o: [] for o in optimizers}
    for problem in problems:
        seeds = set.intersection(*(set(best[problem, o]) for o in optimizers))
        # A rank for each seed, then their mean: no scale of costs is better than another.
        by_seed = [ranks([best[problem, o][seed] for o in optimizers]) for seed in sorted(seeds)]
        mean = [statistics.mean(column) for column in zip(*by_seed)]
        for o, value in zip(optimizers, mean):
            means[o].append(value)
        medians = [statistics.median(best[problem, o][seed] for seed in seeds) for o in optimizers]
        cells = [f"{median:.5g} ({rank:.1f})" for median, rank in zip(medians, mean)]
        print(f"| {problem}, {len(seeds)} seeds | {' | '.join(cells)} |")
    print(f"| **mean rank** | {' | '.join(f'**{statistics.mean(means[o]):.2f}**' for o in optimizers)} |")
    last = {o: sum(m[i] == max(means[p][i] for p in optimizers) for i, m in [(i, means[o]) for i in range(len(problems))])
            for o in optimizers}
    print(f"| last on | {' | '.join(str(last[o]) for o in optimizers)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["run", "table"])
    parser.add_argument("results")
    parser.add_argument("--optimizers", nargs="+", default=None, choices=list(OPTIMIZERS))
    parser.add_argument("--problems", nargs="+", default=list(PROBLEMS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--in-flight", type=int, default=1)
    parser.add_argument("--evaluations", type=int, default=100)
    parser.add_argument("--after", type=int, default=None, help="table: the best after so many evaluations")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    if options.action == "run":
        options.optimizers = options.optimizers or ["auto"]
        run(options)
    else:
        table(options)


if __name__ == "__main__":
    main()
