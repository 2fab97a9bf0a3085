"""The line θ_to = A θ_from + B between two scales."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scoring.arrays import FloatArray
from scoring.errors import MeasurementError
from scoring.items import Item
from scoring.linking.curves import CURVE_METHODS, Criterion, CurveMethod, Grid, criterion
from scoring.linking.moments import MOMENT_METHODS, moment_coefficients
from scoring.quadrature import Nodes, make_nodes, normal_weights

Method = Literal["mean-mean", "mean-sigma", "mean-gmean", "haebara", "stocking-lord"]
METHODS: tuple[Method, ...] = (*MOMENT_METHODS, *CURVE_METHODS)

TOLERANCE = 1e-10
STEP_TOLERANCE = 1e-7
LEAST_CURVATURE = 1e-8
MAX_ITERATIONS = 200
LEAST_COMMON = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Link:
    """θ_to = ``slope`` θ_from + ``intercept``, found on ``grid``.

    ``slope_held``: A is 1 because all common items are Rasch or partial credit. ``start``: where the search
    began, ``criterion`` its least value, ``gradient_norm`` the largest absolute derivative by log A and B
    there; with the moment methods nothing is searched.
    """

    method: Method
    slope: float
    intercept: float
    slope_held: bool
    n_common: int
    grid: Grid
    converged: bool
    criterion: float | None
    gradient_norm: float | None
    iterations: int
    start: tuple[float, float] | None

    @property
    def coefficients(self) -> FloatArray:
        """A and B, shape (2,)."""
        return np.array([self.slope, self.intercept])


def link(
    from_items: Sequence[Item],
    to_items: Sequence[Item],
    method: Method,
    *,
    nodes: Nodes | None = None,
    weights: FloatArray | None = None,
    d: float = 1.0,
    symmetric: bool = False,
    start: tuple[float, float] | None = None,
) -> Link:
    """Link by the common items; ``from_items`` and ``to_items`` are the same items in the same order.

    ``nodes`` and ``weights``, of shape (n_nodes,), are where the curve methods compare: 61 points on [−6, 6]
    with normal weights unless given; ``symmetric`` compares on both scales. ``d`` is the D of the parameters.
    ``start`` is the A and B where the search begins: unless given, whichever of the moment methods' and (1,
    0) is nearest. The search is Newton's with exact derivatives, stopped on the gradient.

    Raises MeasurementError with code ``link_few_common`` (``n``, ``least``), ``link_categories`` (``item``),
    ``link_weights``, ``link_slope`` (a start without a positive A), ``link_undetermined`` when the curves at
    these points do not tell A and B, or what ``moment_coefficients`` raises.
    """
    if start is not None and not start[0] > 0:
        raise MeasurementError("link_slope")
    check_common(from_items, to_items)
    grid = make_grid(nodes, weights, d=d, symmetric=symmetric)
    held = all(item.model in ("rasch", "pcm") for item in (*from_items, *to_items))
    if method == "haebara" or method == "stocking-lord":
        return _search(from_items, to_items, method, grid, held=held, start=start)
    ab = moment_coefficients(from_items, to_items, method, slope_held=held)
    return _found(method, ab, grid, held=held, n_common=len(from_items))


def make_grid(nodes: Nodes | None, weights: FloatArray | None, *, d: float, symmetric: bool) -> Grid:
    """Points and weights with a sum of 1. Raises MeasurementError with code ``link_weights`` when the weights
    are not one per point, negative, or all 0, or D is not positive."""
    places = make_nodes() if nodes is None else nodes
    shares = normal_weights(places) if weights is None else weights
    sound = shares.shape == places.theta.shape and bool((shares >= 0).all())
    if not (sound and np.isfinite(shares.sum()) and shares.sum() > 0 and np.isfinite(d) and d > 0):
        raise MeasurementError("link_weights")
    return Grid(theta=places.theta, weights=shares / shares.sum(), d=d, symmetric=symmetric)


def inverse(slope: float, intercept: float) -> tuple[float, float]:
    """A and B of the way back: θ_from = θ_to / A − B / A."""
    return 1.0 / slope, -intercept / slope


def check_common(from_items: Sequence[Item], to_items: Sequence[Item]) -> None:
    """Refuse common items that do not fit. Raises MeasurementError with code ``link_few_common`` (``n``,
    ``least``) or ``link_categories`` (``item``, ``n``, ``m``)."""
    if min(len(from_items), len(to_items)) < LEAST_COMMON:
        raise MeasurementError("link_few_common", n=min(len(from_items), len(to_items)), least=LEAST_COMMON)
    for one, other in zip(from_items, to_items, strict=True):
        if one.categories != other.categories:
            raise MeasurementError("link_categories", item=one.name, n=one.categories, m=other.categories)


def _found(method: Method, ab: FloatArray, grid: Grid, *, held: bool, n_common: int) -> Link:
    return Link(
        method=method,
        slope=float(ab[0]),
        intercept=float(ab[1]),
        slope_held=held,
        n_common=n_common,
        grid=grid,
        converged=True,
        criterion=None,
        gradient_norm=None,
        iterations=0,
        start=None,
    )


def _search(
    from_items: Sequence[Item],
    to_items: Sequence[Item],
    method: CurveMethod,
    grid: Grid,
    *,
    held: bool,
    start: tuple[float, float] | None,
) -> Link:
    def at(ab: FloatArray) -> Criterion:
        return criterion(from_items, to_items, method, ab, grid)

    starts = [np.array(start)] if start else _starts(from_items, to_items, held=held)
    begin = min(starts, key=lambda ab: at(ab).value)
    ab, here, iterations = _lowest(begin, at, held=held)
    _check_determined(ab, here, held=held)
    return Link(
        method=method,
        slope=float(ab[0]),
        intercept=float(ab[1]),
        slope_held=held,
        n_common=len(from_items),
        grid=grid,
        converged=_arrived(ab, here, held=held),
        criterion=here.value,
        gradient_norm=_norm(ab, here, held=held),
        iterations=iterations,
        start=(float(begin[0]), float(begin[1])),
    )


def _lowest(
    begin: FloatArray, at: Callable[[FloatArray], Criterion], *, held: bool
) -> tuple[FloatArray, Criterion, int]:
    """Where the steps end, the criterion there, and how many they were."""
    ab, here = begin, at(begin)
    for iterations in range(MAX_ITERATIONS):
        moved = None if _arrived(ab, here, held=held) else _step(ab, here, at, held=held)
        if moved is None:
            return ab, here, iterations
        ab, here = moved
    return ab, here, MAX_ITERATIONS


def _starts(from_items: Sequence[Item], to_items: Sequence[Item], *, held: bool) -> list[FloatArray]:
    """(1, 0) and what the moment methods give where they give something."""
    found = [np.array([1.0, 0.0])]
    for method in MOMENT_METHODS:
        try:
            found.append(moment_coefficients(from_items, to_items, method, slope_held=held))
        except MeasurementError:
            continue
    return found


def _by_log(ab: FloatArray, here: Criterion, *, held: bool) -> tuple[FloatArray, FloatArray]:
    """Gradient and Hessian by (log A, B), which keeps A positive; by B alone where A is held."""
    scale = np.array([ab[0], 1.0])
    gradient = here.gradient * scale
    hessian = here.hessian * np.outer(scale, scale)
    hessian[0, 0] += gradient[0]
    return (gradient[1:], hessian[1:, 1:]) if held else (gradient, hessian)


def _norm(ab: FloatArray, here: Criterion, *, held: bool) -> float:
    return float(np.abs(_by_log(ab, here, held=held)[0]).max())


def _newton(ab: FloatArray, here: Criterion, *, held: bool) -> FloatArray:
    """The step to the minimum of the quadratic approximation, at most 1 each way."""
    gradient, hessian = _by_log(ab, here, held=held)
    values, vectors = np.linalg.eigh(hessian)
    # Where the criterion is not convex, curvature is taken positive: the step then still leads down.
    safe = np.maximum(np.abs(values), LEAST_CURVATURE * max(1.0, float(np.abs(values).max())))
    return np.clip(-vectors @ ((vectors.T @ gradient) / safe), -1.0, 1.0)


def _arrived(ab: FloatArray, here: Criterion, *, held: bool) -> bool:
    """Whether both the gradient and the step still to go are as good as nothing."""
    far = float(np.abs(_newton(ab, here, held=held)).max())
    return _norm(ab, here, held=held) <= TOLERANCE and far <= STEP_TOLERANCE


def _check_determined(ab: FloatArray, here: Criterion, *, held: bool) -> None:
    """Refuse a valley without a lowest point. Raises MeasurementError with code ``link_undetermined``."""
    values = np.linalg.eigvalsh(_by_log(ab, here, held=held)[1])
    if values.min() <= LEAST_CURVATURE * max(1.0, float(values.max())):
        raise MeasurementError("link_undetermined")


def _step(
    ab: FloatArray, here: Criterion, at: Callable[[FloatArray], Criterion], *, held: bool
) -> tuple[FloatArray, Criterion] | None:
    """A Newton step, halved until the criterion falls; where it is too flat to tell, until the gradient does.
    None when no step helps."""
    down = _newton(ab, here, held=held)
    for halving in range(40):
        shift = down * 0.5**halving
        moved = np.array([ab[0] * (1.0 if held else np.exp(shift[0])), ab[1] + shift[-1]])
        there = at(moved)
        flat = there.value <= here.value * (1.0 + 1e-12) + 1e-300
        if there.value < here.value or (flat and _norm(moved, there, held=held) < _norm(ab, here, held=held)):
            return moved, there
    return None
