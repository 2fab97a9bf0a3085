"""Classical test theory: item statistics, reliability, distributions. Arrays in, frozen results out.

``points`` is of shape (n_candidates, n_items); NaN marks an item that was not administered to that candidate.
An omitted answer is not NaN: it earns 0. What is not defined, such as the discrimination of a constant item,
is NaN in arrays and None as a single value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from scoring.arrays import FloatArray, IntArray

WILSON_Z = 1.959963984540054
KELLEY_SHARE = 0.27

_QUARTILES = (0, 25, 50, 75, 100)
_ROUNDING = 1e-9
_SUMMARY_VALUES = (
    "mean", "sd", "minimum", "lower_quartile", "median", "upper_quartile", "maximum", "alpha", "sem",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemStatistics:
    """Statistics of each item, arrays of shape (n_items,); NaN where not defined.

    ``n``: candidates who had the item. ``difficulty``: mean share of its points, 0 to 1. ``full``: share of
    candidates with all its points. ``full_low``, ``full_high``: 95 % bounds of ``full``. ``discrimination``:
    corrected item–total correlation, −1 to 1. ``upper_lower``: difficulty in the upper group minus the lower.
    """

    n: IntArray
    difficulty: FloatArray
    full: FloatArray
    full_low: FloatArray
    full_high: FloatArray
    discrimination: FloatArray
    upper_lower: FloatArray


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A test as a whole, in points. ``sd`` has n − 1 below the line; None where too few candidates define it.

    ``alpha`` is Cronbach's, ``sem`` the standard error of measurement.
    """

    n: int
    mean: float | None
    sd: float | None
    minimum: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    maximum: float | None
    alpha: float | None
    sem: float | None


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Scores from ``low`` up to, but not including, ``high``; the last bin includes its upper end."""

    low: float
    high: float
    count: int


def item_statistics(points: FloatArray, max_points: FloatArray) -> ItemStatistics:
    """Statistics of every item.

    ``points`` of shape (n_candidates, n_items), NaN where not administered; ``max_points`` (n_items,). Raises
    ValueError when the shapes differ, or points lie outside 0 to a positive maximum.
    """
    _check(points, max_points)
    shares = points / max_points
    n = np.sum(~np.isnan(points), axis=0)
    full_count = np.sum(np.isclose(shares, 1.0), axis=0)
    low, high = wilson_bounds(full_count, n)
    return ItemStatistics(
        n=n,
        difficulty=_mean(shares),
        full=_divide(full_count, n),
        full_low=low,
        full_high=high,
        discrimination=discrimination(points),
        upper_lower=upper_lower(points, max_points),
    )


def discrimination(points: FloatArray) -> FloatArray:
    """Corrected item–total correlation, shape (n_items,): the item against the rest of the test without it.

    r = cov(x_i, X − x_i) / (s(x_i) s(X − x_i)), the "item-remainder" of Henrysson (1963), Psychometrika 28,
    211–218. Over the candidates who had the item; NaN when the item or the rest is constant among them.
    """
    rest = np.nansum(points, axis=1, keepdims=True) - np.nan_to_num(points)
    return _correlation(points, np.where(np.isnan(points), np.nan, rest))


def upper_lower(points: FloatArray, max_points: FloatArray, share: float = KELLEY_SHARE) -> FloatArray:
    """Difficulty in the upper group minus difficulty in the lower, shape (n_items,).

    The groups are the ``share`` of candidates with the highest and the lowest share of their points; 27 % is
    best for normal scores: Kelley (1939), J. Educ. Psychol. 30, 17–24. Ties at the border are split by row
    order. NaN when a group is empty or did not have the item.
    """
    had = ~np.isnan(points)
    total = _divide(np.nansum(points, axis=1), had @ max_points)
    ranked = np.argsort(total, kind="stable")
    ranked = ranked[~np.isnan(total[ranked])]
    size = round(share * len(ranked))
    shares = points / max_points
    upper = ranked[len(ranked) - size :]
    return _mean(shares[upper]) - _mean(shares[ranked[:size]])


def wilson_bounds(successes: IntArray, n: IntArray) -> tuple[FloatArray, FloatArray]:
    """95 % bounds of a proportion, same shape as the arguments; NaN where n is 0.

    (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n); Wilson (1927), JASA 22, 209–212; Brown, Cai & DasGupta
    (2001), Statistical Science 16, eq. 4.
    """
    p, z2 = _divide(successes, n), WILSON_Z**2
    centre = p + _divide(z2, 2 * n)
    spread = WILSON_Z * np.sqrt(_divide(p * (1 - p), n) + _divide(z2, 4 * n**2))
    scale = 1 + _divide(z2, n)
    return np.clip((centre - spread) / scale, 0.0, 1.0), np.clip((centre + spread) / scale, 0.0, 1.0)


def cronbach_alpha(points: FloatArray) -> float | None:
    """Reliability of the total score; None with fewer than two items or complete rows, or a constant total.

    α = k/(k−1) · (1 − Σ s²(x_i) / s²(X)); Cronbach (1951), Psychometrika 16, eq. 2. Over the candidates who
    had every item.
    """
    complete = points[~np.isnan(points).any(axis=1)]
    n, k = complete.shape
    if n < 2 or k < 2:
        return None
    total_variance = float(np.var(complete.sum(axis=1), ddof=1))
    if np.isclose(total_variance, 0.0):
        return None
    item_variance = float(np.var(complete, axis=0, ddof=1).sum())
    return k / (k - 1) * (1 - item_variance / total_variance)


def summary(points: FloatArray) -> Summary:
    """The distribution and precision of total scores; ``points`` of shape (n_candidates, n_items).

    Quartiles interpolate linearly: Hyndman & Fan (1996), Am. Statistician 50, definition 7. SEM = s √(1 − α):
    Lord & Novick (1968), ch. 3; None where α is negative or not defined.
    """
    totals = np.nansum(points, axis=1)
    n = len(totals)
    if n == 0:
        return Summary(n=0, **dict.fromkeys(_SUMMARY_VALUES))
    sd = float(np.std(totals, ddof=1)) if n > 1 else None
    alpha = cronbach_alpha(points)
    minimum, lower, median, upper, maximum = (float(value) for value in np.percentile(totals, _QUARTILES))
    return Summary(
        n=n,
        mean=float(np.mean(totals)),
        sd=sd,
        minimum=minimum,
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        maximum=maximum,
        alpha=alpha,
        sem=None if sd is None or alpha is None or alpha < 0 else sd * sqrt(1 - alpha),
    )


def histogram(scores: FloatArray, maximum: float = 10.0, width: float = 0.5) -> tuple[Bin, ...]:
    """Counts of scores, shape (n_candidates,), in bins of ``width`` from 0 to ``maximum``.

    A score that equals a bin's low end is in that bin, whatever binary arithmetic makes of it.
    Raises ValueError when a score lies outside, or ``maximum`` is not a whole number of bins.
    """
    bins = round(maximum / width)
    if not np.isclose(bins * width, maximum):
        raise ValueError("the scale is not a whole number of bins")
    if len(scores) and (scores.min() < 0 or scores.max() > maximum):
        raise ValueError("a score lies outside the scale")
    place = np.minimum(np.floor(scores / width + _ROUNDING).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    return tuple(
        Bin(low=step * width, high=(step + 1) * width, count=int(count)) for step, count in enumerate(counts)
    )


def option_counts(tallies: Sequence[Sequence[str]]) -> Mapping[str, int]:
    """How many candidates added each label, most frequent first, then by label; "" counts who added none."""
    counts: dict[str, int] = {}
    for labels in tallies:
        for label in labels or ("",):
            counts[label] = counts.get(label, 0) + 1
    return dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def _check(points: FloatArray, max_points: FloatArray) -> None:
    if points.ndim != 2 or max_points.shape != points.shape[1:]:
        raise ValueError("points must be candidates by items, with one maximum per item")
    had = ~np.isnan(points)
    if not (max_points > 0).all() or ((points < 0) | (points > max_points))[had].any():
        raise ValueError("points must lie between 0 and a positive maximum")


def _divide(above: FloatArray | IntArray | float, below: FloatArray | IntArray) -> FloatArray:
    """The quotient, NaN where the divisor is 0."""
    divisor = np.asarray(below, dtype=np.float64)
    out = np.full(np.broadcast_shapes(np.shape(above), divisor.shape), np.nan)
    return np.divide(above, divisor, out=out, where=divisor != 0)


def _mean(values: FloatArray) -> FloatArray:
    """Mean of each column over what is not NaN; NaN for a column of nothing."""
    return _divide(np.nansum(values, axis=0), np.sum(~np.isnan(values), axis=0))


def _correlation(x: FloatArray, y: FloatArray) -> FloatArray:
    """Pearson's correlation of each column of x with that of y; both have NaN in the same places."""
    dx, dy = x - _mean(x), y - _mean(y)
    xx, yy = np.nansum(dx * dx, axis=0), np.nansum(dy * dy, axis=0)
    varies = (xx > _ROUNDING * np.nansum(x * x, axis=0)) & (yy > _ROUNDING * np.nansum(y * y, axis=0))
    product = np.where(varies, np.sqrt(xx) * np.sqrt(yy), 0.0)
    return np.clip(_divide(np.nansum(dx * dy, axis=0), product), -1.0, 1.0)
