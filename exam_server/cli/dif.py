"""``khaothi dif``: which items equally able candidates of two groups answer differently."""

from typing import Annotated

import msgspec
import typer
from rich.table import Table

from exam_server.cli.dif_report import ContrastDif, DifReport, ItemDif, Method, compared
from exam_server.cli.measuring import (
    Ignore,
    ResponsePath,
    load_responses,
    measuring,
    number,
    progress,
    words,
)
from exam_server.cli.options import Json
from exam_server.cli.screen import screen
from exam_server.cli.words import say

FEW_PERSONS = 200
"""Below it in a group only large differences can be seen."""

P_DECIMALS = 4

GroupColumn = Annotated[str, typer.Option("--group", metavar="COLUMN", help=say("option_dif_group"))]
MethodChoice = Annotated[Method, typer.Option("--method", help=say("option_dif_method"))]
Focal = Annotated[str | None, typer.Option("--focal", metavar="VALUE", help=say("option_dif_focal"))]
NoPurify = Annotated[bool, typer.Option("--no-purify", help=say("option_no_purify"))]


def dif(
    responses: ResponsePath,
    group: GroupColumn,
    method: MethodChoice = "mh",
    focal: Focal = None,
    no_purify: NoPurify = False,  # noqa: FBT002 -- typer makes it a flag
    ignore: Ignore = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Compare, print a table."""
    with progress() as tell:
        tell("step_reading", 0.0)
        file = load_responses(responses, group=group, ignore=ignore)
        with measuring(str(responses)):
            report = compared(file.responses, group, method, focal, tell, purify=not no_purify)
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        _show(report)


_COLUMNS: dict[Method, tuple[tuple[str, str, int], ...]] = {
    "mh": (
        ("delta", "dif_column_delta", 2),
        ("delta_se", "dif_column_se", 2),
        ("mean_difference", "dif_column_mean_difference", 2),
        ("p_adjusted", "dif_column_p", P_DECIMALS),
    ),
    "logistic": (
        ("log_odds", "dif_column_log_odds", 2),
        ("log_odds_se", "dif_column_se", 2),
        ("delta_r2", "dif_column_r2", 3),
        ("p_adjusted", "dif_column_p", P_DECIMALS),
        ("nonuniform_p", "dif_column_nonuniform", P_DECIMALS),
    ),
    "standardisation": (("difference", "dif_column_difference", 3),),
}
"""Field, heading and decimals of what each method shows."""


def _show(report: DifReport) -> None:
    console = screen()
    for contrast in report.contrasts:
        console.print(_table(report, contrast))
        if report.purified and not contrast.settled:
            console.print(words("dif_not_settled"))
        if min(contrast.n_focal, contrast.n_reference) < FEW_PERSONS:
            console.print(words("dif_few_persons", count=FEW_PERSONS))
    for small in report.too_small:
        console.print(words("dif_left_out", group=small.group, count=small.n))
    console.print(words("dif_how_purified" if report.purified else "dif_how_not_purified"))
    console.print(words("dif_is_no_verdict"))


def _table(report: DifReport, contrast: ContrastDif) -> Table:
    title = words(
        "dif_title",
        focal=contrast.focal,
        reference=_others(contrast),
        n_focal=contrast.n_focal,
        n_reference=contrast.n_reference,
    )
    columns = _COLUMNS[report.method]
    table = Table(title=title, title_justify="left")
    table.add_column(words("dif_column_item"))
    for _, heading, _ in columns:
        table.add_column(words(heading), justify="right")
    table.add_column(words("dif_column_meaning"))
    for row in contrast.items:
        figures = [_figure(getattr(row, field), decimals) for field, _, decimals in columns]
        style = "bold" if row.category == "C" else None
        table.add_row(row.item, *figures, _meaning(row, contrast), style=style)
    return table


def _others(contrast: ContrastDif) -> str:
    return words("dif_all_others") if contrast.reference is None else contrast.reference


def _meaning(row: ItemDif, contrast: ContrastDif) -> str:
    if row.category is None:
        return words("dif_unknown")
    if row.category == "A" or row.favours is None:
        return words("dif_negligible")
    favoured = contrast.focal if row.favours == "focal" else _others(contrast)
    return words("dif_moderate" if row.category == "B" else "dif_large", group=favoured)


def _figure(value: float | None, decimals: int) -> str:
    """A small p is not 0."""
    if value is not None and decimals == P_DECIMALS and value < 10.0**-P_DECIMALS:
        return f"< {number(10.0**-P_DECIMALS, P_DECIMALS)}"
    return number(value, decimals)
