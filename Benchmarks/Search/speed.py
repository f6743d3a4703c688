"""How long one suggestion takes after n observations: `tuner-mpi suggest` beside Optuna and SMAC.

    speed.py [--program .build/release/tuner-mpi] [--samplers gp tpe forest auto] [--rounds 50] [--no-peers]

Prints Markdown for docs/search-benchmarks.md: milliseconds for one tell and ask after n observations, the median and
the longest of the rounds, and how many times longer the peer takes in the same run; then tells a second in bulk.
Everything runs on one core. tuner-mpi is measured from the first byte written into its pipe to the answer's last;
the peers within their own process, which spares them that.

The space: 6 floats, 3 of them logarithmic, 2 integers, 2 choices; costs are those of a noisy bowl.
"""

import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
import threading
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

SPACE = (
    [{"name": f"f{i}", "type": "float", "low": 1e-4, "high": 1.0, "log": i < 3} for i in range(6)]
    + [{"name": f"n{i}", "type": "int", "low": 1, "high": 100, "log": False} for i in range(2)]
    + [{"name": f"c{i}", "type": "cat", "choices": ["red", "green", "blue"]} for i in range(2)])
SIZES = {"gp": [100, 1000, 5000], "tpe": [100, 1000, 20000], "forest": [100, 1000, 5000],
         "auto": [100, 1000, 5000, 20000]}
PEER_OF = {"gp": "optuna-gp", "tpe": "optuna-tpe", "forest": "smac"}
PEER_SIZES = {"optuna-gp": [100, 1000], "optuna-tpe": [100, 1000, 20000], "smac": [100, 1000]}


def draw(generator):
    values = {}
    for p in SPACE:
        if p["type"] == "cat":
            values[p["name"]] = generator.choice(p["choices"])
        elif p["type"] == "int":
            values[p["name"]] = generator.randint(p["low"], p["high"])
        elif p["log"]:
            values[p["name"]] = math.exp(generator.uniform(math.log(p["low"]), math.log(p["high"])))
        else:
            values[p["name"]] = generator.uniform(p["low"], p["high"])
    return values


def cost(values, generator):
    total = 0.0
    for i, p in enumerate(SPACE):
        v = values[p["name"]]
        if p["type"] == "cat":
            total += 0.3 * p["choices"].index(v)
        elif p["log"]:
            total += (math.log(v / p["low"]) / math.log(p["high"] / p["low"]) - 0.2 - 0.1 * i) ** 2
        else:
            total += ((v - p["low"]) / (p["high"] - p["low"]) - 0.05 * i) ** 2
    return total + 0.02 * generator.gauss(0, 1)


class Program:
    """tuner-mpi behind its pipes."""

    def __init__(self, path, *options):
        self.process = subprocess.Popen([path, "suggest", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, lines):
        self.process.stdin.write(lines)
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        if line.startswith(b'{"error"') or not line:
            raise RuntimeError(line.decode() or "the program has ended")
        return line

    def wait_for(self, count):
        """Reads so many answers, none of which may be an error."""
        while count > 0:
            block = os.read(self.process.stdout.fileno(), 1 << 20)
            if b"error" in block or not block:
                raise RuntimeError(block.decode() or "the program has ended")
            count -= block.count(b"\n")

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)


def line(**request):
    return json.dumps(request).encode() + b"\n"


def observations(count, generator):
    for _ in range(count):
        values = draw(generator)
        yield {"id": None, "params": values, "value": cost(values, generator)}


def measure_program(path, sampler, n, rounds):
    generator = random.Random(n)
    program = Program(path, "--sampler", sampler)
    program.send(line(op="init", space=SPACE, seed=1, budget=n + rounds, parallel=1, direction="minimize", warm=False))
    program.answer()
    program.send(line(op="tell", trials=list(observations(n, generator))))
    program.answer()
    start = time.perf_counter()
    program.send(line(op="ask", n=1))
    trial = json.loads(program.answer())["trials"][0]
    first = time.perf_counter() - start
    times = []
    for _ in range(rounds):
        told = {"id": trial["id"], "params": trial["params"], "value": cost(trial["params"], generator)}
        lines = line(op="tell", trials=[told]) + line(op="ask", n=1)
        start = time.perf_counter()
        program.send(lines)
        program.answer()
        answer = program.answer()
        times.append(time.perf_counter() - start)
        trial = json.loads(answer)["trials"][0]
    program.close()
    return {"first": first, "times": times}


def measure_bulk(path, count=200_000):
    """Tells a second, in one line each and in lines of a thousand."""
    told = list(observations(count, random.Random(0)))
    rates = {}
    for size in (1, 1000):
        program = Program(path, "--sampler", "random")
        program.send(line(op="init", space=SPACE, seed=1))
        program.answer()
        lines = [line(op="tell", trials=told[i:i + size]) for i in range(0, count, size)]
        text = b"".join(lines)
        start = time.perf_counter()
        writer = threading.Thread(target=program.send, args=(text,))
        writer.start()
        program.wait_for(len(lines))
        rates[size] = count / (time.perf_counter() - start)
        writer.join()
        program.close()
    return rates


# --- Peers: each in a process of its own, so that none pays for another's memory ------------------------------------

def peer_process(peer, n, rounds):
    """Prints a line for every round, as soon as it is over: whoever waits may stop waiting."""
    from optimizers import OPTIMIZERS
    generator = random.Random(n)
    optimizer = OPTIMIZERS[peer](SPACE, 1, n + rounds + 1, 1)
    start = time.perf_counter()
    preload(peer, optimizer, observations(n, generator))
    print(json.dumps({"tells": n / (time.perf_counter() - start)}), flush=True)
    token, values = optimizer.ask()
    for _ in range(rounds):
        value = cost(values, generator)
        start = time.perf_counter()
        optimizer.tell(token, value)
        token, values = optimizer.ask()
        print(json.dumps({"time": time.perf_counter() - start}), flush=True)


def preload(peer, optimizer, told):
    if peer == "smac":
        from ConfigSpace import Configuration
        from smac.runhistory.dataclasses import TrialInfo, TrialValue
        for trial in told:
            configuration = Configuration(optimizer.smac.scenario.configspace, values=trial["params"])
            optimizer.smac.tell(TrialInfo(configuration, seed=0), TrialValue(cost=trial["value"]))
    else:
        import optuna
        for trial in told:
            optimizer.study.add_trial(
                optuna.trial.create_trial(
                    params=trial["params"], distributions=optimizer.space, value=trial["value"]))


def measure_peer(peer, n, rounds, seconds):
    process = subprocess.Popen(
        [sys.executable, os.path.abspath(__file__), "--peer", peer, str(n), str(rounds)], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True)
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    times, tells = [], None
    for text in process.stdout:
        told = json.loads(text)
        tells = told.get("tells", tells)
        if "time" in told:
            times.append(told["time"])
    process.wait()
    was_late = not timer.is_alive()
    timer.cancel()
    if not times and not was_late:
        return None
    return {"times": times, "tells": tells, "limit": seconds}


# --- Tables ----------------------------------------------------------------------------------------------------------

def milliseconds(seconds):
    value = 1e3 * seconds
    return f"{value:.2f}" if value < 10 else f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def table(results, peers):
    print("| sampler | n | median, ms | longest, ms | first, ms | peer | peer's median, ms | times faster |")
    print("|---|---|---|---|---|---|---|---|")
    for (sampler, n), ours in results.items():
        median = statistics.median(ours["times"])
        peer = PEER_OF.get(sampler)
        theirs = peers.get((peer, n))
        if theirs and theirs["times"]:
            middle = statistics.median(theirs["times"])
            beside = f"{peer} | {milliseconds(middle)} | {middle / median:.0f}"
        elif theirs:
            beside = f"{peer} | over {1e3 * theirs['limit']:.0f} | over {theirs['limit'] / median:.0f}"
        elif (peer, n) in peers:
            beside = f"{peer} | not installed |"
        else:
            beside = "| |"
        print(
            f"| `{sampler}` | {n:,} | {milliseconds(median)} | {milliseconds(max(ours['times']))} "
            f"| {milliseconds(ours['first'])} | {beside} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("TUNER_MPI", ".build/release/tuner-mpi"))
    parser.add_argument("--samplers", nargs="+", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--peer-rounds", type=int, default=5)
    parser.add_argument("--peer-seconds", type=float, default=150)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--peer", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return peer_process(arguments.peer[0], int(arguments.peer[1]), int(arguments.peer[2]))
    # This process, the program and the peers share one core: there is nothing to wait for side by side.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    results, peers = {}, {}
    for sampler in arguments.samplers:
        for n in SIZES.get(sampler, [100, 1000]):
            try:
                results[sampler, n] = measure_program(arguments.program, sampler, n, arguments.rounds)
            except RuntimeError as error:
                print(f"{sampler} after {n}: {error}", file=sys.stderr)
            peer = PEER_OF.get(sampler)
            if not arguments.no_peers and n in PEER_SIZES.get(peer, []):
                peers[peer, n] = measure_peer(peer, n, arguments.peer_rounds, arguments.peer_seconds)
                if peers[peer, n] is None:
                    print(f"{peer} after {n}: it did not run; is it installed?", file=sys.stderr)
    table(results, peers)
    rates = measure_bulk(arguments.program)
    print(f"\nTells a second in bulk: {rates[1]:,.0f} in one line each, {rates[1000]:,.0f} in lines of a thousand.")
    for (peer, n), theirs in peers.items():
        if theirs and theirs["tells"]:
            print(f"{peer}, {n:,} at once: {theirs['tells']:,.0f}.")


if __name__ == "__main__":
    main()
