"""A bank of items as tables, looked up instead of computed for every student and item."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.ability.likelihood import log_trace
from scoring.arrays import CodeArray, FloatArray, IntArray
from scoring.information import item_information
from scoring.items import Item
from scoring.quadrature import Nodes

STEP = 0.01
"""Between the points of the information table."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Bank:
    """``points`` of shape (n_points,), evenly spaced, and ``information`` of shape (n_points, n_items) there;
    ``log_p`` of shape (most categories, n_nodes, n_items) at the nodes, −∞ where an item has no such
    category.
    """

    items: tuple[Item, ...]
    nodes: Nodes
    points: FloatArray
    information: FloatArray
    log_p: FloatArray

    @property
    def size(self) -> int:
        """How many items."""
        return len(self.items)

    def information_at(self, theta: FloatArray) -> FloatArray:
        """Every item's information for every student, shape (n_students, n_items), interpolated; beyond the
        nodes as at their end."""
        place = np.clip((theta - self.points[0]) / STEP, 0.0, len(self.points) - 1.0)
        low = np.minimum(place.astype(np.int64), len(self.points) - 2)
        share = (place - low)[:, None]
        out = self.information[low]
        out += share * (self.information[low + 1] - out)
        return out

    def log_likelihood(self, items: IntArray, codes: CodeArray) -> FloatArray:
        """Of one answer each, at the nodes, shape (n_students, n_nodes)."""
        return self.log_p[codes, :, items]


def make_bank(items: Sequence[Item], nodes: Nodes) -> Bank:
    """The tables of at least one item."""
    limit = float(nodes.theta[-1])
    points = np.linspace(-limit, limit, 2 * round(limit / STEP) + 1)
    log_p = np.full((max(item.categories for item in items), nodes.count, len(items)), -np.inf)
    for place, item in enumerate(items):
        log_p[: item.categories, :, place] = log_trace(item, nodes.theta).T
    return Bank(
        items=tuple(items),
        nodes=nodes,
        points=points,
        information=np.column_stack([item_information(item, points) for item in items]),
        log_p=log_p,
    )
