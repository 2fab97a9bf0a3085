"""``khaothi dif``: which items equally able candidates of two groups answer differently."""

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer
from rich.table import Table

from exam_server.cli.measuring import (
    Ignore,
    ResponsePath,
    Step,
    load_responses,
    measuring,
    number,
    progress,
    words,
)
from exam_server.cli.options import Json
from exam_server.cli.screen import screen
from exam_server.cli.words import say

if TYPE_CHECKING:
    from scoring.arrays import BoolArray
    from scoring.dif import Contrast
    from scoring.responses import Responses

Method = Literal["mh", "logistic", "standardisation"]
Favours = Literal["focal", "reference"]

FEW_PERSONS = 200
"""Below it in a group only large differences can be seen."""

GroupColumn = Annotated[str, typer.Option("--group", metavar="COLUMN", help=say("option_dif_group"))]
MethodChoice = Annotated[Method, typer.Option("--method", help=say("option_dif_method"))]
Focal = Annotated[str | None, typer.Option("--focal", metavar="VALUE", help=say("option_dif_focal"))]
NoPurify = Annotated[bool, typer.Option("--no-purify", help=say("option_no_purify"))]


class ItemDif(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item; what the method does not give, or the data do not determine, is left out. ``p_adjusted`` for
    all items compared (Benjamini–Hochberg). ``matched_on``: whether it is in the matching score."""

    item: str
    category: Literal["A", "B", "C"] | None
    favours: Favours | None
    matched_on: bool
    chi2: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    alpha: float | None = None
    delta: float | None = None
    delta_se: float | None = None
    mean_difference: float | None = None
    log_odds: float | None = None
    log_odds_se: float | None = None
    delta_r2: float | None = None
    nonuniform_p: float | None = None
    difference: float | None = None


class ContrastDif(msgspec.Struct, frozen=True, kw_only=True):
    """A focal group against the reference group, None for all others. ``items`` by category and size, the
    largest first. ``settled``: whether the matching score stayed the same in the end."""

    focal: str
    reference: str | None
    n_focal: int
    n_reference: int
    rounds: int
    settled: bool
    items: tuple[ItemDif, ...]


class SmallGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group that is too small to compare."""

    group: str
    n: int


class DifReport(msgspec.Struct, frozen=True, kw_only=True):
    """What ``--json`` prints."""

    method: Method
    group: str
    purified: bool
    n: int
    contrasts: tuple[ContrastDif, ...]
    too_small: tuple[SmallGroup, ...]


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
            report = _compared(file.responses, group, method, focal, tell, purify=not no_purify)
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        _show(report)


def _compared(
    responses: "Responses", group: str, method: Method, focal: str | None, tell: Step, *, purify: bool
) -> DifReport:
    from scoring.dif import check_items, contrasts

    check_items(responses)
    found = contrasts(responses, focal)
    results: list[ContrastDif] = []
    for place, contrast in enumerate(found.compared):
        tell("step_comparing", place / len(found.compared))
        results.append(_contrast(responses, contrast, method, purify=purify))
    return DifReport(
        method=method,
        group=group,
        purified=purify,
        n=responses.n_persons,
        contrasts=tuple(results),
        too_small=tuple(SmallGroup(group=one.focal, n=one.n_focal) for one in found.too_small),
    )


def _contrast(responses: "Responses", contrast: "Contrast", method: Method, *, purify: bool) -> ContrastDif:
    import numpy as np

    from scoring.dif import purified

    removed = {"C"} if method == "standardisation" else {"B", "C"}

    def analysis(anchor: "BoolArray") -> list[ItemDif]:
        return _ANALYSES[method](responses, contrast.members, anchor)

    def flags(rows: list[ItemDif]) -> "BoolArray":
        return np.array([row.category in removed for row in rows]) & purify

    found = purified(analysis, flags, responses.n_items)
    return ContrastDif(
        focal=contrast.focal,
        reference=contrast.reference,
        n_focal=contrast.n_focal,
        n_reference=contrast.n_reference,
        rounds=found.rounds,
        settled=found.settled,
        items=tuple(sorted(found.result, key=_rank)),
    )


def _mantel_haenszel(responses: "Responses", focal: "BoolArray", anchor: "BoolArray") -> list[ItemDif]:
    import numpy as np

    from scoring.dif import mantel_haenszel
    from scoring.multiplicity import adjust

    found = mantel_haenszel(responses, focal, anchor)
    adjusted = adjust(found.p)
    effect = np.where(np.isfinite(found.delta), found.delta, found.mean_difference)
    return [
        ItemDif(
            item=name,
            category=found.category[place],
            favours=_favours(effect[place]),
            matched_on=bool(anchor[place]),
            chi2=_known(found.chi2[place]),
            p=_known(found.p[place]),
            p_adjusted=_known(adjusted[place]),
            alpha=_known(found.alpha[place]),
            delta=_known(found.delta[place]),
            delta_se=_known(found.delta_se[place]),
            mean_difference=_known(found.mean_difference[place]),
        )
        for place, name in enumerate(responses.names)
    ]


def _logistic(responses: "Responses", focal: "BoolArray", anchor: "BoolArray") -> list[ItemDif]:
    from scoring.dif import logistic
    from scoring.multiplicity import adjust

    found = logistic(responses, focal, anchor)
    crossing = logistic(responses, focal, anchor, kind="nonuniform")
    adjusted = adjust(found.p)
    return [
        ItemDif(
            item=name,
            category=found.category[place],
            favours=_favours(found.group[place]),
            matched_on=bool(anchor[place]),
            chi2=_known(found.chi2[place]),
            p=_known(found.p[place]),
            p_adjusted=_known(adjusted[place]),
            log_odds=_known(found.group[place]),
            log_odds_se=_known(found.group_se[place]),
            delta_r2=_known(found.delta_r2[place]),
            nonuniform_p=_known(crossing.p[place]),
        )
        for place, name in enumerate(responses.names)
    ]


def _standardisation(responses: "Responses", focal: "BoolArray", anchor: "BoolArray") -> list[ItemDif]:
    from scoring.dif import standardisation

    found = standardisation(responses, focal, anchor)
    return [
        ItemDif(
            item=name,
            category=found.category[place],
            favours=_favours(found.difference[place]),
            matched_on=bool(anchor[place]),
            difference=_known(found.difference[place]),
        )
        for place, name in enumerate(responses.names)
    ]


_ANALYSES = {"mh": _mantel_haenszel, "logistic": _logistic, "standardisation": _standardisation}

_COLUMNS: dict[Method, tuple[tuple[str, str, int], ...]] = {
    "mh": (
        ("delta", "dif_column_delta", 2),
        ("delta_se", "dif_column_se", 2),
        ("mean_difference", "dif_column_mean_difference", 2),
        ("p_adjusted", "dif_column_p", 4),
    ),
    "logistic": (
        ("log_odds", "dif_column_log_odds", 2),
        ("log_odds_se", "dif_column_se", 2),
        ("delta_r2", "dif_column_r2", 4),
        ("p_adjusted", "dif_column_p", 4),
        ("nonuniform_p", "dif_column_nonuniform", 4),
    ),
    "standardisation": (("difference", "dif_column_difference", 3),),
}
"""Field, heading and decimals of what each method shows."""


def _known(value: float) -> float | None:
    return float(value) if value == value and abs(value) != float("inf") else None


def _favours(effect: float) -> Favours | None:
    """Effects are those of the focal group."""
    if effect < 0:
        return "reference"
    return "focal" if effect > 0 else None


def _rank(row: ItemDif) -> tuple[int, float]:
    """C before B before A before what could not be compared, then by size."""
    letter = {"C": 0, "B": 1, "A": 2, None: 3}[row.category]
    return letter, -_size(row)


def _size(row: ItemDif) -> float:
    """In units of where C begins, so that items with and without Δ compare."""
    if row.delta is not None:
        return abs(row.delta) / 1.5
    sizes = (row.mean_difference, row.delta_r2, row.difference)
    return next((abs(size) / 0.25 for size in sizes if size is not None), 0.0)


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
    return "–" if value is None else number(value, decimals)
