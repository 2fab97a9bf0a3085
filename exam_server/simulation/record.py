"""What students were told, as files: how load generators in other processes hand over what they know.

One JSON object a line, one line per student and page: ``Account``. Payloads are base64 of the very bytes
that were sent.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from exam_server.errors import Invalid
from exam_server.protocol.sitting import Saved

Fate = Literal["sent", "acknowledged", "refused"]
"""What the client was told of an event; ``sent``: nothing, so that it may be in the journal or not."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One event as its client knows it. ``at_ms``: when it was told, of one only sent when that was;
    milliseconds since 1970 UTC."""

    seq: int
    payload: bytes
    fate: Fate
    at_ms: int = 0


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a receipt that can be checked: the chain's head in hex, and how many events."""

    digest: str
    events: int


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a fresh page is shown after all is over: a part of Welcome."""

    last_seq: int
    saved: tuple[Saved, ...] = ()
    receipt: Proof | None = None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What one client of a candidate knows: its events in the order they were made, the receipt if it got
    one, and what it saw when it looked again. A candidate who had several pages or PCs has an account for
    each."""

    number: str
    events: tuple[Told, ...]
    receipt: Proof | None = None
    seen: Seen | None = None


def write_record(path: Path, accounts: Iterable[Account]) -> None:
    """Write the accounts, or add them to the file."""
    with path.open("ab") as file:
        for account in accounts:
            file.write(msgspec.json.encode(account) + b"\n")


def read_record(path: Path) -> list[Account]:
    """The accounts in a file, or in all ``*.jsonl`` of a directory.

    Raises Invalid with code ``bad_record`` when a line is not an account, OSError when it cannot be read.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    return [account for file in files for account in _read(file)]


def _read(path: Path) -> list[Account]:
    accounts: list[Account] = []
    for line, text in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            accounts.append(msgspec.json.decode(text, type=Account))
        except msgspec.DecodeError as error:
            raise Invalid("bad_record", place=f"{path}:{line}", reason=str(error)) from error
    return accounts
