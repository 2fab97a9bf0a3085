"""``khaothi rehearse``: the room test, and the codes for it."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import aiohttp
import msgspec
import typer
from rich.panel import Panel
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from exam_server.actions.rehearsals import list_rehearsals, make_rehearsal
from exam_server.catalogue import text
from exam_server.catalogue.formats import format_datetime
from exam_server.cli.options import Data, Json
from exam_server.cli.screen import screen
from exam_server.cli.session import ACTOR, in_session
from exam_server.cli.words import LANGUAGE, say
from exam_server.clock import SystemClock
from exam_server.protocol.rehearsal import MAX_MINUTES, MAX_STUDENTS, RehearsalRow
from exam_server.rehearsal.play import Played, play
from exam_server.rehearsal.report import finding_texts, html_report
from exam_server.rehearsal.server import Refusal, Server

app = typer.Typer(invoke_without_command=True)

Against = Annotated[
    str | None, typer.Option("--against", metavar="URL", help=say("option_rehearsal_against"))
]
Code = Annotated[str | None, typer.Option("--code", help=say("option_rehearsal_code"))]
Students = Annotated[
    int, typer.Option("--students", min=1, max=MAX_STUDENTS, help=say("option_rehearsal_students"))
]
Minutes = Annotated[
    int, typer.Option("--minutes", min=1, max=MAX_MINUTES, help=say("option_rehearsal_minutes"))
]
Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", dir_okay=False, writable=True, help=say("option_html")),
]
Room = Annotated[str, typer.Option("--room", help=say("option_rehearsal_room"))]

_STYLES = {"ok": "green", "caution": "yellow", "fail": "bold red"}
_SIGNS = {"ok": "✓", "caution": "!", "fail": "✗"}


@app.callback()
def rehearse(
    context: typer.Context,
    against: Against = None,
    code: Code = None,
    students: Students = 50,
    minutes: Minutes = 2,
    html: Html = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Play the room test, unless a command says otherwise; fails when it is no go."""
    if context.invoked_subcommand is not None:
        return
    if against is None or code is None:
        raise typer.BadParameter(say("rehearsal_needs"))
    if not against.startswith(("http://", "https://")):
        raise typer.BadParameter(say("bad_address", value=against), param_hint="--against")
    if html is not None and not html.parent.is_dir():
        raise typer.BadParameter(say("no_directory", value=str(html.parent)), param_hint="--html")
    try:
        played = asyncio.run(_play(against, code, students, minutes))
    except Refusal as refusal:
        typer.echo(refusal.message, err=True)
        raise typer.Exit(1) from refusal
    if html is not None:
        html.write_text(html_report(played, LANGUAGE, SystemClock().now().astimezone()), encoding="utf-8")
    if as_json:
        typer.echo(msgspec.json.encode(played).decode())
    else:
        _print(played)
    if not played.verdict.go:
        raise typer.Exit(1)


@app.command("new", help=say("help_rehearse_new"))
def new(
    room: Room,
    data: Data = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """A code for one test of a room."""
    made = in_session(
        data,
        lambda session: make_rehearsal(session.database, room=room, actor=ACTOR, now=session.clock.now()),
    )
    if as_json:
        typer.echo(msgspec.json.encode(made).decode())
        return
    until = format_datetime(made.expires_at.astimezone(), LANGUAGE)
    screen().print(say("rehearsal_made", room=made.room, code=made.code, until=until))


@app.command("list", help=say("help_rehearse_list"))
def show_all(
    data: Data = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """The room tests with their verdicts."""
    found = in_session(data, lambda session: list_rehearsals(session.database))
    if as_json:
        typer.echo(msgspec.json.encode(found.rehearsals).decode())
        return
    if not found.rehearsals:
        screen().print(say("rehearsals_none"))
        return
    table = Table(*map(say, ("column_room", "column_made", "column_verdict")))
    for row in found.rehearsals:
        made = format_datetime(row.made_at.astimezone(), LANGUAGE)
        table.add_row(row.room, made, _verdict(row))
    screen().print(table)


async def _play(against: str, code: str, students: int, minutes: int) -> Played:
    connector = aiohttp.TCPConnector(limit=students)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        server = Server(http, against, LANGUAGE)
        with _progress() as tell:
            plan = await server.enter(code, students, minutes)
            return await play(server, plan, tell)


@contextmanager
def _progress() -> Generator[Callable[[str], None]]:
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=screen(stderr=True), transient=True) as progress:
        step = progress.add_task(text(LANGUAGE, "lab", "step_enter"), total=None)
        yield lambda key: progress.update(step, description=text(LANGUAGE, "lab", key))


def _print(played: Played) -> None:
    console, verdict = screen(), played.verdict
    names = ("column_check", "column_measured", "column_need")
    table = Table("", *(text(LANGUAGE, "lab", name) for name in names), title=verdict.room)
    advices: list[Text] = []
    for finding in verdict.findings:
        name, found, need, advice = finding_texts(finding, LANGUAGE)
        mark = f"{_SIGNS[finding.level]} {text(LANGUAGE, 'lab', f'level_{finding.level}')}"
        table.add_row(Text(mark, style=_STYLES[finding.level]), name, found, need)
        if advice is not None:
            advices.append(Text(f"{name}: ", style=_STYLES[finding.level]).append(advice, style="default"))
    console.print(table)
    for advice in advices:
        console.print(advice)
    word, sentence = ("room_go", "room_go_text") if verdict.go else ("room_no_go", "room_no_go_text")
    told = Text(text(LANGUAGE, "lab", word), style=_STYLES["ok" if verdict.go else "fail"])
    console.print(Panel.fit(told.append(f" – {text(LANGUAGE, 'lab', sentence)}", style="default")))


def _verdict(row: RehearsalRow) -> str:
    if row.verdict is not None:
        return text(LANGUAGE, "lab", "room_go" if row.verdict.go else "room_no_go")
    return say("rehearsal_unfinished" if row.played_at is not None else "rehearsal_unused")
