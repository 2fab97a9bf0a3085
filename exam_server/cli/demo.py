"""``khaothi demo``: a school to look at, in one command."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack
from importlib import resources
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from numpy.random import default_rng
from rich.console import Console, Group
from rich.panel import Panel
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

import item_bank
from exam_server.catalogue import languages, text
from exam_server.catalogue.formats import format_datetime
from exam_server.cli.options import Data, Host, Port
from exam_server.cli.screen import screen
from exam_server.cli.session import only_server, opened, settings
from exam_server.cli.words import LANGUAGE, say
from exam_server.clock import SystemClock
from exam_server.config import Config, Options
from exam_server.core.access import Role
from exam_server.demo.build import SECOND, USERNAMES, HistoryWords, Words, build_demo
from exam_server.demo.classmates import draw_class, sit_all
from exam_server.demo.logins import Logins, forget_logins, load_logins
from exam_server.demo.school import numbers
from exam_server.errors import Conflict
from exam_server.logging import configure_logging, open_log
from exam_server.protocol.staff import ShiftRow
from exam_server.store import migrations
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.exams import select_questions
from exam_server.supervisor import Supervisor, bind
from item_bank.marking import Question

SAMPLE = "samples/toan_12_giua_ky.docx"

Reset = Annotated[bool, typer.Option("--reset", help=say("option_reset"))]
Classmates = Annotated[int, typer.Option("--classmates", min=0, max=23, help=say("option_classmates"))]
Paper = Annotated[
    Path | None,
    typer.Option("--paper", metavar="FILE", exists=True, dir_okay=False, help=say("option_paper")),
]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The demo as built."""

    logins: Logins
    shift: ShiftRow
    questions: tuple[Question, ...]


def demo(
    reset: Reset = False,  # noqa: FBT002 -- typer makes it a flag
    classmates: Classmates = 0,
    host: Host = None,
    port: Port = None,
    paper: Paper = None,
    data: Data = None,
) -> None:
    """Build the demo, serve it, and print who can log in."""
    config = settings(Options(host=host, port=port, data=data))
    # Apart from real data, because --reset throws it away.
    config = msgspec.structs.replace(
        config, data=config.data / "demo", workers=1, database_url=None, tls_cert=None, tls_key=None
    )
    console = screen()
    with ExitStack() as stack:
        stack.enter_context(only_server(config.data))
        log = stack.enter_context(open_log(config.data))
        configure_logging(log)
        sockets = _bind(config, chosen=port is not None)
        with _progress(console) as progress:
            step = progress.add_task(say("demo_step_database"), total=None)
            embedded = EmbeddedPostgres(config.data / "postgres")
            stack.callback(embedded.stop)
            config = msgspec.structs.replace(config, database_url=embedded.url)
            tell = _teller(progress, step)
            made = asyncio.run(_build(config, paper or _sample(), tell, reset=reset))
        supervisor = Supervisor(config, sockets, log=log, watch=embedded.ensure_running)
        asyncio.run(_serve(supervisor, _address(config, sockets), made, classmates, console))
        console.print(say("demo_stopped"))


async def _build(config: Config, paper: Path, tell: Callable[[str], None], *, reset: bool) -> Made:
    # Scoring loads scipy, which only who starts a demo waits for.
    from exam_server.demo.history import build_history

    async with opened(config, config.database_url or "") as session:
        if reset:
            tell("demo_step_reset")
            await migrations.drop_everything(session.database)
            forget_logins(config.data)
        tell("demo_step_migrate")
        await migrations.migrate(session.database)
        logins = load_logins(config.data, numbers())
        shift = await build_demo(
            session.database,
            session.secrets,
            logins,
            paper,
            _words(),
            now=session.clock.now(),
            progress=tell,
        )
        await build_history(
            session.database,
            session.secrets,
            logins,
            _sample(),
            _history(),
            now=session.clock.now(),
            progress=tell,
        )
        async with session.database.connection() as connection:
            stored = await select_questions(connection, shift.exam_id)
    questions = tuple(question.question() for question in stored)
    return Made(logins=logins, shift=shift, questions=questions)


async def _serve(supervisor: Supervisor, address: str, made: Made, classmates: int, console: Console) -> None:
    beside = asyncio.create_task(_beside(supervisor, address, made, classmates, console))
    try:
        await supervisor.run()
    finally:
        beside.cancel()


async def _beside(
    supervisor: Supervisor, address: str, made: Made, classmates: int, console: Console
) -> None:
    await supervisor.ready.wait()
    console.print(_panel(address, made, classmates))
    rng = default_rng()
    others = {number: pin for number, pin in made.logins.pins.items() if number != numbers()[0]}
    present = draw_class(others, classmates, rng)
    await sit_all(address, present, made.questions, clock=SystemClock(), rng=rng)


def _bind(config: Config, *, chosen: bool) -> tuple[socket.socket, ...]:
    """The port asked for; a free one when nobody asked and the usual one is taken."""
    try:
        return bind(config.host, config.port, 1)
    except Conflict:
        if chosen:
            raise
        return bind(config.host, 0, 1)


def _sample() -> Path:
    return Path(str(resources.files(item_bank) / SAMPLE))


def _words() -> Words:
    return Words(
        bank=say("demo_bank"),
        exam=say("demo_exam"),
        exam_elsewhere=frozenset(text(language, "cli", "demo_exam") for language in languages()),
        subject=say("demo_subject"),
        shift=say("demo_shift"),
        room=say("demo_room"),
        names={role: say(f"demo_name_{role}") for role in Role},
    )


def _history() -> HistoryWords:
    titles = (say("demo_survey_before"), say("demo_survey"))
    return HistoryWords(
        titles=titles,
        elsewhere=frozenset(text(language, "cli", "demo_survey") for language in languages()),
        bank=say("demo_survey_bank"),
        subject=say("demo_subject"),
        shift=say("demo_shift"),
        room=say("demo_survey_room"),
        second=say("demo_name_second"),
    )


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def _teller(progress: Progress, task: TaskID) -> Callable[[str], None]:
    def tell(key: str) -> None:
        progress.update(task, description=say(key))

    return tell


def _address(config: Config, sockets: tuple[socket.socket, ...]) -> str:
    host = "127.0.0.1" if config.host in ("0.0.0.0", "::") else config.host  # noqa: S104 -- compared, not bound
    return f"http://{host}:{sockets[0].getsockname()[1]}"


def _panel(address: str, made: Made, classmates: int) -> Panel:
    table = Table(
        *map(say, ("demo_who", "demo_where", "demo_login", "demo_secret")), box=None, padding=(0, 2, 0, 0)
    )
    for role, username in USERNAMES.items():
        table.add_row(say(f"demo_role_{role}"), f"{address}/staff", username, made.logins.passwords[role])
        if role is Role.BOARD:
            table.add_row(say("demo_role_second"), f"{address}/staff", SECOND, made.logins.second)
    number = numbers()[0]
    table.add_row(say("demo_role_student"), f"{address}/", number, made.logins.pins[number])
    opens = format_datetime(made.shift.opens_at.astimezone(), LANGUAGE)
    bell = say("demo_bell", opens=opens) if made.shift.started_at is None else say("demo_rung")
    lines = [bell, say("demo_classmates", count=classmates)] if classmates else [bell]
    return Panel(
        Group(table, "", *lines, say("demo_stop")),
        title=f"{made.shift.exam} – {made.shift.name}",
        expand=False,
    )
