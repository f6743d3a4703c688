"""Scripts that take one trial: another one starts them anew, in the same process."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest
from driver import SOURCES, Script

import tuner_mpi

# As many public scripts are: settings and counters are globals, and the loop knows no end.
COUNTER = """
import os, sys
import tuner_mpi
os.environ["MADE"] = os.environ.get("MADE", "") + "x"
print("made", os.getpid(), os.environ["MADE"], os.getcwd(), sys.argv[1:])
os.chdir("/")
os.dup2(1, 40)  # as a library in C leaves one open
rate, size = 0.5, 3
trial = tuner_mpi.trial(rate=rate, size=size)
iteration, total, weights = 0, 0.0, {"w": 0.0}
trial.state(weights=weights, loop=tuner_mpi.variables(globals(), "iteration", "total"))
while True:
    if iteration % trial["size"] == 0:
        trial.next_budget(total=total, iteration=iteration)
        rate = trial["rate"]
        trial.in_force(rate=rate)
    total += rate
    iteration += 1
    weights["w"] += rate
    if iteration == 30:
        break
print("after the loop")
"""

LOOP = """
import tuner_mpi
trial = tuner_mpi.trial(rate=0.5)
for epoch in trial.budgets(3):
    {unit}
    trial.report(epoch=epoch)
print("after the loop")
"""


def alone(script: str, *arguments: str) -> List[str]:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def trained(script: Script, *units: int) -> List[Dict[str, Any]]:
    return [script.ask("train", to=unit)["metrics"] for unit in units]


def test_another_trial_starts_the_script_anew_in_the_same_process() -> None:
    with Script(COUNTER) as run:
        assert [item["name"] for item in run.hello()["hyperparameters"]] == ["rate", "size"]
        for trial in (3, 4):
            assert run.begin(trial, configuration={"rate": 0.25})["state"] == "same"
            assert trained(run, 1, 2) == [
                {"total": 0.75, "iteration": 3},
                {"total": 1.5, "iteration": 6},
            ]
        printed = run.end().splitlines()
        made = f"made {run.process.pid} x {os.getcwd()} []"
    # Both times as tuner-mpi has started it.
    assert printed == [made, made]


def test_a_state_goes_into_the_variables_of_the_process_and_of_another_trial() -> None:
    with Script(COUNTER) as run:
        run.hello()
        run.begin(0, configuration={"rate": 0.25})
        trained(run, 1, 2)
        state = run.save()
        assert state.metadata["scalars"] == {
            "loop.iteration": 6,
            "loop.total": 1.5,
            "weights.w": 1.5,
        }
        straight = trained(run, 3, 4)
        clone = {"rate": 1.0}
        ready = run.begin(1, do="restore", configuration=clone, state=state.path, budget=2)
        assert (ready["budget"], ready["effective"]) == (2, {})
        answer = run.ask("train", to=3)
        assert (answer["metrics"], answer["effective"]) == ({"total": 4.5, "iteration": 9}, {"rate": 1.0})
        run.begin(2, configuration={"rate": 0.25}, state=state.path, budget=2)  # anew
        assert trained(run, 3, 4) == straight
        run.end()


def test_nothing_but_the_dialogue_stays_open() -> None:
    with Script(COUNTER) as run:
        run.hello()
        counts = []
        for trial in range(3):
            run.begin(trial)
            trained(run, 1)
            counts.append(len(os.listdir(f"/proc/{run.process.pid}/fd")))
        assert counts[0] == counts[1] == counts[2]
        run.end()


def test_children_of_the_last_trial_are_ended() -> None:
    text = LOOP.replace("import tuner_mpi\n", "import multiprocessing, time\nimport tuner_mpi\n").format(
        unit="child = multiprocessing.get_context('fork').Process(target=time.sleep, args=(60,)); "
        "child.start(); trial.log(child.pid)"
    )
    with Script(text) as run:
        run.hello()
        run.begin(0)
        trained(run, 1)
        assert run.process.stderr is not None
        child = int(run.process.stderr.readline().split()[-1])
        run.begin(1)
        assert not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text()
        trained(run, 1)


def test_the_lines_after_the_loop_are_for_a_script_alone() -> None:
    with Script(LOOP.format(unit="pass")) as run:
        run.hello()
        run.begin(0)
        assert trained(run, 1, 2, 3, 4) == [{"epoch": epoch} for epoch in (1, 2, 3, 4)]
        assert run.end() == ""


def test_without_a_trial_the_script_ends() -> None:
    with Script(LOOP.format(unit="pass")) as run:
        run.hello()
        assert run.end() == ""


def test_an_error_is_that_of_the_trial_that_the_script_was_started_for() -> None:
    before = "import tuner_mpi\nimport tuner_mpi._trials as inner\nif inner._dialogue.heard: [][0]\n"
    with Script(before + LOOP.format(unit="pass")) as run:
        run.hello()
        run.begin(3)
        trained(run, 1)
        said = run.begin(4)
    assert said == {
        "say": "error",
        "kind": "trial",
        "message": "IndexError: list index out of range",
        "trial": 4,
    }


def test_a_script_that_ends_before_the_study() -> None:
    with Script(COUNTER) as run:
        run.hello()
        run.begin(5, configuration={"size": 15})
        trained(run, 1)
        said = run.ask("train", to=2)
    assert (said["kind"], said["trial"]) == ("trial", 5)
    assert said["message"] == (
        "the script ended early: expected a loop that goes on until trial.budgets() or trial.next_budget() "
        "ends the script, found the end of the script. Let it train for more units than the study asks for, "
        "without break or sys.exit."
    )


def test_next_budget_is_for_scripts_of_one_trial() -> None:
    text = "import tuner_mpi\nfor trial in tuner_mpi.trials():\n    trial.next_budget()\n"
    with Script(text) as run:
        run.hello()
        said = run.begin(0)
    assert said["message"] == (
        "TunerError: trial.next_budget: expected a script with tuner_mpi.trial(), found a loop over "
        "tuner_mpi.trials(). Use the loop over trial.budgets()."
    )


def test_alone_the_script_has_its_defaults_its_options_and_its_own_end() -> None:
    lines = alone(COUNTER, "--rate", "7", "--budget", "1")
    assert lines[0].endswith("['--rate', '7', '--budget', '1']")
    assert lines[-1] == "after the loop"
    # What follows the last call of next_budget is no unit.
    assert [line for line in lines if line.startswith("{")] == [
        '{"budget":%d,"metrics":{"total":%s,"iteration":%d},"effective":{"rate":0.5}}'
        % (unit, unit * 1.5, unit * 3)
        for unit in range(1, 10)
    ]
    assert alone(LOOP.format(unit="pass")) == [
        *('{"budget":%d,"metrics":{"epoch":%d},"effective":{}}' % (epoch, epoch) for epoch in (1, 2, 3)),
        "after the loop",
    ]


def test_variables_that_are_not_there_are_named() -> None:
    space: Dict[str, Any] = {"a": 1}
    get, put = tuner_mpi.variables(space, "a", "b")
    with pytest.raises(tuner_mpi.StateError, match="^variables: expected one called b, found none"):
        get()
    put({"a": 2, "b": 3})
    assert get() == {"a": 2, "b": 3} == space
