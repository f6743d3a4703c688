"""What training scripts wrap their models in: compilers, scaled gradients, DistributedDataParallel.

Skipped where PyTorch is absent.
"""

import pytest
from driver import Script

torch = pytest.importorskip("torch", reason="needs PyTorch")

# The loop of a public script: it counts in globals, has its batch ready before it needs it, sets its rate by a
# schedule of its own, and gives each group of parameters its own decay.
SCRIPT = """
import os, torch, tuner_mpi
torch.set_num_threads(1)
torch.manual_seed(1337)
learning_rate, weight_decay, interval = 1e-3, 0.1, 4
trial = tuner_mpi.trial(learning_rate=learning_rate, weight_decay=weight_decay)
data = torch.randn(64, 8, generator=torch.Generator().manual_seed(0))
def batch(): return data[torch.randint(64, (16,))]
model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(8, 8))
decayed = [p for p in model.parameters() if p.dim() > 1]
others = [p for p in model.parameters() if p.dim() < 2]
groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
optimizer = torch.optim.AdamW(groups, lr=learning_rate)
scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=3, enabled=SCALED)
WRAPPING
def rate(iteration): return learning_rate * min(1, (iteration + 1) / 10)
iteration, X = 0, batch()
trial.state(model=model, optimizer=optimizer, scaler=scaler, loop=tuner_mpi.variables(globals(), "iteration", "X"))
while True:
    if iteration % interval == 0:
        with torch.no_grad():
            loss = float(((model.eval()(data) - data) ** 2).mean())
        model.train()
        trial.next_budget(loss=loss, scale=scaler.get_scale(), rate=optimizer.param_groups[0]["lr"])
        learning_rate = trial["learning_rate"]
        trial.in_force(learning_rate=learning_rate)
        trial.apply(optimizer, lr=None)
    for group in optimizer.param_groups:
        group["lr"] = rate(iteration)
    loss = ((model(X) - X) ** 2).mean()
    X = batch()
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    optimizer.zero_grad(set_to_none=True)
    iteration += 1
"""

WRAPPINGS = {
    "bare": "",
    # Without a C++ compiler: that of the names and the calls is the same.
    "compiled": 'model = torch.compile(model, backend="eager")',
    "DDP": """
torch.distributed.init_process_group("gloo")
model = torch.nn.parallel.DistributedDataParallel(model)
""",
}


# Each pair starts PyTorch twice, which takes longer than all that it trains.
@pytest.mark.parametrize(("wrapping", "is_scaled"), [("bare", False), ("compiled", True), ("DDP", False)])
def test_a_public_script_goes_on_bit_for_bit_and_takes_a_clones_values(
    wrapping: str, is_scaled: bool
) -> None:
    text = SCRIPT.replace("SCALED", str(is_scaled)).replace("WRAPPING", WRAPPINGS[wrapping])
    meeting = {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "0"}
    values = {"learning_rate": 0.01, "weight_decay": 0.3}
    with Script(text, **meeting) as run:
        run.hello()
        run.begin(0, configuration=values)
        # The groups were made with another decay than the trial's: theirs is no multiple of PyTorch's default.
        assert run.ask("train", to=1)["effective"] == values
        run.ask("train", to=2)
        middle = run.save()
        scalars = middle.metadata["scalars"]
        assert [scalars[f"optimizer.param_groups.{group}.weight_decay"] for group in (0, 1)] == [0.3, 0]
        straight = [run.ask("train", to=unit)["metrics"] for unit in (3, 4)]
        end = run.save().content

        run.begin(1, do="restore", configuration=values, state=middle.path, budget=2)
        assert [run.ask("train", to=unit)["metrics"] for unit in (3, 4)] == straight
        assert run.save().content == end

        clone = {"learning_rate": 0.02, "weight_decay": 0.2}
        run.begin(2, do="restore", configuration=clone, state=middle.path, budget=2)
        answer = run.ask("train", to=3)
        assert answer["effective"] == clone and answer["metrics"]["rate"] == 0.02
        scalars = run.save().metadata["scalars"]
        assert [scalars[f"optimizer.param_groups.{group}.weight_decay"] for group in (0, 1)] == [0.2, 0]

        run.begin(3, configuration=values, state=middle.path, budget=2)  # started anew
        assert [run.ask("train", to=unit)["metrics"] for unit in (3, 4)] == straight
        assert run.save().content == end
        assert straight[1]["scale"] == (1024.0 * 2**5 if is_scaled else 1.0)
        run.end()
