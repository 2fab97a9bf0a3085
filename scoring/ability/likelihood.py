"""The likelihood of answers over a grid of θ, as matrix products on masks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import log_expit, log_softmax

from scoring.arrays import CodeArray, FloatArray, IntArray
from scoring.errors import MeasurementError
from scoring.items import CUMULATIVE, DICHOTOMOUS, Item
from scoring.responses import MISSING, Responses

CHUNK = 4096
"""Persons at a time: what a chunk needs stays in the processor's cache."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AnswerTable:
    """Adds up, over the items a person had, a value that depends on the item, the answer and θ.

    ``base`` of shape (n_thetas,) is the sum for category 0 throughout; ``differences`` of shape (n_columns,
    n_thetas) what another answer, or none, changes; ``items`` and ``codes`` of shape (n_columns,) say which.
    """

    base: FloatArray
    differences: FloatArray
    items: IntArray
    codes: CodeArray

    def sums(self, codes: CodeArray) -> FloatArray:
        """Shape (n_persons, n_thetas), for ``codes`` of shape (n_persons, n_items)."""
        chosen = codes[:, self.items] == self.codes
        total = chosen.astype(np.float64) @ self.differences
        total += self.base
        return total


def answer_table(values: Sequence[FloatArray], codes: CodeArray) -> AnswerTable:
    """``values``: for each item an array of shape (n_thetas, categories); ``codes``: all that will be looked
    up."""
    missing = (codes == MISSING).any(axis=0)
    columns = [
        (place, code, table[:, code] - table[:, 0])
        for place, table in enumerate(values)
        for code in range(1, table.shape[1])
    ]
    columns += [(place, MISSING, -values[place][:, 0]) for place, some in enumerate(missing) if some]
    return AnswerTable(
        base=np.sum([table[:, 0] for table in values], axis=0),
        differences=np.array([difference for _, _, difference in columns]),
        items=np.array([place for place, _, _ in columns], dtype=np.int64),
        codes=np.array([code for _, code, _ in columns], dtype=np.int8),
    )


def item_sums(values: FloatArray, codes: CodeArray) -> FloatArray:
    """The sum over the items each person had of ``values``, of shape (n_items, n_thetas); shape (n_persons or
    1, n_thetas): one row where every person had every item."""
    missing = codes == MISSING
    if not missing.any():
        return values.sum(axis=0, keepdims=True)
    return (~missing).astype(np.float64) @ values


def log_trace(item: Item, theta: FloatArray) -> FloatArray:
    """Logarithms of ``items.trace``, shape (n_thetas, categories), without loss where a probability is close
    to 0 or 1."""
    if item.model in DICHOTOMOUS:
        return _log_dichotomous(item, theta)
    if item.model in CUMULATIVE:
        return _log_graded(item, theta)
    slopes = np.arange(1, item.categories) * item.slope
    above = np.outer(theta, slopes if item.category_slopes is None else item.category_slopes)
    return log_softmax(np.column_stack([np.zeros(len(theta)), above + item.intercepts]), axis=1)


def check_answers(items: Sequence[Item], responses: Responses) -> None:
    """Refuse answers that their items do not have.

    Raises MeasurementError with code ``items_differ`` (``items``, ``columns``: how many) or ``wrong_code``
    (``item``, ``row`` counted from 1, ``value``, ``categories``).
    """
    if len(items) != responses.n_items:
        raise MeasurementError("items_differ", items=len(items), columns=responses.n_items)
    for place, item in enumerate(items):
        wrong = np.flatnonzero(responses.codes[:, place] >= item.categories)
        if len(wrong):
            value = int(responses.codes[wrong[0], place])
            raise MeasurementError(
                "wrong_code", item=item.name, row=int(wrong[0]) + 1, value=value, categories=item.categories
            )


def _log_dichotomous(item: Item, theta: FloatArray) -> FloatArray:
    z = item.slope * theta + item.intercepts[0]
    span = np.log(item.upper - item.lower)
    with np.errstate(divide="ignore"):
        low, high = np.log(item.lower), np.log1p(-item.upper)
    return np.column_stack([np.logaddexp(high, span + log_expit(-z)), np.logaddexp(low, span + log_expit(z))])


def _log_graded(item: Item, theta: FloatArray) -> FloatArray:
    # σ(x) − σ(y) = σ(x) σ(−y) (1 − exp(y − x)), and x − y = d_k − d_{k+1} whatever θ is.
    z = item.slope * theta[:, None] + item.intercepts
    zeros = np.zeros((len(theta), 1))
    reached, stopped = np.hstack([zeros, log_expit(z)]), np.hstack([log_expit(-z), zeros])
    gaps = np.log(-np.expm1(np.diff(item.intercepts)))
    return reached + stopped + np.concatenate([[0.0], gaps, [0.0]])
