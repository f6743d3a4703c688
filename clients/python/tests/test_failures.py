"""Each way in which a script can fail, and the exact words that tuner-mpi hears."""

from typing import Any, Dict

import pytest
from driver import Script

LOOP = """
import array, errno, sys
import tuner_mpi
{before}
for trial in tuner_mpi.trials(width=8):
    {made}
    for unit in trial.budgets():
        {unit}
    {after}
"""


def failure(
    before: str = "", made: str = "", unit: str = "pass", after: str = "", **begin: Any
) -> Dict[str, Any]:
    """What a script says that fails in its first unit, or before or after it."""
    text = LOOP.format(before=before, made=made, unit=unit, after=after)
    with Script(text) as run:
        message = run.hello()
        if message["say"] != "error":
            message = run.begin(5, **begin)
        if message["say"] != "error":
            message = run.ask("train", to=1)
        if message["say"] != "error":
            message = run.begin(6, **begin)
        assert message.pop("say") == "error", message
        message["stderr"] = run.process.communicate(timeout=30)[1]
        message["code"] = run.process.returncode
    return message


def test_an_exception_is_the_trials_failure_and_its_traceback_is_printed() -> None:
    said = failure(unit="[][0]")
    assert (said["kind"], said["message"]) == ("trial", "IndexError: list index out of range")
    assert said["trial"] == 5 and said["code"] == 1
    assert "Traceback (most recent call last)" in said["stderr"]


def test_long_messages_are_cut() -> None:
    assert failure(unit="raise ValueError('x' * 10000)")["message"] == "ValueError: " + "x" * 1988


def test_messages_may_have_any_characters() -> None:
    assert failure(unit="raise ValueError('ä\\n\\u2028')")["message"] == "ValueError: ä\n\u2028"


@pytest.mark.parametrize(
    ("where", "statement", "message"),
    [
        ("before", "raise RuntimeError('no data')", "RuntimeError: no data"),
        (
            "before",
            "import nothing_of_this_name",
            "ModuleNotFoundError: No module named 'nothing_of_this_name'",
        ),
        ("before", "raise OSError(errno.EMFILE, 'many')", "OSError: [Errno 24] many"),
        ("before", "raise OSError(errno.EIO, 'broken')", "OSError: [Errno 5] broken"),
        ("unit", "raise tuner_mpi.PlaceError('no GPU')", "PlaceError: no GPU"),
        ("unit", "raise OSError(errno.ENOSPC, 'full')", "OSError: [Errno 28] full"),
    ],
)
def test_what_every_trial_would_meet_is_a_failure_of_the_place(
    where: str, statement: str, message: str
) -> None:
    said = failure(**{where: statement})
    assert (said["kind"], said["message"]) == ("place", message)


@pytest.mark.parametrize("where", ["made", "unit"])
@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("raise OSError(errno.EMFILE, 'many')", "OSError: [Errno 24] many"),
        ("raise OSError(errno.EIO, 'broken')", "OSError: [Errno 5] broken"),
    ],
)
def test_what_a_configuration_may_have_asked_for_is_the_trials_failure(
    where: str, statement: str, message: str
) -> None:
    said = failure(**{where: statement})
    assert (said["kind"], said["message"], said["trial"]) == ("trial", message, 5)


EARLY = (
    "the script ended early: expected the loop over tuner_mpi.trials() to go on until it ends by "
    "itself, found {}. "
    "Take break, return and sys.exit out of the loop; a trial that fails raises an error."
)


def test_a_script_that_exits_in_the_loop() -> None:
    said = failure(unit="sys.exit(3)")
    assert (said["kind"], said["message"]) == ("trial", EARLY.format("SystemExit: 3"))
    assert said["code"] == 3
    assert failure(unit="sys.exit()")["message"] == EARLY.format("SystemExit: 0")
    assert failure(unit="sys.exit('no data')")["message"] == EARLY.format("SystemExit: no data")
    assert failure(unit="raise SystemExit(3)")["message"] == EARLY.format("the end of the script")


def test_a_script_that_leaves_the_loop() -> None:
    assert failure(after="break")["message"] == EARLY.format("the end of the script")


def test_an_error_is_that_of_the_trial_that_it_was_raised_in() -> None:
    # Its loop has ended because another one was asked for, which has not begun.
    said = failure(after="[][0]")
    assert (said["trial"], said["message"]) == (5, "IndexError: list index out of range")
    text = LOOP.format(
        before="", made="trial.state(a=array.array('d'))", unit="{}[unit] if unit == 2 else 0", after=""
    )
    with Script(text) as run:
        run.hello()
        run.begin(5)
        run.ask("train", to=1)
        state = run.save()
        run.begin(7, do="restore", state=state.path, budget=1)
        assert run.ask("train", to=2) == {
            "say": "error",
            "kind": "trial",
            "message": "KeyError: 2",
            "trial": 7,
        }


def test_a_generators_option_that_is_none() -> None:
    assert failure(made="trial.state(generators='each')")["message"] == (
        "TunerError: trial.state: expected generators=True, False or \"rank\", found 'each'. "
        "Write one of them."
    )


def test_a_script_that_never_asks_for_trials() -> None:
    with Script("import tuner_mpi\n") as run:
        said = run.hello()
    assert (said["kind"], said["message"]) == (
        "place",
        "the script ended early: expected a loop over tuner_mpi.trials(), found the end of the script. "
        "Call it in the script that tuner-mpi starts.",
    )


@pytest.mark.parametrize(
    ("where", "statement", "message"),
    [
        (
            "unit",
            "break",
            "TunerError: trial 5: expected a loop over trial.budgets() that goes on until it ends by "
            "itself, found a "
            "break. Report what was measured and let the study decide, or raise an error if the "
            "trial failed.",
        ),
        (
            "made",
            "continue",
            "TunerError: trial 5: expected a loop over trial.budgets() that goes on until it ends by "
            "itself, found "
            "none. Report what was measured and let the study decide, or raise an error if the trial failed.",
        ),
        (
            "unit",
            "trial['with']",
            "HyperparameterError: hyperparameter with: expected a known name (width), found with. "
            "Declare it with "
            "its default: tuner_mpi.trials(with=...).",
        ),
        (
            "unit",
            "trial.report(loss=[1])",
            "TypeError: metric loss: expected one number, found [1].",
        ),
        (
            "made",
            "trial.report(loss=1)",
            "TunerError: trial.report: expected a call in the loop over trial.budgets(), found one outside. "
            "Move it there.",
        ),
        (
            "unit",
            "trial.state(x=array.array('d'))",
            "TunerError: state x: expected all parts before trial.budgets(), found one in it. Move "
            "trial.state, or "
            "the first trial.restore, above the loop.",
        ),
        (
            "made",
            "trial.state(x=5)",
            "TypeError: state x: expected an object with state_dict and load_state_dict, a pair of "
            "functions (get, "
            "set), a dict of arrays or an array, found 5.",
        ),
        (
            "unit",
            "tuner_mpi.trials()",
            "DialogueError: tuner_mpi.trials: expected one call in a process, found another. Keep one loop.",
        ),
        (
            "unit",
            "trial.apply(trial)",
            "TypeError: trial.apply: expected an optimizer with param_groups, found a Trial. Set it "
            "yourself, and "
            "say what is in force by trial.in_force(name=value).",
        ),
    ],
)
def test_mistakes_of_the_script(where: str, statement: str, message: str) -> None:
    assert failure(**{where: statement})["message"] == message


def test_values_that_are_not_of_the_defaults_type() -> None:
    assert failure(configuration={"width": 8.5})["message"] == (
        "HyperparameterError: hyperparameter width: expected a whole number, as its default in the "
        "script, found "
        "8.5. Correct its values in the experiment, or the default."
    )


def test_another_version_is_refused() -> None:
    with Script("plain.py") as run:
        said = run.hello(version=2)
    assert (said["kind"], said["message"]) == (
        "place",
        "DialogueError: the dialogue: expected version 1, found 2. Install the tuner_mpi package "
        "that came with "
        "this tuner-mpi.",
    )


def test_a_line_that_is_no_message_is_quoted() -> None:
    with Script("plain.py") as run:
        said = run.ask("nonsense")
    assert said["message"] == "DialogueError: tuner-mpi: expected one of hello, found nonsense."


def test_an_excepthook_of_the_scripts_own_hides_nothing() -> None:
    assert failure(before="sys.excepthook = lambda *_: None", unit="[][0]")["message"] == (
        "IndexError: list index out of range"
    )


def test_a_state_that_does_not_fit_names_the_first_difference() -> None:
    with Script("plain.py") as run:
        run.hello()
        run.begin(configuration={"width": 3})
        state = run.save()
        said = run.begin(1, configuration={"width": 4}, state=state.path)
    assert (said["kind"], said["message"]) == (
        "trial",
        "StateError: state memory.weights: expected F64 [4], as the script made it, found F64 [3]. A "
        "state fits only "
        "what has the same architecture.",
    )


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (
            "trial.state(other=array.array('d'))",
            "state: expected the parts other, as the script has them, found also memory. Name the "
            "same parts for "
            "all trials.",
        ),
        (
            "trial.state(memory={}, more={})",
            "state: expected the parts memory, more, as the script has them, found none called more. "
            "Name the same "
            "parts for all trials.",
        ),
        (
            "trial.state(memory={})",
            "state memory.weights: expected no array of this name, as the script made none, found "
            "F64 [3]. A state "
            "fits only what has the same architecture.",
        ),
        (
            "trial.state(memory={'weights': array.array('f', [0] * 3)})",
            "state memory.weights: expected F32 [3], as the script made it, found F64 [3]. A state "
            "fits only what has "
            "the same architecture.",
        ),
        (
            "trial.state(memory={'w': array.array('d')})",
            "state memory.w: expected F64 [0], as the script made it, found no array of this name. A "
            "state fits only "
            "what has the same architecture.",
        ),
        ("pass", "state: expected parts to restore it into, found none. Name them with trial.state(...)."),
    ],
)
def test_a_state_of_another_script(made: str, message: str) -> None:
    with Script("plain.py") as run:
        run.hello()
        run.begin()
        state = run.save()
        assert failure(made=made, state=state.path)["message"] == "StateError: " + message
