"""Login attempts, and what a candidate's login needs."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)


class Attempts(msgspec.Struct, frozen=True, kw_only=True):
    """Attempts of one subject inside the window; ``oldest_at`` is None when there are none."""

    count: int
    oldest_at: datetime | None


class LoginRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting that a candidate number may mean."""

    id: int
    shift_id: int
    number: str
    pin_hmac: bytes
    login_version: int


class CandidateRow(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits what."""

    sitting: int
    number: str
    name: str
    exam: str
    login_version: int


async def lock_subject(connection: Connection, subject: str) -> None:
    """Let one attempt on this subject be judged at a time, until the transaction ends."""
    await connection.execute(SQL["lock_subject"], subject)


async def select_attempts(connection: Connection, subject: str, since: datetime) -> Attempts:
    """The subject's attempts after ``since``."""
    [row] = await connection.fetch(SQL["select_attempts"], subject, since)
    return Attempts(**row)


async def insert_attempt(connection: Connection, subject: str, now: datetime, since: datetime) -> None:
    """Remember a wrong attempt, and forget those before ``since``."""
    await connection.execute(SQL["delete_old_attempts"], since)
    await connection.execute(SQL["insert_attempt"], subject, now)


async def delete_attempts(connection: Connection, subject: str) -> None:
    """Forget a subject's wrong attempts."""
    await connection.execute(SQL["delete_attempts"], subject)


async def delete_attempts_of_sittings(connection: Connection, sitting_ids: Sequence[int]) -> None:
    """Forget the wrong attempts on the candidates of some sittings: they have new PINs."""
    await connection.execute(SQL["delete_attempts_of_sittings"], sitting_ids)


async def select_logins(
    connection: Connection, number: str, since: datetime, now: datetime
) -> list[LoginRow]:
    """The sittings of a candidate number in shifts not closed before ``since``.

    Unfinished ones come first, then those that open nearest to now.
    """
    return [LoginRow(**row) for row in await connection.fetch(SQL["select_logins"], number, since, now)]


async def select_optional_candidate(connection: Connection, sitting_id: int) -> CandidateRow | None:
    """Who sits this sitting."""
    row = await connection.fetchrow(SQL["select_optional_candidate"], sitting_id)
    return None if row is None else CandidateRow(**row)
