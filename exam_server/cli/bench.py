"""``khaothi bench``: measurements on this machine."""

import asyncio
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from exam_server.bench.report import BenchReport
from exam_server.cli.options import Json
from exam_server.cli.screen import screen
from exam_server.cli.words import say

app = typer.Typer(no_args_is_help=True)

Students = Annotated[int, typer.Option("--students", min=1, max=5_000, help=say("option_students"))]
Seconds = Annotated[float, typer.Option("--seconds", min=1, max=3_600, help=say("option_seconds"))]


@app.command("answers", help=say("help_bench_answers"))
def answers(
    students: Students = 500,
    seconds: Seconds = 20.0,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """From send to acknowledged, over real sockets and a private database. Fails when a bound is not kept."""
    # Only who measures waits for what it needs.
    from exam_server.bench.answers import run_answers

    report = asyncio.run(run_answers(students, seconds))
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        screen().print(_table(report))
    if not report.passed:
        raise typer.Exit(1)


def _table(report: BenchReport) -> Table:
    table = Table(*map(say, ("column_figure", "column_value", "column_limit")), title=report.name)
    for name, value in {**report.figures, **report.limits, **report.ratios}.items():
        bound = report.bounds.get(name)
        table.add_row(name, f"{value:g}", "" if bound is None else f"≤ {bound:g}")
    return table
