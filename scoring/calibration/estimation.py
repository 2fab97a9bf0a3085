"""Calibration: responses and models in, estimated items and groups out."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import expit

from scoring.arrays import FloatArray
from scoring.calibrated import Calibration, Certificate, Group
from scoring.calibration.ascent import Ascent
from scoring.calibration.information import spread
from scoring.calibration.latent import EmpiricalGroup, LatentGroup, NormalGroup
from scoring.calibration.layout import Batch, Layout, make_layout
from scoring.calibration.objective import Evaluation, Problem
from scoring.calibration.patterns import make_blocks
from scoring.calibration.remarks import remarks
from scoring.calibration.settings import Settings
from scoring.calibration.standard_errors import covariance, error_at, item_errors, labels, standard_errors
from scoring.calibration.starting import starting_values
from scoring.errors import MeasurementError
from scoring.items import Item, Model
from scoring.responses import Responses, check_estimable

Progress = Callable[[int, float], None]
"""Told how many E-steps were done, and the gradient's norm."""


def calibrate(
    responses: Responses,
    models: Sequence[Model],
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
) -> Calibration:
    """Estimate the items by marginal maximum likelihood (Bock & Aitkin 1981, Psychometrika 46, 443–459), or
    by the mode of the posterior where there are priors; one model per item.

    The first group has mean 0 and SD 1 and the others' are free. With items of ``rasch`` or ``pcm``, whose
    slopes are 1, every SD is free; with anchors every mean and SD is.

    Raises MeasurementError as ``check_estimable`` does, with ``model_needs_two_categories``,
    ``anchor_mismatch``, ``groups_not_linked``, and, when ``settings.strict``, ``not_converged``
    (``iterations``, ``gradient``).
    """
    chosen = Settings() if settings is None else settings
    check_estimable(responses)
    problem = make_problem(responses, models, chosen)
    ascent = Ascent(progress or _untold)
    found, converged = ascent.climb(problem, starting_values(problem, responses.categories))
    if chosen.strict and not converged:
        raise MeasurementError("not_converged", iterations=ascent.iterations, gradient=found.gradient_norm)
    return _calibration(problem, responses, found, converged=converged, iterations=ascent.iterations)


def make_problem(responses: Responses, models: Sequence[Model], settings: Settings) -> Problem:
    """What is to be maximised."""
    if len(models) != responses.n_items:
        raise ValueError("one model per item")
    layout = make_layout(responses, models, settings.anchors)
    _check_linked(responses, layout)
    return Problem(
        layout=layout,
        blocks=make_blocks(responses, layout.offsets),
        groups=_groups(responses, layout, settings),
        settings=settings,
        theta=settings.nodes.theta,
        n=float(responses.weights.sum()),
    )


def _untold(iterations: int, gradient_norm: float) -> None:
    """Nobody asked."""


def _check_linked(responses: Responses, layout: Layout) -> None:
    """Each group is joined to the first, or to an anchor, by items in common.

    Raises MeasurementError with code ``groups_not_linked`` (``group``)."""
    had = np.array(
        [
            responses.administered[responses.groups == group].any(axis=0)
            for group in range(len(responses.group_names))
        ]
    )
    linked = had[:, layout.anchored].any(axis=1) if layout.anchored.any() else np.arange(len(had)) == 0
    while True:
        reached = had[:, had[linked].any(axis=0)].any(axis=1) | linked
        if (reached == linked).all():
            break
        linked = reached
    if not linked.all():
        raise MeasurementError("groups_not_linked", group=responses.group_names[int(np.argmin(linked))])


def _groups(responses: Responses, layout: Layout, settings: Settings) -> tuple[LatentGroup, ...]:
    anchored = bool(layout.anchored.any())
    unit_slopes = any(model in ("rasch", "pcm") for model in layout.models)
    groups: list[LatentGroup] = []
    at = layout.n_free
    for place in range(len(responses.group_names)):
        mean_free, sd_free = anchored or place > 0, anchored or place > 0 or unit_slopes
        group = _latent(settings, at, mean_free=mean_free, sd_free=sd_free)
        groups.append(group)
        at += len(group.index)
    return tuple(groups)


def _latent(settings: Settings, at: int, *, mean_free: bool, sd_free: bool) -> LatentGroup:
    theta = settings.nodes.theta
    if settings.latent == "empirical":
        return EmpiricalGroup(theta=theta, start=at, mean_pinned=not mean_free, sd_pinned=not sd_free)
    return NormalGroup(theta=theta, mean_at=at if mean_free else -1, sd_at=at + mean_free if sd_free else -1)


def _calibration(
    problem: Problem, responses: Responses, found: Evaluation, *, converged: bool, iterations: int
) -> Calibration:
    items = estimated_items(problem.layout, found.free)
    sure = None if problem.settings.errors == "none" else spread(problem, found)
    errors = standard_errors(problem, found.free, sure)
    return Calibration(
        items=items,
        errors=item_errors(problem.layout, found.free, errors),
        groups=tuple(
            _group(problem, responses, place, found.free, errors)
            for place in range(len(responses.group_names))
        ),
        nodes=problem.settings.nodes,
        n=problem.n,
        loglik=found.expected.loglik,
        log_prior=found.log_prior,
        n_parameters=problem.layout.n_free + sum(group.n_parameters for group in problem.groups),
        labels=labels(problem),
        covariance=None if sure is None else covariance(problem, found.free, sure),
        certificate=Certificate(
            converged=converged,
            gradient_norm=found.gradient_norm,
            tolerance=problem.settings.tolerance,
            iterations=iterations,
            condition_number=None if sure is None else sure.condition_number,
            at_maximum=None if sure is None else sure.at_maximum,
        ),
        remarks=remarks(problem, found, items),
    )


def estimated_items(layout: Layout, free: FloatArray) -> tuple[Item, ...]:
    """The items in the order of their columns."""
    found: dict[int, Item] = {}
    for batch in layout.batches:
        for place, values in zip(batch.places, batch.parameters(free), strict=True):
            found[int(place)] = _item(layout, batch, int(place), values)
    return tuple(found[place] for place in range(len(layout.names)))


def _item(layout: Layout, batch: Batch, place: int, values: FloatArray) -> Item:
    model, steps = layout.models[place], batch.categories - 1
    if model == "nominal":
        return Item(
            name=layout.names[place],
            model=model,
            slope=1.0,
            intercepts=values[steps:],
            category_slopes=values[:steps],
        )
    asymptotic = model in ("3pl", "4pl")
    return Item(
        name=layout.names[place],
        model=model,
        slope=float(values[0]),
        intercepts=values[1 : steps + 1],
        lower=float(expit(values[2])) if asymptotic else 0.0,
        upper=float(expit(values[3])) if asymptotic else 1.0,
    )


def _group(problem: Problem, responses: Responses, place: int, free: FloatArray, errors: FloatArray) -> Group:
    group = problem.groups[place]
    mean, sd = group.moments(free)
    return Group(
        name=responses.group_names[place],
        n=int(np.count_nonzero(responses.groups == place)),
        mean=mean,
        sd=sd,
        weights=np.exp(group.log_weights(free)),
        mean_se=error_at(errors, group.mean_at),
        sd_se=error_at(errors, group.sd_at),
    )
