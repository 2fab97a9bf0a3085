"""What the measurement commands share: their files, their progress, their refusals."""

import hashlib
import math
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from exam_server.catalogue import text
from exam_server.catalogue.formats import format_number
from exam_server.cli.files import read_file
from exam_server.cli.screen import screen
from exam_server.cli.words import LANGUAGE, say
from exam_server.core.parameter_file import ParameterFile, read_parameters
from exam_server.core.response_file import read_coded
from exam_server.errors import Invalid
from scoring.errors import MeasurementError
from scoring.responses import Responses

ResponsePath = Annotated[Path, typer.Argument(metavar="RESPONSES", help=say("argument_responses"))]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", metavar="COLUMN", help=say("option_ignore"))]

Step = Callable[[str, float], None]
"""Told the catalogue's key of what is being done, and how far it is, 0 to 1."""


class ResponseFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of responses: what it calls category 0 of each item, its first person's line, its hash."""

    responses: Responses
    persons: tuple[str, ...]
    lowest: tuple[int, ...]
    first_line: int
    sha256: str


def words(key: str, /, **params: str | int) -> str:
    """A text of section ``measurement``."""
    return text(LANGUAGE, "measurement", key, **params)


def number(value: float | None, digits: int) -> str:
    """With so many decimals, as people write it; a dash for what is not known."""
    if value is None or not math.isfinite(value):
        return "–"
    # Adding 0 makes −0 a 0.
    return format_number(Decimal(f"{round(value, digits) + 0.0:.{digits}f}"), LANGUAGE).replace("-", "−")


def load_responses(
    path: Path,
    *,
    group: str | None = None,
    ignore: list[str] | None = None,
    lowest: Mapping[str, int] | None = None,
) -> ResponseFile:
    """Read a file of responses. Raises what ``read_file`` and ``read_coded`` raise."""
    data = read_file(path)
    file = read_coded(data, str(path), group=group, ignore=tuple(ignore or ()), lowest=lowest)
    return ResponseFile(
        responses=file.responses,
        persons=file.persons,
        lowest=file.lowest,
        first_line=file.first_line,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def load_parameters(path: Path) -> ParameterFile:
    """Read PARAMS.json. Raises what ``read_file`` and ``read_parameters`` raise."""
    return read_parameters(read_file(path), str(path))


def write_file(path: Path, data: bytes) -> None:
    """Write a result whole or not at all. Raises Invalid with code ``cannot_write``."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        raise Invalid("cannot_write", place=str(path), file=str(path)) from error


@contextmanager
def measuring(place: str) -> Generator[None]:
    """What measurement refuses becomes the user's error, about ``place``."""
    try:
        yield
    except MeasurementError as error:
        params = {name: _shown(value) for name, value in error.params.items()}
        raise Invalid(error.code, place=place, **params) from error


@contextmanager
def progress() -> Generator[Step]:
    """A bar on the terminal's error side, gone at the end; nothing where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = screen(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)

        def tell(key: str, share: float) -> None:
            bar.update(task, description=words(key), completed=share)

        yield tell


def _shown(value: str | int | float) -> str | int:
    return f"{value:.4g}" if isinstance(value, float) else value
