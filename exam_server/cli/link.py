"""``khaothi link``: the scale of one calibration on that of another."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.table import Table

from exam_server.cli.files import read_file
from exam_server.cli.link_report import DriftRule, LinkMethod, LinkReport, Side, Weights, Wish, linked
from exam_server.cli.measuring import load_parameters, measuring, number, words, write_file
from exam_server.cli.options import Json
from exam_server.cli.screen import screen
from exam_server.cli.words import say
from exam_server.core.linked_file import common_items, linked_file
from exam_server.core.parameter_file import write_parameters
from exam_server.core.response_table import read_pairs
from exam_server.errors import Invalid

if TYPE_CHECKING:
    from scoring.arrays import FloatArray

MAX_POINTS = 100_001
_COLUMNS = ("from", "to", "slope_z", "difficulty_z", "displacement", "distance", "moved")

From = Annotated[Path, typer.Option("--from", metavar="PARAMS", help=say("option_link_from"))]
To = Annotated[Path, typer.Option("--to", metavar="PARAMS", help=say("option_link_target"))]
Common = Annotated[Path | None, typer.Option("--common", metavar="MAP", help=say("option_link_common"))]
MethodChoice = Annotated[LinkMethod, typer.Option("--method", help=say("option_link_method"))]
D = Annotated[float, typer.Option("--d", min=0.1, max=10.0, help=say("option_link_d"))]
Points = Annotated[str, typer.Option("--points", metavar="LOW:HIGH:STEP", help=say("option_link_points"))]
WeightsChoice = Annotated[Weights, typer.Option("--weights", help=say("option_link_weights"))]
Symmetric = Annotated[bool, typer.Option("--symmetric", help=say("option_link_symmetric"))]
DriftChoice = Annotated[DriftRule, typer.Option("--drift", help=say("option_link_drift"))]
DropMoved = Annotated[bool, typer.Option("--drop-moved", help=say("option_link_drop_moved"))]
Out = Annotated[Path | None, typer.Option("--out", metavar="LINKED", help=say("option_link_out"))]


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
        report = linked(*sides, theta, wish)
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


def _show(report: LinkReport) -> None:
    table = Table(*(words(f"column_link_{name}") for name in _COLUMNS))
    for one in report.anchors:
        table.add_row(
            one.from_,
            one.to,
            *(number(value, 2) for value in (one.slope_z, one.difficulty_z, one.displacement)),
            number(one.distance, 3),
            "✗" if one.dropped else "!" if one.moved else "✓",
            style="yellow" if one.moved or one.dropped else None,
        )
    console = screen()
    console.print(table)
    console.print(
        words(
            "link_line",
            slope=number(report.slope, 6),
            sign="−" if report.intercept < 0 else "+",
            intercept=number(abs(report.intercept), 6),
            slope_se=number(report.slope_se, 4),
            intercept_se=number(report.intercept_se, 4),
            n=report.n_common,
        ),
        highlight=False,
    )
    for note in report.notes:
        console.print(note, highlight=False)
