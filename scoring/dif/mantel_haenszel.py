"""DIF by tables at equal scores: Mantel–Haenszel, Mantel, Breslow–Day."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.dif.categories import Category, by_size, ets
from scoring.dif.matching import ItemTable, check_groups, match, score_spreads
from scoring.dif.standardisation import mean_difference
from scoring.responses import Responses

DELTA = -2.35
"""ETS's scale of difficulty: Δ = −2.35 ln α."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MantelHaenszel:
    """One entry per item, NaN or None where not defined.

    ``alpha``: common odds ratio, above 1 where the item favours the reference group; ``delta`` is then
    negative, and ``delta_se`` its standard error. Where all of one group are wrong, say, α is 0 or infinite
    and Δ infinite, without a standard error. Items of more than two categories have neither.
    ``mean_difference``: the focal group's mean score less the reference group's at equal matching scores, in
    standard deviations of the item; negative where the item favours the reference group. ``category``: of
    ``delta``, or of ``mean_difference`` where there is none.
    """

    chi2: FloatArray
    p: FloatArray
    alpha: FloatArray
    delta: FloatArray
    delta_se: FloatArray
    mean_difference: FloatArray
    category: tuple[Category | None, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class BreslowDay:
    """Whether the odds ratio is the same at all scores, which uniform DIF or none implies; one entry per
    item, NaN for items of more than two categories."""

    statistic: FloatArray
    df: IntArray
    p: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fourfold:
    """Counts at each level, shape (n_levels,): reference right and wrong, focal right and wrong; all."""

    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray
    n: FloatArray


def mantel_haenszel(
    responses: Responses, focal: BoolArray, anchor: BoolArray | None = None
) -> MantelHaenszel:
    """Compare two groups item by item. ``focal`` of shape (n_persons,): who is of the focal group. ``anchor``
    of shape (n_items,): the items of the matching score, all unless given.

    Two categories: χ² = (|Σ A − E(A)| − ½)² / Σ Var(A), α = Σ AD/n / Σ BC/n: Mantel & Haenszel (1959), J.
    Nat. Cancer Inst. 22, 719–748; Holland & Thayer (1988); Var(ln α) = Σ (AD + αBC)(A + D + α(B + C))/n² /
    2(Σ AD/n)²: Phillips & Holland (1987), Biometrics 43, 425–431, and Robins, Breslow & Greenland (1986),
    Biometrics 42, 311–323. Letters: ``ets``. More categories: the test of Mantel (1963), JASA 58, 690–700,
    with letters by ``mean_difference``: A up to 0.17, C from 0.25 on; Zwick, Thayer & Mazzeo (1997), Appl.
    Meas. Educ. 10, 321–344.

    Raises what ``check_groups`` raises.
    """
    check_groups(focal)
    tables = match(responses, focal, anchor)
    spread = score_spreads(tables)
    difference = np.array([mean_difference(table) for table in tables])
    effect = np.divide(difference, spread, out=np.full(len(tables), np.nan), where=spread > 0)
    two = responses.categories == 2
    figures = np.array(
        [_two(table) if one else _graded(table) for table, one in zip(tables, two, strict=True)]
    )
    chi2, alpha, variance = figures.reshape(-1, 3).T
    p = chdtrc(1, chi2)
    with np.errstate(divide="ignore"):
        delta, delta_se = DELTA * np.log(alpha), -DELTA * np.sqrt(variance)
    letters = zip(two, ets(delta, delta_se, p), by_size(np.abs(effect), 0.17, 0.25, p), strict=True)
    return MantelHaenszel(
        chi2=chi2,
        p=p,
        alpha=alpha,
        delta=delta,
        delta_se=delta_se,
        mean_difference=effect,
        category=tuple(fourfold if one else graded for one, fourfold, graded in letters),
    )


def breslow_day(responses: Responses, focal: BoolArray, anchor: BoolArray | None = None) -> BreslowDay:
    """Σ (A − Â)² / Var(A | α) with Â of the common odds ratio, df = levels − 1; levels where nobody or
    everybody is right say nothing. Breslow & Day (1980), Statistical methods in cancer research I, eq. 4.30.

    Arguments and errors as of ``mantel_haenszel``.
    """
    check_groups(focal)
    tables = match(responses, focal, anchor)
    found = [_homogeneity(table) for table in tables]
    statistic = np.array([one for one, _ in found])
    df = np.array([many for _, many in found], dtype=np.int64)
    p = np.where(df > 0, chdtrc(np.maximum(df, 1), statistic), np.nan)
    return BreslowDay(statistic=statistic, df=df, p=p)


def _fourfold(table: ItemTable) -> _Fourfold:
    """Levels of more than one person, which alone have a variance."""
    counts = table.both.counts
    n = counts.sum(axis=(1, 2))
    some = counts[n > 1]
    return _Fourfold(a=some[:, 0, 1], b=some[:, 0, 0], c=some[:, 1, 1], d=some[:, 1, 0], n=n[n > 1])


def _two(table: ItemTable) -> tuple[float, float, float]:
    """χ², α and Var(ln α)."""
    cells = _fourfold(table)
    reference, right = cells.a + cells.b, cells.a + cells.c
    gap = float(np.sum(cells.a - reference * right / cells.n))
    spread = reference * right * (cells.n - reference) * (cells.n - right) / (cells.n**2 * (cells.n - 1))
    for_reference = cells.a * cells.d / cells.n
    for_focal = cells.b * cells.c / cells.n
    above, below, variance = float(for_reference.sum()), float(for_focal.sum()), float(spread.sum())
    if variance == 0:
        return np.nan, np.nan, np.nan
    chi2 = (abs(gap) - 0.5) ** 2 / variance
    if above == 0 or below == 0:
        return chi2, np.inf if below == 0 else 0.0, np.nan
    alpha = above / below
    pull = (for_reference + alpha * for_focal) * (cells.a + cells.d + alpha * (cells.b + cells.c)) / cells.n
    return chi2, alpha, float(pull.sum()) / (2.0 * above**2)


def _graded(table: ItemTable) -> tuple[float, float, float]:
    """χ² of Mantel: the focal group's sum of scores against its hypergeometric mean and variance."""
    counts = table.both.counts
    n = counts.sum(axis=(1, 2))
    counts, n = counts[n > 1], n[n > 1]
    scores = np.arange(counts.shape[2])
    focal, whole = counts[:, 1], counts.sum(axis=1)
    n_focal = focal.sum(axis=1)
    first, second = whole @ scores, whole @ scores**2
    gap = float(np.sum(focal @ scores - n_focal * first / n))
    variance = float(np.sum(n_focal * (n - n_focal) * (n * second - first**2) / (n**2 * (n - 1))))
    return (gap**2 / variance if variance > 0 else np.nan), np.nan, np.nan


def _homogeneity(table: ItemTable) -> tuple[float, int]:
    if table.counts.shape[2] != 2:
        return np.nan, 0
    _, alpha, _ = _two(table)
    cells = _fourfold(table)
    right, wrong = cells.a + cells.c, cells.b + cells.d
    telling = (right > 0) & (wrong > 0)
    if not 0.0 < alpha < np.inf or np.count_nonzero(telling) < 2:
        return np.nan, 0
    expected, variance = _under(alpha, cells, telling)
    statistic = float(np.sum((cells.a[telling] - expected) ** 2 / variance))
    return statistic, int(np.count_nonzero(telling)) - 1


def _under(alpha: float, cells: _Fourfold, telling: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of A at each level, given its margins and the odds ratio: Â is the root of
    Â D̂ = α B̂ Ĉ that leaves no cell negative."""
    reference = (cells.a + cells.b)[telling]
    right = (cells.a + cells.c)[telling]
    focal = cells.n[telling] - reference
    square, linear = 1.0 - alpha, focal - right + alpha * (reference + right)
    root = np.sqrt(linear**2 + 4.0 * square * alpha * reference * right)
    expected = 2.0 * alpha * reference * right / (linear + root)
    parts = (expected, reference - expected, right - expected, focal - right + expected)
    return expected, 1.0 / np.sum([1.0 / part for part in parts], axis=0)
