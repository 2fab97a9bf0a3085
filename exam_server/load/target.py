"""Somebody's server, and who sits there: a CSV file with the columns number,pin."""

import csv
from http import HTTPStatus
from pathlib import Path

import aiohttp
import msgspec

from exam_server.errors import Invalid
from exam_server.protocol.staff import CandidateLogin

PATIENCE_S = 20.0
_COLUMNS = frozenset({"number", "pin"})


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The server's address, without a slash at the end, and the roster."""

    address: str
    roster: Path


def read_logins(path: Path) -> list[CandidateLogin]:
    """The logins in the file's order.

    Raises Invalid: ``no_such_file``; ``load_bad_roster`` with the place of the line that is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not set(rows.fieldnames or ()) >= _COLUMNS:
                raise Invalid("load_bad_roster", place=f"{path}:1")
            return [_login(row, f"{path}:{rows.line_num}") for row in rows]
    except OSError as error:
        raise Invalid("no_such_file", place=str(path), file=str(path)) from error
    except UnicodeDecodeError as error:
        raise Invalid("load_bad_roster", place=str(path)) from error


def _login(row: dict[str, str | None], place: str) -> CandidateLogin:
    number, pin = (row["number"] or "").strip(), (row["pin"] or "").strip()
    if not number or not pin:
        raise Invalid("load_bad_roster", place=place)
    return CandidateLogin(number=number, pin=pin)


async def knock(target: Target, first: CandidateLogin) -> None:
    """Let the first of the roster log in before a crowd tries.

    Raises Invalid: ``load_unreachable`` when nobody answers there, ``load_login_refused`` for a wrong
    number or PIN, ``load_not_a_server`` for any other answer.
    """
    url = f"{target.address}/api/candidate/login"
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.post(url, json=msgspec.to_builtins(first)) as reply,
        ):
            status = reply.status
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise Invalid("load_unreachable", place="--against", address=target.address) from error
    if status == HTTPStatus.UNAUTHORIZED:
        raise Invalid("load_login_refused", place=f"{target.roster}:2", number=first.number)
    # A queue at the door is for the students to wait in.
    if status not in (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE):
        raise Invalid("load_not_a_server", place="--against", address=target.address, status=status)
