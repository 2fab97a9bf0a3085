"""The server's own keys: in a file only its user can read, never in the database, a log or a message."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from exam_server.errors import Invalid

KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Three independent 32-byte keys: ``pepper`` for PINs, ``cookie_key`` for cookies,
    ``master_key`` for form keys."""

    pepper: bytes = field(repr=False)
    cookie_key: bytes = field(repr=False)
    master_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if any(len(key) != KEY_BYTES for key in (self.pepper, self.cookie_key, self.master_key)):
            raise ValueError("every key has 32 bytes")


def new_secrets() -> Secrets:
    """Fresh random keys."""
    return Secrets(
        pepper=secrets.token_bytes(KEY_BYTES),
        cookie_key=secrets.token_bytes(KEY_BYTES),
        master_key=secrets.token_bytes(KEY_BYTES),
    )


def load_secrets(directory: Path) -> Secrets:
    """The keys of the file ``secrets.json`` in the data directory, made at the first start.

    Several machines on one database need the same file. Raises Invalid with code ``bad_secrets`` when the
    file
    cannot be understood or others may read it.
    """
    path = directory / "secrets.json"
    if not path.exists():
        _write_once(path, new_secrets())
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise Invalid("bad_secrets", place=str(path), file=str(path))
    try:
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    except (msgspec.DecodeError, ValueError) as error:
        raise Invalid("bad_secrets", place=str(path), file=str(path)) from error


def _write_once(path: Path, made: Secrets) -> None:
    """Write the whole file or nothing; of two processes that start together one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent) as file:  # made with mode 0600
        file.write(msgspec.json.encode(made))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
