"""Local dependence: pairs of items that hang together beyond θ."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from scoring.arrays import FloatArray, IntArray
from scoring.fit.forms import by_group
from scoring.fit.residuals import columns
from scoring.items import Item, trace
from scoring.quadrature import Nodes
from scoring.responses import Responses


@dataclass(frozen=True, kw_only=True, eq=False)
class LocalDependence:
    """LD-X² of each pair, shape (n_items, n_items), symmetric, NaN on the diagonal and where nobody had both.

    ``v``: Cramér's V with the sign of the dependence: positive where the answers agree more than expected.
    """

    x2: FloatArray
    df: IntArray
    p: FloatArray
    v: FloatArray


def q3(items: Sequence[Item], responses: Responses, theta: FloatArray) -> FloatArray:
    """Correlations of the residuals x − E(x | θ), shape (n_items, n_items): Yen (1984), APM 8, eq. 6.

    Over those who had both items; NaN where fewer than two did. Under local independence the expected value
    is near −1 / (n_items − 1).
    """
    size = (responses.n_persons, responses.n_items)
    residual, had = np.zeros(size), np.zeros(size)
    for place, column in enumerate(columns(items, responses, theta)):
        residual[column.rows, place] = column.residual
        had[column.rows, place] = 1.0
    weighted, weight = residual * responses.weights[:, None], had * responses.weights[:, None]
    n = weight.T @ had
    n[n < 2] = np.nan
    mean = (weighted.T @ had) / n
    covariance = (weighted.T @ residual) / n - mean * mean.T
    variance = np.maximum((weighted * residual).T @ had / n - mean**2, 0.0)
    spread = np.sqrt(variance * variance.T)
    return np.divide(covariance, spread, out=np.full_like(spread, np.nan), where=spread > 0)


def ld_x2(items: Sequence[Item], responses: Responses, nodes: Nodes, weights: FloatArray) -> LocalDependence:
    """Pearson's X² of each pair's table against N ∫ P_j(θ) P_k(θ): Chen & Thissen (1997), J. Educ. Behav.
    Stat. 22, eqs. 9–10. df = (K_j − 1)(K_k − 1), too few for estimated items, so p is a guide. Sign: that of
    the observed less the expected gamma of Goodman & Kruskal (1954).

    ``weights`` of the nodes: (n_nodes,) or (n_groups, n_nodes).
    """
    curves = [trace(item, nodes.theta) for item in items]
    latent = by_group(weights, responses)
    starts = np.concatenate([[0], np.cumsum([item.categories for item in items])])
    observed = _observed(items, responses, starts)
    expected = _expected(curves, responses, latent, starts)
    n_items = len(items)
    x2, v = np.full((2, n_items, n_items), np.nan)
    for first in range(n_items):
        for second in range(first):
            block = np.s_[starts[first] : starts[first + 1], starts[second] : starts[second + 1]]
            found, sign, n = _pair(observed[block], expected[block])
            x2[first, second] = x2[second, first] = found
            least = min(items[first].categories, items[second].categories) - 1
            v[first, second] = v[second, first] = sign * np.sqrt(found / (n * least)) if n > 0 else np.nan
    steps = np.array([item.categories - 1 for item in items], dtype=np.int64)
    df = np.outer(steps, steps)
    return LocalDependence(x2=x2, df=df, p=chdtrc(df, x2), v=v)


def _observed(items: Sequence[Item], responses: Responses, starts: IntArray) -> FloatArray:
    """Weights of the persons in each category of one item and each of another; shape (categories of all
    items, the same)."""
    shown = np.zeros((responses.n_persons, starts[-1]))
    for place, item in enumerate(items):
        codes = responses.codes[:, place, None]
        shown[:, starts[place] : starts[place + 1]] = codes == np.arange(item.categories)
    return (shown * responses.weights[:, None]).T @ shown


def _expected(
    curves: Sequence[FloatArray], responses: Responses, latent: FloatArray, starts: IntArray
) -> FloatArray:
    """What the model expects in place of ``_observed``, for those who had both items of a pair."""
    stacked = np.hstack(list(curves))
    owner = np.repeat(np.arange(len(curves)), np.diff(starts))
    total = np.zeros((starts[-1], starts[-1]))
    for group, weights in enumerate(latent):
        rows = responses.groups == group
        had = responses.administered[rows].astype(np.float64)
        pairs = (had * responses.weights[rows, None]).T @ had
        total += pairs[np.ix_(owner, owner)] * ((stacked * weights[:, None]).T @ stacked)
    return total


def _pair(observed: FloatArray, expected: FloatArray) -> tuple[float, float, float]:
    """X², the sign of the dependence, and N."""
    n = float(observed.sum())
    if n <= 0:
        return np.nan, 1.0, 0.0
    gaps = (observed - expected) ** 2
    found = float(np.sum(np.divide(gaps, expected, out=np.zeros_like(gaps), where=expected > 0)))
    return found, 1.0 if _gamma(observed) >= _gamma(expected) else -1.0, n


def _gamma(table: FloatArray) -> float:
    """(C − D) / (C + D): concordant and discordant pairs of persons; 0 without any."""
    above = _corner(table[::-1, ::-1])[::-1, ::-1]
    crossed = _corner(table[::-1])[::-1]
    concordant, discordant = float(np.sum(table * above)), float(np.sum(table * crossed))
    whole = concordant + discordant
    return (concordant - discordant) / whole if whole > 0 else 0.0


def _corner(table: FloatArray) -> FloatArray:
    """The sum of all cells before each in both directions, that cell's row and column left out."""
    sums = np.zeros_like(table)
    sums[1:, 1:] = table.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]
    return sums
