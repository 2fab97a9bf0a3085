"""The model of a test, estimated, and on the scale of another run where that is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import numpy as np
from scipy.special import logit

from exam_server.core.analysis.delta import spread
from exam_server.core.analysis.findings import DIGITS, LinkFigures, Param, Remark, rounded
from exam_server.core.analysis.model_choice import Modelled
from exam_server.core.analysis.scored_test import ScoredTest
from exam_server.core.analysis.settings import LinkTarget
from exam_server.core.parameter_file import ErrorFigures
from scoring.ability import Ability, eap
from scoring.arrays import FloatArray
from scoring.calibrated import Calibration, ItemErrors
from scoring.calibration import LogitNormalPrior, Settings, calibrate
from scoring.errors import MeasurementError
from scoring.items import Item, rescale
from scoring.linking.covariances import diagonal_covariance
from scoring.linking.drift import purified
from scoring.linking.errors import link_errors
from scoring.quadrature import Nodes

GUESSING_SD = 0.5
"""Of the prior of logit g: 95 % of guessing lies within about a factor of 2 of chance, as in R mirt's
examples (Chalmers 2012, J. Stat. Software 48(6))."""

MOST_FOR_OAKES = 20_000
"""Candidates from which on the cheaper cross-product errors serve: the two differ by a share of 1/√n."""

_OPTIONS = 4
_CONVERGENCE_STEPS = 14.0

Step = Callable[[float], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """Estimates before and after the link: θ* = ``slope`` θ + ``intercept``. ``nodes`` and ``ability`` are on
    the scale of θ*; ``weights`` of shape (n_nodes,)."""

    modelled: Modelled
    calibration: Calibration
    items: tuple[Item, ...]
    slope: float
    intercept: float
    link: LinkFigures | None
    nodes: Nodes
    weights: FloatArray
    ability: Ability
    remarks: tuple[Remark, ...]

    def spread(self, place: int, of: Callable[[Item], FloatArray]) -> FloatArray | None:
        """Standard errors of what ``of`` makes of an item on the scale of θ*; None where not known."""
        return spread(self.calibration, place, lambda item: of(self.linked(item)))

    def linked(self, item: Item) -> Item:
        """An item on the scale of θ*."""
        return item if self.link is None else rescale(item, self.slope, self.intercept)


def fit(test: ScoredTest, modelled: Modelled, target: LinkTarget | None, step: Step) -> Fitted | Remark:
    """Calibrate, link, and estimate abilities; a remark in place of a model that was not found."""
    try:
        found = calibrate(
            modelled.responses, modelled.models, _settings(test, modelled), progress=_told(step)
        )
    except MeasurementError as error:
        return Remark(code="model_error", attention=True, params={"error": error.code, **error.params})
    if not found.certificate.converged:
        figures: dict[str, Param] = {
            "iterations": found.certificate.iterations,
            "gradient": found.certificate.gradient_norm,
        }
        return Remark(code="not_converged", attention=True, params=figures)
    return _placed(test, modelled, found, target)


def _settings(test: ScoredTest, modelled: Modelled) -> Settings:
    options = [test.items[place].options for place in modelled.places if test.items[place].options > 1]
    chance = 1.0 / float(np.median(options)) if options else 1.0 / _OPTIONS
    return Settings(
        errors="oakes" if modelled.responses.n_persons <= MOST_FOR_OAKES else "cross_product",
        guessing_prior=LogitNormalPrior(mean=float(logit(chance)), sd=GUESSING_SD)
        if "3pl" in modelled.models
        else None,
    )


def _told(step: Step) -> Callable[[int, float], None]:
    """How far a calibration is, by the orders of magnitude its gradient has fallen."""
    first: list[float] = []

    def told(iteration: int, gradient: float) -> None:
        if gradient > 0:
            first.append(gradient)
            step(min(1.0, max(0.0, log(first[0] / gradient)) / _CONVERGENCE_STEPS))

    return told


def _placed(test: ScoredTest, modelled: Modelled, found: Calibration, target: LinkTarget | None) -> Fitted:
    """The estimates on the scale of ``target``, where it can be reached."""
    linked, remarks = _link(found, target)
    slope, intercept = (1.0, 0.0) if linked is None else (linked.slope, linked.intercept)
    items = found.items if linked is None else tuple(rescale(item, slope, intercept) for item in found.items)
    nodes = Nodes(theta=slope * found.nodes.theta + intercept)
    weights = found.groups[0].weights
    return Fitted(
        modelled=modelled,
        calibration=found,
        items=items,
        slope=slope,
        intercept=intercept,
        link=linked,
        nodes=nodes,
        weights=weights,
        ability=eap(items, modelled.responses, nodes, weights),
        remarks=(*_doubts(test, modelled, found), *remarks),
    )


def _doubts(test: ScoredTest, modelled: Modelled, found: Calibration) -> tuple[Remark, ...]:
    """Estimates that should not be trusted: flat, negative and runaway items among them. A lower asymptote is
    left to its prior where the data say nothing."""
    return tuple(
        Remark(
            code="estimate",
            attention=True,
            params={
                "item": test.items[modelled.places[doubt.place]].item,
                "remark": doubt.remark,
                "value": float(f"{doubt.value:.{DIGITS}g}"),
            },
        )
        for doubt in found.remarks
        if doubt.remark != "guessing_undetermined"
    )


def _link(found: Calibration, target: LinkTarget | None) -> tuple[LinkFigures | None, tuple[Remark, ...]]:
    """The link by the items both runs have, without those that moved."""
    if target is None:
        return None, ()
    common = [place for place, item in enumerate(found.items) if _is_common(item, target)]
    ours = [found.items[place] for place in common]
    theirs = [target.items[int(item.name)].item() for item in ours]
    try:
        made = purified(ours, theirs, "stocking-lord", "distance")
        stayed = [place for place in range(len(common)) if place not in made.dropped]
        errors = link_errors(
            made.link,
            [ours[place] for place in stayed],
            [theirs[place] for place in stayed],
            diagonal_covariance(
                [ours[place] for place in stayed], [found.errors[common[place]] for place in stayed]
            ),
            diagonal_covariance(
                [theirs[place] for place in stayed],
                [_errors(target.items[int(ours[place].name)].se) for place in stayed],
            ),
        )
    except MeasurementError as error:
        params = {"to": target.to, "error": error.code, **error.params}
        return None, (Remark(code="not_linked", attention=True, params=params),)
    moved = (Remark(code="anchor_moved", attention=True, params={"n": len(made.dropped), "to": target.to}),)
    return LinkFigures(
        to=target.to,
        shared=len(stayed),
        slope=made.link.slope,
        intercept=made.link.intercept,
        slope_se=rounded(errors.slope_se),
        intercept_se=rounded(errors.intercept_se),
    ), moved if made.dropped else ()


def _is_common(item: Item, target: LinkTarget) -> bool:
    there = target.items.get(int(item.name))
    return there is not None and len(there.intercepts) == len(item.intercepts)


def _errors(figures: ErrorFigures | None) -> ItemErrors | None:
    if figures is None:
        return None
    return ItemErrors(
        slope=figures.a,
        intercepts=None if figures.intercepts is None else np.array(figures.intercepts),
        lower=figures.c,
        upper=figures.d_upper,
        lower_logit=None,
        upper_logit=None,
    )
