"""Ability by maximum likelihood, as the mode of the posterior, and by weighted likelihood."""

from collections.abc import Sequence

import numpy as np

from scoring.ability.equation import Addition, Method, estimate
from scoring.ability.estimate import Ability
from scoring.ability.likelihood import check_answers
from scoring.arrays import FloatArray
from scoring.items import Item
from scoring.responses import Responses

LIMIT = 6.0

_STEP = 0.2


def ml(items: Sequence[Item], responses: Responses, limit: float = LIMIT) -> Ability:
    """Maximum likelihood; SE = 1 / √(observed information): Birnbaum (1968), in Lord & Novick, ch. 20; Efron
    & Hinkley (1978), Biometrika 65, 457–482.

    Where the likelihood is highest at an end of −``limit`` to ``limit``, as for a perfect score, θ is that
    limit and SE is NaN; both are NaN for a person without answers.

    Raises what ``check_answers`` raises.
    """
    return _without_prior(items, responses, limit, Method(addition=_nothing, expected=False))


def wle(items: Sequence[Item], responses: Responses, limit: float = LIMIT) -> Ability:
    """Weighted likelihood: r = J / (2 I), where I = Σ P'² / P and J = Σ P' P'' / P; SE = 1 / √I.

    Warm (1989), Psychometrika 54, 427–450; more than two categories: Samejima (1998), NCME, after the bias of
    Samejima (1993), Psychometrika 58, 119–138. The same as the mode under Jeffreys' prior √I unless an item
    has asymptotes other than 0 and 1. Limits and persons without answers as in ``ml``.

    Raises what ``check_answers`` raises.
    """
    return _without_prior(items, responses, limit, Method(addition=_warm, expected=True))


def map_(
    items: Sequence[Item],
    responses: Responses,
    mean: float | FloatArray = 0.0,
    sd: float | FloatArray = 1.0,
) -> Ability:
    """Mode of the posterior under a normal prior; SE = 1 / √(observed information + 1 / sd²): Samejima
    (1969), Psychometrika Monograph 17.

    ``mean`` and ``sd``: numbers, or one per group. A person without answers has the prior's mean and SD.

    Raises what ``check_answers`` raises.
    """
    check_answers(items, responses)
    groups = len(responses.group_names)
    centre, spread = np.broadcast_to(mean, groups), np.broadcast_to(sd, groups)
    theta, se = np.empty((2, responses.n_persons))
    for group in range(groups):
        rows = np.flatnonzero(responses.groups == group)
        middle, precision = float(centre[group]), float(spread[group]) ** -2
        found = estimate(
            items,
            responses.codes[rows],
            _grid(middle, _reach(items, precision)),
            Method(addition=_normal(middle, precision), expected=False),
        )
        theta[rows], se[rows] = found.theta, found.se
    return Ability(theta=theta, se=se)


def _without_prior(items: Sequence[Item], responses: Responses, limit: float, method: Method) -> Ability:
    check_answers(items, responses)
    theta, se = np.full((2, responses.n_persons), np.nan)
    rows = np.flatnonzero(responses.administered.any(axis=1))
    found = estimate(items, responses.codes[rows], _grid(0.0, limit), method)
    theta[rows], se[rows] = found.theta, found.se
    return Ability(theta=theta, se=se)


def _grid(middle: float, reach: float) -> FloatArray:
    return middle + np.linspace(-reach, reach, 2 * max(1, round(reach / _STEP)) + 1)


def _reach(items: Sequence[Item], precision: float) -> float:
    """How far from the prior's mean a mode is sought: no farther than all items together can pull it."""
    pull = sum(_steepest(item) for item in items)
    return min(pull / precision, max(LIMIT, LIMIT / np.sqrt(precision)))


def _steepest(item: Item) -> float:
    """No answer's |∂ log P / ∂θ| exceeds this."""
    if item.category_slopes is not None:
        return float(np.ptp([0.0, *item.category_slopes]))
    return abs(item.slope) * (item.categories - 1)


def _nothing(theta: FloatArray, information: FloatArray, bias: FloatArray) -> FloatArray:
    return np.zeros(np.broadcast_shapes(theta.shape, information.shape))


def _warm(theta: FloatArray, information: FloatArray, bias: FloatArray) -> FloatArray:
    # Where the items say nothing any more there is nothing to weigh either.
    out = np.zeros_like(information)
    return np.divide(bias, 2.0 * information, out=out, where=information > np.finfo(np.float64).tiny)


def _normal(mean: float, precision: float) -> Addition:
    def pull(theta: FloatArray, information: FloatArray, bias: FloatArray) -> FloatArray:
        return np.broadcast_to(
            (mean - theta) * precision, np.broadcast_shapes(theta.shape, information.shape)
        )

    return pull
