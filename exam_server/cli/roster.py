"""``khaothi roster``: candidate lists into shifts."""

import asyncio
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from exam_server.actions.roster import ImportedRoster, import_roster, read_roster_file
from exam_server.catalogue.formats import format_date
from exam_server.cli.files import read_file
from exam_server.cli.options import Data, DryRun, Json
from exam_server.cli.screen import screen
from exam_server.cli.session import ACTOR, Session, in_session
from exam_server.cli.words import LANGUAGE, say, sentence
from exam_server.core.roster import Roster, RosterProblem
from exam_server.protocol.staff import CandidateRow, RosterLine, RosterReview

app = typer.Typer(no_args_is_help=True)

RosterPath = Annotated[Path, typer.Argument(metavar="FILE", help=say("argument_roster_file"))]
ShiftId = Annotated[int, typer.Option("--shift", metavar="ID", help=say("option_shift"))]


@app.command("import", help=say("help_roster_import"))
def import_(
    file: RosterPath,
    shift: ShiftId,
    dry_run: DryRun = False,  # noqa: FBT002 -- typer makes it a flag
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
    data: Data = None,
) -> None:
    """Read a candidate list and put it on a shift: every row, or none and every problem."""
    roster = asyncio.run(read_roster_file(file.name, read_file(file)))
    done = in_session(data, partial(_store, shift_id=shift, roster=roster, dry_run=dry_run))
    if as_json:
        typer.echo(msgspec.json.encode(_review(done)).decode())
    else:
        _show(file.name, done)
    if done.problems:
        raise typer.Exit(1)


async def _store(session: Session, *, shift_id: int, roster: Roster, dry_run: bool) -> ImportedRoster:
    return await import_roster(
        session.database,
        session.secrets,
        shift_id,
        roster,
        school=say("default_school"),
        dry_run=dry_run,
        actor=ACTOR,
        now=session.clock.now(),
    )


def _review(done: ImportedRoster) -> RosterReview:
    return RosterReview(
        stored=done.stored, candidates=done.candidates, problems=tuple(map(_line, done.problems))
    )


def _line(problem: RosterProblem) -> RosterLine:
    message = sentence(problem.code, problem.params)
    return RosterLine(line=problem.line, column=problem.column or None, code=problem.code, message=message)


def _show(title: str, done: ImportedRoster) -> None:
    console = screen()
    if done.problems:
        console.print(_problems(title, done.problems))
        console.print(say("roster_problems", count=len(done.problems)))
        return
    console.print(_candidates(title, done.candidates))
    console.print(say("roster_stored" if done.stored else "roster_checked", count=len(done.candidates)))


def _problems(title: str, problems: tuple[RosterProblem, ...]) -> Table:
    table = Table(*map(say, ("column_line", "column_column", "column_problem")), title=title)
    for problem in problems:
        table.add_row(str(problem.line), problem.column, sentence(problem.code, problem.params))
    return table


def _candidates(title: str, candidates: tuple[CandidateRow, ...]) -> Table:
    keys = (
        "column_candidate_number",
        "column_name",
        "column_class",
        "column_birth_date",
        "column_seat",
        "column_pin",
    )
    table = Table(*map(say, keys), title=title)
    for row in candidates:
        born = format_date(date.fromisoformat(row.birth_date), LANGUAGE) if row.birth_date else None
        cells = (row.number, row.name, row.class_name, born, row.seat, row.pin)
        table.add_row(*(cell or "" for cell in cells))
    return table
