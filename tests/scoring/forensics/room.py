"""A simulated exam: five options an item, of which the first is empty; some candidates copy."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.forensics.chances import Chances, model_chances
from scoring.items import Item

RIGHT = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulated:
    """What everybody answered, and what it was drawn from."""

    codes: IntArray
    right: BoolArray
    theta: FloatArray
    chances: Chances


def nominal_items(count: int, rng: np.random.Generator) -> list[Item]:
    """Items whose second category is right and whose last is never given by the able."""
    return [
        Item(
            name=str(place),
            model="nominal",
            slope=1.0,
            intercepts=np.array([2.0 + rng.normal(0, 0.7), *rng.normal(1.0, 0.5, 3)]),
            category_slopes=np.array([1.5, *rng.normal(0.3, 0.2, 3)]),
        )
        for place in range(count)
    ]


def simulate(n: int, items: int, seed: int) -> Simulated:
    """Candidates who work alone."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=n)
    chances = model_chances(nominal_items(items, rng), theta)
    below = np.cumsum(chances.p.reshape(n, items, 5), axis=2) < rng.random((n, items, 1))
    codes = np.minimum(below.sum(axis=2), 4)
    return Simulated(codes=codes, right=codes == RIGHT, theta=theta, chances=chances)


def with_copy(room: Simulated, copier: int, source: int, share: float, seed: int) -> Simulated:
    """The same room where one takes over a share of another's answers."""
    codes = room.codes.copy()
    taken = np.random.default_rng(seed).random(codes.shape[1]) < share
    codes[copier, taken] = codes[source, taken]
    return Simulated(codes=codes, right=codes == RIGHT, theta=room.theta, chances=room.chances)
