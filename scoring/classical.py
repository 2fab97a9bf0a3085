"""Classical test theory: item statistics and the distribution of scores. Arrays in, frozen results out.

``points`` is of shape (n_candidates, n_items); NaN marks an item that was not administered to that candidate.
An omitted answer is not NaN: it earns 0. Each item's statistics are over the candidates who had it. What is
not defined, such as the discrimination of a constant item, is NaN in arrays and None as a single value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from scoring.arrays import FloatArray, IntArray, quotient
from scoring.reliability import alpha, covariances, standard_error

Z95 = 1.959963984540054

MIN_N_SHARE = 12
"""From here on the 95 % interval of a share is narrower than one half, whatever the share (Wilson 1927)."""

MIN_N_CORRELATION = 44
"""From here on a correlation of 0.3, which a good item reaches (Ebel 1965, Measuring Educational
Achievement), is told from none: tanh(atanh 0.3 − 1.96 / √(n − 3)) > 0."""

_QUARTILES = (0, 25, 50, 75, 100)
_ROUNDING = 1e-9
_SUMMARY_VALUES = (
    "mean", "mean_se", "sd", "skewness", "kurtosis", "minimum", "lower_quartile", "median", "upper_quartile",
    "maximum", "alpha", "sem",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Correlations:
    """Correlations with 95 % bounds, arrays of shape (n_items,), −1 to 1; NaN where not defined."""

    r: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemStatistics:
    """Statistics of each item, arrays of shape (n_items,); NaN where not defined.

    ``n``: candidates who had the item. ``difficulty``: mean share of its points, 0 to 1, with its standard
    error. ``full``: share of candidates with all its points. ``full_low``, ``full_high``: 95 % bounds of
    ``full``. ``discrimination``: corrected item–total correlation, −1 to 1, with 95 % bounds.
    ``point_biserial``: the item with the whole score, itself included. ``biserial``: of all its points or not
    with the rest; beyond ±1 where the rest is far from normal.
    """

    n: IntArray
    difficulty: FloatArray
    difficulty_se: FloatArray
    full: FloatArray
    full_low: FloatArray
    full_high: FloatArray
    discrimination: FloatArray
    discrimination_low: FloatArray
    discrimination_high: FloatArray
    point_biserial: FloatArray
    point_biserial_low: FloatArray
    point_biserial_high: FloatArray
    biserial: FloatArray
    biserial_se: FloatArray


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A test as a whole, in points. ``sd`` has n − 1 below the line; None where too few candidates define it.

    ``mean_se`` is the mean's standard error, ``kurtosis`` 0 for a normal distribution, ``alpha`` Cronbach's,
    ``sem`` the standard error of measurement.
    """

    n: int
    mean: float | None
    mean_se: float | None
    sd: float | None
    skewness: float | None
    kurtosis: float | None
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Frequencies:
    """Each score that occurs, in rising order, how many have it, and the share with it or less; arrays of
    shape (n_scores,)."""

    score: FloatArray
    count: IntArray
    cumulative: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Totals:
    """Each candidate's points, and the points of all the items they had; arrays of shape (n_candidates,)."""

    earned: FloatArray
    possible: FloatArray


@dataclass(frozen=True, kw_only=True)
class _Column:
    """One item's correlations."""

    difficulty_se: float
    discrimination: float
    point_biserial: float
    biserial: float


def item_statistics(points: FloatArray, max_points: FloatArray) -> ItemStatistics:
    """Statistics of every item.

    ``points`` of shape (n_candidates, n_items), NaN where not administered; ``max_points`` (n_items,). The
    discrimination is cov(x_i, X − x_i) / (s(x_i) s(X − x_i)), the "item-remainder" of Henrysson (1963),
    Psychometrika 28, 211–218; the rest is the share earned of what the candidate had besides the item, so
    that different forms are on one scale; NaN when either is constant among those who had it. The standard
    error of the biserial correlation is (√(p q) / φ(z_p) − r²) / √n: Soper (1914), Biometrika 10, 384–390.
    Raises ValueError when the shapes differ, or points lie outside 0 to a positive maximum.
    """
    _check(points, max_points)
    n = np.sum(~np.isnan(points), axis=0)
    totals = totals_of(points, max_points)
    columns = [_column(points[:, place], totals, float(most)) for place, most in enumerate(max_points)]
    full_count = np.sum(points >= max_points * (1 - _ROUNDING), axis=0)
    full = quotient(full_count, n)
    low, high = wilson_bounds(full_count, n)
    corrected = fisher_bounds(np.array([column.discrimination for column in columns]), n)
    whole = fisher_bounds(np.array([column.point_biserial for column in columns]), n)
    biserial = np.array([column.biserial for column in columns]) * _biserial_factor(full)
    return ItemStatistics(
        n=n,
        difficulty=quotient(np.nansum(points, axis=0), n * max_points),
        difficulty_se=np.array([column.difficulty_se for column in columns]),
        full=full,
        full_low=low,
        full_high=high,
        discrimination=corrected.r,
        discrimination_low=corrected.low,
        discrimination_high=corrected.high,
        point_biserial=whole.r,
        point_biserial_low=whole.low,
        point_biserial_high=whole.high,
        biserial=biserial,
        biserial_se=quotient(_biserial_factor(full) - biserial**2, np.sqrt(n)),
    )


def totals_of(points: FloatArray, max_points: FloatArray) -> Totals:
    """What every candidate earned; ``points`` of shape (n_candidates, n_items), ``max_points`` (n_items,)."""
    return Totals(earned=np.nansum(points, axis=1), possible=~np.isnan(points) @ max_points)


def rest_share(totals: Totals, points: FloatArray, most: float) -> FloatArray:
    """The share earned of all other items that the candidate had, shape (n_candidates,); NaN for those who
    had no other. ``points`` are those of one item, whose maximum is ``most``."""
    had = ~np.isnan(points)
    own = np.where(had, points, 0.0)
    return quotient(totals.earned - own, totals.possible - np.where(had, most, 0.0))


def fisher_bounds(r: FloatArray, n: IntArray) -> Correlations:
    """95 % bounds tanh(atanh r ± 1.96 / √(n − 3)) of correlations, same shape; NaN with fewer than four.

    Fisher (1921), Metron 1, 3–32.
    """
    spread = Z95 * quotient(1.0, np.sqrt(np.maximum(n - 3, 0)))
    # A perfect correlation has an infinite z, whose bounds are itself.
    with np.errstate(divide="ignore"):
        z = np.arctanh(r)
    return Correlations(r=r, low=np.tanh(z - spread), high=np.tanh(z + spread))


def wilson_bounds(successes: IntArray, n: IntArray) -> tuple[FloatArray, FloatArray]:
    """95 % bounds of a proportion, same shape as the arguments; NaN where n is 0.

    (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n); Wilson (1927), JASA 22, 209–212; Brown, Cai & DasGupta
    (2001), Statistical Science 16, eq. 4.
    """
    p, z2 = quotient(successes, n), Z95**2
    centre = p + quotient(z2, 2 * n)
    spread = Z95 * np.sqrt(quotient(p * (1 - p), n) + quotient(z2, 4 * n**2))
    scale = 1 + quotient(z2, n)
    return np.clip((centre - spread) / scale, 0.0, 1.0), np.clip((centre + spread) / scale, 0.0, 1.0)


def summary(points: FloatArray) -> Summary:
    """The distribution and precision of total scores; ``points`` of shape (n_candidates, n_items).

    Quartiles interpolate linearly: Hyndman & Fan (1996), Am. Statistician 50, definition 7. Skewness and
    kurtosis are the unbiased-for-normal G1 and G2 of Joanes & Gill (1998), The Statistician 47, 183–189.
    """
    totals = np.nansum(points, axis=1)
    n = len(totals)
    if n == 0:
        return Summary(n=0, **dict.fromkeys(_SUMMARY_VALUES))
    sd = float(np.std(totals, ddof=1)) if n > 1 else None
    found = alpha(covariances(points))
    minimum, lower, median, upper, maximum = (float(value) for value in np.percentile(totals, _QUARTILES))
    return Summary(
        n=n,
        mean=float(np.mean(totals)),
        mean_se=None if sd is None else sd / float(np.sqrt(n)),
        sd=sd,
        skewness=_skewness(totals),
        kurtosis=_kurtosis(totals),
        minimum=minimum,
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        maximum=maximum,
        alpha=None if found is None else found.value,
        sem=None if found is None or sd is None else standard_error(sd, found.value),
    )


def frequencies(scores: FloatArray) -> Frequencies:
    """How often each score occurs; ``scores`` of shape (n_candidates,)."""
    values, counts = np.unique(scores, return_counts=True)
    return Frequencies(
        score=values, count=counts, cumulative=quotient(np.cumsum(counts), np.array(len(scores)))
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


def _column(points: FloatArray, totals: Totals, most: float) -> _Column:
    """One item against the rest and the whole; ``points`` of shape (n_candidates,)."""
    had = ~np.isnan(points)
    own = points[had]
    whole = quotient(totals.earned, totals.possible)[had]
    rest = rest_share(totals, points, most)[had]
    compared = ~np.isnan(rest)
    own_rest, rest = own[compared], rest[compared]
    full = (own_rest >= most * (1 - _ROUNDING)).astype(np.float64)
    return _Column(
        difficulty_se=float(np.std(own / most, ddof=1) / np.sqrt(len(own))) if len(own) > 1 else np.nan,
        discrimination=_correlation(own_rest, rest),
        point_biserial=_correlation(own, whole),
        biserial=_correlation(full, rest),
    )


def _biserial_factor(p: FloatArray) -> FloatArray:
    """√(p q) / φ(z_p): from a point-biserial correlation to the biserial; Pearson (1909), Biometrika 7."""
    height = np.exp(-0.5 * ndtri(p) ** 2) / np.sqrt(2 * np.pi)
    return quotient(np.sqrt(p * (1 - p)), height)


def _skewness(values: FloatArray) -> float | None:
    n, m2 = len(values), _moment(values, 2)
    if n < 3 or m2 <= _ROUNDING * float(np.mean(values**2)):
        return None
    return float(np.sqrt(n * (n - 1)) / (n - 2)) * _moment(values, 3) / m2**1.5


def _kurtosis(values: FloatArray) -> float | None:
    n, m2 = len(values), _moment(values, 2)
    if n < 4 or m2 <= _ROUNDING * float(np.mean(values**2)):
        return None
    excess = _moment(values, 4) / m2**2 - 3
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6)


def _moment(values: FloatArray, order: int) -> float:
    return float(np.mean((values - values.mean()) ** order))


def _correlation(x: FloatArray, y: FloatArray) -> float:
    """Pearson's correlation of two columns of one length; NaN where either is constant."""
    if len(x) < 2:
        return np.nan
    dx, dy = x - x.mean(), y - y.mean()
    xx, yy = float(dx @ dx), float(dy @ dy)
    if xx <= _ROUNDING * float(x @ x) or yy <= _ROUNDING * float(y @ y):
        return np.nan
    return min(1.0, max(-1.0, float(dx @ dy) / float(np.sqrt(xx) * np.sqrt(yy))))
