"""The line between two calibrations, what is known of its errors, and which anchors moved."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from exam_server.cli.measuring import number, words
from exam_server.core.linked_file import KnownErrors, covariance_of
from exam_server.core.parameter_file import ItemFigures, ParameterFile

if TYPE_CHECKING:
    from scoring.arrays import FloatArray
    from scoring.items import Item
    from scoring.linking import Link, LinkErrors, Purified

LinkMethod = Literal["stocking-lord", "haebara", "mean-sigma", "mean-mean", "mean-gmean"]
Weights = Literal["uniform", "normal"]
DriftRule = Literal["distance", "robust-z", "displacement"]

SHIFTED = 0.1
"""An anchor whose difficulty moved less than this in θ changed its shape rather than its difficulty."""


class Anchor(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A common item: how far it moved; null where a figure has no meaning for its model."""

    from_: str
    to: str
    slope_z: float | None
    difficulty_z: float | None
    distance: float
    most_distance: float
    displacement: float | None
    moved: bool
    dropped: bool


_LETTERS = {
    "slope": "A",
    "intercept": "B",
    "slope_se": "se_A",
    "intercept_se": "se_B",
    "covariance": "cov_AB",
}


class LinkReport(msgspec.Struct, frozen=True, kw_only=True, rename=_LETTERS):
    """What ``--json`` prints: θ_to = A θ_from + B."""

    slope: float
    intercept: float
    slope_se: float | None
    intercept_se: float | None
    covariance: float | None
    errors: KnownErrors
    method: LinkMethod
    d: float
    points: str
    weights: Weights
    symmetric: bool
    n_common: int
    converged: bool
    iterations: int
    criterion: float | None
    gradient_norm: float | None
    start: tuple[float, float] | None
    drift: DriftRule
    anchors: tuple[Anchor, ...]
    notes: tuple[str, ...]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How to link."""

    method: LinkMethod
    d: float
    points: str
    weights: Weights
    symmetric: bool
    drift: DriftRule
    drop_moved: bool


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A calibration, its common items, and the file's name."""

    file: ParameterFile
    items: tuple[ItemFigures, ...]
    place: str


def linked(ours: Side, theirs: Side, theta: "FloatArray", wish: Wish) -> LinkReport:
    """Raises what ``purified`` and ``link_errors`` raise."""
    done = _found([one.item() for one in ours.items], [one.item() for one in theirs.items], theta, wish)
    errors, known = _errors(ours, theirs, done)
    moved = done.drift.moved(wish.drift)
    anchors = tuple(
        Anchor(
            from_=one.name,
            to=other.name,
            slope_z=_known(done.drift.slope_z[at]),
            difficulty_z=_known(done.drift.difficulty_z[at]),
            distance=float(done.drift.distance[at]),
            most_distance=float(done.drift.most_distance[at]),
            displacement=_known(done.drift.displacement[at]),
            moved=bool(moved[at]),
            dropped=at in done.dropped,
        )
        for at, (one, other) in enumerate(zip(ours.items, theirs.items, strict=True))
    )
    return _report(done.link, errors, known, anchors, wish)


def _errors(ours: Side, theirs: Side, done: "Purified") -> "tuple[LinkErrors | None, KnownErrors]":
    """The errors of the line by the anchors that stayed, and the less that either file tells of its own."""
    from scoring.linking import link_errors

    kept = [at for at in range(len(ours.items)) if at not in done.dropped]
    here, there = ([side.items[at] for at in kept] for side in (ours, theirs))
    (mine, one), (other, two) = (
        covariance_of(side.file, items, side.place) for side, items in ((ours, here), (theirs, there))
    )
    if mine is None or other is None or not done.link.converged:
        return None, "none"
    items, targets = [item.item() for item in here], [item.item() for item in there]
    known: KnownErrors = "covariance" if one == two == "covariance" else "diagonal"
    return link_errors(done.link, items, targets, mine, other), known


def _found(items: "Sequence[Item]", targets: "Sequence[Item]", theta: "FloatArray", wish: Wish) -> "Purified":
    from scoring.linking import Purified, drift, purified
    from scoring.linking import link as find
    from scoring.quadrature import Nodes, normal_weights

    nodes = Nodes(theta=theta)
    weights = normal_weights(nodes) if wish.weights == "normal" else 0.0 * theta + 1.0
    if wish.drop_moved:
        return purified(
            items,
            targets,
            wish.method,
            wish.drift,
            nodes=nodes,
            weights=weights,
            d=wish.d,
            symmetric=wish.symmetric,
        )
    line = find(items, targets, wish.method, nodes=nodes, weights=weights, d=wish.d, symmetric=wish.symmetric)
    return Purified(link=line, dropped=(), drift=drift(items, targets, line))


def _report(
    line: "Link", errors: "LinkErrors | None", known: KnownErrors, anchors: tuple[Anchor, ...], wish: Wish
) -> LinkReport:
    return LinkReport(
        slope=line.slope,
        intercept=line.intercept,
        slope_se=None if errors is None else errors.slope_se,
        intercept_se=None if errors is None else errors.intercept_se,
        covariance=None if errors is None else float(errors.covariance[0, 1]),
        errors=known,
        method=wish.method,
        d=wish.d,
        points=wish.points,
        weights=wish.weights,
        symmetric=wish.symmetric,
        n_common=line.n_common,
        converged=line.converged,
        iterations=line.iterations,
        criterion=line.criterion,
        gradient_norm=line.gradient_norm,
        start=line.start,
        drift=wish.drift,
        anchors=anchors,
        notes=(*_drift_notes(anchors), *_errors_notes(known)),
    )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _errors_notes(known: KnownErrors) -> tuple[str, ...]:
    if known == "covariance":
        return ()
    return (words("link_errors_diagonal") if known == "diagonal" else words("link_errors_unknown"),)


def _drift_notes(anchors: Sequence[Anchor]) -> tuple[str, ...]:
    """A sentence for each anchor that moved; one when none did."""
    moved = tuple(_moved_note(one) for one in anchors if one.moved or one.dropped)
    return moved or (words("link_anchors_stay", n=len(anchors)),)


def _moved_note(one: Anchor) -> str:
    shift = one.displacement or 0.0
    size = number(abs(shift), 2)
    turned = one.slope_z is None
    if turned or abs(one.slope_z or 0.0) > abs(one.difficulty_z or 0.0) or abs(shift) < SHIFTED:
        moved = words("link_anchor_shape", item=one.from_, other=one.to)
    elif shift > 0:
        moved = words("link_anchor_harder", item=one.from_, other=one.to, size=size)
    else:
        moved = words("link_anchor_easier", item=one.from_, other=one.to, size=size)
    return f"{moved} {words('link_anchor_dropped') if one.dropped else words('link_anchor_kept')}"
