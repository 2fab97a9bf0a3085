"""``khaothi scoring``: scoring runs of an exam."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer
from rich.table import Table

from exam_server.catalogue import text
from exam_server.catalogue.formats import format_datetime
from exam_server.cli.measuring import progress, words, write_file
from exam_server.cli.options import MAX_ID, Data, Json
from exam_server.cli.screen import screen
from exam_server.cli.session import Session, in_session
from exam_server.cli.staff import PASSWORD_VARIABLE
from exam_server.cli.words import LANGUAGE, say
from exam_server.core.access import Permission, Role, allowed
from exam_server.errors import Denied, Invalid, NotFound, Unavailable
from exam_server.protocol.measurement import ModelChoice, NewRun, ScoringRun, SignRun, VoidRule
from exam_server.store.staff import StaffMember

app = typer.Typer(no_args_is_help=True)

POLL_S = 1.0

_UNFINISHED = ("queued", "running")

_READER = StaffMember(id=0, username="", name="", role=Role.BOARD)
"""Whoever may run commands on this machine may read everything."""

T = TypeVar("T")

ExamId = Annotated[int, typer.Argument(metavar="EXAM", min=1, max=MAX_ID, help=say("argument_exam"))]
RunId = Annotated[int, typer.Argument(metavar="RUN", min=1, max=MAX_ID, help=say("argument_run"))]
Username = Annotated[str, typer.Option("--username", metavar="USERNAME", help=say("option_board_username"))]
Model = Annotated[ModelChoice, typer.Option("--model", help=say("option_run_model"))]
Void = Annotated[VoidRule, typer.Option("--void", help=say("option_void_rule"))]
LinkTo = Annotated[
    int | None, typer.Option("--link-to", metavar="RUN", min=1, max=MAX_ID, help=say("option_link_to"))
]
Wait = Annotated[bool, typer.Option("--wait", help=say("option_wait"))]
Hash = Annotated[str, typer.Option("--sha256", metavar="HASH", help=say("option_record_sha256"))]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help=say("option_record_out"))]


@app.command("start", help=say("help_scoring_start"))
def start(
    exam: ExamId,
    username: Username,
    model: Model = "auto",
    void: Void = "full_points",
    link_to: LinkTo = None,
    wait: Wait = False,  # noqa: FBT002 -- typer makes it a flag
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
    data: Data = None,
) -> None:
    """Let an exam be scored; a server that runs computes it."""
    password = _password()
    new = NewRun(model=model, void_rule=void, link_to=link_to)

    async def work(session: Session) -> ScoringRun:
        from exam_server.actions import runs

        async def begin(member: StaffMember) -> ScoringRun:
            now = session.clock.now()
            return await runs.start_run(session.database, exam, new, member, now, LANGUAGE)

        run = await _as_board(session, username, password, begin)
        return await _computed(session, run.id) if wait else run

    run = in_session(data, work)
    _show(run, as_json=as_json)
    if run.state == "queued" and not as_json:
        screen().print(say("run_waits", run=run.id))
    if run.state in ("failed", "cancelled"):
        raise typer.Exit(1)


@app.command("list", help=say("help_scoring_list"))
def list_(exam: ExamId, as_json: Json = False, data: Data = None) -> None:  # noqa: FBT002 -- typer makes it a flag
    """The runs of an exam."""

    async def work(session: Session) -> tuple[ScoringRun, ...]:
        from exam_server.actions import runs

        now = session.clock.now()
        return (await runs.list_runs(session.database, exam, _READER, now, LANGUAGE)).runs

    found = in_session(data, work)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    elif found:
        screen().print(_table(found))
    else:
        screen().print(say("runs_none"))


@app.command("show", help=say("help_scoring_show"))
def show(run: RunId, as_json: Json = False, data: Data = None) -> None:  # noqa: FBT002 -- typer makes it a flag
    """A run."""

    async def work(session: Session) -> ScoringRun:
        return await _read(session, run)

    _show(in_session(data, work), as_json=as_json)


@app.command("sign", help=say("help_scoring_sign"))
def sign(
    run: RunId,
    username: Username,
    sha256: Hash,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
    data: Data = None,
) -> None:
    """Make a run's scores the exam's: by another member of the board than who started it."""
    password = _password()

    async def work(session: Session) -> ScoringRun:
        from exam_server.actions import runs

        async def put_name(member: StaffMember) -> ScoringRun:
            body, now = SignRun(record_sha256=sha256.lower()), session.clock.now()
            with _naming(run):
                return await runs.sign_run(session.database, run, body, member, now, LANGUAGE)

        return await _as_board(session, username, password, put_name)

    _show(in_session(data, work), as_json=as_json)


@app.command("compute", help=say("help_scoring_compute"))
def compute(run: RunId, as_json: Json = False, data: Data = None) -> None:  # noqa: FBT002 -- typer makes it a flag
    """Compute a run that waits, on this machine."""

    async def work(session: Session) -> ScoringRun:
        return await _computed(session, run)

    done = in_session(data, work)
    _show(done, as_json=as_json)
    if done.state in ("failed", "cancelled"):
        raise typer.Exit(1)


@app.command("record", help=say("help_scoring_record"))
def record(run: RunId, out: Out, data: Data = None) -> None:
    """Write a run's record, whose SHA-256 is signed."""

    async def work(session: Session) -> bytes:
        from exam_server.actions import runs

        with _naming(run):
            return await runs.show_record(session.database, run)

    write_file(out, in_session(data, work))
    screen().print(say("record_written", file=str(out)))


def _password() -> str:
    given = os.environ.get(PASSWORD_VARIABLE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise Invalid("password_needed")
    return typer.prompt(say("ask_password"), hide_input=True)


async def _as_board(
    session: Session, username: str, password: str, act: Callable[[StaffMember], Awaitable[T]]
) -> T:
    """Do something as a member of the board who has given the password.

    Raises Unauthenticated for a wrong one, Denied with code ``not_permitted`` for another office.
    """
    from exam_server.actions import staff

    database, now = session.database, session.clock.now()
    logged_in = await staff.login_staff(
        database, username=username, password=password, address="command line", now=now
    )
    try:
        member = await staff.staff_of_session(database, logged_in.token, now)
        if not allowed(member.role, Permission.SCORING_RUN):
            raise Denied("not_permitted", permission=Permission.SCORING_RUN.value)
        return await act(member)
    finally:
        await staff.logout_staff(database, logged_in.token)


async def _computed(session: Session, run_id: int) -> ScoringRun:
    """The run once it has ended; its process is started here unless a server has done so."""
    from exam_server.computing import start_computing

    run = await _read(session, run_id)
    if run.state not in _UNFINISHED:
        return run
    process = await start_computing(run_id, session.database.url)
    with progress() as tell:
        while (run := await _read(session, run_id)).state in _UNFINISHED:
            tell(run.stage, run.progress)
            if process.returncode == 0:  # another process has the run; should it die, this one takes over
                process = await start_computing(run_id, session.database.url)
            elif process.returncode is not None:
                raise Unavailable("computing_ended", exit_code=process.returncode)
            await asyncio.sleep(POLL_S)
    await process.wait()
    return run


async def _read(session: Session, run_id: int) -> ScoringRun:
    from exam_server.actions import runs

    with _naming(run_id):
        return await runs.show_run(session.database, run_id, _READER, LANGUAGE)


@contextmanager
def _naming(run_id: int) -> Generator[None]:
    """Raises NotFound with code ``no_such_run`` where nothing was found."""
    try:
        yield
    except NotFound as error:
        raise NotFound("no_such_run", run=run_id) from error


def _show(run: ScoringRun, *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(run).decode())
        return
    screen().print(_table((run,)))
    for line in (run.error, None if run.record_sha256 is None else f"SHA-256 {run.record_sha256}"):
        if line is not None:
            screen().print(line)


def _table(found: tuple[ScoringRun, ...]) -> Table:
    keys = ("column_id", "column_title", "column_run", "column_state", "column_scripts")
    people = ("column_started_by", "column_signed_by")
    table = Table(*map(say, (*keys, *people)))
    for run in found:
        table.add_row(
            str(run.id),
            run.exam,
            str(run.number),
            _state(run),
            "" if run.n is None else str(run.n),
            f"{run.requested_by}, {format_datetime(run.requested_at.astimezone(), LANGUAGE)}",
            ""
            if run.signed_at is None
            else f"{run.signed_by}, {format_datetime(run.signed_at.astimezone(), LANGUAGE)}",
        )
    return table


def _state(run: ScoringRun) -> str:
    state = text(LANGUAGE, "staff", f"run_state_{run.state}")
    return f"{state}: {words(run.stage)}" if run.state == "running" else state
