"""``khaothi bench``: measurements on this machine."""

from collections.abc import Coroutine
from decimal import Decimal
from typing import Annotated

import msgspec
import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exam_server.bench.report import BenchReport, Bound
from exam_server.catalogue import text
from exam_server.catalogue.formats import format_number
from exam_server.cli.options import Json
from exam_server.cli.screen import screen
from exam_server.cli.termination import run_until_terminated
from exam_server.cli.words import LANGUAGE, say

app = typer.Typer(no_args_is_help=True)

Students = Annotated[int, typer.Option("--students", min=1, max=20_000, help=say("option_students"))]
Province = Annotated[int, typer.Option("--students", min=2, max=200_000, help=say("option_province"))]
Seconds = Annotated[float, typer.Option("--seconds", min=1, max=600, help=say("option_seconds"))]
Rate = Annotated[float | None, typer.Option("--rate", min=1, max=100_000, help=say("option_rate"))]
Closed = Annotated[bool, typer.Option("--closed", help=say("option_closed"))]
Window = Annotated[int | None, typer.Option("--window", min=1, max=64, help=say("option_window"))]
Workers = Annotated[int, typer.Option("--workers", min=1, max=64, help=say("option_workers"))]

ANSWER_EVERY_S = 20
"""How often a student answers when no rate is given: once in so many seconds."""


@app.command("answers", help=say("help_bench_answers"))
def answers(
    students: Students = 500,
    rate: Rate = None,
    seconds: Seconds = 20.0,
    closed: Closed = False,  # noqa: FBT002 -- typer makes it a flag
    window: Window = None,
    workers: Workers = 1,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """From sent to acknowledged."""
    if closed and rate is not None:
        raise typer.BadParameter(say("bench_rate_or_closed"), param_hint="--rate")
    if window is not None and not closed:
        raise typer.BadParameter(say("bench_window_closed"), param_hint="--window")
    # Only who measures waits for what it needs.
    from exam_server.bench.answers import run_answers
    from exam_server.bench.orders import AnswerClosed, AnswerOpen
    from exam_server.bench.stage import Size

    order = (
        AnswerClosed(window=window or 1, seconds=seconds)
        if closed
        else AnswerOpen(rate=rate or max(1.0, students / ANSWER_EVERY_S), seconds=seconds)
    )
    _run(run_answers(Size(students=students, workers=workers), order, _tell), as_json=as_json)


@app.command("bell", help=say("help_bench_bell"))
def bell(
    students: Students = 500,
    workers: Workers = 1,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """From the bell to the first question."""
    from exam_server.bench.bell import run_bell
    from exam_server.bench.stage import Size

    _run(run_bell(Size(students=students, workers=workers), _tell), as_json=as_json)


@app.command("deadline", help=say("help_bench_deadline"))
def deadline(
    students: Students = 500,
    seconds: Seconds = 5.0,
    workers: Workers = 1,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Everyone hands in."""
    from exam_server.bench.deadline import run_deadline
    from exam_server.bench.stage import Size

    _run(run_deadline(Size(students=students, workers=workers), seconds, _tell), as_json=as_json)


@app.command("reconnect", help=say("help_bench_reconnect"))
def reconnect(
    students: Students = 500,
    workers: Workers = 1,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Every line breaks at once."""
    from exam_server.bench.reconnect import run_reconnect
    from exam_server.bench.stage import Size

    _run(run_reconnect(Size(students=students, workers=workers), _tell), as_json=as_json)


@app.command("calibrate", help=say("help_bench_calibrate"))
def calibrate(
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Items from answers."""
    from exam_server.bench.calibrate import run_calibrate

    _run(run_calibrate(_tell), as_json=as_json)


@app.command("scoring", help=say("help_bench_scoring"))
def scoring(
    students: Province = 130_000,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """From the journals to the pages."""
    from exam_server.bench.scoring import run_scoring

    _run(run_scoring(students, _tell), as_json=as_json)


def _tell(key: str, /, **params: str | int) -> None:
    screen(stderr=True).print(text(LANGUAGE, "bench", key, **params), highlight=False)


def _run(work: Coroutine[None, None, BenchReport], *, as_json: bool) -> None:
    """Measure and print; fails when a bound is broken."""
    report = run_until_terminated(work)
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        screen().print(_shown(report))
    if report.broken:
        raise typer.Exit(1)


def _shown(report: BenchReport) -> RenderableType:
    words = text(LANGUAGE, "bench", "machine", **msgspec.structs.asdict(report.machine))
    parts = [_table(report, part) for part in ("figures", "limits", "ratios")]
    return Group(*parts, Text(words))


def _table(report: BenchReport, part: str) -> Table:
    """Figures, limits or ratios."""
    title = text(LANGUAGE, "bench", report.name)
    table = Table(text(LANGUAGE, "bench", part), say("column_value"), say("column_bound"), title=title)
    values: dict[str, float] = getattr(report, part)
    for name, value in values.items():
        style = "bold red" if name in report.broken else None
        words = text(LANGUAGE, "bench", name)
        table.add_row(words, _number(value), _bound(report.bounds.get(name)), style=style)
    return table


def _number(value: float) -> str:
    return format_number(Decimal(f"{value:.3f}".rstrip("0").rstrip(".")), LANGUAGE)


def _bound(bound: Bound | None) -> str:
    if bound is None:
        return ""
    marks = (("≤", bound.most), ("≥", bound.least))
    return " ".join(f"{mark} {_number(value)}" for mark, value in marks if value is not None)
