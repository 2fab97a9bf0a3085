"""``khaothi doctor``: whether this machine holds so many students."""

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from exam_server.catalogue import text, texts
from exam_server.cli.options import Data, Json
from exam_server.cli.screen import screen
from exam_server.cli.session import alone
from exam_server.cli.termination import run_until_terminated
from exam_server.cli.words import LANGUAGE, say
from exam_server.config import Config, Options, read_config, read_environment
from exam_server.doctor.examination import Diagnosis, Place, examine
from exam_server.doctor.finding import Finding, Level, Patient
from exam_server.errors import Invalid

Students = Annotated[int, typer.Option("--students", min=1, max=20_000, help=say("option_doctor_students"))]

_STYLES: Mapping[Level, str] = {"ok": "green", "caution": "yellow", "fail": "bold red"}
_SIGNS: Mapping[Level, str] = {"ok": "✓", "caution": "!", "fail": "✗"}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A finding in words, for people and for programs."""

    check: str
    level: Level
    name: str
    measured: str
    need: str
    advice: str | None
    figures: Mapping[str, float | str]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What ``--json`` prints."""

    students: int
    level: Level
    checks: tuple[Line, ...]


def doctor(
    students: Students = 500,
    data: Data = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Measure for some seconds, say what was found; fails when a check fails."""
    config = read_config(read_environment(os.environ), Options(data=data))
    patient = Patient(config=config, students=students)
    diagnosis, own = run_until_terminated(_examine(patient, _ground(config.data)))
    lines = tuple(map(_line, diagnosis.findings))
    if as_json:
        report = Report(students=students, level=diagnosis.level, checks=lines)
        typer.echo(msgspec.json.encode(report).decode())
    else:
        _print(screen(), diagnosis, lines, own=own)
    if diagnosis.level == "fail":
        raise typer.Exit(1)


async def _examine(patient: Patient, ground: Path) -> tuple[Diagnosis, bool]:
    """The diagnosis, and whether the database was the server's own."""
    with _progress() as tell, _place(patient.config, ground) as place:
        return await examine(patient, place, datetime.now().astimezone(), tell), place.own


@contextmanager
def _place(config: Config, ground: Path) -> Generator[Place]:
    """The configured database, else the private one, started for the time when no server runs; where there is
    none yet, one in a directory that goes again."""
    if config.database_url is not None:
        yield Place(data=ground, url=config.database_url, own=True)
        return
    from exam_server.store.embedded import EmbeddedPostgres

    if (config.data / "postgres" / "PG_VERSION").exists():
        with alone(config.data) as first:
            private = EmbeddedPostgres(config.data / "postgres")
            try:
                yield Place(data=ground, url=private.url, own=True)
            finally:
                if first:
                    private.stop()
        return
    with TemporaryDirectory(prefix=".doctor-", dir=ground) as directory:
        private = EmbeddedPostgres(Path(directory) / "postgres")
        try:
            yield Place(data=ground, url=private.url, own=False)
        finally:
            private.stop()


def _ground(data: Path) -> Path:
    """The data directory, or where it will be made. Raises Invalid with code ``bad_data_directory``."""
    there = next(path for path in (data, *data.resolve().parents) if path.exists())
    try:
        with TemporaryFile(dir=there):
            return there
    except OSError as error:
        raise Invalid("bad_data_directory", place=str(data), directory=str(data)) from error


@contextmanager
def _progress() -> Generator[Callable[[str], None]]:
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=screen(stderr=True), transient=True) as progress:
        step = progress.add_task(_told("step_start"), total=None)
        yield lambda key: progress.update(step, description=_told(key))


def _line(finding: Finding) -> Line:
    check = finding.check
    words = {name: _figure(value) for name, value in finding.figures.items()}
    measured = "away" if finding.advice == "away" else "measured"
    return Line(
        check=check,
        level=finding.level,
        name=_told(check),
        measured=_told(f"{check}_{measured}" if measured == "measured" else "not_measured", **words),
        need="" if measured == "away" else _told(f"{check}_need", **words),
        advice=None if finding.advice is None else _told(f"{check}_{finding.advice}", **words),
        figures=finding.figures,
    )


def _told(key: str, **params: str) -> str:
    return text(LANGUAGE, "doctor", key, **params)


def _figure(value: float | str) -> str:
    """Two or three digits that matter, with the language's comma."""
    if isinstance(value, str):
        return value
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    digits = f"{value:.{decimals}f}"
    digits = digits.rstrip("0").rstrip(".") if decimals else digits
    return digits.replace(".", ",") if LANGUAGE == "vi" else digits


def _print(console: Console, diagnosis: Diagnosis, lines: tuple[Line, ...], *, own: bool) -> None:
    table = Table("", *(_told(f"column_{name}") for name in ("check", "measured", "need")))
    for line in lines:
        table.add_row(_mark(line.level), line.name, line.measured, line.need)
    console.print(table)
    for level in ("fail", "caution", "ok"):
        for line in lines:
            if line.level == level and line.advice is not None:
                sign = Text(f"{_SIGNS[level]} {line.name}: ", style=_STYLES[level])
                console.print(sign.append(line.advice, style="default"))
    if not own:
        console.print(_told("made_for_now"))
    verdict = _told(f"verdict_{diagnosis.level}", students=str(diagnosis.students))
    console.print(Text(verdict, style=_STYLES[diagnosis.level]))


def _mark(level: Level) -> Text:
    return Text(f"{_SIGNS[level]} {texts(LANGUAGE, 'doctor')[f'level_{level}']}", style=_STYLES[level])
