"""Items of every model and answers drawn from them."""

import numpy as np

from scoring.arrays import FloatArray
from scoring.items import Item, trace
from scoring.responses import MISSING, Responses, make_responses


def mixed_items(rng: np.random.Generator, n: int) -> tuple[Item, ...]:
    """``n`` items, each model in turn."""
    return tuple(_MAKERS[place % len(_MAKERS)](str(place), rng) for place in range(n))


def two_pl(rng: np.random.Generator, n: int) -> tuple[Item, ...]:
    return tuple(_two(str(place), rng) for place in range(n))


def answers(
    items: tuple[Item, ...], theta: FloatArray, rng: np.random.Generator, missing: float = 0.0
) -> Responses:
    """One row per θ; each cell not administered with probability ``missing``."""
    codes = np.empty((len(theta), len(items)), dtype=np.int8)
    for place, item in enumerate(items):
        reached = np.cumsum(trace(item, theta), axis=1)[:, :-1]
        codes[:, place] = np.sum(rng.random((len(theta), 1)) > reached, axis=1)
    codes[rng.random(codes.shape) < missing] = MISSING
    categories = np.array([item.categories for item in items])
    return make_responses(codes, names=tuple(item.name for item in items), categories=categories)


def _two(name: str, rng: np.random.Generator) -> Item:
    return Item(name=name, model="2pl", slope=rng.lognormal(0.2, 0.3), intercepts=rng.normal(size=1))


def _three(name: str, rng: np.random.Generator) -> Item:
    return Item(
        name=name, model="3pl", slope=rng.lognormal(0.3, 0.2), intercepts=rng.normal(size=1), lower=0.2
    )


def _four(name: str, rng: np.random.Generator) -> Item:
    return Item(
        name=name,
        model="4pl",
        slope=rng.lognormal(0.3, 0.2),
        intercepts=rng.normal(size=1),
        lower=0.15,
        upper=0.95,
    )


def _graded(name: str, rng: np.random.Generator) -> Item:
    return Item(
        name=name,
        model="grm",
        slope=rng.lognormal(0.2, 0.2),
        intercepts=np.array([1.5, 0.5, -0.5, -1.5]) + rng.normal(0, 0.2),
    )


def _partial(name: str, rng: np.random.Generator) -> Item:
    return Item(name=name, model="gpcm", slope=rng.lognormal(0.0, 0.2), intercepts=rng.normal(0, 0.5, size=3))


def _nominal(name: str, rng: np.random.Generator) -> Item:
    return Item(
        name=name,
        model="nominal",
        slope=1.0,
        intercepts=rng.normal(0, 0.5, size=3),
        category_slopes=np.array([0.4, -0.3, 1.1]),
    )


_MAKERS = (_two, _three, _graded, _partial, _four, _nominal)
