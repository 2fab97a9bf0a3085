"""What the bench tells the load generator, and what that reports. Moments are of the monotonic clock, which
all processes of a machine share."""

import msgspec

from exam_server.bench.report import percentile


class Ticket(msgspec.Struct, frozen=True, array_like=True):
    """A student's sitting and cookie."""

    sitting: int
    cookie: str


class Gather(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Connect everyone, a few at a time, and fetch the form."""

    host: str
    port: int
    tickets: tuple[Ticket, ...]


class AwaitBell(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Wait until everyone's paper is open."""

    rang_at: float


class AnswerOpen(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Send answers on schedule, ``rate`` per second in all, whatever became of the ones before."""

    rate: float
    seconds: float


class AnswerClosed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Everyone keeps ``window`` answers unacknowledged for so long."""

    window: int
    seconds: float


class Reconnect(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Lose every line, with ``resend`` answers each that the server has not got, and come back at once."""

    resend: int


class Submit(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Everyone hands in, spread evenly over so many seconds."""

    seconds: float


class Bare(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Connect so often to a bare echo, all at once, and send each one message."""

    host: str
    port: int
    connections: int


Order = Gather | AwaitBell | AnswerOpen | AnswerClosed | Reconnect | Submit | Bare


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How some durations are spread, in milliseconds; all 0 when there are none."""

    count: int = 0
    first: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    last: float = 0.0


class Journalled(msgspec.Struct, frozen=True, array_like=True):
    """How far a sitting has sent and been acknowledged."""

    sitting: int
    sent: int
    acknowledged: int


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order: ``spread`` of its latencies, ``count`` of what was done in ``seconds``, and of
    every student how far they are. ``closes`` counts connections that the server ended, by code."""

    spread: Spread = Spread()
    seconds: float = 0.0
    count: int = 0
    journalled: tuple[Journalled, ...] = ()
    closes: dict[str, int] = {}


def spread(durations_ms: list[float]) -> Spread:
    """Summarise; sorts the list in place."""
    if not durations_ms:
        return Spread()
    durations_ms.sort()
    return Spread(
        count=len(durations_ms),
        first=durations_ms[0],
        p50=percentile(durations_ms, 0.5),
        p99=percentile(durations_ms, 0.99),
        last=durations_ms[-1],
    )
