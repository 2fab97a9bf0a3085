"""``khaothi score``: abilities out of responses and known items."""

import csv
from collections.abc import Generator
from contextlib import contextmanager
from io import StringIO
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer
from rich.table import Table

from exam_server.cli.measuring import (
    Ignore,
    ResponseFile,
    ResponsePath,
    load_parameters,
    load_responses,
    measuring,
    number,
    progress,
    words,
    write_file,
)
from exam_server.cli.options import Json
from exam_server.cli.screen import screen
from exam_server.cli.words import say
from exam_server.core.parameter_file import GroupFigures, ParameterFile
from exam_server.core.parameter_groups import check_groups, group_weights, nodes_of
from exam_server.errors import Invalid
from scoring.errors import MeasurementError

if TYPE_CHECKING:
    from scoring.ability import Ability
    from scoring.items import Item

MethodOption = Literal["eap", "map", "ml", "wle", "eapsum"]
SHRUNKEN: frozenset[MethodOption] = frozenset({"eap", "map", "eapsum"})
"""Methods that draw estimates towards the prior's mean."""

Parameters = Annotated[Path, typer.Option("--items", metavar="PARAMS", help=say("option_items"))]
Method = Annotated[MethodOption, typer.Option("--method", help=say("option_ability_method"))]
Out = Annotated[Path, typer.Option("--out", metavar="SCORES", help=say("option_scores_out"))]
Groups = Annotated[str | None, typer.Option("--groups", metavar="COLUMN", help=say("option_score_groups"))]
MissingOk = Annotated[bool, typer.Option("--missing-ok", help=say("option_missing_ok"))]


class ScoreSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What was written to ``out``. ``mean``, ``sd`` and ``reliability`` are over the persons with a finite
    estimate; ``at_limit``: how many have none, θ being the end of the range; ``without_answers``: how many
    have no θ. None where not defined."""

    method: MethodOption
    n: int
    at_limit: int
    without_answers: int
    mean: float | None
    sd: float | None
    reliability: float | None
    out: str


def score(
    responses: ResponsePath,
    items: Parameters,
    out: Out,
    method: Method = "eap",
    groups: Groups = None,
    missing_ok: MissingOk = False,  # noqa: FBT002 -- typer makes it a flag
    ignore: Ignore = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Estimate, write SCORES.csv, say how well it went."""
    with progress() as tell:
        tell("step_reading", 0.0)
        parameters = load_parameters(items)
        if parameters.converged is False:
            raise Invalid("score_not_converged", place=str(items))
        lowest = {item.name: item.lowest for item in parameters.items}
        file = load_responses(responses, group=groups, ignore=ignore, lowest=lowest)
        _check_columns(file, parameters, responses, items, missing_ok=missing_ok)
        tell("step_scoring", 0.5)
        ability = _estimated(file, parameters, responses, items, method)
    write_file(out, _table(file.persons, ability))
    _show(_summary(method, ability, out), parameters.nodes.range, as_json=as_json)


def _check_columns(
    file: ResponseFile, parameters: ParameterFile, responses: Path, items: Path, *, missing_ok: bool
) -> None:
    """Every column is an item, and, unless ``missing_ok``, every item a column."""
    names = [item.name for item in parameters.items]
    known, given = set(names), set(file.responses.names)
    extra = next((name for name in file.responses.names if name not in known), None)
    if extra is not None:
        raise Invalid("score_extra_column", place=str(responses), column=extra, file=str(items))
    missing = next((name for name in names if name not in given), None)
    if missing is not None and not missing_ok:
        raise Invalid("score_missing_column", place=str(responses), item=missing)


def _estimated(
    file: ResponseFile, parameters: ParameterFile, responses: Path, items: Path, method: MethodOption
) -> "Ability":
    from scoring.ability import ml, wle

    by_name = {item.name: item.item() for item in parameters.items}
    chosen = [by_name[name] for name in file.responses.names]
    with measuring(str(responses)), _lines_as_in(file, responses):
        if method in ("ml", "wle"):
            return (ml if method == "ml" else wle)(
                chosen, file.responses, nodes_of(parameters, str(items)).theta[-1]
            )
        return _with_prior(chosen, file, parameters, items, method)


@contextmanager
def _lines_as_in(file: ResponseFile, place: Path) -> Generator[None]:
    """What is said of an answer names its line and its category as the file does."""
    try:
        yield
    except MeasurementError as error:
        if error.code != "wrong_code":
            raise
        params = error.params
        lowest = file.lowest[file.responses.names.index(str(params["item"]))]
        raise Invalid(
            "score_wrong_code",
            place=str(place),
            column=str(params["item"]),
            line=int(params["row"]) + file.first_line - 1,
            value=int(params["value"]) + lowest,
            low=lowest,
            high=lowest + int(params["categories"]) - 1,
        ) from error


def _with_prior(
    chosen: "list[Item]", file: ResponseFile, parameters: ParameterFile, items: Path, method: MethodOption
) -> "Ability":
    import numpy as np

    from scoring.ability import eap, eap_of_sums, map_

    groups, nodes = _groups(file, parameters, items), nodes_of(parameters, str(items))
    if method == "map":
        mean, sd = np.array([[group.mean, group.sd] for group in groups]).T
        return _without_the_absent(map_(chosen, file.responses, mean, sd), file)
    weights = np.array([group_weights(group, nodes) for group in groups])
    estimate = eap if method == "eap" else eap_of_sums
    return _without_the_absent(estimate(chosen, file.responses, nodes, weights), file)


def _without_the_absent(ability: "Ability", file: ResponseFile) -> "Ability":
    """Who answered nothing has the prior's mean; as a score that would be made up."""
    import numpy as np

    from scoring.ability import Ability

    had = file.responses.administered.any(axis=1)
    return Ability(theta=np.where(had, ability.theta, np.nan), se=np.where(had, ability.se, np.nan))


def _groups(file: ResponseFile, parameters: ParameterFile, items: Path) -> list[GroupFigures]:
    """The prior of each of the responses' groups, in their order."""
    check_groups(parameters, str(items))
    if file.responses.group_names == ("",):
        if len(parameters.groups) != 1:
            names = ", ".join(group.name for group in parameters.groups)
            raise Invalid("score_which_group", place=str(items), groups=names)
        return list(parameters.groups)
    known = {group.name: group for group in parameters.groups}
    unknown = next((name for name in file.responses.group_names if name not in known), None)
    if unknown is not None:
        raise Invalid("score_no_group", place=str(items), group=unknown)
    return [known[name] for name in file.responses.group_names]


def _table(persons: tuple[str, ...], ability: "Ability") -> bytes:
    """A row per person; an empty cell for what there is not."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("person", "theta", "se"))
    rows = zip(persons, ability.theta.tolist(), ability.se.tolist(), strict=True)
    writer.writerows((person, _cell(theta), _cell(se)) for person, theta, se in rows)
    return buffer.getvalue().encode()


def _cell(value: float) -> str:
    return "" if isnan(value) else f"{value:.8f}"


def _summary(method: MethodOption, ability: "Ability", out: Path) -> ScoreSummary:
    import numpy as np

    from scoring.information import empirical_reliability

    known = np.isfinite(ability.se)
    some = ability.theta[known]
    return ScoreSummary(
        method=method,
        n=len(known),
        at_limit=int(np.sum(~known & np.isfinite(ability.theta))),
        without_answers=int(np.sum(np.isnan(ability.theta))),
        mean=float(some.mean()) if len(some) else None,
        sd=float(some.std(ddof=1)) if len(some) > 1 else None,
        reliability=empirical_reliability(ability, shrunken=method in SHRUNKEN) if len(some) > 1 else None,
        out=str(out),
    )


def _show(found: ScoreSummary, limit: float, *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    console = screen()
    table = Table(*map(words, ("column_n", "column_mean", "column_sd", "column_reliability")))
    figures = (found.mean, found.sd, found.reliability)
    table.add_row(str(found.n), *("–" if value is None else number(value, 3) for value in figures))
    console.print(table)
    if found.at_limit:
        console.print(words("score_at_limit", n=found.at_limit, limit=number(limit, 1)))
    if found.without_answers:
        console.print(words("score_without_answers", n=found.without_answers))
    console.print(words("score_written", file=found.out))
