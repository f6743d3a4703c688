"""Whole studies by tuner-mpi itself, where TUNER_MPI names it or PATH has it: on one rank, without a launcher."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from driver import SOURCES

PROGRAM = shutil.which(os.environ.get("TUNER_MPI", "tuner-mpi"))

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs the program: set TUNER_MPI to its path")

EXPERIMENT = """
study: whole
objective: {{metric: loss, goal: minimize}}
trainee:
  command: [{python}, script.py]
  dialogue: true
  metrics: [loss]
search:
"""


def study(directory: Path, script: str, search: str) -> str:
    """What a study of this script says, which finishes."""
    (directory / "script.py").write_text(script)
    (directory / "experiment.yaml").write_text(EXPERIMENT.format(python=sys.executable) + search)
    assert PROGRAM is not None
    done = subprocess.run(
        [PROGRAM, "experiment.yaml", "--run-directory", "run"],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_a_state_that_cannot_be_restored_fails_its_trial_alone(tmp_path: Path) -> None:
    script = """
import tuner_mpi
for trial in tuner_mpi.trials(mode="fine", share=0):
    def put(state):
        if trial["mode"] == "bad": raise ValueError("half of it is missing")
    trial.state(memory=(lambda: {"share": trial["share"]}, put))
    for unit in trial.budgets():
        print(trial["mode"], "trained", unit)
        trial.report(loss=trial["share"] + (trial["mode"] == "fine"))
"""
    search = """
  space: {mode: {type: categorical, choices: [bad, fine]}, share: {type: integer, low: 0, high: 3}}
  sampler: grid
  scheduler: {kind: asha, trials: 8, maximum_budget: 4, reduction: 2}
"""
    said = study(tmp_path, script, search)
    records = [json.loads(line) for line in (tmp_path / "run/journal.jsonl").read_text().splitlines()]
    results = [record["outcome"]["outcome"]["result"] for record in records if "outcome" in record]
    failures = [result["failed"]["reason"] for result in results if "failed" in result]
    assert failures and "failed: trial " in said
    for line in failures:
        assert line.endswith(
            "StateError: state memory: expected one that fits what the script made, found ValueError: half of "
            "it is missing"
        )
    printed = {
        line for log in (tmp_path / "run/logs").glob("*/*.log") for line in log.read_text().splitlines()
    }
    assert "fine trained 4" in printed and "bad trained 2" not in printed


def test_a_script_of_one_trial_is_a_member_of_a_population(tmp_path: Path) -> None:
    script = """
import os
import tuner_mpi
rate = 0.5
trial = tuner_mpi.trial(rate=rate)
print("made in process", os.getpid())
step, position = 0, 10.0
trial.state(loop=tuner_mpi.variables(globals(), "step", "position"))
while True:
    if step % 5 == 0:
        print(f"end {trial.number} {step} {position!r}")
        trial.next_budget(loss=abs(position))
        print(f"begin {trial.number} {step} {position!r}")
        rate = trial["rate"]
        trial.in_force(rate=rate)
    position -= rate * position
    step += 1
"""
    search = """
  space: {rate: {type: float, low: 1e-4, high: 0.2, scale: log}}
  scheduler: {kind: pbt, population: 4, generations: 4, interval: 1}
"""
    said = study(tmp_path, script, search)
    exploits = re.findall(r"  t(\d+) (?:←|<-) t(\d+) at (\d+) epochs  (.*)", said)
    assert exploits and "0 failed" in said
    logs = {
        int(log.parent.name[6:]): log.read_text() for log in (tmp_path / "run/logs").glob("trial-*/*.log")
    }
    assert sorted(logs) == [0, 1, 2, 3]
    printed = [
        line for log in (tmp_path / "run/logs").rglob("*.log") for line in log.read_text().splitlines()
    ]
    for child, parent, units, changes in exploits:
        steps = 5 * int(units)
        assert "(planned " not in changes
        # Of any log: what is printed just before a report may be read after the next trial has begun.
        end = [line.split()[2:] for line in printed if line.startswith(f"end {parent} {steps} ")]
        begin = [line.split()[2:] for line in printed if line.startswith(f"begin {child} {steps} ")]
        assert end and end[0] in begin
    # One process, started once and made anew for each further member: later ones go on in what is there.
    made = [line for log in logs.values() for line in log.splitlines() if line.startswith("made in process")]
    started = [log.read_text() for log in (tmp_path / "run/logs").glob("*.log")]
    assert len({*made}) == 1 and len(made) + sum(text.count("made in process") for text in started) == 4
