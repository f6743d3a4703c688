"""How few epochs a search needs that may stop trials early: tuner-mpi beside Optuna and full runs at random.

    fidelity.py run RESULTS --optimizers auto bohb optuna-hyperband random --seeds 5 --cache FOLDER [--jobs 2]
    fidelity.py table RESULTS [--optimizers ...]

A study is (problem, optimizer, seed) and ends when its trials have trained as many epochs as 100 full runs. What is
charged are the epochs trained: a trial that goes on pays for the new ones alone. Outcomes are told one at a time; with
`--in-flight k`, k jobs are at work at once, each takes as long as its epochs, and whoever has no job for a free worker
lets it wait for the next outcome.

The incumbent is the best of the trials that were measured at the most epochs that any trial was measured at; its cost is
what it costs after a full run. The regret is that cost less the lowest full run in RESULTS. `run` adds to RESULTS, a file
of JSON lines, one for each study that is not there yet; curves are kept in the cache folder, so that none is trained
twice. `table` prints Markdown.
"""

import argparse
import heapq
import os
import statistics
import sys
import time

from curves import ALL, PROBLEMS, Curves
from optimizers import OptunaHyperband, SyneTuneBOHB, TunerMPI
from studies import ranks, read, run_studies

RUNS = 100
SHARES = [0.1, 0.3, 1.0]


class Random:
    """Configurations drawn uniformly: full runs, or all of so many epochs."""

    def __init__(self, problem, seed, in_flight, epochs=None):
        self.program = TunerMPI(problem.space, seed, RUNS, in_flight, sampler="random")
        self.epochs, self.number = epochs or problem.epochs, -1

    def ask(self):
        trial, values = self.program.ask()
        self.number += 1
        return (trial, self.number), values, self.epochs

    def tell(self, token, costs, values):
        self.program.tell(token[0], costs[-1])

    def close(self):
        self.program.close()


class Suggest:
    """`tuner-mpi suggest` with a fidelity, told what a job ended with, or every epoch's cost."""

    def __init__(self, problem, seed, in_flight, *options, tells_curves=False):
        self.tells_curves = tells_curves
        self.program = TunerMPI(
            problem.space, seed, RUNS, in_flight, fidelity={"name": "epoch", "min": 1, "max": problem.epochs},
            options=options)

    def ask(self):
        trials = self.program.call(op="ask", n=1)["trials"]
        return ((trials[0], trials[0]["id"]), trials[0]["params"], trials[0]["fidelity"]) if trials else None

    def tell(self, token, costs, values):
        more = {"curve": [[epoch, cost] for epoch, cost in enumerate(costs, 1)]} if self.tells_curves else {}
        self.program.tell(token[0], costs[-1], **more)

    def close(self):
        self.program.close()


class ByEpoch:
    """A job is an epoch of a trial; the peer is told each and says whether to go on."""

    def __init__(self, study):
        self.study, self.going_on = study, []

    def ask(self):
        trial, values, epoch = self.going_on.pop(0) if self.going_on else (*self.study.begin(), 0)
        return (trial, self.study.number(trial)), values, epoch + 1

    def tell(self, token, costs, values):
        if self.study.goes_on(token[0], len(costs), costs[-1]):
            self.going_on.append((token[0], values, len(costs)))

    def close(self):
        pass


OPTIMIZERS = {
    "auto": Suggest,
    "bohb": lambda *study: Suggest(*study, "--scheduler", "bohb"),
    "optuna-hyperband": lambda problem, seed, _: ByEpoch(OptunaHyperband(problem.space, seed, problem.epochs)),
    "syne-tune-bohb": lambda problem, seed, _: ByEpoch(SyneTuneBOHB(problem.space, seed, problem.epochs)),
    "random": Random,
    "one-epoch": lambda *study: Random(*study, epochs=1),
}


def optimizer(name):
    """One of `OPTIMIZERS`, or SAMPLER/SCHEDULER of tuner-mpi, such as gp/asha; with +curves it is told every epoch."""
    if name in OPTIMIZERS:
        return OPTIMIZERS[name]
    sampler, scheduler = name.removesuffix("+curves").split("/")
    return lambda *study: Suggest(
        *study, "--sampler", sampler, "--scheduler", scheduler, tells_curves=name.endswith("+curves"))


class Incumbent:
    """The best at the most epochs that anyone has had; of equal ones the first."""

    def __init__(self):
        self.epochs, self.cost, self.values = 0, float("inf"), None

    def takes(self, values, epochs, cost):
        """Whether there is another one now."""
        if epochs < self.epochs or epochs == self.epochs and cost >= self.cost:
            return False
        is_other = values != self.values
        self.epochs, self.cost, self.values = epochs, cost, values
        return is_other


class Workers:
    """Jobs at work at once, each as long as its epochs: who ends next."""

    def __init__(self):
        self.at_work, self.now, self.begun = [], 0, 0

    def begin(self, job, epochs):
        self.begun += 1
        heapq.heappush(self.at_work, (self.now + epochs, self.begun, job))

    def next_end(self):
        self.now, _, job = heapq.heappop(self.at_work)
        return job


def study(task):
    name, chosen_name, seed, share, in_flight, cache = task
    problem = ALL[name]
    start, own = time.perf_counter(), 0.0
    curves, chosen, workers = Curves(problem, cache), optimizer(chosen_name)(problem, seed, in_flight), Workers()
    incumbent, reached, spent, trace, jobs = Incumbent(), {}, 0, [], []
    while spent < share * RUNS * problem.epochs:
        begin = time.perf_counter()
        while len(workers.at_work) < in_flight and (job := chosen.ask()):
            workers.begin(job, job[2] - reached.get(job[0][1], 0))
        own += time.perf_counter() - begin
        token, values, epochs = workers.next_end()
        number = token[1]
        costs = curves.costs(values, epochs)
        spent += epochs - reached.get(number, 0)
        reached[number] = epochs
        begin = time.perf_counter()
        chosen.tell(token, costs, values)
        own += time.perf_counter() - begin
        jobs.append([number, epochs, costs[-1]])
        if incumbent.takes(values, epochs, costs[-1]):
            # What it would cost after a full run is known to the reader of the table alone, and charged to nobody.
            trace.append([spent, curves.costs(values, problem.epochs)[-1]])
    chosen.close()
    curves.close()
    return {"problem": name, "optimizer": chosen_name, "seed": seed, "share": share, "in_flight": in_flight,
            "epochs": spent, "trials": len(reached), "busy": spent / (in_flight * workers.now), "trace": trace,
            "jobs": jobs, "seconds": time.perf_counter() - start, "own_seconds": own}


def run(options):
    done = {(r["problem"], r["optimizer"], r["seed"]) for r in read(options.results)
            if r["share"] >= options.share and r.get("in_flight", 1) == options.in_flight}
    tasks = [(problem, optimizer, seed, options.share, options.in_flight, options.cache)
             for seed in range(options.first_seed, options.first_seed + options.seeds)
             for optimizer in options.optimizers for problem in options.problems
             if (problem, optimizer, seed) not in done]
    run_studies(
        study, tasks, options.results, options.jobs,
        lambda result: f"{result['trials']} trials, {result['trace'][-1][1]:.6g}, {result['seconds']:.1f} s, "
                       f"{result['own_seconds']:.1f} s of it deciding",
        studies_per_process=8)


# --- Tables -----------------------------------------------------------------------------------------------------------

def cost_after(result, epochs):
    """The incumbent's cost when so many epochs are spent; None before there is one."""
    cost = None
    for spent, value in result["trace"]:
        if spent <= epochs:
            cost = value
    return cost


def median_reaches(results, target):
    """The first count of epochs after which the median over the studies is no worse than `target`; None if never."""
    for epochs in sorted({spent for r in results for spent, _ in r["trace"]}):
        costs = [cost_after(r, epochs) for r in results]
        if None not in costs and statistics.median(costs) <= target:
            return epochs
    return None


def best_known(results):
    """The lowest cost of a full run, by problem."""
    best = {}
    for r in results:
        full = [cost for _, epochs, cost in r["jobs"] if epochs == ALL[r["problem"]].epochs]
        full += [cost for _, cost in r["trace"]]
        best[r["problem"]] = min([*full, best.get(r["problem"], float("inf"))])
    return best


def table(options):
    everything = read(options.results)
    chosen = options.optimizers or list(dict.fromkeys(r["optimizer"] for r in everything))
    best, runs = best_known(everything), {}
    for r in everything:
        if r["optimizer"] in chosen:
            runs[r["problem"], r["optimizer"], r["seed"]] = r
    seeds_of = {p: sorted(set.intersection(*({s for q, o, s in runs if (q, o) == (p, c)} for c in chosen)))
                for p in options.problems}
    problems = [p for p in options.problems if seeds_of[p]]
    if "random" in chosen:
        reach_table(options, chosen, runs, seeds_of, problems, best)
    equal_table(options, chosen, runs, seeds_of, problems)


def reach_table(options, chosen, runs, seeds_of, problems, best):
    """How soon each optimizer is where random is at `options.share`."""
    others = [c for c in chosen if c != "random"]
    print(f"| problem | random's regret | {' | '.join(others)} |\n|---|---|{'---|' * len(others)}")
    shares = {c: [] for c in others}
    for p in problems:
        total = options.share * RUNS * ALL[p].epochs
        target = statistics.median(cost_after(runs[p, "random", s], total) for s in seeds_of[p])
        cells = []
        for c in others:
            epochs = median_reaches([runs[p, c, s] for s in seeds_of[p]], target)
            shares[c].append(float("inf") if epochs is None else epochs / total)
            cells.append("not reached" if epochs is None else f"{100 * epochs / total:.1f} %")
        print(f"| {p}, {len(seeds_of[p])} seeds | {target - best[p]:.4g} | {' | '.join(cells)} |")
    print("| **median share** | | " + " | ".join(f"**{100 * statistics.median(shares[c]):.1f} %**" for c in others) + " |")
    print("| at most a tenth on | | " + " | ".join(f"{sum(x <= 0.1 for x in shares[c])} of {len(problems)}" for c in others)
          + " |\n")


def equal_table(options, chosen, runs, seeds_of, problems):
    """Mean ranks at equal epochs, and on how many problems the first of `chosen` is better than each of the others."""
    for share in options.shares:
        print(f"| after {100 * share:.0f} % of the epochs | {' | '.join(chosen)} |\n|---|{'---|' * len(chosen)}")
        means = {c: [] for c in chosen}
        for p in problems:
            costs = {c: [cost_after(runs[p, c, s], share * RUNS * ALL[p].epochs) for s in seeds_of[p]] for c in chosen}
            by_seed = [ranks([costs[c][i] for c in chosen]) for i in range(len(seeds_of[p]))]
            for c, column in zip(chosen, zip(*by_seed)):
                means[c].append(statistics.mean(column))
            cells = [f"{statistics.median(costs[c]):.5g} ({means[c][-1]:.1f})" for c in chosen]
            print(f"| {p} | {' | '.join(cells)} |")
        print(f"| **mean rank** | {' | '.join(f'**{statistics.mean(means[c]):.2f}**' for c in chosen)} |")
        first = chosen[0]
        wins = [f"{sum(a < b for a, b in zip(means[first], means[c]))} : {sum(a > b for a, b in zip(means[first], means[c]))}"
                for c in chosen[1:]]
        print(f"| problems won by {first} : lost | | {' | '.join(wins)} |\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["run", "table"])
    parser.add_argument("results")
    parser.add_argument("--optimizers", nargs="+", default=None)
    parser.add_argument("--problems", nargs="+", default=list(PROBLEMS), choices=list(ALL))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=1.0, help="run: end after this part of the epochs; table: where random's are at this part")
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES, help="table: compare after these")
    parser.add_argument("--cache", default=".build/learning-curves", help="run: the folder of the curves")
    parser.add_argument("--in-flight", type=int, default=1, help="run: how many jobs are at work at once")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    if options.action == "run":
        options.optimizers = options.optimizers or list(OPTIMIZERS)
        run(options)
    else:
        table(options)


if __name__ == "__main__":
    main()
