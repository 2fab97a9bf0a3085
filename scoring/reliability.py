"""How precisely a test measures: coefficients of reliability from the covariances of its items.

Items that not everyone had are handled by design: each covariance is over those who had both items. What is
not defined is None.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri

from scoring.arrays import FloatArray, IntArray

MIN_N_ALPHA = 35
"""From here on the 95 % interval of an alpha of 0.8 over 20 items is at most 0.2 wide: Bonett (2002), Journal
of Educational and Behavioral Statistics 27, 335–340."""

MIN_N_OMEGA = 200
"""For a factor whose items share about half their variance: MacCallum, Widaman, Zhang & Hong (1999),
Psychological Methods 4, 84–99."""

_BLOCK = 8_192
_ROUNDING = 1e-9
_TAIL = 0.025


@dataclass(frozen=True, kw_only=True, eq=False)
class Covariances:
    """Covariances of the items, shape (n_items, n_items), n − 1 below the line and NaN where fewer than two
    candidates had both; ``n`` of the same shape: over how many candidates each is."""

    matrix: FloatArray
    n: IntArray

    @property
    def items(self) -> int:
        """How many items."""
        return len(self.matrix)

    @property
    def least_n(self) -> int:
        """The fewest candidates any covariance is over."""
        return int(self.n.min(initial=np.iinfo(np.int64).max)) if self.items else 0

    @property
    def total_variance(self) -> float | None:
        """The variance of the whole score; None where it is not defined or there is none."""
        total = float(self.matrix.sum())
        scale = float(np.abs(self.matrix).sum())
        return total if np.isfinite(total) and total > _ROUNDING * scale else None


@dataclass(frozen=True, kw_only=True)
class Alpha:
    """Cronbach's alpha with 95 % bounds; ``n``: candidates."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, kw_only=True, eq=False)
class OneFactor:
    """One common factor: ``loadings`` in points, ``uniquenesses`` in squared points, both (n_items,).
    ``omega`` is McDonald's. ``heywood``: an item's whole variance is common, so that the factor is not to be
    trusted."""

    loadings: FloatArray
    uniquenesses: FloatArray
    omega: float
    heywood: bool


@dataclass(frozen=True, kw_only=True)
class Halves:
    """The odd items against the even ones. ``spearman_brown``: the correlation of the halves stepped up to
    the whole test, None for a negative one; ``lambda4``: Guttman's."""

    correlation: float
    spearman_brown: float | None
    lambda4: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Reliability:
    """All coefficients of a test. ``sem``: standard error of measurement in points. ``alpha_without`` of
    shape (n_items,): alpha of the test without the item, NaN where not defined."""

    n: int
    alpha: Alpha | None
    alpha_without: FloatArray
    omega: float | None
    heywood: bool
    halves: Halves | None
    lambda2: float | None
    sem: float | None


def reliability(points: FloatArray) -> Reliability:
    """Every coefficient; ``points`` of shape (n_candidates, n_items), NaN where not administered."""
    found = covariances(points)
    whole, factor, variance = alpha(found), one_factor(found), found.total_variance
    return Reliability(
        n=len(points),
        alpha=whole,
        alpha_without=alpha_without(found),
        omega=None if factor is None else factor.omega,
        heywood=factor is not None and factor.heywood,
        halves=halves(found),
        lambda2=lambda2(found),
        sem=None if whole is None or variance is None else standard_error(variance**0.5, whole.value),
    )


def covariances(points: FloatArray) -> Covariances:
    """Covariances of every two items over the candidates who had both; ``points`` of shape (n_candidates,
    n_items), NaN where not administered."""
    had = np.sum(~np.isnan(points), axis=0)
    # About a value inside the range, so that sums of squares lose no digits.
    middle = np.nansum(points, axis=0) / np.maximum(had, 1)
    k = points.shape[1]
    n, sums, products = np.zeros((k, k)), np.zeros((k, k)), np.zeros((k, k))
    for start in range(0, len(points), _BLOCK):
        block = points[start : start + _BLOCK] - middle
        mask = (~np.isnan(block)).astype(np.float64)
        values = np.nan_to_num(block)
        n += mask.T @ mask
        sums += values.T @ mask
        products += values.T @ values
    matrix = np.full((k, k), np.nan)
    enough = n >= 2
    matrix[enough] = (products - sums * sums.T / np.maximum(n, 1))[enough] / (n[enough] - 1)
    return Covariances(matrix=matrix, n=n.astype(np.int64))


def alpha(found: Covariances) -> Alpha | None:
    """Cronbach's alpha; None with fewer than two items or candidates, or a constant total.

    α = k/(k−1) · (1 − Σ s²(x_i) / s²(X)); Cronbach (1951), Psychometrika 16, eq. 2. Bounds 1 − (1 − α) F with
    n − 1 and (n − 1)(k − 1) degrees of freedom: Feldt (1965), Psychometrika 30, 357–370; n is the fewest
    candidates that two items have in common.
    """
    k, total = found.items, found.total_variance
    if k < 2 or total is None:
        return None
    value = k / (k - 1) * (1 - float(np.trace(found.matrix)) / total)
    n = found.least_n
    degrees = (n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - value) * float(fdtri(*degrees, tail)) for tail in (1 - _TAIL, _TAIL))
    return Alpha(value=value, low=low, high=high, n=n)


def alpha_without(found: Covariances) -> FloatArray:
    """Alpha of the test without each item, shape (n_items,); NaN with fewer than three items, or where the
    rest is constant."""
    k, own = found.items, np.diag(found.matrix)
    if k < 3:
        return np.full(k, np.nan)
    total = found.matrix.sum() - 2 * found.matrix.sum(axis=1) + own
    varies = total > _ROUNDING * np.abs(found.matrix).sum()
    share = np.divide(np.trace(found.matrix) - own, total, out=np.full(k, np.nan), where=varies)
    return (k - 1) / (k - 2) * (1 - share)


def one_factor(found: Covariances) -> OneFactor | None:
    """The one-factor model by minimum residuals, and omega total; None with fewer than three items, an item
    that does not vary, or a factor that is nothing.

    Loadings λ minimise Σ_{i<j} (r_ij − λ_i λ_j)² with |λ_i| ≤ 1: Harman & Jones (1966), Psychometrika 31,
    351–368. ω = (Σ λ_i)² / ((Σ λ_i)² + Σ ψ_i), λ and ψ in points: McDonald (1999), Test Theory, ch. 6.
    """
    variances = np.diag(found.matrix)
    if found.items < 3 or not np.isfinite(found.matrix).all() or (variances <= 0).any():
        return None
    sd = np.sqrt(variances)
    standard = _minimum_residuals(found.matrix / np.outer(sd, sd))
    loadings, unique = standard * sd, (1 - standard**2) * variances
    common = float(loadings.sum()) ** 2
    if common <= _ROUNDING * float(variances.sum()):
        return None
    return OneFactor(
        loadings=loadings,
        uniquenesses=unique,
        omega=common / (common + float(unique.sum())),
        heywood=bool((np.abs(standard) >= 1 - 1e-6).any()),
    )


def halves(found: Covariances) -> Halves | None:
    """Odd against even items; None where a half does not vary or has no item.

    2 r / (1 + r): Spearman (1910), Brown (1910), British Journal of Psychology 3. λ4 = 2 (1 − (s²_A + s²_B) /
    s²_X): Guttman (1945), Psychometrika 10, 255–282.
    """
    odd = np.arange(found.items) % 2 == 0
    matrix, total = found.matrix, found.total_variance
    first, second = float(matrix[np.ix_(odd, odd)].sum()), float(matrix[np.ix_(~odd, ~odd)].sum())
    if total is None or min(first, second) <= _ROUNDING * total:
        return None
    r = float(matrix[np.ix_(odd, ~odd)].sum()) / (first * second) ** 0.5
    return Halves(
        correlation=r,
        spearman_brown=2 * r / (1 + r) if r >= 0 else None,
        lambda4=2 * (1 - (first + second) / total),
    )


def lambda2(found: Covariances) -> float | None:
    """Guttman's λ2, never below alpha; None where alpha is not defined.

    (Σ_{i≠j} s_ij + √(k/(k−1) Σ_{i≠j} s_ij²)) / s²_X: Guttman (1945), Psychometrika 10, 255–282.
    """
    k, total = found.items, found.total_variance
    if k < 2 or total is None:
        return None
    between = found.matrix - np.diag(np.diag(found.matrix))
    return (float(between.sum()) + (k / (k - 1) * float((between**2).sum())) ** 0.5) / total


def standard_error(sd: float, coefficient: float) -> float | None:
    """The standard error of measurement s √(1 − ρ): Lord & Novick (1968), ch. 3; None for a negative
    coefficient, which is no reliability."""
    return sd * max(0.0, 1 - coefficient) ** 0.5 if coefficient >= 0 else None


def _minimum_residuals(r: FloatArray) -> FloatArray:
    """Loadings of one factor on correlations ``r`` of shape (n_items, n_items)."""
    from scipy.optimize import minimize  # large, and a server that only shows results does without it

    between = r - np.diag(np.diag(r))

    def misfit(loadings: FloatArray) -> tuple[float, FloatArray]:
        residual = between - np.outer(loadings, loadings)
        np.fill_diagonal(residual, 0.0)
        return 0.5 * float((residual**2).sum()), -2.0 * (residual @ loadings)

    found = minimize(
        misfit,
        _centroid(between),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-1.0, 1.0)] * len(r),
        options={"maxiter": 2_000, "ftol": 1e-15, "gtol": 1e-10},
    )
    loadings = np.asarray(found.x, dtype=np.float64)
    return -loadings if loadings.sum() < 0 else loadings


def _centroid(between: FloatArray) -> FloatArray:
    """Loadings to begin with: Thurstone's (1931) centroid, within the bounds."""
    total = max(float(between.sum()), _ROUNDING)
    return np.clip(between.sum(axis=1) / total**0.5, -0.9, 0.9)
