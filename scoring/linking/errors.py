"""Standard errors of linking coefficients by the delta method.

Var(A, B) = J_from V_from J_from′ + J_to V_to J_to′ with J the derivatives of (A, B) by the common items'
parameters on either side: Ogasawara (2000), Economic Review (Otaru) 51, 1–23, for the moment methods;
Ogasawara (2001), APM 25, 53–67, for the curve methods, where J = −H⁻¹ ∂g/∂v with the criterion's gradient g
and Hessian H at its minimum (implicit function theorem).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from scoring.arrays import FloatArray
from scoring.calibrated import ItemErrors
from scoring.errors import MeasurementError
from scoring.items import DICHOTOMOUS, Item
from scoring.linking.curves import CURVE_METHODS, CurveMethod, criterion, cross_derivatives
from scoring.linking.link import Link
from scoring.linking.moments import MomentMethod, moment_jacobians
from scoring.linking.parameters import parameters


@dataclass(frozen=True, kw_only=True, eq=False)
class LinkErrors:
    """``covariance`` of A and B, shape (2, 2). ``from_jacobian`` and ``to_jacobian``, of shape (2,
    n_parameters), are the derivatives of (A, B) by the common items' parameters on each side."""

    covariance: FloatArray
    from_jacobian: FloatArray
    to_jacobian: FloatArray

    @property
    def slope_se(self) -> float:
        """Of A."""
        return float(np.sqrt(self.covariance[0, 0]))

    @property
    def intercept_se(self) -> float:
        """Of B."""
        return float(np.sqrt(self.covariance[1, 1]))


def link_errors(
    found: Link,
    from_items: Sequence[Item],
    to_items: Sequence[Item],
    from_covariance: FloatArray,
    to_covariance: FloatArray,
) -> LinkErrors:
    """The errors of a link of the common items, the two calibrations being independent.

    The covariances are of the common items' parameters in the order of ``linking.parameters``, of shape
    (n_parameters, n_parameters). Raises MeasurementError with code ``link_covariance`` when a shape differs,
    or ``link_not_converged``.
    """
    from_jacobian, to_jacobian = jacobians(found, from_items, to_items)
    for jacobian, given in ((from_jacobian, from_covariance), (to_jacobian, to_covariance)):
        if given.shape != (jacobian.shape[1], jacobian.shape[1]):
            raise MeasurementError("link_covariance", n=given.shape[0], needed=jacobian.shape[1])
    covariance = (
        from_jacobian @ from_covariance @ from_jacobian.T + to_jacobian @ to_covariance @ to_jacobian.T
    )
    return LinkErrors(covariance=covariance, from_jacobian=from_jacobian, to_jacobian=to_jacobian)


def jacobians(
    found: Link, from_items: Sequence[Item], to_items: Sequence[Item]
) -> tuple[FloatArray, FloatArray]:
    """∂(A, B) / ∂(parameters) of the common items on each side, of shape (2, n_parameters). Raises
    MeasurementError with code ``link_not_converged``."""
    if not found.converged:
        raise MeasurementError("link_not_converged", method=found.method)
    if found.method in CURVE_METHODS:
        return _curve_jacobians(found, from_items, to_items)
    return moment_jacobians(
        from_items,
        to_items,
        cast("MomentMethod", found.method),
        found.coefficients,
        slope_held=found.slope_held,
    )


def diagonal_covariance(items: Sequence[Item], errors: Sequence[ItemErrors | None]) -> FloatArray:
    """A covariance out of standard errors alone, as if the parameters were uncorrelated; 0 where an error is
    None. Shape (n_parameters, n_parameters)."""
    every = [_errors_of(item, error) for item, error in zip(items, errors, strict=True)]
    return np.diag(np.concatenate(every) ** 2)


def _errors_of(item: Item, errors: ItemErrors | None) -> FloatArray:
    """In the order of ``parameters``."""
    zeros = np.zeros(len(item.intercepts))
    if errors is None:
        return 0.0 * parameters(item)
    intercepts = zeros if errors.intercepts is None else errors.intercepts
    if item.category_slopes is not None:
        slopes = zeros if errors.category_slopes is None else errors.category_slopes
        return np.concatenate([slopes, intercepts])
    ends = [errors.lower or 0.0, errors.upper or 0.0] if item.model in DICHOTOMOUS else []
    return np.concatenate([[errors.slope or 0.0], intercepts, ends])


def _curve_jacobians(
    found: Link, from_items: Sequence[Item], to_items: Sequence[Item]
) -> tuple[FloatArray, FloatArray]:
    method = cast("CurveMethod", found.method)
    hessian = criterion(from_items, to_items, method, found.coefficients, found.grid).hessian
    cross = cross_derivatives(from_items, to_items, method, found.coefficients, found.grid)
    free = slice(1, 2) if found.slope_held else slice(0, 2)

    def solved(part: FloatArray) -> FloatArray:
        whole = np.zeros_like(part)
        whole[free] = -np.linalg.solve(hessian[free, free], part[free])
        return whole

    return solved(cross[0]), solved(cross[1])
