"""Limits on wrong logins: per candidate or username at one address, per candidate or username,
per address."""

from datetime import datetime, timedelta

import msgspec

from exam_server.errors import TooMany
from exam_server.store import logins
from exam_server.store.database import Connection

WINDOW = timedelta(minutes=15)


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """At most ``most`` wrong attempts of a subject inside the window."""

    subject: str
    most: int


def limits_of(who: str, address: str) -> tuple[Limit, ...]:
    """The limits that a login of ``who`` ("candidate 0012", "staff ha") from an address is under.

    A whole lab may share an address, and a prankster must not lock a neighbour out with five tries from
    his own PC.
    """
    return (
        Limit(subject=f"{who} @ {address}", most=5),
        Limit(subject=who, most=20),
        Limit(subject=address, most=200),
    )


async def check_attempts(connection: Connection, limits: tuple[Limit, ...], now: datetime) -> None:
    """Lock the subjects that name a person, and judge.

    Raises TooMany with code ``too_many_logins`` when a limit is reached.
    """
    await logins.lock_subject(connection, limits[1].subject)
    for limit in limits:
        attempts = await logins.select_attempts(connection, limit.subject, now - WINDOW)
        if attempts.count >= limit.most and attempts.oldest_at is not None:
            wait = attempts.oldest_at + WINDOW - now
            raise TooMany("too_many_logins", seconds=max(1, -int(-wait.total_seconds() // 1)))


async def remember_wrong(connection: Connection, limits: tuple[Limit, ...], now: datetime) -> None:
    """Count a wrong login against every limit."""
    for limit in limits:
        await logins.insert_attempt(connection, limit.subject, now, now - WINDOW)


async def forget_wrong(connection: Connection, limits: tuple[Limit, ...]) -> None:
    """A right login clears what was counted at this address for this person."""
    await logins.delete_attempts(connection, limits[0].subject)
