"""Exposure parameters that keep every item's use below a limit."""

from dataclasses import dataclass, replace

import numpy as np

from scoring.adaptive.bank import Bank
from scoring.adaptive.simulation import Plan, Simulation, simulate
from scoring.arrays import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Control:
    """``parameters`` of shape (n_items,) for ``Exposure``, and the largest exposure rate that they gave in
    the last simulation, which chance and the shortest banks keep above the limit."""

    parameters: FloatArray
    largest_rate: float


def sympson_hetter(
    bank: Bank,
    theta: FloatArray,
    plan: Plan,
    weights: FloatArray,
    *,
    limit: float,
    cycles: int,
    rng: np.random.Generator,
) -> Control:
    """Find, by simulating the test, with what probability each item may be given once selected so that no
    more than the share ``limit`` of students of true ``theta`` have it.

    K_i = min(1, limit / P(selected)), in ``cycles`` of simulation, at least one; the ``length`` largest are
    1, so that every test can be finished. Sympson & Hetter (1985), Proc. 27th Military Testing Association,
    973–977; Hetter & Sympson (1997), in Sands, Waters & McBride, ch. 13.

    Raises ValueError as ``simulate`` does, or when ``limit`` is not a positive share.
    """
    if not 0 < limit <= 1:
        raise ValueError("the limit is a share")
    parameters = np.ones(bank.size)
    for _ in range(cycles - 1):
        found = _simulated(bank, theta, plan, weights, parameters, rng)
        parameters = limit / np.maximum(found.selection_rates, limit)
        parameters[np.argsort(-parameters, kind="stable")[: plan.length]] = 1.0
    found = _simulated(bank, theta, plan, weights, parameters, rng)
    return Control(parameters=parameters, largest_rate=float(found.exposure_rates.max()))


def _simulated(
    bank: Bank,
    theta: FloatArray,
    plan: Plan,
    weights: FloatArray,
    parameters: FloatArray,
    rng: np.random.Generator,
) -> Simulation:
    exposure = replace(plan.exposure, parameters=parameters)
    return simulate(bank, theta, replace(plan, exposure=exposure), weights, rng=rng)
