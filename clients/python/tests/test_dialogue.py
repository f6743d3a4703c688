"""Every message of the dialogue, with a script that needs nothing but Python."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from driver import Script, State

BARE = Path("/usr/bin/python3") if os.access("/usr/bin/python3", os.X_OK) else Path(sys.executable)

EMPTY = """
import tuner_mpi
for trial in tuner_mpi.trials({body}):
    for unit in trial.budgets():
        {unit}
"""


def script(unit: str = "pass", trials: str = "") -> Script:
    return Script(EMPTY.format(body=trials, unit=unit))


def test_hello_says_the_hyperparameters_with_their_defaults() -> None:
    with Script("plain.py") as plain:
        answer = plain.hello()
        plain.end()
    assert answer == {
        "say": "hello",
        "version": 1,
        "client": "tuner_mpi (Python) 1.0",
        "hyperparameters": [
            {"name": "learning_rate", "default": 0.1},
            {"name": "width", "default": 3},
            {"name": "name", "default": "x"},
            {"name": "flag", "default": False},
        ],
    }


def test_a_script_without_defaults_leaves_them_out() -> None:
    with script("trial.report(x=trial['rate'])") as run:
        assert "hyperparameters" not in run.hello()
        assert run.begin(configuration={"rate": 0.5}) == {
            "say": "ready",
            "budget": 0,
            "state": "none",
            "effective": {},
        }
        assert run.ask("train", to=1)["metrics"] == {"x": 0.5}
        run.end()


def test_a_trial_is_begun_trained_saved_restored_and_set() -> None:
    with Script("plain.py", python=str(BARE)) as plain:
        plain.hello(settings={"name": "from the settings"})
        configuration = {"learning_rate": 0.5, "width": 4.0}
        ready = {"say": "ready", "budget": 0, "state": "same", "effective": {}}
        assert plain.begin(3, configuration=configuration) == ready
        assert [plain.ask("train", to=unit)["budget"] for unit in (1, 2)] == [1, 2]
        state = plain.save()
        assert state.header["memory.weights"] == {"dtype": "F64", "shape": [4], "data_offsets": [0, 32]}
        assert state.metadata["scalars"] == {"memory.seen": 2, "memory.note": "unit 2"}
        assert "generators.python" in state.metadata["opaque"]
        straight = [plain.ask("train", to=unit) for unit in (3, 4)]
        end = plain.save()

        again = plain.begin(4, do="restore", configuration=configuration, state=state.path, budget=2)
        assert again == {**ready, "budget": 2}
        assert [plain.ask("train", to=unit) for unit in (3, 4)] == straight
        assert plain.save().content == end.content

        # A new turn of the loop, with new objects, from the same state.
        assert plain.begin(5, configuration=configuration, state=state.path, budget=2)["budget"] == 2
        assert [plain.ask("train", to=unit) for unit in (3, 4)] == straight
        plain.ask("set", configuration={**configuration, "learning_rate": 0.25})
        printed = plain.end()
    assert printed.splitlines() == [
        "trial 4 4 'from the settings' False []",
        "trial 5 4 'from the settings' False ['learning_rate']",
        "over",
    ]


def test_a_process_without_trials_ends_in_order() -> None:
    with script() as run:
        run.hello()
        assert run.end() == ""


def test_the_trial_knows_its_place() -> None:
    unit = "trial.report(rank=trial.rank, ranks=trial.ranks, seed=trial.seed, number=trial.number)"
    with script(unit + "; import os; assert os.path.isdir(trial.directory)") as run:
        run.hello(rank=1, ranks=3)
        run.begin(17, seed=2**63 - 1)
        metrics = run.ask("train", to=1)["metrics"]
        run.end()
    assert metrics == {"rank": 1, "ranks": 3, "seed": 2**63 - 1, "number": 17}


def test_changed_names_what_a_set_or_a_restore_changed_until_the_next_unit() -> None:
    with script("trial.report(n=len(trial.changed)); trial.log(sorted(trial.changed))", "a=1, b=2.0") as run:
        run.hello()
        run.begin(configuration={"a": 5, "b": 1})
        counts = [run.ask("train", to=1)["metrics"]["n"]]
        run.ask("set", configuration={"a": 6, "b": 1})
        counts += [run.ask("train", to=unit)["metrics"]["n"] for unit in (2, 3)]
        run.end()
    assert counts == [0, 1, 0]


def test_earlier_reports_of_a_unit_are_said_and_the_last_values_are_its_result() -> None:
    unit = "[trial.report(step=step, odd=step % 2) for step in range(3)]; trial.report(end=float('nan'))"
    with script(unit) as run:
        run.hello()
        run.begin()
        answer = run.ask("train", to=1)
        run.end()
    assert answer["metrics"] == {"step": 2, "odd": 0, "end": "NaN"}
    assert run.signs[0] == {"say": "alive"}
    assert [sign["metrics"]["step"] for sign in run.signs[1:]] == [0, 1, 2]


def test_signs_of_life_are_at_most_one_a_second() -> None:
    with script("[trial.heartbeat() for _ in range(1000)]") as run:
        run.hello()
        run.begin()
        for unit in (1, 2, 3):
            run.ask("train", to=unit)
        run.end()
    assert len(run.signs) <= 2


@pytest.mark.parametrize("phase", ["making", "saving", "restoring", "beginning from a state"])
def test_signs_of_life_are_said_in_every_phase(phase: str) -> None:
    text = """
import array, tuner_mpi
for trial in tuner_mpi.trials(making=False):
    if trial["making"]:
        trial.heartbeat()
    trial.state(a=array.array("d", [1]))
    for unit in trial.budgets():
        pass
"""
    with Script(text) as other:
        other.hello()
        other.begin()
        state = other.save()
        other.end()
    with Script(text) as run:
        run.hello()
        if phase == "beginning from a state":
            run.begin(state=state.path, budget=1)
        else:
            run.begin(configuration={"making": phase == "making"})
        if phase == "saving":
            run.save()
        if phase == "restoring":
            run.begin(1, do="restore", state=state.path, budget=1)
        assert run.signs == [{"say": "alive"}]
        run.end()


def test_each_rank_may_draw_numbers_of_its_own() -> None:
    text = """
import array, random, tuner_mpi
for trial in tuner_mpi.trials():
    trial.state(generators="rank", a=array.array("d", [1]))
    for unit in trial.budgets():
        trial.report(drawn=random.random())
"""
    drawn = []
    for rank in (0, 1):
        with Script(text) as run:
            run.hello(rank=rank, ranks=2)
            run.begin(3)
            units = [run.ask("train", to=unit)["metrics"]["drawn"] for unit in (1, 2, 3)]
            state = run.save()  # that of the first rank is everyone's, and has no generators
            assert "generators.python" not in state.header
            run.begin(3, do="restore", state=state.path, budget=2)
            assert run.ask("train", to=3)["metrics"]["drawn"] == units[2]
            run.begin(4, do="restore", state=state.path, budget=2, seed=8)
            assert run.ask("train", to=3)["metrics"]["drawn"] != units[2]
            drawn += units
            run.end()
    assert len(set(drawn)) == 6


def test_numbers_that_json_lacks_and_types_of_defaults() -> None:
    unit = "trial.report(a=trial['a'], b=trial['b'], c=trial['c']); assert type(trial['b']) is int"
    with script(unit, "a=1.0, b=1, c=False, d=None") as run:
        run.hello()
        run.begin(configuration={"a": "Infinity", "b": 64.0, "c": 1})
        assert run.ask("train", to=1)["metrics"] == {"a": "Infinity", "b": 64, "c": 1}
        run.end()


def test_in_force_is_what_the_script_reads_back() -> None:
    text = """
import tuner_mpi
class Loader: batch = 32
for trial in tuner_mpi.trials(batch=1, rate=0.5, clip=1.0):
    trial.in_force(batch=lambda: Loader.batch)
    for unit in trial.budgets():
        Loader.batch = trial["batch"]
        trial.in_force(clip=trial["clip"])
"""
    with Script(text) as run:
        run.hello()
        assert run.begin(configuration={"batch": 64})["effective"] == {"batch": 32}
        assert run.ask("train", to=1)["effective"] == {"batch": 64, "clip": 1.0}
        # The value that was said before the change says nothing about what is in force after it.
        assert run.ask("set", configuration={"batch": 8})["effective"] == {"batch": 64}
        run.end()


def test_each_rank_may_have_a_state_of_its_own() -> None:
    text = """
import array, tuner_mpi
for trial in tuner_mpi.trials():
    trial.state(generators=False, own=True, counts=array.array("q", [0, 0]))
    for unit in trial.budgets():
        pass
"""
    with Script(text) as run:
        run.hello()
        assert run.begin()["state"] == "own"
        state = run.save()
        assert state.header["counts"]["dtype"] == "I64"
        assert state.metadata["opaque"] == ["tuner_mpi.counts"]
        run.end()


@pytest.mark.parametrize(
    "before",
    [
        "",
        "os.close(2)",
        "signal.signal(signal.SIGPIPE, signal.SIG_DFL)",
        "os.set_blocking(2, False); exec('while True: os.write(2, bytes(4096))')",
    ],
    ids=["usual", "no stderr", "SIGPIPE kills", "full stderr"],
)
@pytest.mark.parametrize("is_read", [True, False], ids=["read", "unread"])
def test_the_process_and_its_children_end_with_tuner_mpi(before: str, is_read: bool) -> None:
    unit = f"""
        import contextlib, os, signal, time
        with contextlib.suppress(BlockingIOError):
            {before or "pass"}
        with contextlib.suppress(OSError):
            os.set_blocking(2, True)
        os.fork()  # last: a child shares the mode of stderr
        os.write(1, b'%d\\n' % os.getpid())
        time.sleep(60)
"""
    text = EMPTY.format(body="", unit=unit)
    # Python 3.12 warns of a fork beside a thread, on a stderr that may be full.
    with Script(text, PYTHONWARNINGS="ignore") as run:
        run.hello()
        run.say("begin", trial=0, seed=1, configuration={}, directory="/tmp", budget=0, state=None)
        assert run.answer()["say"] == "ready"
        run.say("train", to=1)
        assert run.process.stdout is not None and run.process.stderr is not None
        pids = [int(run.process.stdout.readline()) for _ in range(2)]
        if not is_read:
            run.process.stderr.close()
        run.hang_up()
        assert run.process.wait(10) == -signal.SIGKILL
        deadline = time.monotonic() + 10
        while any(is_running(pid) for pid in pids):
            assert time.monotonic() < deadline, "a child is left over"
            time.sleep(0.01)
        if is_read and not before:
            assert run.process.stderr.read() == "tuner-mpi is gone: this process ends.\n"


def test_children_do_not_keep_the_descriptors() -> None:
    unit = (
        "import os, subprocess; open_before = len(os.listdir('/proc/self/fd')); child = os.fork(); "
        "(os._exit(open_before - len(os.listdir('/proc/self/fd')))) if child == 0 else None; "
        "closed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]); "
        "trial.report(closed=closed, seen=int('TUNER_MPI_DIALOGUE' in os.environ))"
    )
    with script(unit) as run:
        run.hello()
        run.begin()
        assert run.ask("train", to=1)["metrics"] == {"closed": 2, "seen": 0}
        run.end()


def test_a_state_file_may_be_used_twice() -> None:
    with Script("plain.py") as plain:
        plain.hello()
        plain.begin(configuration={"width": 100})
        large = plain.save()
        plain.begin(configuration={"width": 3})
        assert plain.ask("save", file=large.path)["bytes"] == len(large.content)
        assert isinstance(large, State) and large.header["memory.weights"]["shape"] == [3]
        plain.end()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
