"""A candidate's login: number and PIN."""

import hmac
from datetime import datetime, timedelta

import msgspec

from exam_server.actions.attempts import check_attempts, forget_wrong, limits_of, remember_wrong
from exam_server.core.pin import pin_hmac
from exam_server.errors import Unauthenticated
from exam_server.protocol.staff import CandidateSession
from exam_server.secrets import Secrets
from exam_server.store import logins
from exam_server.store.database import Database

AFTER_CLOSING = timedelta(hours=2)
"""How long after its closing time a shift's candidates may still log in, to see their receipt."""

_NOBODY = logins.LoginRow(id=0, shift_id=0, number="", pin_hmac=bytes(32), login_version=0)


class CandidateLoggedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who logged in; ``login_version`` goes into the cookie,
    so that a new PIN ends the sessions of the old one."""

    session: CandidateSession
    login_version: int


async def login_candidate(
    database: Database, secrets: Secrets, *, number: str, pin: str, address: str, now: datetime
) -> CandidateLoggedIn:
    """Check number and PIN over the shifts that are not over.

    Raises Unauthenticated with code ``wrong_number_or_pin``, the same whether or not the number exists;
    TooMany
    after too many wrong attempts.
    """
    number, pin = number.strip(), pin.strip()
    limits = limits_of(f"candidate {number}", address)
    async with database.transaction() as connection:
        await check_attempts(connection, limits, now)
        rows = await logins.select_logins(connection, number, now - AFTER_CLOSING, now)
        match = _matching(secrets.pepper, rows, number, pin)
        if match is None:
            await remember_wrong(connection, limits, now)
        else:
            await forget_wrong(connection, limits)
    if match is None:  # only now: the attempt must be committed
        raise Unauthenticated("wrong_number_or_pin")
    return CandidateLoggedIn(
        session=await candidate_me(database, match.id), login_version=match.login_version
    )


async def candidate_me(
    database: Database, sitting_id: int, login_version: int | None = None
) -> CandidateSession:
    """Whose sitting it is. Raises Unauthenticated with code ``login_needed`` when it is gone,
    or the PIN was renewed since."""
    async with database.connection() as connection:
        row = await logins.select_optional_candidate(connection, sitting_id)
    if row is None or login_version not in (None, row.login_version):
        raise Unauthenticated("login_needed")
    return CandidateSession(sitting=row.sitting, number=row.number, name=row.name, exam=row.exam)


def _matching(pepper: bytes, rows: list[logins.LoginRow], number: str, pin: str) -> logins.LoginRow | None:
    """The first row whose PIN is right. Every row is computed, and one for nobody,
    so that time tells little."""
    found = [row for row in [*rows, _NOBODY] if _right(pepper, row, number, pin)]
    return found[0] if found else None


def _right(pepper: bytes, row: logins.LoginRow, number: str, pin: str) -> bool:
    return hmac.compare_digest(pin_hmac(pepper, row.shift_id, number, pin), row.pin_hmac)
