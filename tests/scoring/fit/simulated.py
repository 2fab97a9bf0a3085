"""Answers drawn from known items."""

from collections.abc import Sequence

import numpy as np

from scoring.arrays import FloatArray
from scoring.items import Item, Model, trace
from scoring.responses import Responses, make_responses


def draw_items(rng: np.random.Generator, count: int, categories: int = 2) -> list[Item]:
    """2PL items, or graded ones with more categories."""
    model: Model = "2pl" if categories == 2 else "grm"
    items: list[Item] = []
    for place in range(count):
        slope = float(rng.lognormal(0.1, 0.25))
        difficulties = np.sort(rng.normal(0.0, 1.0, categories - 1))
        items.append(Item(name=f"i{place}", model=model, slope=slope, intercepts=-slope * difficulties))
    return items


def draw_codes(rng: np.random.Generator, items: Sequence[Item], theta: FloatArray) -> np.ndarray:
    """A category of each item for each θ."""
    columns: list[np.ndarray] = []
    for item in items:
        bounds = trace(item, theta).cumsum(axis=1)[:, :-1]
        columns.append((rng.random(len(theta))[:, None] > bounds).sum(axis=1))
    return np.column_stack(columns).astype(np.int8)


def draw_responses(rng: np.random.Generator, items: Sequence[Item], theta: FloatArray) -> Responses:
    """The matrix with the items' names and categories."""
    return make_responses(
        draw_codes(rng, items, theta),
        names=tuple(item.name for item in items),
        categories=np.array([item.categories for item in items]),
    )
