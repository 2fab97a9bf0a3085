"""Reading the file a command was given."""

from pathlib import Path

from exam_server.errors import Invalid

MAX_BYTES = 100 * 1024 * 1024


def read_file(path: Path) -> bytes:
    """The file's bytes. Raises Invalid with code ``no_such_file`` or ``file_too_large``."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Invalid("no_such_file", place=str(path), file=str(path)) from error
    if len(data) > MAX_BYTES:
        raise Invalid("file_too_large", place=str(path), file=str(path))
    return data
