"""How good `auto` is where studies are not plain: under noise, limits, objectives, many choices, conditions, fifty numbers.

    regimes.py run RESULTS --regimes noise objectives --optimizers auto optuna-tpe --seeds 5 [--evaluations 100]
    regimes.py table RESULTS [--optimizers auto optuna-tpe]

`run` adds to RESULTS, a file of JSON lines, one for each study that is not there yet; `table` prints for each regime the
mean ranks as Markdown. What counts of a study at its end: without noise the best cost that keeps the limits; with noise the
cost without it of the configuration whose reading was the best; of several objectives the volume below a fixed point.
"""

import argparse
import math
import os
import random
import statistics
import sys
import time
import warnings

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from optimizers import Dialogue
from regime_problems import REGIMES
from studies import ranks, read, run_studies

PROBLEMS = {problem.name: problem for problems in REGIMES.values() for problem in problems}


class TunerMPI(Dialogue):
    """A study with the problem's objectives and limits, told by their metrics."""

    def __init__(self, problem, seed, budget, sampler):
        super().__init__("--sampler", sampler)
        goals = {"objectives": {f"f{j}": "minimize" for j in range(problem.objectives)}}
        if problem.limits:
            goals["limits"] = {f"g{j}": {"at_most": 0} for j in range(problem.limits)}
        self.call(op="init", space=problem.space, seed=seed, budget=budget, **goals)

    def tell(self, trial, costs, limits):
        metrics = {f"f{j}": cost for j, cost in enumerate(costs)} | {f"g{j}": value for j, value in enumerate(limits)}
        self.call(op="tell", trials=[{"id": trial["id"], "metrics": metrics}])


class Optuna:
    """Optuna's GPSampler, its TPESampler with `multivariate` and `group`, or its NSGAIISampler, as documented."""

    def __init__(self, problem, seed, budget, sampler):
        import optuna
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        warnings.simplefilter("ignore")
        constraints = {"constraints_func": lambda trial: trial.user_attrs["limits"]} if problem.limits else {}
        chosen = {
            "gp": lambda: optuna.samplers.GPSampler(seed=seed, deterministic_objective=problem.noise == 0, **constraints),
            "tpe": lambda: optuna.samplers.TPESampler(multivariate=True, group=True, seed=seed, **constraints),
            "nsga2": lambda: optuna.samplers.NSGAIISampler(seed=seed, population_size=20, **constraints),
            "random": lambda: optuna.samplers.RandomSampler(seed=seed),
        }[sampler]()
        self.study = optuna.create_study(directions=["minimize"] * problem.objectives, sampler=chosen)
        self.space = problem.space

    def ask(self):
        trial, values = self.study.ask(), {}
        for p in self.space:
            if any(values.get(parent) != value for parent, value in p.get("when", {}).items()):
                continue
            if p["type"] == "cat":
                values[p["name"]] = trial.suggest_categorical(p["name"], p["choices"])
            else:
                values[p["name"]] = trial.suggest_float(p["name"], p["low"], p["high"], log=p["log"])
        return trial, values

    def tell(self, trial, costs, limits):
        trial.set_user_attr("limits", limits)
        self.study.tell(trial, costs)

    def close(self):
        pass


OPTIMIZERS = {
    **{name: lambda *study, name=name: TunerMPI(*study, name)
       for name in ("auto", "gp", "tpe", "ehvi", "parego", "nsga2", "forest", "turbo", "random")},
    **{f"optuna-{name}": lambda *study, name=name: Optuna(*study, name) for name in ("gp", "tpe", "nsga2")},
}


def volume(points, reference):
    """What points dominate below the reference: a sweep over two costs, slab by slab over a third."""
    inside = sorted(p for p in points if all(a < b for a, b in zip(p, reference)))
    if len(reference) == 3:
        cuts = sorted({p[2] for p in inside}) + [reference[2]]
        return sum((high - low) * volume([p[:2] for p in inside if p[2] <= low], reference[:2])
                   for low, high in zip(cuts, cuts[1:]))
    area, lowest = 0.0, reference[1]
    for x, y in inside:
        if y < lowest:
            area += (reference[0] - x) * (lowest - y)
            lowest = y
    return area


def study(task):
    name, optimizer, seed, evaluations = task
    problem, start, own = PROBLEMS[name], time.perf_counter(), 0.0
    noise = random.Random(f"{name} {seed}")
    # What was told, and what it is without noise.
    told, costs_so_far = [], []
    chosen = OPTIMIZERS[optimizer](problem, seed, evaluations)
    for _ in range(evaluations):
        begin = time.perf_counter()
        token, values = chosen.ask()
        own += time.perf_counter() - begin
        costs, limits = problem.evaluate(values)
        readings = [cost + problem.noise * noise.gauss(0, 1) if problem.noise else cost for cost in costs]
        begin = time.perf_counter()
        chosen.tell(token, readings, limits)
        own += time.perf_counter() - begin
        if all(value <= 0 for value in limits):
            told.append(readings)
            costs_so_far.append(costs)
    chosen.close()
    if problem.objectives > 1:
        result = -volume(costs_so_far, problem.reference)
    else:
        result = min(zip(told, costs_so_far))[1][0] if told else math.inf
    return {"problem": name, "optimizer": optimizer, "seed": seed, "evaluations": evaluations, "result": result,
            "best": min((costs[0] for costs in costs_so_far), default=math.inf), "kept": len(told),
            "seconds": time.perf_counter() - start, "own_seconds": own}


def run(options):
    def key(result):
        return tuple(result[name] for name in ("problem", "optimizer", "seed", "evaluations"))
    done = {key(result) for result in read(options.results)}
    tasks = [(problem.name, optimizer, seed, options.evaluations) for seed in range(options.seeds)
             for regime in options.regimes for optimizer in options.optimizers for problem in REGIMES[regime]]
    run_studies(study, [task for task in tasks if task not in done], options.results, options.jobs,
                lambda result: f"{result['result']:.6g}, {result['own_seconds']:.1f} s", studies_per_process=50)


def table(options):
    results = [r for r in read(options.results) if r["evaluations"] == options.evaluations]
    for regime in options.regimes:
        found = {}
        for r in results:
            found.setdefault((r["problem"], r["optimizer"]), {})[r["seed"]] = r[options.measure]
        problems = [p.name for p in REGIMES[regime]]
        optimizers = [o for o in (options.optimizers or OPTIMIZERS) if all((p, o) in found for p in problems)]
        if not optimizers:
            continue
        print(f"\n| {regime} | {' | '.join(optimizers)} |\n|---|{'---|' * len(optimizers)}")
        means, seeds_counted = {o: [] for o in optimizers}, set()
        for problem in problems:
            seeds = sorted(set.intersection(*(set(found[problem, o]) for o in optimizers)))
            seeds_counted.add(len(seeds))
            by_seed = [ranks([found[problem, o][seed] for o in optimizers]) for seed in seeds]
            mean = [statistics.mean(column) for column in zip(*by_seed)]
            medians = [statistics.median(found[problem, o][seed] for seed in seeds) for o in optimizers]
            for o, value in zip(optimizers, mean):
                means[o].append(value)
            cells = [f"{median:.5g} ({rank:.1f})" for median, rank in zip(medians, mean)]
            print(f"| {problem} | {' | '.join(cells)} |")
        print(f"| **mean rank**, {min(seeds_counted)} seeds | "
              + " | ".join(f"**{statistics.mean(means[o]):.2f}**" for o in optimizers) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["run", "table"])
    parser.add_argument("results")
    parser.add_argument("--regimes", nargs="+", default=list(REGIMES), choices=list(REGIMES))
    parser.add_argument("--optimizers", nargs="+", default=None, choices=list(OPTIMIZERS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--evaluations", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--measure", choices=["result", "best"], default="result",
                        help="table: `best` is the best cost without noise of all that were tried")
    options = parser.parse_args()
    if options.action == "run":
        options.optimizers = options.optimizers or ["auto"]
        run(options)
    else:
        table(options)


if __name__ == "__main__":
    main()
