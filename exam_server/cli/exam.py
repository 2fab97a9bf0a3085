"""``khaothi exam``: exams and their shifts."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Literal

import msgspec
import typer
from rich.table import Table

from exam_server.actions import exams
from exam_server.catalogue.formats import format_datetime, format_number
from exam_server.cli.options import Data, Json
from exam_server.cli.screen import screen
from exam_server.cli.session import ACTOR, Session, in_session
from exam_server.cli.words import LANGUAGE, kind_words, one_line, say
from exam_server.errors import NotFound
from exam_server.protocol.staff import ExamDetail, ExamRow, NewExam, NewShift, Release, ShiftRow
from exam_server.store.banks import select_optional_bank_id
from item_bank.templates import TEMPLATES

Admission = Literal["automatic", "invigilator"]

app = typer.Typer(no_args_is_help=True)

ExamId = Annotated[int, typer.Argument(metavar="EXAM", help=say("argument_exam"))]
Title = Annotated[str, typer.Argument(metavar="TITLE", help=say("argument_title"))]
Bank = Annotated[str, typer.Option("--bank", metavar="NAME", help=say("option_bank_of_exam"))]
Source = Annotated[str, typer.Option("--source", metavar="FILE", help=say("option_source"))]
Subject = Annotated[str, typer.Option("--subject", help=say("option_subject"))]
Template = Annotated[str, typer.Option("--template", help=say("option_template", names=", ".join(TEMPLATES)))]
Minutes = Annotated[int | None, typer.Option("--minutes", min=1, max=600, help=say("option_minutes"))]
ReleaseOption = Annotated[Release, typer.Option("--release", help=say("option_release"))]
SkipUnsound = Annotated[bool, typer.Option("--skip-unsound", help=say("option_skip_unsound"))]
Name = Annotated[str, typer.Option("--name", help=say("option_shift_name"))]
Room = Annotated[str, typer.Option("--room", help=say("option_room"))]
Opens = Annotated[
    datetime,
    typer.Option("--opens", formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"], help=say("option_opens")),
]
Late = Annotated[int, typer.Option("--late-minutes", min=0, max=600, help=say("option_late"))]
AdmissionOption = Annotated[Admission, typer.Option("--admission", help=say("option_admission"))]


@app.command("create", help=say("help_exam_create"))
def create(
    title: Title,
    bank: Bank,
    source: Source,
    subject: Subject,
    template: Template,
    minutes: Minutes = None,
    release: ReleaseOption = "at_once",
    skip_unsound: SkipUnsound = False,  # noqa: FBT002 -- typer makes it a flag
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
    data: Data = None,
) -> None:
    """Make an exam out of an imported file."""
    length = minutes or (TEMPLATES[template].minutes if template in TEMPLATES else 60)

    async def work(session: Session) -> ExamDetail:
        async with session.database.connection() as connection:
            bank_id = await select_optional_bank_id(connection, bank)
        if bank_id is None:
            raise NotFound("no_such_bank", place="--bank", name=bank)
        new = NewExam(
            title=title,
            subject=subject,
            bank=bank_id,
            source=source,
            template=template,
            minutes=length,
            release=release,
        )
        return await exams.create_exam(
            session.database, new, actor=ACTOR, now=session.clock.now(), skip_unsound=skip_unsound
        )

    _show_exam(in_session(data, work), as_json=as_json)


@app.command("list", help=say("help_exam_list"))
def list_(as_json: Json = False, data: Data = None) -> None:  # noqa: FBT002 -- typer makes it a flag
    """Every exam."""

    async def work(session: Session) -> tuple[ExamRow, ...]:
        return await exams.all_exams(session.database)

    rows = in_session(data, work)
    if as_json:
        typer.echo(msgspec.json.encode(rows).decode())
        return
    if not rows:
        screen().print(say("exams_none"))
        return
    keys = (
        "column_id",
        "column_title",
        "column_subject",
        "column_minutes",
        "column_items",
        "column_shifts",
        "column_candidates",
    )
    table = Table(*map(say, keys))
    for row in rows:
        table.add_row(
            *map(str, (row.id, row.title, row.subject, row.minutes, row.items, row.shifts, row.candidates))
        )
    screen().print(table)


@app.command("show", help=say("help_exam_show"))
def show(exam: ExamId, as_json: Json = False, data: Data = None) -> None:  # noqa: FBT002 -- typer makes it a flag
    """An exam with its paper and shifts."""

    async def work(session: Session) -> ExamDetail:
        return await exams.show_exam(session.database, exam)

    _show_exam(in_session(data, work), as_json=as_json)


@app.command("shift", help=say("help_exam_shift"))
def shift(
    exam: ExamId,
    name: Name,
    room: Room,
    opens: Opens,
    late_minutes: Late = 15,
    admission: AdmissionOption = "automatic",
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
    data: Data = None,
) -> None:
    """Schedule a shift. The paper is compiled and encrypted now."""
    new = NewShift(
        name=name, room=room, opens_at=opens.astimezone(), late_minutes=late_minutes, admission=admission
    )
    row = in_session(data, partial(_create_shift, exam=exam, new=new))
    if as_json:
        typer.echo(msgspec.json.encode(row).decode())
    else:
        screen().print(_shift_table((row,)))


async def _create_shift(session: Session, *, exam: int, new: NewShift) -> ShiftRow:
    return await exams.create_shift(
        session.database, session.secrets, exam, new, actor=ACTOR, now=session.clock.now()
    )


def _show_exam(exam: ExamDetail, *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(exam).decode())
        return
    console = screen()
    keys = ("column_part", "column_number", "column_points", "column_kind", "column_stem")
    table = Table(*map(say, keys), title=f"{exam.id} · {exam.title} · {exam.subject}")
    for item in exam.paper:
        points = format_number(Decimal(item.points), LANGUAGE)
        table.add_row(item.part, str(item.number), points, kind_words(item.kind), one_line(item.text))
    console.print(table)
    total = format_number(Decimal(exam.total_points), LANGUAGE)
    console.print(say("exam_total", points=total, minutes=exam.minutes, items=len(exam.paper)))
    if exam.shifts:
        console.print(_shift_table(exam.shifts))


def _shift_table(rows: tuple[ShiftRow, ...]) -> Table:
    keys = ("column_id", "column_shift", "column_room", "column_opens", "column_closes", "column_candidates")
    table = Table(*map(say, keys))
    for row in rows:
        opens, closes = (format_datetime(at.astimezone(), LANGUAGE) for at in (row.opens_at, row.closes_at))
        table.add_row(str(row.id), row.name, row.room, opens, closes, str(row.candidates))
    return table
