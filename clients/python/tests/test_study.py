"""Ask and tell, with a program that speaks the protocol; with tuner-mpi itself where TUNER_MPI names it."""

import json
import os
import shutil
from typing import Any

import pytest
from driver import HERE

import tuner_mpi

FAKE = str(HERE / "scripts" / "suggest.py")
REAL = shutil.which(os.environ.get("TUNER_MPI", "tuner-mpi"))


def test_trials_are_asked_for_and_told() -> None:
    with tuner_mpi.Study({"x": (0, 9)}, program=FAKE) as study:
        first = study.ask()
        assert first is not None and (first.id, first["x"], first.fidelity, first.origin) == (0, 0, 3, None)
        second, third = study.ask_many(2)
        assert third.origin == (0, 2)
        study.tell(first, 3.0, curve=[(1, 9.0), (2, 5.0)])
        study.tell(second.id, 2)
        study.tell(third, float("nan"))
        assert study.best == (2, {"x": 1})
        assert len(study.ask_many(10)) == 2 and not study.is_finished
        assert study.ask() is None and study.is_finished
    with pytest.raises(tuner_mpi.StudyError, match="ask: expected an open study, found a closed one"):
        study.ask()


def test_the_space_is_written_as_init_has_it() -> None:
    space: Any = {
        "whole": (1, 8),
        "real": (0.0, 1),
        "kind": ["a", None, 2],
        "fixed": 3,
        "rate": {"type": "float", "low": 1e-5, "high": 1, "log": True},
    }
    with tuner_mpi.Study(space, program=FAKE, seed=4, direction="maximize") as study:
        with pytest.raises(tuner_mpi.StudyError) as error:
            study.observe({"echo": 1}, None, fidelity=2)
        study.observe({"x": 1}, 4)
        study.observe({"x": 2}, 3)
        assert study.best == (4, {"x": 1})
    init, tell = json.loads(str(error.value))
    assert init == {
        "op": "init",
        "seed": 4,
        "direction": "maximize",
        "space": [
            {"name": "whole", "type": "int", "low": 1, "high": 8},
            {"name": "real", "type": "float", "low": 0.0, "high": 1},
            {"name": "kind", "type": "cat", "choices": ["a", None, 2]},
            {"name": "fixed", "type": "fixed", "value": 3},
            {"name": "rate", "type": "float", "low": 1e-5, "high": 1, "log": True},
        ],
    }
    assert tell == {
        "op": "tell",
        "trials": [{"id": None, "params": {"echo": 1}, "value": None, "fidelity": 2}],
    }


def test_a_refusal_is_an_error_with_its_words() -> None:
    with pytest.raises(tuner_mpi.StudyError, match='^direction: expected minimize or maximize, found "up".$'):
        tuner_mpi.Study({"x": (0, 1)}, program=FAKE, direction="up")


def test_a_program_that_ends_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(tuner_mpi.StudyError) as error:
        tuner_mpi.Study({"x": (0, 1)}, program=FAKE, sampler="none")
    assert str(error.value) == (
        "init: expected an answer, found the end of tuner-mpi suggest (exit code 1). Its error "
        "output says why."
    )
    assert capfd.readouterr().err == "--sampler: expected a known name\n"


def test_a_program_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNER_MPI", "/nowhere/tuner-mpi")
    with pytest.raises(tuner_mpi.StudyError) as error:
        tuner_mpi.Study({"x": (0, 1)})
    assert str(error.value) == (
        "tuner-mpi: expected the program, found none called /nowhere/tuner-mpi. Put it into PATH, "
        "set TUNER_MPI, or "
        "name it: Study(..., program=...)."
    )


@pytest.mark.skipif(REAL is None, reason="needs the program: set TUNER_MPI to its path")
def test_the_program_itself_minimizes() -> None:
    value, params = tuner_mpi.minimize(lambda x: (x - 1) ** 2, {"x": (-5.0, 5.0)}, trials=25, seed=1)
    assert value < 0.1 and abs(params["x"] - 1) < 0.4
    with tuner_mpi.Study(
        {"x": (0.0, 1.0)}, sampler="sobol", scheduler="pbt", fidelity={"min": 1, "max": 9}
    ) as study:
        trial = study.ask()
        assert trial is not None and trial.fidelity is not None
        study.tell(trial, 1.0)
        with pytest.raises(tuner_mpi.StudyError, match="one that was told before"):
            study.tell(trial, 1.0)
