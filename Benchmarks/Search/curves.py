"""The problems of the multi-fidelity benchmark: tuning tasks whose fidelity is epochs.

Each is an iterative learner, on data that comes with scikit-learn, trained on one half of the rows and measured on the
other after every epoch: a pass over the rows, or a stage or tree of an ensemble. Networks are in NumPy, ensembles of
scikit-learn's trees, because a call of its own `partial_fit` takes longer than the epoch. A curve is a function of the
configuration: splits and seeds are fixed. Spaces are in the JSON of `tuner-mpi suggest`.

`PROBLEMS` is what the published tables are made of. `LARGER` has ten times the data, and the hyperparameters and epochs of
LCBench (Zimmer, Lindauer and Hutter, "Auto-PyTorch Tabular", IEEE TPAMI 43(9), 2021), without dropout. `DEVELOPMENT` has other learners on other data: whoever changes a
default may look at those as often as they like, and at `PROBLEMS` afterwards.
"""

import json
import math
import os
import sqlite3
import warnings
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, Iterator

from problems import choice, integer, number


@dataclass(frozen=True)
class CurveProblem:
    name: str
    epochs: int
    space: list
    # The cost after each epoch in turn, without end.
    train: Callable[[dict], Iterator[float]]
    # What a cost is cut off at, and what training that broke down costs.
    worst: float


# --- Data: (training rows, targets, rows to measure on, targets) ------------------------------------------------------

@lru_cache(maxsize=None)
def data(name):
    from sklearn import datasets, utils
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler
    made = {
        "friedman1": lambda: datasets.make_friedman1(400, 10, noise=1.0, random_state=1),
        "friedman3": lambda: datasets.make_friedman3(400, noise=0.1, random_state=2),
        "clusters": lambda: datasets.make_classification(
            400, 12, n_informative=6, n_redundant=3, n_classes=3, flip_y=0.05, random_state=3),
        "blobs": lambda: datasets.make_gaussian_quantiles(n_samples=400, n_features=6, n_classes=3, random_state=4),
        "moons": lambda: datasets.make_moons(400, noise=0.25, random_state=5),
        "all digits": lambda: datasets.load_digits(return_X_y=True),
        "spheres": lambda: datasets.make_gaussian_quantiles(
            n_samples=1600, n_features=8, n_classes=4, random_state=9),
        "classes": lambda: datasets.make_classification(
            1600, 16, n_informative=8, n_redundant=4, n_classes=4, flip_y=0.05, random_state=10),
        "hills": lambda: datasets.make_friedman2(1600, noise=20.0, random_state=11),
        "many clusters": lambda: datasets.make_classification(
            4000, 20, n_informative=10, n_redundant=5, n_classes=5, flip_y=0.05, random_state=6),
        "many quantiles": lambda: datasets.make_gaussian_quantiles(
            n_samples=4000, n_features=10, n_classes=5, random_state=7),
        "much friedman1": lambda: datasets.make_friedman1(4000, 10, noise=1.0, random_state=8),
    }
    x, y = made[name]() if name in made else getattr(datasets, f"load_{name}")(return_X_y=True)
    x, y = utils.shuffle(x, y, n_samples=len(y) if name in made else min(len(y), 400), random_state=0)
    is_real = y.dtype.kind == "f"
    if is_real:
        y = (y - y.mean()) / y.std()
    x, other, y, targets = train_test_split(x, y, test_size=0.5, random_state=0, stratify=None if is_real else y)
    scaler = StandardScaler().fit(x)
    return scaler.transform(x), y, scaler.transform(other), targets


# --- Costs: of outputs, [rows, outputs], given targets -----------------------------------------------------------------

def log_loss(outputs, targets):
    import numpy
    shares = softmax(outputs)[numpy.arange(len(targets)), targets]
    return float(-numpy.log(numpy.clip(shares, 1e-7, 1)).mean())


def error_rate(outputs, targets):
    return float((outputs.argmax(axis=1) != targets).mean())


def squared_error(outputs, targets):
    return float(((outputs[:, 0] - targets) ** 2).mean())


def softmax(outputs):
    import numpy
    powers = numpy.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


# --- Learners: from values to a curve ---------------------------------------------------------------------------------

def wanted(y):
    """Targets as outputs: one-hot for classes."""
    import numpy
    return y[:, None] if y.dtype.kind == "f" else numpy.eye(1 + y.max())[y]


def gradient_of(loss, outputs, y):
    """Of the loss of a batch, summed, by its outputs."""
    import numpy
    if loss == "cross_entropy":
        return softmax(outputs) - y
    if loss == "squared":
        return outputs - y
    if loss == "huber":
        return numpy.clip(outputs - y, -1, 1)
    signs = 2 * y - 1
    margin = 1 - signs * outputs
    if loss == "hinge":
        return -signs * (margin > 0)
    return -2 * signs * numpy.clip(margin, 0, 2)  # squared hinge, linear far out


def network(name, cost, degree=1, **fixed):
    """A multilayer perceptron, without layers a linear model, by Adam or by gradient descent with momentum.

    A parameter that the space leaves out is in `fixed`, or has the value written here.
    """
    usual = {"layers": 1, "width": 16, "batch": 32, "activation": "relu", "solver": "adam", "decay": 1e-4, "l1": 0.0,
             "momentum": 0.9, "beta1": 0.9, "power": 0.0, "loss": None}

    def train(values):
        import numpy
        v = {**usual, **fixed, **values}
        x, y, other, targets = polynomials(name, degree)
        loss = v["loss"] or ("squared" if y.dtype.kind == "f" else "cross_entropy")
        y = wanted(y)
        random = numpy.random.RandomState(0)
        sizes = [x.shape[1]] + [v["width"]] * v["layers"] + [y.shape[1]]
        weights = []
        for inputs, outputs in zip(sizes, sizes[1:]):
            scale = math.sqrt(2 / (inputs + outputs)) if v["layers"] else 0
            weights += [random.normal(0, 1, (inputs, outputs)) * scale, numpy.zeros(outputs)]
        first = [numpy.zeros_like(w) for w in weights]
        second = [numpy.zeros_like(w) for w in weights]
        apply = {"relu": lambda z: numpy.maximum(z, 0), "tanh": numpy.tanh, "logistic": lambda z: 1 / (1 + numpy.exp(-z))}[
            v["activation"]]
        slope = {"relu": lambda a: a > 0, "tanh": lambda a: 1 - a * a, "logistic": lambda a: a * (1 - a)}[v["activation"]]

        def forward(x):
            values = [x]
            for k in range(0, len(weights), 2):
                z = values[-1] @ weights[k] + weights[k + 1]
                values.append(z if k + 2 == len(weights) else apply(z))
            return values

        step = 0
        while True:
            order = random.permutation(len(x))
            for start in range(0, len(x), v["batch"]):
                rows = order[start:start + v["batch"]]
                layers = forward(x[rows])
                delta = gradient_of(loss, layers[-1], y[rows]) / len(rows)
                step += 1
                rate = v["rate"] / step ** v["power"]
                for k in range(len(weights) - 2, -1, -2):
                    gradients = [layers[k // 2].T @ delta, delta.sum(axis=0)]
                    if k:
                        delta = delta @ weights[k].T * slope(layers[k // 2])
                    gradients[0] += v["decay"] * (
                        (1 - v["l1"]) * weights[k] + v["l1"] * numpy.sign(weights[k]) if v["l1"] else weights[k])
                    for i, g in enumerate(gradients, k):
                        if v["solver"] == "sgd":
                            first[i] = v["momentum"] * first[i] - rate * g
                            weights[i] = weights[i] + first[i]
                        else:
                            first[i] = v["beta1"] * first[i] + (1 - v["beta1"]) * g
                            second[i] = 0.999 * second[i] + 0.001 * g * g
                            size = rate * math.sqrt(1 - 0.999 ** step) / (1 - v["beta1"] ** step)
                            weights[i] = weights[i] - size * first[i] / (numpy.sqrt(second[i]) + 1e-8)
            yield cost(forward(other)[-1], targets)
    return train


@lru_cache(maxsize=None)
def polynomials(name, degree):
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler
    x, y, other, targets = data(name)
    if degree > 1:
        expand = make_pipeline(PolynomialFeatures(degree, include_bias=False), StandardScaler()).fit(x)
        x, other = expand.transform(x), expand.transform(other)
    return x, y, other, targets


def boosting(name, cost, **fixed):
    """Gradient boosting, a stage an epoch: a regression tree of all outputs' negative gradients (Friedman, 2001)."""
    usual = {"subsample": 1.0, "leaf": 1, "features": 1.0, "depth": 3, "split": 2, "impurity": 0.0, "loss": None,
             "splits": "best"}

    def train(values):
        import numpy
        from sklearn.tree import DecisionTreeRegressor
        v = {**usual, **fixed, **values}
        x, y, other, targets = data(name)
        loss = v["loss"] or ("squared" if y.dtype.kind == "f" else "cross_entropy")
        y, x, other = wanted(y), x.astype(numpy.float32), other.astype(numpy.float32)
        random = numpy.random.RandomState(0)
        inside, outside = numpy.zeros(y.shape), numpy.zeros((len(other), y.shape[1]))
        # Gradients of shares are smaller than those of numbers.
        scale = v["rate"] * (1 if loss in ("squared", "huber") else y.shape[1])
        while True:
            rows = random.permutation(len(x))[:max(2, round(v["subsample"] * len(x)))]
            tree = DecisionTreeRegressor(
                max_depth=v["depth"], min_samples_leaf=v["leaf"], min_samples_split=v["split"],
                max_features=v["features"], min_impurity_decrease=v["impurity"], splitter=v["splits"],
                random_state=random.randint(1 << 30))
            tree.fit(x[rows], -gradient_of(loss, inside, y)[rows], check_input=False)
            inside += scale * tree.tree_.predict(x).reshape(inside.shape)
            outside += scale * tree.tree_.predict(other).reshape(outside.shape)
            yield cost(outside, targets)
    return train


def forest(name, cost):
    """A forest, a tree an epoch; its outputs are the logarithms of the trees' mean shares."""
    def train(values):
        import numpy
        from sklearn.tree import DecisionTreeClassifier
        x, y, other, targets = data(name)
        x, other, classes = x.astype(numpy.float32), other.astype(numpy.float32), 1 + y.max()
        random = numpy.random.RandomState(0)
        total, count = numpy.zeros((len(other), classes)), 0
        while True:
            # A row of every class, so that all trees have the same outputs.
            rows = random.randint(len(x), size=max(10, round(values["rows"] * len(x))))
            rows = numpy.concatenate([rows, numpy.unique(y, return_index=True)[1]])
            tree = DecisionTreeClassifier(
                max_depth=values["depth"], min_samples_leaf=values["leaf"], max_features=values["features"],
                criterion=values["criterion"], splitter=values["splits"], random_state=random.randint(1 << 30))
            tree.fit(x[rows], y[rows], check_input=False)
            votes = tree.tree_.predict(other).reshape(len(other), classes)
            total, count = total + votes / votes.sum(axis=1, keepdims=True), count + 1
            yield cost(numpy.log(total / count + 1e-12), targets)
    return train


RATE = number("rate", 1e-4, 1.0, log=True)
DECAY = number("decay", 1e-6, 1.0, log=True)
TREES = [integer("depth", 1, 20, log=True), integer("leaf", 1, 50, log=True), number("features", 0.05, 1.0),
         number("rows", 0.05, 1.0, log=True), choice("criterion", "gini", "entropy"), choice("splits", "best", "random")]

PROBLEMS = {problem.name: problem for problem in [
    CurveProblem("mlp-digits", 27, [
        RATE, DECAY, integer("width", 4, 64, log=True), integer("layers", 1, 3), integer("batch", 16, 128, log=True),
        choice("activation", "relu", "tanh", "logistic"), choice("solver", "adam", "sgd")],
        network("digits", log_loss), 3.0),
    CurveProblem("mlp-cancer", 81, [RATE, DECAY, number("momentum", 0.0, 0.99)],
                 network("breast_cancer", log_loss, solver="sgd", width=8), 2.0),
    CurveProblem("mlp-friedman", 27, [
        RATE, number("beta1", 0.5, 0.99), integer("width", 4, 64, log=True), integer("layers", 1, 3),
        integer("batch", 8, 128, log=True), choice("activation", "relu", "tanh")],
        network("friedman1", squared_error), 2.0),
    CurveProblem("linear-digits", 27, [
        number("rate", 1e-4, 10.0, log=True), DECAY, number("l1", 0.0, 1.0), number("power", 0.0, 0.9),
        number("momentum", 0.0, 0.99), integer("batch", 8, 128, log=True),
        choice("loss", "cross_entropy", "hinge", "squared_hinge")],
        network("digits", error_rate, layers=0, solver="sgd"), 1.0),
    CurveProblem("linear-wine", 81, [number("rate", 1e-4, 10.0, log=True), DECAY],
                 network("wine", log_loss, layers=0, solver="sgd", momentum=0.0), 2.0),
    CurveProblem("linear-friedman", 81, [
        RATE, DECAY, number("l1", 0.0, 1.0), number("power", 0.0, 0.9), choice("loss", "squared", "huber")],
        network("friedman1", squared_error, degree=2, layers=0, solver="sgd", batch=16), 2.0),
    CurveProblem("boosting-diabetes", 81, [
        number("rate", 1e-3, 1.0, log=True), integer("depth", 1, 8), number("subsample", 0.1, 1.0),
        integer("leaf", 1, 60, log=True), number("features", 0.1, 1.0), choice("loss", "squared", "huber")],
        boosting("diabetes", squared_error), 2.0),
    CurveProblem("boosting-cancer", 27, [
        number("rate", 1e-2, 2.0, log=True), integer("depth", 1, 6), number("subsample", 0.2, 1.0),
        number("features", 0.05, 1.0, log=True)], boosting("breast_cancer", log_loss), 2.0),
    CurveProblem("boosting-clusters", 27, [
        number("rate", 1e-2, 2.0, log=True), integer("depth", 1, 8), number("subsample", 0.1, 1.0),
        integer("leaf", 1, 50, log=True), integer("split", 2, 100, log=True), number("features", 0.05, 1.0),
        number("impurity", 1e-6, 0.1, log=True), choice("splits", "best", "random")],
        boosting("clusters", log_loss), 3.0),
    CurveProblem("forest-digits", 27, TREES, forest("digits", error_rate), 1.0),
]}

DEVELOPMENT = {problem.name: problem for problem in [
    CurveProblem("mlp-wine", 27, [
        RATE, DECAY, integer("width", 4, 64, log=True), integer("batch", 8, 64, log=True),
        choice("activation", "relu", "tanh", "logistic")], network("wine", log_loss), 2.0),
    CurveProblem("mlp-moons", 81, [
        RATE, DECAY, number("beta1", 0.5, 0.99), integer("width", 2, 64, log=True), integer("layers", 1, 3),
        integer("batch", 16, 128, log=True), choice("activation", "relu", "tanh"), choice("solver", "adam", "sgd")],
        network("moons", log_loss), 2.0),
    CurveProblem("mlp-blobs", 27, [
        RATE, number("momentum", 0.0, 0.99), integer("width", 4, 64, log=True), integer("layers", 1, 3)],
        network("blobs", error_rate, solver="sgd"), 1.0),
    CurveProblem("linear-cancer", 27, [
        number("rate", 1e-4, 10.0, log=True), DECAY, number("l1", 0.0, 1.0), choice("loss", "cross_entropy", "hinge")],
        network("breast_cancer", log_loss, layers=0, solver="sgd"), 2.0),
    CurveProblem("boosting-friedman3", 81, [
        number("rate", 1e-3, 1.0, log=True), integer("depth", 1, 8), number("subsample", 0.1, 1.0),
        integer("leaf", 1, 60, log=True), choice("loss", "squared", "huber")],
        boosting("friedman3", squared_error), 2.0),
    CurveProblem("forest-clusters", 27, TREES, forest("clusters", log_loss), 3.0),
    CurveProblem("mlp-clusters", 27, [
        RATE, DECAY, number("momentum", 0.1, 0.99), integer("width", 8, 64, log=True), integer("layers", 1, 3),
        integer("batch", 8, 128, log=True), choice("activation", "relu", "tanh")],
        network("clusters", log_loss, solver="sgd"), 3.0),
    CurveProblem("mlp-friedman3", 81, [
        RATE, DECAY, integer("width", 4, 64, log=True), integer("batch", 8, 128, log=True),
        choice("activation", "relu", "tanh", "logistic")], network("friedman3", squared_error), 2.0),
    CurveProblem("mlp-iris", 27, [
        number("rate", 1e-4, 1.0, log=True), DECAY, number("momentum", 0.0, 0.99), number("power", 0.0, 0.9)],
        network("iris", log_loss, solver="sgd"), 2.0),
    CurveProblem("linear-clusters", 81, [
        number("rate", 1e-4, 10.0, log=True), DECAY, number("l1", 0.0, 1.0), number("power", 0.0, 0.9),
        integer("batch", 8, 128, log=True)],
        network("clusters", log_loss, degree=2, layers=0, solver="sgd"), 3.0),
    CurveProblem("boosting-blobs", 27, [
        number("rate", 1e-2, 2.0, log=True), integer("depth", 1, 8), number("subsample", 0.1, 1.0),
        integer("leaf", 1, 50, log=True)], boosting("blobs", log_loss), 3.0),
    CurveProblem("mlp-diabetes", 27, [
        RATE, DECAY, number("momentum", 0.1, 0.99), integer("width", 4, 64, log=True), integer("layers", 1, 3),
        integer("batch", 8, 128, log=True)], network("diabetes", squared_error, solver="sgd"), 2.0),
]}

LCBENCH = [number("rate", 1e-4, 0.1, log=True), number("decay", 1e-5, 0.1, log=True), number("momentum", 0.1, 0.99),
           integer("width", 16, 128, log=True), integer("layers", 1, 4), integer("batch", 16, 512, log=True)]

LARGER = {problem.name: problem for problem in [
    CurveProblem("larger-digits", 52, LCBENCH, network("all digits", error_rate, solver="sgd"), 1.0),
    CurveProblem("larger-clusters", 52, LCBENCH, network("many clusters", error_rate, solver="sgd"), 1.0),
    CurveProblem("larger-quantiles", 52, LCBENCH, network("many quantiles", log_loss, solver="sgd"), 3.0),
    CurveProblem("larger-friedman", 52, LCBENCH, network("much friedman1", squared_error, solver="sgd"), 2.0),
]}

# As `LARGER`, for whoever changes a default of a search that stops early: other data, and fewer.
TABULAR = {problem.name: problem for problem in [
    CurveProblem("tabular-spheres", 52, LCBENCH, network("spheres", error_rate, solver="sgd"), 1.0),
    CurveProblem("tabular-classes", 52, LCBENCH, network("classes", log_loss, solver="sgd"), 3.0),
    CurveProblem("tabular-hills", 52, LCBENCH, network("hills", squared_error, solver="sgd"), 2.0),
]}

ALL = {**PROBLEMS, **DEVELOPMENT, **LARGER, **TABULAR}


@contextmanager
def quiet():
    """No warnings, and none of scikit-learn's checks, which take longer than an epoch of so few rows."""
    import sklearn
    import numpy
    with warnings.catch_warnings(), numpy.errstate(all="ignore"), sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        warnings.simplefilter("ignore")
        yield


# --- Curves, each epoch trained once ----------------------------------------------------------------------------------

class Curves:
    """A problem's curves, as far as anyone has asked for them, kept in a folder from study to study."""

    # Learners that wait for more epochs; of others only the costs are kept, and they begin anew.
    AT_WORK = 100

    def __init__(self, problem, folder):
        self.problem = problem
        self.known, self.grown, self.at_work = {}, set(), OrderedDict()
        os.makedirs(folder, exist_ok=True)
        self.file = sqlite3.connect(os.path.join(folder, f"{problem.name}.sqlite"), timeout=600)
        self.file.execute("CREATE TABLE IF NOT EXISTS curves (configuration TEXT PRIMARY KEY, costs TEXT)")

    def costs(self, values, epochs):
        """The costs after each of so many epochs."""
        key = json.dumps(values, sort_keys=True)
        if key not in self.known:
            row = self.file.execute("SELECT costs FROM curves WHERE configuration = ?", (key,)).fetchone()
            self.known[key] = json.loads(row[0]) if row else []
        curve = self.known[key]
        if len(curve) < epochs:
            done, learner = self.at_work.pop(key, (0, None))
            learner = learner or self.problem.train(values)
            with quiet():
                while done < epochs:
                    cost = self.next_cost(learner)
                    done += 1
                    if done > len(curve):
                        curve.append(cost)
            self.grown.add(key)
            if epochs < self.problem.epochs:
                self.at_work[key] = done, learner
                if len(self.at_work) > self.AT_WORK:
                    self.at_work.popitem(last=False)
        return curve[:epochs]

    def next_cost(self, learner):
        """The worst there is from where training broke down."""
        try:
            cost = next(learner, self.problem.worst)
        except (ValueError, FloatingPointError, OverflowError):
            return self.problem.worst
        return min(cost, self.problem.worst) if math.isfinite(cost) else self.problem.worst

    def close(self):
        """Longer curves replace shorter ones, whoever has written since."""
        with self.file:
            self.file.execute("BEGIN IMMEDIATE")
            for key in self.grown:
                row = self.file.execute("SELECT costs FROM curves WHERE configuration = ?", (key,)).fetchone()
                if row is None or len(json.loads(row[0])) < len(self.known[key]):
                    self.file.execute("REPLACE INTO curves VALUES (?, ?)", (key, json.dumps(self.known[key])))
        self.file.close()
