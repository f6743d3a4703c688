"""tuner-mpi and its peers behind one ask-and-tell interface, each as its documentation recommends it.

`ask()` gives (token, values); `tell(token, cost)` answers it. Everything is minimized, and several trials may be
asked for before one is told.
"""

import json
import logging
import math
import os
import subprocess
import tempfile
import warnings


class Dialogue:
    """`tuner-mpi suggest` over a pipe."""

    def __init__(self, *options):
        program = os.environ.get("TUNER_MPI", ".build/release/tuner-mpi")
        self.process = subprocess.Popen(
            [program, "suggest", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def call(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def ask(self):
        trial = self.call(op="ask", n=1)["trials"][0]
        return trial, trial["params"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(600)


class TunerMPI(Dialogue):
    """A study of one objective, told by its cost."""

    def __init__(self, space, seed, budget, parallel, sampler=None, fidelity=None, options=()):
        super().__init__(*options, *(["--sampler", sampler] if sampler else []))
        more = {"fidelity": fidelity} if fidelity else {}
        self.call(
            op="init", space=space, seed=seed, budget=budget, parallel=parallel, direction="minimize", warm=False, **more)

    def tell(self, trial, cost, **more):
        self.call(op="tell", trials=[{"id": trial["id"], "params": trial["params"], "value": cost, **more}])


class Optuna:
    """Optuna's GPSampler, or its TPESampler with `multivariate` and `constant_liar`."""

    def __init__(self, space, seed, budget, parallel, sampler):
        import optuna
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        warnings.simplefilter("ignore")
        if sampler == "gp":
            chosen = optuna.samplers.GPSampler(seed=seed)
        else:
            chosen = optuna.samplers.TPESampler(multivariate=True, constant_liar=True, seed=seed)
        self.study = optuna.create_study(sampler=chosen)
        self.space = optuna_distributions(space)

    def ask(self):
        trial = self.study.ask(self.space)
        return trial, dict(trial.params)

    def tell(self, trial, cost):
        self.study.tell(trial, cost)

    def close(self):
        pass


def optuna_distributions(space):
    from optuna import distributions
    made = {}
    for p in space:
        if p["type"] == "float":
            made[p["name"]] = distributions.FloatDistribution(p["low"], p["high"], log=p["log"])
        elif p["type"] == "int":
            made[p["name"]] = distributions.IntDistribution(p["low"], p["high"], log=p["log"])
        else:
            made[p["name"]] = distributions.CategoricalDistribution(p["choices"])
    return made


class OptunaHyperband:
    """Optuna's TPESampler with `multivariate`, and its HyperbandPruner, which is asked after every epoch."""

    def __init__(self, space, seed, epochs, reduction=3):
        import optuna
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        warnings.simplefilter("ignore")
        # The pruner draws a trial's bracket from the study's name.
        self.study = optuna.create_study(
            study_name=f"seed {seed}", sampler=optuna.samplers.TPESampler(multivariate=True, seed=seed),
            pruner=optuna.pruners.HyperbandPruner(min_resource=1, max_resource=epochs, reduction_factor=reduction))
        self.space, self.epochs, self.pruned = optuna_distributions(space), epochs, optuna.trial.TrialState.PRUNED

    def begin(self):
        """A new trial and its values."""
        trial = self.study.ask(self.space)
        return trial, dict(trial.params)

    def number(self, trial):
        return trial.number

    def goes_on(self, trial, epoch, cost):
        """Takes the cost after an epoch; whether the trial gets another one."""
        trial.report(cost, epoch)
        if epoch == self.epochs:
            self.study.tell(trial, cost)
        elif trial.should_prune():
            self.study.tell(trial, state=self.pruned)
        else:
            return True
        return False


class SyneTuneBOHB:
    """Syne Tune's BOHB as it comes: kernel densities, and ASHA's stopping rule after every epoch."""

    def __init__(self, space, seed, epochs):
        import random
        import numpy
        logging.disable(logging.WARNING)
        warnings.simplefilter("ignore")
        from syne_tune.optimizer.baselines import BOHB
        # Its random configurations come from the global generators.
        random.seed(seed)
        numpy.random.seed(seed)
        self.study = BOHB(
            syne_tune_space(space), metric="cost", time_attr="epoch", max_t=epochs, do_minimize=True, random_seed=seed)
        self.begun = 0

    def begin(self):
        import datetime
        from syne_tune.backend.trial_status import Trial
        trial = Trial(self.begun, self.study.suggest().config, datetime.datetime.now())
        self.begun += 1
        self.study.on_trial_add(trial)
        return trial, dict(trial.config)

    def number(self, trial):
        return trial.trial_id

    def goes_on(self, trial, epoch, cost):
        from syne_tune.optimizer.scheduler import SchedulerDecision
        return self.study.on_trial_result(trial, {"cost": cost, "epoch": epoch}) == SchedulerDecision.CONTINUE


def syne_tune_space(space):
    from syne_tune import config_space
    made = {}
    for p in space:
        if p["type"] == "cat":
            made[p["name"]] = config_space.choice(p["choices"])
        else:
            kind = ("lograndint" if p["log"] else "randint") if p["type"] == "int" else (
                "loguniform" if p["log"] else "uniform")
            made[p["name"]] = getattr(config_space, kind)(p["low"], p["high"])
    return made


class SMAC:
    """SMAC3's HyperparameterOptimizationFacade."""

    def __init__(self, space, seed, budget, parallel):
        logging.disable(logging.WARNING)
        warnings.simplefilter("ignore")
        from ConfigSpace import Categorical, ConfigurationSpace, Float, Integer
        from smac import HyperparameterOptimizationFacade, Scenario
        configurations = ConfigurationSpace(seed=seed)
        for p in space:
            if p["type"] == "float":
                configurations.add(Float(p["name"], (p["low"], p["high"]), log=p["log"]))
            elif p["type"] == "int":
                configurations.add(Integer(p["name"], (p["low"], p["high"]), log=p["log"]))
            else:
                configurations.add(Categorical(p["name"], p["choices"]))
        self.folder = tempfile.TemporaryDirectory()
        scenario = Scenario(
            configurations, deterministic=True, n_trials=budget, seed=seed, output_directory=self.folder.name)
        self.smac = HyperparameterOptimizationFacade(
            scenario, lambda config, seed=0: 0.0, overwrite=True, logging_level=False)

    def ask(self):
        info = self.smac.ask()
        plain = {name: value.item() if hasattr(value, "item") else value for name, value in dict(info.config).items()}
        return info, plain

    def tell(self, info, cost):
        from smac.runhistory.dataclasses import TrialValue
        self.smac.tell(info, TrialValue(cost=cost))

    def close(self):
        self.folder.cleanup()


class BoTorch:
    """BoTorch's SingleTaskGP and qLogExpectedImprovement; choices one-hot, integers rounded, 10 Sobol points first."""

    def __init__(self, space, seed, budget, parallel):
        import torch
        warnings.simplefilter("ignore")
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self.space = space
        self.width = sum(len(p["choices"]) if p["type"] == "cat" else 1 for p in space)
        self.points, self.costs, self.pending = [], [], {}
        self.initial = torch.quasirandom.SobolEngine(self.width, scramble=True, seed=seed).draw(10).double()
        self.asked = 0

    def ask(self):
        if self.asked < len(self.initial):
            point = self.initial[self.asked]
        else:
            point = self.model_point()
        values = self.values(point.tolist())
        token = self.asked
        self.asked += 1
        self.pending[token] = self.features(values)
        return token, values

    def model_point(self):
        import torch
        from botorch.acquisition import qLogExpectedImprovement
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import SingleTaskGP
        from botorch.models.transforms import Standardize
        from botorch.optim import optimize_acqf
        from gpytorch.mlls import ExactMarginalLogLikelihood
        if not self.costs:
            return torch.rand(self.width).double()
        x = torch.tensor(self.points, dtype=torch.double)
        y = -torch.tensor(self.costs, dtype=torch.double).unsqueeze(-1)
        model = SingleTaskGP(x, y, outcome_transform=Standardize(1))
        try:
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        except Exception:  # the fit failed: the prior's hyperparameters serve
            pass
        pending = torch.tensor(list(self.pending.values()), dtype=torch.double) if self.pending else None
        acquisition = qLogExpectedImprovement(model, best_f=y.max(), X_pending=pending)
        bounds = torch.stack([torch.zeros(self.width), torch.ones(self.width)]).double()
        candidate, _ = optimize_acqf(acquisition, bounds, q=1, num_restarts=5, raw_samples=128)
        return candidate[0].detach()

    def values(self, point):
        values, start = {}, 0
        for p in self.space:
            if p["type"] == "cat":
                scores = point[start:start + len(p["choices"])]
                values[p["name"]] = p["choices"][scores.index(max(scores))]
                start += len(scores)
                continue
            low, high = (math.log(p["low"]), math.log(p["high"])) if p["log"] else (p["low"], p["high"])
            value = low + point[start] * (high - low)
            value = min(max(math.exp(value) if p["log"] else value, p["low"]), p["high"])
            values[p["name"]] = round(value) if p["type"] == "int" else value
            start += 1
        return values

    def features(self, values):
        features = []
        for p in self.space:
            value = values[p["name"]]
            if p["type"] == "cat":
                features += [float(value == c) for c in p["choices"]]
            elif p["log"]:
                features.append(math.log(value / p["low"]) / math.log(p["high"] / p["low"]))
            else:
                features.append((value - p["low"]) / (p["high"] - p["low"]))
        return features

    def tell(self, token, cost):
        self.points.append(self.pending.pop(token))
        self.costs.append(cost)

    def close(self):
        pass


OPTIMIZERS = {
    "auto": lambda *study: TunerMPI(*study, sampler="auto"),
    "gp": lambda *study: TunerMPI(*study, sampler="gp"),
    "tpe": lambda *study: TunerMPI(*study, sampler="tpe"),
    "forest": lambda *study: TunerMPI(*study, sampler="forest"),
    "turbo": lambda *study: TunerMPI(*study, sampler="turbo"),
    "cma-es": lambda *study: TunerMPI(*study, sampler="cma-es"),
    "genetic": lambda *study: TunerMPI(*study, sampler="genetic"),
    "random": lambda *study: TunerMPI(*study, sampler="random"),
    "optuna-gp": lambda *study: Optuna(*study, sampler="gp"),
    "optuna-tpe": lambda *study: Optuna(*study, sampler="tpe"),
    "smac": lambda *study: SMAC(*study),
    "botorch": lambda *study: BoTorch(*study),
}
