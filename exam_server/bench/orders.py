"""What the bench tells the load generator, and what that reports. Moments are of the monotonic clock, which
all processes of a machine share."""

import msgspec

from exam_server.core.rank import percentile


class Ticket(msgspec.Struct, frozen=True, array_like=True):
    """A student's number and cookie."""

    number: str
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


class Record(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Write down what every student sent and was told, for ``simulation.checker``."""

    path: str


class Bare(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Connect so often to a bare echo, all at once, send each one message, and stay."""

    host: str
    port: int
    connections: int


class BarePush(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Let the bare server send one message to every line of ``Bare``."""


Order = Gather | AwaitBell | AnswerOpen | AnswerClosed | Reconnect | Submit | Record | Bare | BarePush


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How some durations are spread, in milliseconds; all 0 when there are none."""

    count: int = 0
    first: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    last: float = 0.0


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order: ``spread`` of its latencies, until the last of which it took ``seconds``; and
    in all so far: events sent, acknowledged and refused, receipts, and connections that the server ended."""

    spread: Spread = Spread()
    seconds: float = 0.0
    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    receipts: int = 0
    lines_lost: int = 0


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
