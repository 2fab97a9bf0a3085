"""A sitting's time: one deadline, in one function. The server's clock rules; the client only shows it."""

from datetime import UTC, datetime, timedelta

import msgspec

from exam_server.protocol.sitting import Timing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a shift sets for all its sittings. ``bell_at`` is when the bell rang, None before; ``limit_ms``
    the time allowed.

    Who comes within ``late_ms`` after the bell is let in where admission is ``automatic``; later only by an
    invigilator.
    """

    opens_at: datetime
    closes_at: datetime
    bell_at: datetime | None
    limit_ms: int
    late_ms: int
    automatic: bool


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """What has happened to one sitting's time. ``paused_ms`` is credited for pauses that are over,
    ``extra_ms`` was added by an invigilator; ``paused_at`` is None unless it is paused now."""

    started_at: datetime | None = None
    paused_at: datetime | None = None
    paused_ms: int = 0
    extra_ms: int = 0


def deadline(times: Times, terms: Terms) -> datetime | None:
    """The sooner of start + limit + extra + credited pauses and the closing time; None before the start."""
    if times.started_at is None:
        return None
    allowed_ms = terms.limit_ms + times.extra_ms + times.paused_ms
    return min(times.started_at + timedelta(milliseconds=allowed_ms), terms.closes_at)


def remaining_ms(times: Times, terms: Terms, now: datetime) -> int | None:
    """Milliseconds left, at least 0; a pause stops them, though not beyond the closing time. None before the
    start."""
    end = deadline(times, terms)
    if end is None:
        return None
    if times.paused_at is not None:
        end = min(end + max(now - times.paused_at, timedelta()), terms.closes_at)
    return max(0, duration_ms(end - now))


def timing_of(times: Times, terms: Terms, now: datetime) -> Timing:
    """The clock as the client is told it."""
    end = None if times.paused_at is not None else deadline(times, terms)
    return Timing(
        now_ms=instant_ms(now),
        opens_ms=instant_ms(terms.opens_at),
        limit_ms=terms.limit_ms,
        started_ms=None if times.started_at is None else instant_ms(times.started_at),
        deadline_ms=None if end is None else instant_ms(end),
        remaining_ms=remaining_ms(times, terms, now),
    )


def instant_ms(instant: datetime) -> int:
    """Milliseconds since 1970 UTC, rounded down."""
    return instant_us(instant) // 1_000


def instant_us(instant: datetime) -> int:
    """Microseconds since 1970 UTC: exact."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def duration_ms(duration: timedelta) -> int:
    """Milliseconds, rounded up: in doubt for the candidate."""
    return -(-duration // _MILLISECOND)
