"""Two groups that answer items of their own."""

from dataclasses import replace

import numpy as np

from scoring.arrays import BoolArray
from scoring.items import Item
from scoring.responses import Responses, make_responses
from tests.scoring.fit.simulated import draw_codes


def harder(item: Item, by: float) -> Item:
    return replace(item, intercepts=item.intercepts - by * item.slope)


def two_groups(
    rng: np.random.Generator,
    items: list[Item],
    for_focal: list[Item],
    n: int,
    impact: float = 0.0,
) -> tuple[Responses, BoolArray]:
    """``n`` of each group; the focal group's mean θ is ``impact`` lower."""
    theta = rng.normal(size=2 * n)
    theta[n:] -= impact
    codes = np.vstack([draw_codes(rng, items, theta[:n]), draw_codes(rng, for_focal, theta[n:])])
    categories = np.array([item.categories for item in items])
    return make_responses(codes, categories=categories), np.arange(2 * n) >= n
