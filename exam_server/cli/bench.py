"""``khaothi bench``: measurements on this machine."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from exam_server.bench.report import BenchReport, Bound
from exam_server.cli.options import Json
from exam_server.cli.screen import screen
from exam_server.cli.words import say

app = typer.Typer(no_args_is_help=True)

Students = Annotated[int, typer.Option("--students", min=1, max=20_000, help=say("option_students"))]
Seconds = Annotated[float, typer.Option("--seconds", min=1, max=3_600, help=say("option_seconds"))]
Rate = Annotated[float, typer.Option("--rate", min=1, max=100_000, help=say("option_rate"))]
Closed = Annotated[bool, typer.Option("--closed", help=say("option_closed"))]
Window = Annotated[int, typer.Option("--window", min=1, max=64, help=say("option_window"))]
Workers = Annotated[int, typer.Option("--workers", min=1, max=64, help=say("option_workers"))]


@app.command("answers", help=say("help_bench_answers"))
def answers(
    students: Students = 500,
    rate: Rate = 25.0,
    seconds: Seconds = 20.0,
    closed: Closed = False,  # noqa: FBT002 -- typer makes it a flag
    window: Window = 1,
    workers: Workers = 1,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """From sent to acknowledged."""
    # Only who measures waits for what it needs.
    from exam_server.bench.answers import run_answers

    work = (
        run_answers(students, seconds, window=window, workers=workers)
        if closed
        else run_answers(students, seconds, rate=rate, workers=workers)
    )
    _run(work, as_json=as_json)


@app.command("reconnect", help=say("help_bench_reconnect"))
def reconnect(
    students: Students = 500,
    workers: Workers = 1,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Every line breaks at once."""
    from exam_server.bench.reconnect import run_reconnect

    _run(run_reconnect(students, workers=workers), as_json=as_json)


def _run(work: Coroutine[None, None, BenchReport], *, as_json: bool) -> None:
    """Measure and print; fails when a bound is broken."""
    report = asyncio.run(work)
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        screen().print(_table(report))
    if report.broken:
        raise typer.Exit(1)


def _table(report: BenchReport) -> Table:
    table = Table(*map(say, ("column_figure", "column_value", "column_limit")), title=report.name)
    for name, value in {**report.figures, **report.limits, **report.ratios}.items():
        table.add_row(name, f"{value:g}", _bound(report.bounds.get(name)))
    return table


def _bound(bound: Bound | None) -> str:
    if bound is None:
        return ""
    return f"≤ {bound.most:g}" if bound.most is not None else f"≥ {bound.least:g}"
