"""``khaothi load``: a whole shift of students against this program or a server that is there."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from exam_server.catalogue import text
from exam_server.cli.options import Json
from exam_server.cli.screen import screen
from exam_server.cli.termination import run_until_terminated
from exam_server.cli.words import LANGUAGE, say, sentence
from exam_server.config import MAX_WORKERS
from exam_server.errors import Invalid
from exam_server.load.order import BY_DEADLINE, DEFAULT_SECONDS, Name, Order

if TYPE_CHECKING:  # only who plays waits for what it needs
    from exam_server.load.report import LoadReport
    from exam_server.load.target import Target

MAX_STUDENTS = 20_000
DEFAULT_STUDENTS = 100

Scenario = Annotated[Name, typer.Argument(metavar="SCENARIO", help=say("argument_scenario"))]
Students = Annotated[
    int | None, typer.Option("--students", min=1, max=MAX_STUDENTS, help=say("option_load_students"))
]
Against = Annotated[str | None, typer.Option("--against", metavar="URL", help=say("option_against"))]
Roster = Annotated[Path | None, typer.Option("--roster", metavar="FILE", help=say("option_load_roster"))]
Seconds = Annotated[
    float | None, typer.Option("--seconds", min=1, max=36_000, help=say("option_load_seconds"))
]
Outage = Annotated[
    float, typer.Option("--outage-seconds", min=1, max=3_600, help=say("option_outage_seconds"))
]
Processes = Annotated[int, typer.Option("--processes", min=1, max=64, help=say("option_processes"))]
Workers = Annotated[int, typer.Option("--workers", min=1, max=MAX_WORKERS, help=say("option_workers"))]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help=say("option_out"))]


def load(
    scenario: Scenario,
    students: Students = None,
    against: Against = None,
    roster: Roster = None,
    seconds: Seconds = None,
    outage_seconds: Outage = 60.0,
    processes: Processes = 1,
    workers: Workers = 1,
    out: Out = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Play a scenario, check what is held, write the report. Fails when anything was lost or wrong."""
    from exam_server.load.generator import check_locust
    from exam_server.load.page import write_page

    check_locust()
    target = _target(against, roster)
    order = Order(
        scenario=scenario,
        students=_students(students, target),
        seconds=_seconds(scenario, seconds),
        outage_s=outage_seconds,
        processes=processes,
        workers=workers,
        seed=1,
    )
    directory = _directory(out or Path(f"load-{scenario}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"))
    report = run_until_terminated(_play(order, target, directory))
    (directory / "report.json").write_bytes(msgspec.json.encode(report))
    write_page(report, LANGUAGE, directory / "report.html")
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        _show(report, directory)
    if not report.passed:
        raise typer.Exit(1)


def _target(against: str | None, roster: Path | None) -> "Target | None":
    from exam_server.load.target import Target, knock, read_logins

    if against is None:
        if roster is not None:
            raise _misused("--roster", "load_against_needed")
        return None
    if roster is None:
        raise _misused("--against", "load_roster_needed")
    if not against.startswith(("http://", "https://")):
        raise typer.BadParameter(say("bad_address", value=against), param_hint="--against")
    target = Target(address=against.rstrip("/"), roster=roster)
    logins = read_logins(roster)
    if not logins:
        raise Invalid("load_bad_roster", place=f"{roster}:1")
    asyncio.run(knock(target, logins[0]))
    return target


def _students(students: int | None, target: "Target | None") -> int:
    from exam_server.load.target import read_logins

    if target is None:
        return students or DEFAULT_STUDENTS
    there = len(read_logins(target.roster))
    if students is not None and students > there:
        raise _misused("--students", "load_too_few_logins", there=there, wanted=students)
    return students or there


def _seconds(scenario: Name, seconds: float | None) -> float:
    """What was asked for; the server counts an exam's time in whole minutes."""
    wanted = seconds or DEFAULT_SECONDS[scenario]
    if scenario in BY_DEADLINE and wanted % 60:
        raise _misused("--seconds", "load_whole_minutes", scenario=scenario)
    return wanted


def _misused(option: str, code: str, **params: str | int) -> typer.BadParameter:
    return typer.BadParameter(sentence(code, params), param_hint=option)


def _directory(out: Path) -> Path:
    try:
        (out / "record").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise typer.BadParameter(say("bad_out", value=str(out)), param_hint="--out") from error
    return out


async def _play(order: Order, target: "Target | None", out: Path) -> "LoadReport":
    from exam_server.load.run import Phase, run_against, run_alone

    console = screen(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("", total=1)

        def show(phase: Phase, done: float, total: float) -> None:
            words = text(LANGUAGE, "load", f"phase_{phase}", done=int(done), total=int(total))
            progress.update(bar, description=words, completed=done, total=total)

        if target is None:
            return await run_alone(order, out, show)
        return await run_against(order, target, out, show)


def _show(report: "LoadReport", directory: Path) -> None:
    from exam_server.load.page import cells, heads, verdict_words

    console = screen()
    table = Table(*heads(LANGUAGE))
    for row in cells(report, LANGUAGE):
        table.add_row(*row)
    console.print(table)
    for line in verdict_words(report, LANGUAGE):
        console.print(line)
    console.print(say("load_written", file=str(directory / "report.html")))
