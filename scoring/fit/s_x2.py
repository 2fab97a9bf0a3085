"""Item fit by observed and expected answers at each sum score."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from scoring.arrays import FloatArray, IntArray
from scoring.fit.collapse import Cells, collapsed
from scoring.fit.forms import Form, by_group, forms
from scoring.fit.free_parameters import n_free
from scoring.fit.sum_scores import rest_scores
from scoring.items import Item, trace
from scoring.quadrature import Nodes
from scoring.responses import Responses


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemFit:
    """S-X² of each item, arrays of shape (n_items,); NaN where no degree of freedom is left. ``n``: the
    weight of the persons it is of."""

    statistic: FloatArray
    df: IntArray
    p: FloatArray
    rmsea: FloatArray
    n: FloatArray


def s_x2(
    items: Sequence[Item],
    responses: Responses,
    nodes: Nodes,
    weights: FloatArray,
    *,
    anchored: Collection[str] = frozenset(),
    least_expected: float = 1.0,
) -> ItemFit:
    """S-X² = Σ_s Σ_k N_s (O_sk − E_sk)² / E_sk with E_sk = ∫ P_k S(s − k) / ∫ S*(s), S the distribution of
    the sum of the other items: Orlando & Thissen (2000), APM 24, eq. 4; for more than two categories Kang &
    Chen (2008), J. Educ. Meas. 45, 391–406. RMSEA = √((X²/df − 1) / (N − 1)).

    ``weights`` of the nodes: (n_nodes,) or (n_groups, n_nodes). df: cells less rows less the item's
    parameters (none for those ``anchored``, by name). Sum scores of different forms do not compare, so each
    group's form has its own table, and tables add up; who is of no form (``forms``) is left out. Cells are
    put together until ``least_expected`` are expected. Raises what ``forms`` raises.
    """
    curves = [trace(item, nodes.theta) for item in items]
    latent = by_group(weights, responses)
    total, cells = np.zeros(len(items)), np.zeros(len(items), dtype=np.int64)
    n = np.zeros(len(items))
    for form in forms(responses):
        tables = _tables(form, responses, curves, latent[form.group])
        for place, (observed, expected) in zip(form.places, tables, strict=True):
            table = collapsed(observed, expected, least_expected)
            total[place] += _pearson(table)
            cells[place] += table.count - len(table.expected)
            n[place] += form.n
    spent = np.array([0 if item.name in anchored else n_free(item) for item in items])
    return _tested(total, np.maximum(cells - spent, 0), n)


def _tested(total: FloatArray, df: IntArray, n: FloatArray) -> ItemFit:
    known = df > 0
    divisor = np.where(known, df, 1)
    excess = np.maximum(total / divisor - 1.0, 0.0) / np.maximum(n - 1.0, 1.0)
    return ItemFit(
        statistic=np.where(known, total, np.nan),
        df=df,
        p=np.where(known, chdtrc(divisor, total), np.nan),
        rmsea=np.where(known, np.sqrt(excess), np.nan),
        n=n,
    )


def _pearson(table: Cells) -> float:
    there = table.expected > 0
    gaps = table.observed[there] - table.expected[there]
    return float(np.sum(gaps**2 / table.expected[there]))


def _tables(
    form: Form, responses: Responses, curves: Sequence[FloatArray], weights: FloatArray
) -> list[tuple[FloatArray, FloatArray]]:
    """Observed and expected counts of each item of the form at each sum score but the lowest and highest."""
    own = [curves[place] for place in form.places]
    codes = responses.codes[np.ix_(form.rows, form.places)]
    scores = codes.sum(axis=1, dtype=np.int64)
    most = sum(curve.shape[1] - 1 for curve in own)
    weight = responses.weights[form.rows]
    persons = np.bincount(scores, weights=weight, minlength=most + 1)
    tables: list[tuple[FloatArray, FloatArray]] = []
    for place, (curve, rest) in enumerate(zip(own, rest_scores(own), strict=True)):
        width = curve.shape[1]
        cell = scores * width + codes[:, place]
        observed = np.bincount(cell, weights=weight, minlength=(most + 1) * width).reshape(-1, width)
        expected = persons[:, None] * _shares(curve, rest, weights)
        tables.append((observed[1:-1].astype(np.float64), expected[1:-1]))
    return tables


def _shares(curve: FloatArray, rest: FloatArray, weights: FloatArray) -> FloatArray:
    """The share of each category among those with each sum score, shape (maximum + 1, categories)."""
    joint = np.zeros((rest.shape[1], curve.shape[1]))
    means = (weights[:, None] * curve).T @ rest
    for score, row in enumerate(means):
        joint[score:, score] = row[: len(joint) - score]
    whole = joint.sum(axis=1, keepdims=True)
    return np.divide(joint, whole, out=np.zeros_like(joint), where=whole > 0)
