"""Scripts with JAX, with several ranks, and with PyTorch but without NumPy."""

import json
import os
import socket
import subprocess
import sys
from typing import Any, Dict, List

import pytest
from driver import HERE, SOURCES, Script

JAX = """
import os
os.environ["JAX_PLATFORMS"] = "cpu"
import jax, jax.numpy as jnp
import tuner_mpi
for trial in tuner_mpi.trials(rate=0.5):
    key = jax.random.PRNGKey(trial.seed)
    params, key = trial.restore(({"w": jnp.zeros(3)}, key))
    for unit in trial.budgets():
        params, key = trial.restore((params, key))
        key, used = jax.random.split(key)
        params = {"w": params["w"] + trial["rate"] * jax.random.normal(used, 3)}
        trial.keep((params, key))
        trial.report(sum=params["w"].sum())
"""


def test_a_functional_script_goes_on_exactly() -> None:
    pytest.importorskip("jax", reason="needs JAX")
    with Script(JAX) as run:
        run.hello()
        run.begin()
        run.ask("train", to=1)
        state = run.save()
        assert state.header["tree.0.w"]["dtype"] == "F32" and "tree.1" in state.metadata["opaque"]
        straight = [run.ask("train", to=unit) for unit in (2, 3)]
        for do in ("restore", "begin"):
            run.begin(1, do=do, state=state.path, budget=1)
            assert [run.ask("train", to=unit) for unit in (2, 3)] == straight
        run.end()


def test_a_restored_tree_that_is_not_taken_is_an_error() -> None:
    text = """
import array, tuner_mpi
for trial in tuner_mpi.trials():
    tree = trial.restore([array.array("d", [1])])
    for unit in trial.budgets():
        trial.keep(tree)
"""
    with Script(text) as run:
        run.hello()
        run.begin()
        state = run.save()
        run.begin(1, do="restore", state=state.path)
        said = run.ask("train", to=1)
    assert said["message"] == (
        "TunerError: trial.restore: expected a call in every unit, because another state was "
        "restored, found none for "
        "tree. Begin the loop over trial.budgets() with tree = trial.restore(tree)."
    )


def test_pytorch_without_numpy() -> None:
    pytest.importorskip("torch", reason="needs PyTorch")
    text = (HERE / "scripts" / "torch_mlp.py").read_text()
    with Script('import sys; sys.modules["numpy"] = None\n' + text) as run:
        run.hello()
        run.begin()
        run.ask("train", to=1)
        state = run.save()
        assert "generators.numpy" not in state.header
        straight = run.ask("train", to=2)
        run.begin(1, do="restore", state=state.path, budget=1)
        assert run.ask("train", to=2) == straight
        run.end()


RANKS = """
import os
import torch
import torch.distributed
import tuner_mpi
torch.set_num_threads(1)
torch.distributed.init_process_group("gloo")
for trial in tuner_mpi.trials(learning_rate=0.1):
    torch.manual_seed(trial.seed)
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(8, 1))
    optimizer = torch.optim.AdamW(model.parameters())
    trial.state(model=model, optimizer=optimizer)
    for unit in trial.budgets():
        trial.apply(optimizer)
        for _ in range(3):
            optimizer.zero_grad()
            loss = model(torch.randn(16, 8) + trial.rank).pow(2).mean()
            loss.backward()
            optimizer.step()
        torch.distributed.all_reduce(mean := loss.detach())
        trial.report(loss=mean / trial.ranks)
torch.distributed.destroy_process_group()
"""


def torchrun_variables(rank: int, ranks: int, port: int) -> Dict[str, str]:
    return {
        "RANK": str(rank),
        "WORLD_SIZE": str(ranks),
        "LOCAL_RANK": str(rank),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def all_of(ranks: List[Script], do: str, **members: Any) -> Dict[str, Any]:
    """Asks all ranks, then hears them, as each rank of tuner-mpi does; they must agree."""
    for rank in ranks:
        rank.say(do, **members)
    answers = [rank.answer() for rank in ranks]
    assert answers.count(answers[0]) == len(answers), answers
    return answers[0]


def test_data_parallel_ranks_share_one_state() -> None:
    pytest.importorskip("torch", reason="needs PyTorch")
    port = free_port()
    with (
        Script(RANKS, **torchrun_variables(0, 2, port)) as first,
        Script(RANKS, **torchrun_variables(1, 2, port)) as second,
    ):
        both = [first, second]
        for index, rank in enumerate(both):
            rank.say("hello", version=1, rank=index, ranks=2)
        assert [rank.answer()["say"] for rank in both] == ["hello"] * 2
        common = {"seed": 3, "configuration": {"learning_rate": 0.01}, "directory": first._scratch.name}
        all_of(both, "begin", trial=0, budget=0, state=None, **common)
        all_of(both, "train", to=1)
        state = first.save()
        straight = all_of(both, "train", to=2)
        end = first.save()
        all_of(both, "restore", trial=1, budget=1, state=state.path, **common)
        assert all_of(both, "train", to=2) == straight
        assert first.save().content == end.content
        for rank in both:
            rank.say("end")
        for rank in both:
            assert rank.process.wait(30) == 0


def test_data_parallel_ranks_alone_print_and_save_once(tmp_path: Any) -> None:
    pytest.importorskip("torch", reason="needs PyTorch")
    port = free_port()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RANKS, "--state", str(tmp_path)],
            env={**os.environ, "PYTHONPATH": str(SOURCES), **torchrun_variables(rank, 2, port)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        first, second = [process.communicate(timeout=60)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert [process.returncode for process in processes] == [0, 0]
    assert json.loads(first)["budget"] == 1 and second == ""
    assert os.listdir(tmp_path) == ["state.safetensors"]
