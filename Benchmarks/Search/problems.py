"""The problems of the quality benchmark: spaces in the JSON of `tuner-mpi suggest`, and what is minimized over them.

Eight functions of COCO's bbob and two of bbob-mixint (Hansen et al., "COCO: a platform for comparing continuous
optimizers in a black-box setting", 2021), instance 1 unless said otherwise, and six tuning tasks of scikit-learn on
its own data sets, each a cross-validated error with fixed folds and seeds, so that every optimizer meets the same
function.
"""

import math
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Callable


@dataclass(frozen=True)
class Problem:
    name: str
    space: list
    evaluate: Callable[[dict], float]


def number(name, low, high, log=False):
    return {"name": name, "type": "float", "low": low, "high": high, "log": log}


def integer(name, low, high, log=False):
    return {"name": name, "type": "int", "low": low, "high": high, "log": log}


def choice(name, *choices):
    return {"name": name, "type": "cat", "choices": list(choices)}


# --- COCO ---------------------------------------------------------------------------------------------------------

@lru_cache(maxsize=None)
def coco(suite, function, dimension, instance=1):
    import cocoex
    problems = cocoex.Suite(suite, "", f"function_indices:{function} dimensions:{dimension} instance_indices:{instance}")
    return problems, problems.get_problem(0)


def bbob(function, dimension):
    space = [number(f"x{j}", -5.0, 5.0) for j in range(dimension)]
    names = [parameter["name"] for parameter in space]

    def evaluate(values):
        _, problem = coco("bbob", function, dimension)
        return float(problem([values[name] for name in names]))

    return Problem(f"bbob-f{function}-{dimension}d", space, evaluate)


def bbob_mixint(function, dimension):
    """The first variables of bbob-mixint are integers in [0, n - 1], n = 2, 4, 8, 16 in turn; a fifth is continuous."""
    fifth = dimension // 5
    sizes = [n for n in (2, 4, 8, 16) for _ in range(fifth)]
    space = [integer(f"n{j}", 0, n - 1) for j, n in enumerate(sizes)]
    space += [number(f"x{j}", -5.0, 5.0) for j in range(dimension - len(sizes))]
    names = [parameter["name"] for parameter in space]

    def evaluate(values):
        _, problem = coco("bbob-mixint", function, dimension)
        return float(problem([values[name] for name in names]))

    return Problem(f"mixint-f{function}-{dimension}d", space, evaluate)


# --- scikit-learn -------------------------------------------------------------------------------------------------

def cross_validated_error(model, x, y, classes, folds=3):
    """Mean error of a classifier, or mean squared error over the variance of y of a regressor; 1 if it can't be fitted."""
    import numpy
    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
    splits = (StratifiedKFold if classes else KFold)(folds, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if classes:
                error = 1 - cross_val_score(model, x, y, cv=splits, scoring="accuracy").mean()
            else:
                error = -cross_val_score(model, x, y, cv=splits, scoring="neg_mean_squared_error").mean() / numpy.var(y)
        except ValueError:
            return 1.0
    return min(float(error), 1.0) if math.isfinite(error) else 1.0


@lru_cache(maxsize=None)
def data(name, rows):
    from sklearn import datasets, utils
    if name == "friedman":
        return datasets.make_friedman1(rows, 10, noise=1.0, random_state=0)
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return utils.resample(x, y, n_samples=min(rows, len(y)), replace=False, random_state=0)


def svm_digits(v):
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC
    model = SVC(C=v["C"], gamma=v["gamma"], kernel=v["kernel"], degree=v["degree"], coef0=v["coef0"], max_iter=2000)
    return cross_validated_error(make_pipeline(StandardScaler(), model), *data("digits", 500), classes=True)


def forest_cancer(v):
    from sklearn.ensemble import RandomForestClassifier
    model = RandomForestClassifier(
        v["trees"], criterion=v["criterion"], max_depth=v["depth"], min_samples_leaf=v["leaf"],
        max_features=v["features"], bootstrap=v["bootstrap"] == "yes", random_state=0)
    return cross_validated_error(model, *data("breast_cancer", 400), classes=True)


def boosting_diabetes(v):
    from sklearn.ensemble import GradientBoostingRegressor
    model = GradientBoostingRegressor(
        loss=v["loss"], learning_rate=v["rate"], n_estimators=v["stages"], subsample=v["subsample"],
        max_depth=v["depth"], min_samples_leaf=v["leaf"], max_features=v["features"], random_state=0)
    return cross_validated_error(model, *data("diabetes", 442), classes=False)


def mlp_digits(v):
    from sklearn.neural_network import MLPClassifier
    model = MLPClassifier(
        (v["width"],) * v["layers"], activation=v["activation"], solver=v["solver"], alpha=v["decay"],
        batch_size=v["batch"], learning_rate_init=v["rate"], max_iter=8, random_state=0)
    x, y = data("digits", 500)
    return cross_validated_error(model, x / 16, y, classes=True)


def ridge_friedman(v):
    from sklearn.linear_model import ElasticNet
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, QuantileTransformer, StandardScaler
    scalers = {"standard": StandardScaler(), "range": MinMaxScaler(), "quantile": QuantileTransformer(n_quantiles=50)}
    model = ElasticNet(alpha=v["alpha"], l1_ratio=v["l1"], max_iter=300, selection="cyclic")
    pipeline = make_pipeline(scalers[v["scaler"]], PolynomialFeatures(v["degree"]), StandardScaler(), model)
    return cross_validated_error(pipeline, *data("friedman", 200), classes=False)


def neighbours_wine(v):
    from sklearn.decomposition import PCA
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    model = KNeighborsRegressor(v["k"], weights=v["weights"], p=v["p"], metric="minkowski")
    pipeline = make_pipeline(StandardScaler(), PCA(v["components"], whiten=v["whiten"] == "yes"), model)
    return cross_validated_error(pipeline, *data("wine", 178), classes=False)


SCIKIT_LEARN = [
    Problem("svm-digits", [
        number("C", 1e-3, 1e3, log=True), number("gamma", 1e-5, 10.0, log=True), number("coef0", -1.0, 1.0),
        integer("degree", 1, 5), choice("kernel", "rbf", "poly", "sigmoid")], svm_digits),
    Problem("forest-cancer", [
        integer("trees", 2, 40, log=True), integer("depth", 1, 20, log=True), integer("leaf", 1, 50, log=True),
        number("features", 0.05, 1.0), choice("criterion", "gini", "entropy"), choice("bootstrap", "yes", "no")],
        forest_cancer),
    Problem("boosting-diabetes", [
        number("rate", 1e-3, 1.0, log=True), integer("stages", 5, 100, log=True), integer("depth", 1, 8),
        number("subsample", 0.1, 1.0), integer("leaf", 1, 60, log=True), number("features", 0.1, 1.0),
        choice("loss", "squared_error", "absolute_error", "huber")], boosting_diabetes),
    Problem("mlp-digits", [
        number("rate", 1e-5, 1.0, log=True), number("decay", 1e-7, 1.0, log=True), integer("width", 4, 128, log=True),
        integer("layers", 1, 3), integer("batch", 8, 128, log=True), choice("activation", "relu", "tanh", "logistic"),
        choice("solver", "adam", "sgd")], mlp_digits),
    Problem("elastic-friedman", [
        number("alpha", 1e-5, 10.0, log=True), number("l1", 0.0, 1.0), integer("degree", 1, 3),
        choice("scaler", "standard", "range", "quantile")], ridge_friedman),
    Problem("neighbours-wine", [
        integer("k", 1, 60, log=True), number("p", 1.0, 5.0), integer("components", 1, 13),
        choice("weights", "uniform", "distance"), choice("whiten", "yes", "no")], neighbours_wine),
]

PROBLEMS = {problem.name: problem for problem in [
    bbob(8, 5), bbob(10, 5), bbob(15, 5), bbob(21, 5), bbob(7, 10), bbob(13, 10), bbob(19, 3), bbob(24, 10),
    bbob_mixint(8, 5), bbob_mixint(21, 10), *SCIKIT_LEARN]}
