"""``khaothi link``: the scale of one calibration on that of another."""

import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer
from rich.table import Table

from exam_server.catalogue.formats import format_number
from exam_server.cli.files import read_file
from exam_server.cli.measuring import load_parameters, measuring, words, write_file
from exam_server.cli.options import Json
from exam_server.cli.screen import screen
from exam_server.cli.words import LANGUAGE, say
from exam_server.core.linked_file import KnownErrors, common_items, covariance_of, linked_file
from exam_server.core.parameter_file import ItemFigures, ParameterFile, write_parameters
from exam_server.core.response_file import read_pairs
from exam_server.errors import Invalid

if TYPE_CHECKING:
    from scoring.arrays import FloatArray
    from scoring.items import Item
    from scoring.linking import Link, LinkErrors, Purified

LinkMethod = Literal["stocking-lord", "haebara", "mean-sigma", "mean-mean", "mean-gmean"]
Weights = Literal["uniform", "normal"]
DriftRule = Literal["distance", "robust-z", "displacement"]

MAX_POINTS = 100_001
SHIFTED = 0.1
"""An anchor whose difficulty moved less than this in θ changed its shape rather than its difficulty."""
_COLUMNS = ("from", "to", "slope_z", "difficulty_z", "displacement", "distance", "moved")

From = Annotated[Path, typer.Option("--from", metavar="PARAMS", help=say("option_link_from"))]
To = Annotated[Path, typer.Option("--to", metavar="PARAMS", help=say("option_link_to"))]
Common = Annotated[Path | None, typer.Option("--common", metavar="MAP", help=say("option_link_common"))]
MethodChoice = Annotated[LinkMethod, typer.Option("--method", help=say("option_link_method"))]
D = Annotated[float, typer.Option("--d", min=0.1, max=10.0, help=say("option_link_d"))]
Points = Annotated[str, typer.Option("--points", metavar="LOW:HIGH:STEP", help=say("option_link_points"))]
WeightsChoice = Annotated[Weights, typer.Option("--weights", help=say("option_link_weights"))]
Symmetric = Annotated[bool, typer.Option("--symmetric", help=say("option_link_symmetric"))]
DriftChoice = Annotated[DriftRule, typer.Option("--drift", help=say("option_link_drift"))]
DropMoved = Annotated[bool, typer.Option("--drop-moved", help=say("option_link_drop_moved"))]
Out = Annotated[Path | None, typer.Option("--out", metavar="LINKED", help=say("option_link_out"))]


class Anchor(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A common item: how far it moved; null where a figure has no meaning for its model."""

    from_: str
    to: str
    slope_z: float
    difficulty_z: float
    distance: float
    most_distance: float
    displacement: float
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


def link(
    from_: From,
    to: To,
    common: Common = None,
    method: MethodChoice = "stocking-lord",
    d: D = 1.0,
    points: Points = "-4:4:0.05",
    weights: WeightsChoice = "uniform",
    symmetric: Symmetric = False,  # noqa: FBT002 -- typer makes it a flag
    drift: DriftChoice = "robust-z",
    drop_moved: DropMoved = False,  # noqa: FBT002 -- typer makes it a flag
    out: Out = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Find A and B, say which anchors moved."""
    wish = Wish(
        method=method,
        d=d,
        points=points,
        weights=weights,
        symmetric=symmetric,
        drift=drift,
        drop_moved=drop_moved,
    )
    theta = points_of(points)
    ours, theirs = load_parameters(from_), load_parameters(to)
    pairs = None if common is None else read_pairs(read_file(common), str(common))
    place = str(from_ if common is None else common)
    here, there = common_items(ours, theirs, pairs, place)
    sides = (
        Side(file=ours, items=tuple(here), place=str(from_)),
        Side(file=theirs, items=tuple(there), place=str(to)),
    )
    with measuring(place):
        report = _linked(*sides, theta, wish)
    if out is not None:
        write_file(out, write_parameters(linked_file(ours, report.slope, report.intercept, str(from_))))
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        _show(report)
    if not report.converged:
        raise Invalid("link_not_converged", place=place, method=method)


def points_of(given: str) -> "FloatArray":
    """The points of LOW:HIGH:STEP; a step that does not divide the range ends before HIGH."""
    import numpy as np

    try:
        low, high, step = (float(part) for part in given.split(":"))
    except ValueError:
        raise typer.BadParameter(say("link_bad_points", value=given), param_hint="--points") from None
    count = (high - low) / step if step else 0.0
    if not (math.isfinite(count) and 1 <= count <= MAX_POINTS and math.isfinite(low)):
        raise typer.BadParameter(say("link_bad_points", value=given), param_hint="--points")
    return low + step * np.arange(math.floor(count + 1e-6) + 1, dtype=np.float64)


def _linked(ours: Side, theirs: Side, theta: "FloatArray", wish: Wish) -> LinkReport:
    """Raises what ``purified`` and ``link_errors`` raise."""
    done = _found([one.item() for one in ours.items], [one.item() for one in theirs.items], theta, wish)
    errors, known = _errors(ours, theirs, done)
    moved = done.drift.moved(wish.drift)
    anchors = tuple(
        Anchor(
            from_=one.name,
            to=other.name,
            slope_z=float(done.drift.slope_z[at]),
            difficulty_z=float(done.drift.difficulty_z[at]),
            distance=float(done.drift.distance[at]),
            most_distance=float(done.drift.most_distance[at]),
            displacement=float(done.drift.displacement[at]),
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


def _errors_notes(known: KnownErrors) -> tuple[str, ...]:
    if known == "covariance":
        return ()
    return (words("link_errors_diagonal") if known == "diagonal" else words("link_errors_unknown"),)


def _drift_notes(anchors: Sequence[Anchor]) -> tuple[str, ...]:
    """A sentence for each anchor that moved; one when none did."""
    moved = tuple(_moved_note(one) for one in anchors if one.moved or one.dropped)
    return moved or (words("link_anchors_stay", n=len(anchors)),)


def _moved_note(one: Anchor) -> str:
    size = _number(abs(one.displacement), 2)
    if abs(one.slope_z) > abs(one.difficulty_z) or not abs(one.displacement) >= SHIFTED:
        moved = words("link_anchor_shape", item=one.from_, other=one.to)
    elif one.displacement > 0:
        moved = words("link_anchor_harder", item=one.from_, other=one.to, size=size)
    else:
        moved = words("link_anchor_easier", item=one.from_, other=one.to, size=size)
    return f"{moved} {words('link_anchor_dropped') if one.dropped else words('link_anchor_kept')}"


def _show(report: LinkReport) -> None:
    table = Table(*(words(f"column_link_{name}") for name in _COLUMNS))
    for one in report.anchors:
        table.add_row(
            one.from_,
            one.to,
            *(_number(value, 2) for value in (one.slope_z, one.difficulty_z, one.displacement)),
            _number(one.distance, 3),
            "✗" if one.dropped else "!" if one.moved else "✓",
            style="yellow" if one.moved or one.dropped else None,
        )
    console = screen()
    console.print(table)
    console.print(
        words(
            "link_line",
            slope=_number(report.slope, 6),
            intercept=_number(report.intercept, 6),
            slope_se=_number(report.slope_se, 4),
            intercept_se=_number(report.intercept_se, 4),
            n=report.n_common,
        ),
        highlight=False,
    )
    for note in report.notes:
        console.print(note, highlight=False)


def _number(value: float | None, decimals: int) -> str:
    """With the language's decimal mark; a dash for what is not known."""
    if value is None or not math.isfinite(value):
        return "–"
    return format_number(Decimal(f"{value:.{decimals}f}"), LANGUAGE)
