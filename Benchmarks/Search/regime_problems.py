"""The problems of the regime tables: development problems, none of a family with those of `problems.py` or `curves.py`.

Textbook functions under noise, under limits and in fifty dimensions (Surjanovic and Bingham, "Virtual library of
simulation experiments"; Gardner et al., "Bayesian optimization with inequality constraints", ICML 2014); ZDT (Zitzler,
Deb and Thiele, 2000), DTLZ (Deb, Thiele, Laumanns and Zitzler, 2002) and older problems of two objectives; choices whose
effects follow from places in a plane that nobody is told; and trees of conditions. All of them are deterministic but for
the noise, which is drawn from the study's seed.
"""

import math
import random
from dataclasses import dataclass, field
from typing import Callable

from problems import choice, number


@dataclass(frozen=True)
class RegimeProblem:
    """What is minimized: `evaluate` gives a list of costs and a list of limited metrics, each to be at most 0."""
    name: str
    space: list
    evaluate: Callable[[dict], tuple]
    objectives: int = 1
    limits: int = 0
    #: The deviation of the noise that is added to the one cost.
    noise: float = 0.0
    #: Where volumes end, of several objectives.
    reference: list = field(default_factory=list)


# --- Textbook functions, over the unit cube -----------------------------------------------------------------------------

def scaled(u, low, high):
    return [low + x * (high - low) for x in u]


def levy(u):
    w = [1 + (x - 1) / 4 for x in scaled(u, -10, 10)]
    middle = sum((a - 1) ** 2 * (1 + 10 * math.sin(math.pi * a + 1) ** 2) for a in w[:-1])
    return math.sin(math.pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)


def michalewicz(u):
    x = scaled(u, 0, math.pi)
    return -sum(math.sin(a) * math.sin((i + 1) * a * a / math.pi) ** 20 for i, a in enumerate(x))


def styblinski_tang(u):
    return sum(a ** 4 - 16 * a * a + 5 * a for a in scaled(u, -5, 5)) / 2


def zakharov(u):
    x = scaled(u, -5, 10)
    tilt = sum(0.5 * (i + 1) * a for i, a in enumerate(x))
    return sum(a * a for a in x) + tilt ** 2 + tilt ** 4


def dixon_price(u):
    x = scaled(u, -10, 10)
    return (x[0] - 1) ** 2 + sum((i + 1) * (2 * x[i] ** 2 - x[i - 1]) ** 2 for i in range(1, len(x)))


def alpine(u):
    return sum(abs(a * math.sin(a) + 0.1 * a) for a in scaled(u, -8, 10))


def salomon(u):
    r = math.sqrt(sum(a * a for a in scaled(u, -9, 10)))
    return 1 - math.cos(2 * math.pi * r) + 0.1 * r


def ackley(u):
    x = scaled(u, -4, 5)
    n = len(x)
    return (20 + math.e - 20 * math.exp(-0.2 * math.sqrt(sum(a * a for a in x) / n))
            - math.exp(sum(math.cos(2 * math.pi * a) for a in x) / n))


def hartmann(u):
    weights = (1.0, 1.2, 3.0, 3.2)
    a = ((10, 3, 17, 3.5, 1.7, 8), (0.05, 10, 17, 0.1, 8, 14), (3, 3.5, 1.7, 10, 17, 8), (17, 8, 0.05, 10, 0.1, 14))
    p = ((.1312, .1696, .5569, .0124, .8283, .5886), (.2329, .4135, .8307, .3736, .1004, .9991),
         (.2348, .1451, .3522, .2883, .3047, .6650), (.4047, .8828, .8732, .5743, .1091, .0381))
    return -sum(w * math.exp(-sum(b * (x - c) ** 2 for x, b, c in zip(u, r, q))) for w, r, q in zip(weights, a, p))


def cube(dimension):
    return [number(f"x{j}", 0.0, 1.0) for j in range(dimension)]


def point(values):
    return [values[f"x{j}"] for j in range(len(values))]


TEXTBOOK = [(levy, 5), (michalewicz, 5), (styblinski_tang, 4), (zakharov, 4), (dixon_price, 5), (alpine, 4),
            (salomon, 3), (hartmann, 6)]


def spread(function, dimension):
    """The interquartile range over the cube."""
    draw = random.Random(1)
    costs = sorted(function([draw.random() for _ in range(dimension)]) for _ in range(2000))
    return costs[1500] - costs[500]


def noisy(function, dimension):
    """Noise of 0.3 of the interquartile range."""
    return RegimeProblem(f"noisy-{function.__name__}-{dimension}d", cube(dimension), lambda v: ([function(point(v))], []),
                         noise=0.3 * spread(function, dimension))


def limited(function, dimension, count):
    """One limit keeps about a fifth of the cube; three, a ball, a wave and a plane, some twentieth."""
    def limits(u):
        ball = sum((x - 0.35) ** 2 for x in u) / len(u) - 0.045
        wave = math.sin(4 * u[0]) * math.cos(3 * u[1]) + 0.3 * u[0] - 0.2
        plane = 0.45 - sum((j % 2 + 0.5) * x for j, x in enumerate(u)) / len(u)
        return [ball, wave, plane][:count]
    return RegimeProblem(f"limits{count}-{function.__name__}-{dimension}d", cube(dimension),
                         lambda v: ([function(point(v))], limits(point(v))), limits=count)


def embedded(function, active, dimension):
    """Of fifty numbers some matter much and the others a little."""
    def cost(u):
        order = random.Random(dimension).sample(range(dimension), active)
        rest = sum((u[j] - 0.3) ** 2 for j in range(dimension) if j not in order) / dimension
        return function([u[j] for j in order]) + 0.1 * rest
    return RegimeProblem(f"wide-{function.__name__}-{active}of{dimension}", cube(dimension), lambda v: ([cost(point(v))], []))


def wide(function, dimension):
    return RegimeProblem(f"wide-{function.__name__}-{dimension}", cube(dimension), lambda v: ([function(point(v))], []))


# --- Several objectives -------------------------------------------------------------------------------------------------

def zdt1(u):
    g = 1 + 9 * sum(u[1:]) / (len(u) - 1)
    return [u[0], g * (1 - math.sqrt(u[0] / g))]


def zdt2(u):
    g = 1 + 9 * sum(u[1:]) / (len(u) - 1)
    return [u[0], g * (1 - (u[0] / g) ** 2)]


def zdt3(u):
    g = 1 + 9 * sum(u[1:]) / (len(u) - 1)
    return [u[0], g * (1 - math.sqrt(u[0] / g) - u[0] / g * math.sin(10 * math.pi * u[0]))]


def dtlz2(objectives):
    def costs(u):
        g = sum((x - 0.5) ** 2 for x in u[objectives - 1:])
        angles = [x * math.pi / 2 for x in u[:objectives - 1]]
        found = []
        for j in range(objectives):
            value = 1 + g
            for angle in angles[:objectives - 1 - j]:
                value *= math.cos(angle)
            found.append(value * math.sin(angles[objectives - 1 - j]) if j > 0 else value)
        return found
    return costs


def fonseca(u):
    x, root = scaled(u, -4, 4), 1 / math.sqrt(len(u))
    return [1 - math.exp(-sum((a - root) ** 2 for a in x)), 1 - math.exp(-sum((a + root) ** 2 for a in x))]


def kursawe(u):
    x = scaled(u, -5, 5)
    return [sum(-10 * math.exp(-0.2 * math.hypot(a, b)) for a, b in zip(x, x[1:])),
            sum(abs(a) ** 0.8 + 5 * math.sin(a ** 3) for a in x)]


def poloni(u):
    x, y = scaled(u, -math.pi, math.pi)

    def b(s, t):
        return (0.5 * math.sin(s) - 2 * math.cos(s) + math.sin(t) - 1.5 * math.cos(t),
                1.5 * math.sin(s) - math.cos(s) + 2 * math.sin(t) - 0.5 * math.cos(t))
    (a1, a2), (b1, b2) = b(1, 2), b(x, y)
    return [1 + (a1 - b1) ** 2 + (a2 - b2) ** 2, (x + 3) ** 2 + (y + 1) ** 2]


def several(name, costs, dimension, reference):
    return RegimeProblem(name, cube(dimension), lambda v: (costs(point(v)), []), objectives=len(reference),
                         reference=reference)


# --- Many choices, and conditions -----------------------------------------------------------------------------------------

def categories(sizes, numbers, function):
    """Each choice has a place in the plane; the cost is a function of the places and the numbers."""
    places = [[(draw.random(), draw.random()) for _ in range(size)]
              for k, size in enumerate(sizes) for draw in [random.Random(1000 * k + size)]]
    space = [choice(f"c{k}", *(f"v{i}" for i in range(size))) for k, size in enumerate(sizes)] + cube(numbers)

    def cost(v):
        u = [x for k, own in enumerate(places) for x in own[int(v[f"c{k}"][1:])]]
        return function(u + [v[f"x{j}"] for j in range(numbers)])
    name = "x".join(map(str, sizes))
    return RegimeProblem(f"choices-{function.__name__}-{name}", space, lambda v: ([cost(v)], []))


def tree(functions, depth):
    """A choice of a method, each with numbers of its own; at depth 2 a switch adds two more of them."""
    space = [choice("method", *(f.__name__ for f, _ in functions))]
    for function, d in functions:
        own = function.__name__
        space += [{**number(f"{own}{j}", 0.0, 1.0), "when": {"method": own}} for j in range(d)]
        if depth > 1:
            space.append({**choice(f"{own}_fine", "no", "yes"), "when": {"method": own}})
            space += [{**number(f"{own}_fine{j}", 0.0, 1.0), "when": {f"{own}_fine": "yes"}} for j in range(2)]
    space.append(number("shared", 0.0, 1.0))
    quartiles = {f.__name__: spread(f, d) for f, d in functions}
    least = {f.__name__: min(f([draw.random() for _ in range(d)]) for _ in range(2000))
             for f, d in functions for draw in [random.Random(2)]}

    def cost(v):
        function, d = next((f, d) for f, d in functions if f.__name__ == v["method"])
        own = function.__name__
        value = (function([v[f"{own}{j}"] for j in range(d)]) - least[own]) / quartiles[own]
        value += (v["shared"] - 0.7) ** 2 + 0.1 * [f for f, _ in functions].index(function)
        if v.get(f"{own}_fine") == "yes":
            value += 2 * sum((v[f"{own}_fine{j}"] - 0.2) ** 2 for j in range(2)) - 0.3
        return value
    name = "-".join(f.__name__ for f, _ in functions)
    return RegimeProblem(f"tree{depth}-{name}", space, lambda v: ([cost(v)], []))


PAIRS = [[(levy, 3), (alpine, 2)], [(hartmann, 6), (ackley, 3)], [(michalewicz, 3), (zakharov, 2), (salomon, 2)],
         [(styblinski_tang, 3), (dixon_price, 3), (levy, 2)]]

REGIMES = {
    "noise": [noisy(*f) for f in TEXTBOOK],
    "one-limit": [limited(*f, 1) for f in TEXTBOOK],
    "three-limits": [limited(*f, 3) for f in TEXTBOOK],
    "objectives": [
        several("zdt1-6d", zdt1, 6, [1.1, 1.1]), several("zdt2-6d", zdt2, 6, [1.1, 1.1]),
        several("zdt3-6d", zdt3, 6, [1.1, 1.1]), several("dtlz2-6d", dtlz2(2), 6, [1.1, 1.1]),
        several("dtlz2-6d-3", dtlz2(3), 6, [1.1, 1.1, 1.1]), several("fonseca-4d", fonseca, 4, [1.0, 1.0]),
        several("kursawe-3d", kursawe, 3, [-14.0, 1.0]), several("poloni-2d", poloni, 2, [20.0, 30.0])],
    "choices": [
        categories([20, 20], 2, ackley), categories([20, 20, 20, 20], 0, styblinski_tang), categories([50, 50], 2, levy),
        categories([50], 4, alpine), categories([100, 20], 2, hartmann), categories([100, 100], 0, zakharov),
        categories([200], 4, dixon_price), categories([200, 50], 1, styblinski_tang)],
    "conditions": [tree(pair, depth) for depth in (1, 2) for pair in PAIRS],
    "fifty": [wide(f, 50) for f in (levy, ackley, styblinski_tang, michalewicz)]
    + [embedded(f, active, 50) for f, active in ((hartmann, 6), (levy, 8), (styblinski_tang, 5), (dixon_price, 10))],
}
