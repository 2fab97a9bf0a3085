"""Identical wrong answers of two persons, against what others with as many wrong answers share with the
source: the K-index and its descendants, which need no item response model."""

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtrc, pdtrc

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.forensics.chances import NOT_ADMINISTERED, indicators

_SURE = 0.001
_ITERATIONS = 50
_STEP = 1e-10
_EXPONENT = 30.0


@dataclass(frozen=True, kw_only=True, eq=False)
class WrongGroups:
    """All who sat the test, by number of wrong answers 0, 1, …, n_items.

    ``n`` of shape (n_groups,); ``wrong`` of shape (n_groups, n_slots): how many gave each wrong response;
    ``right`` of shape (n_groups, n_items): how many had each item right; ``first``: where each item's
    responses begin.
    """

    n: IntArray
    wrong: FloatArray
    right: FloatArray
    first: IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class KIndices:
    """Arrays of shape (n, n): a row for each as the one who copies, a column as the source; the diagonal is
    NaN, and so is the column of a source without a wrong answer. ``identical``: identical wrong answers;
    ``expected_*``: how many K, K1, K2 and S1 expect. The others are chances of so many or more."""

    identical: IntArray
    expected_k: FloatArray
    expected_k1: FloatArray
    expected_k2: FloatArray
    expected_s1: FloatArray
    k: FloatArray
    k1: FloatArray
    k2: FloatArray
    s1: FloatArray
    s2: FloatArray


def wrong_groups(codes: IntArray, right: BoolArray, first: IntArray) -> WrongGroups:
    """Group all who sat the test, all with the same items; ``codes`` and ``right`` of shape (n, n_items). −1
    is an omitted answer: it is wrong, and identical to none."""
    groups = codes.shape[1] + 1
    place = np.sum(~right, axis=1)
    wrong, have = np.zeros((groups, int(first[-1]))), np.zeros((groups, codes.shape[1]))
    for item, many in enumerate(np.diff(first)):
        column, good = codes[:, item], right[:, item]
        bad = ~good & (column != NOT_ADMINISTERED)
        given = np.bincount(place[bad] * many + column[bad], minlength=groups * many)
        wrong[:, first[item] : first[item + 1]] = given.reshape(groups, many)
        have[:, item] = np.bincount(place[good], minlength=groups)
    return WrongGroups(n=np.bincount(place, minlength=groups), wrong=wrong, right=have, first=first)


def k_indices(
    codes: IntArray,
    right: BoolArray,
    groups: WrongGroups,
    guess: float = 0.2,
    sources: IntArray | None = None,
) -> KIndices:
    """K (Holland 1996, ETS RR-96-7), K1 and K2 (Sotaridona & Meijer 2002, J. Educ. Meas. 39, 115–132), S1 and
    S2 (Sotaridona & Meijer 2003, J. Educ. Meas. 40, 53–69) of every ordered pair.

    With m the identical wrong answers and w_s the source's wrong ones (not the omitted): K, K1, K2 = P(B ≥
    m), B binomial with w_s trials, whose chance is the share that persons with as many wrong answers as the
    copier have identical to the source's: their mean (K), or its linear (K1) or quadratic (K2) regression on
    the share of wrong answers over all groups. S1 = P(m ≤ X ≤ w_s), X Poisson with a log-linear mean; S2 adds
    identical right answers, each weighted by (e (1 + g) / (1 − g))^(−P (1 + g) / g), where P is their share
    in the group and g = ``guess``. ``codes`` and ``right`` of shape (n, n_items); persons are among those of
    ``groups``, and the source is left out of the groups. ``sources``: the rows that are looked at as sources,
    all unless given.
    """
    places = np.arange(len(codes)) if sources is None else sources
    wrong, own = _wrong(codes, right, groups.first), np.sum(~right, axis=1)
    source = _Sources(
        places=places,
        wrong=wrong[places],
        right=right[places],
        own=own[places],
        given=wrong[places].sum(axis=1).astype(np.int64),
    )
    identical = np.rint(wrong @ source.wrong.T).astype(np.int64)
    size, mean = _group_means(source, groups)
    found = size > 0
    with_wrong = np.where(source.given > 0, source.given, np.nan)
    share = mean / with_wrong
    q = np.arange(len(size)) / codes.shape[1]
    k = np.where(found, share, np.nan)[own]
    k1, k2 = (
        np.clip(_regression(share, found, np.vander(q, terms, increasing=True))[own], _SURE, 1 - _SURE)
        for terms in (2, 3)
    )
    s1 = np.minimum(_poisson(mean, found, q)[own], with_wrong)
    weighted, matched = _right_matches(right, own, source, groups, guess)
    items = np.full(source.own.shape, codes.shape[1])
    # Of a source without a wrong answer S2 says nothing either.
    s2 = np.minimum(_poisson(mean + np.ceil(weighted), found, q)[own], items) + 0 * with_wrong
    return KIndices(
        identical=identical,
        expected_k=_off(k * with_wrong, places),
        expected_k1=_off(k1 * with_wrong, places),
        expected_k2=_off(k2 * with_wrong, places),
        expected_s1=_off(s1, places),
        k=_off(_binomial(identical, with_wrong, k), places),
        k1=_off(_binomial(identical, with_wrong, k1), places),
        k2=_off(_binomial(identical, with_wrong, k2), places),
        s1=_off(_between(identical, source.given, s1), places),
        s2=_off(_between(identical + np.ceil(matched), items, s2), places),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sources:
    """Those who may have been copied from: their rows, wrong responses of shape (n_sources, n_slots), right
    items, numbers of wrong items and of wrong responses given."""

    places: IntArray
    wrong: FloatArray
    right: BoolArray
    own: IntArray
    given: IntArray


def _wrong(codes: IntArray, right: BoolArray, first: IntArray) -> FloatArray:
    """1 where a wrong response was given, shape (n, n_slots)."""
    return indicators(np.where(right, NOT_ADMINISTERED, codes), first)


def _group_means(source: _Sources, groups: WrongGroups) -> tuple[FloatArray, FloatArray]:
    """How many each group has besides the source, and their mean of wrong answers identical to the source's;
    both of shape (n_groups, n_sources)."""
    columns = np.arange(len(source.own))
    size = np.repeat(groups.n[:, None].astype(np.float64), len(columns), axis=1)
    sums = groups.wrong @ source.wrong.T
    size[source.own, columns] -= 1
    sums[source.own, columns] -= source.given
    return size, np.divide(sums, size, out=np.full(size.shape, np.nan), where=size > 0)


def _regression(y: FloatArray, found: BoolArray, design: FloatArray) -> FloatArray:
    """Least squares on the groups that are there, for each source; ``y`` of shape (n_groups, n_sources),
    ``design`` (n_groups, n_terms). Predictions of the shape of ``y``."""
    weight = found.astype(np.float64)
    gram = np.einsum("gs,gi,gj->sij", weight, design, design, optimize=True)
    moments = np.where(found, np.nan_to_num(y), 0.0).T @ design
    terms = np.einsum("sij,sj->si", np.linalg.pinv(gram, hermitian=True), moments)
    return (design @ terms.T) + 0 * np.where(found, y, 0.0).sum(axis=0)


def _poisson(y: FloatArray, found: BoolArray, q: FloatArray) -> FloatArray:
    """Log-linear Poisson regression on the share of wrong answers, by Fisher scoring, for each source; the
    means, shape (n_groups, n_sources)."""
    values, weight = np.where(found, np.nan_to_num(y), 0.0), found.astype(np.float64)
    eta = np.log(values + 0.1)
    for _ in range(_ITERATIONS):
        mean = np.exp(eta)
        working, w = eta + (values - mean) / mean, weight * mean
        total = w.sum(axis=0)
        middle = (q @ w) / total
        height = (w * working).sum(axis=0) / total
        away = q[:, None] - middle
        spread = np.maximum((w * away**2).sum(axis=0), np.finfo(float).tiny)
        slope = (w * away * working).sum(axis=0) / spread
        new = np.clip(height + slope * away, -_EXPONENT, _EXPONENT)
        step, eta = float(np.abs(new - eta).max(initial=0.0)), new
        if step < _STEP:
            break
    return np.exp(eta)


def _right_matches(
    right: BoolArray, own: IntArray, source: _Sources, groups: WrongGroups, guess: float
) -> tuple[FloatArray, FloatArray]:
    """Weighted identical right answers: each group's mean with each source, shape (n_groups, n_sources), and
    each pair's, shape (n, n_sources)."""
    have, given = right.astype(np.float64), source.right.astype(np.float64)
    people = np.maximum(groups.n, 1)[:, None]
    share = groups.right / people
    # Without a source who had the item right, and who is in this group.
    less = np.maximum(groups.right - 1, 0) / np.maximum(people - 1, 1)
    weights, less_weights = _weight(share, guess), _weight(less, guess)
    mean = (share * weights) @ given.T
    mean[source.own, np.arange(len(given))] = np.sum((less * less_weights)[source.own] * given, axis=1)
    with_others = (have * weights[own]) @ given.T
    with_peers = (have * less_weights[own]) @ given.T
    return mean, np.where(own[:, None] == source.own[None, :], with_peers, with_others)


def _weight(share: FloatArray, guess: float) -> FloatArray:
    base = np.e * (1 + guess) / (1 - guess)
    return base ** (-share * (1 + guess) / guess)


def _binomial(observed: IntArray, trials: FloatArray, p: FloatArray) -> FloatArray:
    """P(B ≥ observed); ``trials`` by column."""
    many = np.broadcast_to(np.nan_to_num(trials), p.shape)
    some = bdtrc(np.maximum(observed - 1, 0), many.astype(np.int64), np.nan_to_num(p))
    return np.where(np.isnan(p + trials), np.nan, np.where(observed > 0, some, 1.0))


def _between(low: FloatArray | IntArray, high: IntArray, mean: FloatArray) -> FloatArray:
    """P(low ≤ X ≤ high) of a Poisson X; ``high`` by column."""
    return np.where(low > 0, pdtrc(np.maximum(low - 1, 0), mean), 1.0) - pdtrc(high, mean)


def _off(values: FloatArray, sources: IntArray) -> FloatArray:
    """The array with NaN where someone would be their own source."""
    values[sources, np.arange(len(sources))] = np.nan
    return values
