"""``khaothi equate``: which score on one form is worth which on another."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import msgspec
import typer
from rich.table import Table

from exam_server.catalogue.formats import format_number
from exam_server.cli.files import read_file
from exam_server.cli.measuring import (
    Ignore,
    ResponseFile,
    load_parameters,
    load_responses,
    measuring,
    number,
    words,
    write_file,
)
from exam_server.cli.options import Json
from exam_server.cli.screen import screen
from exam_server.cli.words import LANGUAGE, say
from exam_server.core.equated_scores import EquatingMethod, EquatingTable
from exam_server.core.response_table import read_pairs

if TYPE_CHECKING:
    from scoring.equating.conversion import Scale

RoundingRule = Literal["half-up", "half-even"]


class Taken(NamedTuple):
    """A form's responses and the file they came from."""

    path: Path
    file: ResponseFile


From = Annotated[Path, typer.Option("--from", metavar="FILE", help=say("option_equate_from"))]
To = Annotated[Path, typer.Option("--to", metavar="FILE", help=say("option_equate_to"))]
MethodChoice = Annotated[EquatingMethod | None, typer.Option("--method", help=say("option_equate_method"))]
Common = Annotated[Path | None, typer.Option("--common", metavar="MAP", help=say("option_equate_common"))]
Smooth = Annotated[int, typer.Option("--smooth", min=0, max=10, help=say("option_equate_smooth"))]
Most = Annotated[int, typer.Option("--scale", min=1, max=1000, help=say("option_equate_scale"))]
Places = Annotated[int, typer.Option("--places", min=0, max=4, help=say("option_equate_places"))]
RoundingChoice = Annotated[RoundingRule, typer.Option("--rounding", help=say("option_equate_rounding"))]
D = Annotated[float, typer.Option("--d", min=0.1, max=10.0, help=say("option_link_d"))]
Seed = Annotated[int, typer.Option("--seed", min=0, help=say("option_equate_seed"))]
Out = Annotated[Path | None, typer.Option("--out", metavar="TABLE.csv", help=say("option_equate_out"))]


def equate(
    from_: From,
    to: To,
    method: MethodChoice = None,
    common: Common = None,
    smooth: Smooth = 0,
    d: D = 1.0,
    scale: Most = 10,
    places: Places = 2,
    rounding: RoundingChoice = "half-up",
    seed: Seed = 1,
    ignore: Ignore = None,
    out: Out = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Make the table, show it."""
    from scoring.equating.conversion import Scale

    target = Scale(
        most=Decimal(scale), places=places, rounding="half_up" if rounding == "half-up" else "half_even"
    )
    if (from_.suffix == ".json") != (to.suffix == ".json"):
        raise typer.BadParameter(say("equate_mixed"), param_hint="--to")
    with measuring(str(from_)):
        if from_.suffix == ".json":
            if common is not None:
                raise typer.BadParameter(
                    say("equate_needs_responses", method="--common"), param_hint="--common"
                )
            table = _by_items(from_, to, method or "true-score", smooth, target, d)
        else:
            files = [Taken(path, load_responses(path, ignore=ignore)) for path in (from_, to)]
            if common is None:
                table = _by_scores(files, method or "equipercentile", smooth, target, seed)
            else:
                table = _by_common_items(files, common, method or "chained", smooth, target, seed)
    if out is not None:
        write_file(out, table.csv())
    if as_json:
        typer.echo(msgspec.json.encode(table).decode())
    else:
        _show(table)


def _by_items(
    from_: Path, to: Path, method: EquatingMethod, smooth: int, scale: "Scale", d: float
) -> EquatingTable:
    from exam_server.core.equating_table import by_items

    if method != "true-score" and method != "observed-score":
        raise typer.BadParameter(say("equate_needs_responses", method=method), param_hint="--method")
    if smooth:
        raise typer.BadParameter(say("equate_needs_responses", method="--smooth"), param_hint="--smooth")
    return by_items(load_parameters(from_), load_parameters(to), method, scale, d, str(to))


def _by_scores(
    files: Sequence[Taken], method: EquatingMethod, smooth: int, scale: "Scale", seed: int
) -> EquatingTable:
    import numpy as np

    from exam_server.core.equating_table import by_scores, counts_of

    if method == "true-score" or method == "observed-score":
        raise typer.BadParameter(say("equate_needs_parameters", method=method), param_hint="--method")
    if method == "chained" or method == "frequency":
        raise typer.BadParameter(say("equate_needs_common", method=method), param_hint="--method")
    ours, theirs = (counts_of(file.responses, file.lowest, str(path)) for path, file in files)
    return by_scores(ours, theirs, method, smooth, scale, np.random.default_rng(seed))


def _by_common_items(
    files: Sequence[Taken], common: Path, method: EquatingMethod, smooth: int, scale: "Scale", seed: int
) -> EquatingTable:
    import numpy as np

    from exam_server.core.equating_table import by_common_items, joint_counts

    if method != "chained" and method != "frequency":
        raise typer.BadParameter(say("equate_not_common", method=method), param_hint="--method")
    pairs = read_pairs(read_file(common), str(common))
    ours, theirs = (
        joint_counts(file.responses, file.lowest, [pair[side] for pair in pairs], side + 1, str(path))
        for side, (path, file) in enumerate(files)
    )
    return by_common_items(ours, theirs, method, smooth, scale, np.random.default_rng(seed))


def _show(table: EquatingTable) -> None:
    shown = Table(*(words(f"column_equate_{name}") for name in ("score", "equivalent", "reported", "se")))
    for row in table.scores:
        shown.add_row(
            str(row.score),
            number(row.equivalent, 2),
            format_number(row.reported, LANGUAGE),
            number(row.se, 2),
        )
    screen().print(shown)
    screen().print(words("equate_line", most=table.most, base_most=table.base_most), highlight=False)
