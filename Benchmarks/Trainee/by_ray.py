"""The study by Ray Tune's population based training, with a worker for each of two cores."""

import os
import tempfile

import ray
import torch
from ray import tune
from ray.tune.schedulers import PopulationBasedTraining
from study import DECAYS, GENERATIONS, MEMBERS, RATES, accuracy, data, epoch, network


class Member(tune.Trainable):
    def setup(self, config):
        self.images, self.labels, self.dev_images, self.dev_labels = data()
        self.model = network()
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=config["learning_rate"], weight_decay=config["weight_decay"]
        )

    def step(self):
        epoch(self.model, self.optimizer, self.images, self.labels)
        return {"dev_accuracy": accuracy(self.model, self.dev_images, self.dev_labels)}

    def save_checkpoint(self, directory):
        torch.save((self.model.state_dict(), self.optimizer.state_dict()), f"{directory}/state.pt")

    def load_checkpoint(self, directory):
        weights, memory = torch.load(f"{directory}/state.pt")
        self.model.load_state_dict(weights)
        self.optimizer.load_state_dict(memory)
        self.reset_config(self.config)

    def reset_config(self, config):
        for group in self.optimizer.param_groups:
            group["lr"], group["weight_decay"] = config["learning_rate"], config["weight_decay"]
        return True


ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False,
         runtime_env={"env_vars": {"PYTHONPATH": os.path.dirname(os.path.abspath(__file__))}})
space = {"learning_rate": tune.loguniform(*RATES), "weight_decay": tune.loguniform(*DECAYS)}
with tempfile.TemporaryDirectory() as folder:
    results = tune.Tuner(
        tune.with_resources(Member, {"cpu": 1}),
        param_space=space,
        tune_config=tune.TuneConfig(
            metric="dev_accuracy", mode="max", num_samples=MEMBERS, reuse_actors=True,
            scheduler=PopulationBasedTraining(
                perturbation_interval=1, hyperparam_mutations=dict(space), synch=False
            ),
        ),
        run_config=tune.RunConfig(stop={"training_iteration": GENERATIONS}, storage_path=folder, verbose=0),
    ).fit()
    print(f"best {results.get_best_result().metrics['dev_accuracy']:.4f}")
