"""Ask and tell with tuner-mpi itself, where TUNER_MPI names it or PATH has it."""

import os
import shutil
import types
from pathlib import Path
from typing import Any, Dict

import pytest

import tuner_mpi

pytestmark = pytest.mark.skipif(
    shutil.which(os.environ.get("TUNER_MPI", "tuner-mpi")) is None,
    reason="needs the program: set TUNER_MPI to its path",
)

EXPERIMENT = """
study: elsewhere
objective: {metric: loss, goal: minimize}
search:
  space: {layers: {type: integer, low: 1, high: 8}, rate: {type: float, low: 0.001, high: 0.1, scale: log}}
  baseline: {layers: 3, rate: 0.01}
  scheduler: {kind: full, trials: 4, budget: 7}
"""


def test_several_objectives_and_limits_have_a_front() -> None:
    with tuner_mpi.Study(
        {"x": (-2.0, 2.0)},
        objectives={"loss": "minimize", "speed": "maximize"},
        limits={"memory": {"at_most": 1.5}},
        seed=1,
    ) as study:
        assert study.best is None and study.front == []
        for _ in range(16):
            trial = study.ask()
            assert trial is not None
            x = trial["x"]
            study.tell(trial, [x * x, -((x - 1) ** 2)], metrics={"memory": x})
        study.observe({"x": 2.0}, {"loss": 4, "speed": -1, "memory": 2})
        study.observe({"x": 0.5}, metrics={"loss": 0.25, "speed": -0.25, "memory": 0.5})
        front = study.front
        assert [found.value for found in front] == sorted(found.values["loss"] for found in front)
        assert all(found.breaks == () and found.values["speed"] <= 0 for found in front)
        assert any(found.id is None and found.params == {"x": 0.5} for found in front)
        assert study.best == (front[0].value, front[0].params)
        believed = study.believes([{"x": 0.5}], "speed")
        assert believed is not None and abs(believed[0].mean + 0.25) < 0.1 and believed[0].deviation < 0.3
        loss = study.believes([{"x": 0.5}])
        assert loss is not None and abs(loss[0].mean - 0.25) < 0.1
        with pytest.raises(
            tuner_mpi.StudyError, match="expected one of the objectives loss, speed, found sped"
        ):
            study.believes([{"x": 0.5}], "sped")
        with pytest.raises(tuner_mpi.StudyError, match="expected a list of 2 finite numbers"):
            study.observe({"x": 1.0}, 3)
        with pytest.raises(tuner_mpi.StudyError, match="metrics.memory: expected a finite number"):
            study.observe({"x": 1.0}, [1, 2])
    assert study.front == front


def test_what_breaks_a_limit_says_which() -> None:
    with tuner_mpi.Study({"x": (0.0, 1.0)}, limits={"memory": {"at_most": 4}}) as study:
        study.observe({"x": 0.5}, 1, metrics={"memory": 5})
        best = study.state().best
        assert best == tuner_mpi.Finding(None, {"x": 0.5}, {"value": 1.0}, None, ("memory <= 4 (by 25%)",))
        study.observe({"x": 0.25}, 2, metrics={"memory": 3})
        assert study.best == (2, {"x": 0.25})


def test_an_experiment_file_is_a_study(tmp_path: Path) -> None:
    file = tmp_path / "experiment.yaml"
    file.write_text(EXPERIMENT)
    with tuner_mpi.Study(file, seed=3, settings=["search.scheduler.trials=3"]) as study:
        first = study.ask()
        assert first == tuner_mpi.Suggestion(0, {"layers": 3, "rate": 0.01}, 7)
        others = study.ask_many(9)
        assert [trial.id for trial in others] == [1, 2]
        study.tell(first, metrics={"loss": 0.5})
        study.tell(1, float("nan"))
        state = study.state()
        assert (state.told, state.failed, state.pending, state.is_finished) == (2, 1, [2], True)
        assert state.because is not None and study.best == (0.5, first.params)
        assert study.ask() is None and study.is_finished
    with pytest.raises(tuner_mpi.StudyError, match="^budget: expected nothing but a seed"):
        tuner_mpi.Study(str(file), budget=3)


def test_a_wrong_experiment_file_ends_the_program(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "experiment.yaml"
    file.write_text(EXPERIMENT.replace("minimize", "up"))
    with pytest.raises(tuner_mpi.StudyError, match="exit code 64"):
        tuner_mpi.Study(file)
    assert "objective.goal: expected one of maximize, minimize, found up" in capfd.readouterr().err


def test_fidelities_may_be_parts() -> None:
    with tuner_mpi.Study({"x": (0.0, 1.0)}, fidelity={"name": "share", "min": 0.25, "max": 1}) as study:
        asked = set()
        for turn in range(30):
            trial = study.ask()
            assert trial is not None and trial.fidelity is not None
            asked.add(trial.fidelity)
            study.tell(trial, turn % 5, curve=[(0.25, 9)] if trial.fidelity == 1 else [])
        study.observe({"x": 0.5}, 0, fidelity=0.75)
        assert asked == {0.25, 1}
        best = study.state().best
        assert best is not None and best.value == 0


def test_earlier_studies_are_learned_from(tmp_path: Path) -> None:
    table = tmp_path / "earlier.csv"
    table.write_text("x,loss\n0.2,3\n0.4,1\n0.6,2\n")
    with tuner_mpi.Study({"x": (0.0, 1.0)}, objectives={"loss": "minimize"}, transfer=[table]) as study:
        trial = study.ask()
        assert trial is not None and trial["x"] == 0.4
        state = study.state()
        assert state.sampler == "transfer" and state.objectives == {"loss": "minimize"}
        for x in range(12):
            study.observe({"x": x / 11}, (x / 11 - 0.3) ** 2)
        assert study.front[0].values == {"loss": study.front[0].value}
        believed = study.believes([{"x": 0.3}, {"x": 0.9}], "loss")
        assert believed is not None and believed[0].mean < 0.05 < believed[1].mean
    with pytest.raises(tuner_mpi.StudyError, match="transfer: nowhere: expected a run directory"):
        tuner_mpi.Study({"x": (0.0, 1.0)}, transfer=["nowhere"])


def test_a_sampler_without_a_model_says_so() -> None:
    with tuner_mpi.Study({"x": (0.0, 1.0)}, sampler="tpe") as study:
        assert study.believes([{"x": 0.5}]) is None
        assert study.state([{"x": 0.5}]).no_beliefs == "tpe has no model of the whole space"
    with pytest.raises(tuner_mpi.StudyError, match="^sampler tpe: expected one objective"):
        tuner_mpi.Study({"x": (0.0, 1.0)}, sampler="tpe", objectives={"a": "minimize", "b": "minimize"})


def test_values_of_other_kinds_are_plain_numbers() -> None:
    objectives: Dict[str, str] = {"a": "minimize", "b": "minimize"}
    one: Any = types.SimpleNamespace(item=lambda: 2.5)
    with tuner_mpi.Study({"x": (0.0, 1.0)}, objectives=objectives) as study:
        study.observe({"x": 0.5}, (one, 3))
        study.observe({"x": 0.5}, [1, float("inf")])
        assert study.state().failed == 1 and study.front[0].values == {"a": 2.5, "b": 3}
        with pytest.raises(tuner_mpi.StudyError, match="expected a value or metrics, found neither"):
            study.observe({"x": 0.5})
        numpy = pytest.importorskip("numpy")
        study.observe({"x": numpy.float32(0.25)}, numpy.array([0.5, 1.0]))
        assert study.best == (0.5, {"x": 0.25})
