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
from scoring.errors import MeasurementError
from scoring.items import Item
from scoring.linking.curves import CURVE_METHODS, CurveMethod, criterion, cross_derivatives
from scoring.linking.link import Link
from scoring.linking.moments import MomentMethod, moment_jacobians


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
