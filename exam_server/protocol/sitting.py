"""The candidate's socket, ``/ws/sitting?sitting=<id>``.

The id is optional: with it a page is turned away (UNAUTHENTICATED) once another candidate has logged in on
the same PC.

The client opens with Hello, the server answers with Welcome, before it perhaps with Queued, or closes with a
CloseCode. Answer, Flag, Visit
and Submit are events: each carries ``seq``, counted by the client from 1 for the whole sitting without gaps,
and is acknowledged only after its commit. An unacknowledged event is sent again after reconnecting, in order,
unchanged; that is harmless. Times are integers: milliseconds since 1970 UTC (``_ms``), durations in
milliseconds.
"""

from enum import IntEnum
from typing import Annotated, Literal

import msgspec

from exam_server.protocol.form import FormOrder
from exam_server.protocol.message import (
    MAX_LINE_WAIT_MS,
    MAX_UNACKNOWLEDGED,
    Body,
    Count,
    Message,
    Seq,
)

SittingState = Literal[
    "registered", "admitted", "waiting", "running", "paused", "submitted", "closed", "voided"
]
"""registered: on the roster; admitted: let in by an invigilator (or by the shift's setting) but not connected
yet; waiting: connected, the bell has not rung; running; paused; submitted: by the candidate; closed: ended by
the server or an invigilator; voided: does not count."""

Response = str | tuple[bool | None, ...] | None
"""A response in canonical ids: an option id, typed text, or a value per statement; None clears it."""


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """First message. ``fence`` is the token from this tab's last Welcome, or None when the tab takes the
    sitting over (a fresh page, another PC, or the candidate chose to continue here)."""

    version: int
    fence: int | None = None


class Answer(Message, frozen=True, kw_only=True, tag="answer"):
    """Event: the response to an item. ``at_ms`` is the server time as the client estimates it."""

    seq: Seq
    item: int
    response: Response
    at_ms: int


class Flag(Message, frozen=True, kw_only=True, tag="flag"):
    """Event: the item is marked for review, or no longer."""

    seq: Seq
    item: int
    on: bool
    at_ms: int


class Visit(Message, frozen=True, kw_only=True, tag="visit"):
    """Event: the candidate opened the item; times per item come from these."""

    seq: Seq
    item: int
    at_ms: int


class Submit(Message, frozen=True, kw_only=True, tag="submit"):
    """Event: the candidate hands in. Every event before it (``seq`` − 1 of them) must have reached the
    server."""

    seq: Seq
    at_ms: int


class Evidence(Message, frozen=True, kw_only=True, tag="evidence"):
    """What a superseded tab still held unacknowledged: kept for the record, never counted."""

    events: tuple["Answer | Flag | Visit", ...]


class Ping(Message, frozen=True, kw_only=True, tag="ping"):
    """Asks for the server's time, and reports the tab: ``unsaved`` events held, item in view."""

    sent_ms: int
    unsaved: Count = 0
    item: int | None = None


class Received(Message, frozen=True, kw_only=True, tag="received"):
    """The encrypted form is stored on this PC and its hash is right."""

    sha256: str


ClientMessage = Hello | Answer | Flag | Visit | Submit | Evidence | Ping | Received


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal holds for one item: for opening the sitting on another PC."""

    item: int
    response: Response = None
    flagged: bool = False


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """The sitting's clock. All None before the bell except ``opens_ms``, the planned bell, and ``limit_ms``,
    the time allowed. While paused, ``remaining_ms`` is what is left and ``deadline_ms`` is None."""

    now_ms: int
    opens_ms: int | None
    limit_ms: int
    started_ms: int | None = None
    deadline_ms: int | None = None
    remaining_ms: int | None = None


class FormRef(msgspec.Struct, frozen=True, kw_only=True):
    """Where to fetch the encrypted form; its bytes hash to ``sha256``."""

    url: str
    sha256: str
    size: int


class CandidateCard(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits and what."""

    number: str
    name: str
    exam: str
    subject: str
    shift: str
    room: str
    seat: str | None = None


class Welcome(Message, frozen=True, kw_only=True, tag="welcome"):
    """The whole state of the sitting. ``last_seq`` is the highest committed event; the client drops what it
    holds up to there and sends the rest. ``form_key`` (base64url, 32 bytes) is present from the bell on.
    ``reason`` is why it is paused or was ended, to be shown. After a line that broke without a Retry, the
    client reconnects at a random moment within ``reconnect_ms``: the more are connected the longer, lest they
    all come at once."""

    version: int
    fence: int
    state: SittingState
    candidate: CandidateCard
    timing: Timing
    last_seq: int
    saved: tuple[Saved, ...] = ()
    position: int | None = None
    form: FormRef | None = None
    order: FormOrder | None = None
    form_key: str | None = None
    reason: str | None = None
    receipt: "Receipt | None" = None
    reconnect_ms: int = 1_000


class Queued(Message, frozen=True, kw_only=True, tag="queued"):
    """Before Welcome, when many arrive at once: ``position`` connections, this one included, are still to be
    let in. Sent again as it moves."""

    position: int


class Retry(Message, frozen=True, kw_only=True, tag="retry"):
    """Right before a close with TRY_AGAIN: come again at a random moment within ``after_ms``."""

    after_ms: int


class State(Message, frozen=True, kw_only=True, tag="state"):
    """The sitting changed: the bell, a pause, more time, the end. ``reason`` is the invigilator's, to be
    shown."""

    state: SittingState
    timing: Timing
    form_key: str | None = None
    reason: str | None = None


class Ack(Message, frozen=True, kw_only=True, tag="ack"):
    """Every event up to and including ``seq`` is committed."""

    seq: int


RefusalCode = Literal[
    "deadline", "not_running", "unknown_item", "bad_response", "superseded", "too_many", "too_long"
]


class Refused(Message, frozen=True, kw_only=True, tag="refused"):
    """The event was not taken and never will be; the client drops it and tells the candidate. The next event
    uses the same ``seq``; every event the client had sent after it is refused with it."""

    seq: int
    code: RefusalCode


class Pong(Message, frozen=True, kw_only=True, tag="pong"):
    """Answer to Ping: echoes ``sent_ms``, adds the server's time."""

    sent_ms: int
    now_ms: int


class Notice(Message, frozen=True, kw_only=True, tag="notice"):
    """A message from the invigilator to this candidate or to all."""

    id: int
    text: str
    at_ms: int


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Proof for the candidate: ``digest`` is the hash-chain head after the last event, hex; ``code`` its
    first 12 digits in groups."""

    submitted_ms: int
    by: Literal["candidate", "server", "invigilator"]
    answered: int
    items: int
    events: int
    digest: str
    code: str


class Submitted(Message, frozen=True, kw_only=True, tag="submitted"):
    """The script is in."""

    receipt: Receipt


ServerMessage = Queued | Welcome | State | Ack | Refused | Pong | Notice | Submitted | Retry


class LineRequest(Body, frozen=True, kw_only=True):
    """POST /api/sitting/line: the socket's messages where no socket can be held.

    ``hello`` is what the client would open a socket with now; it counts when the server does not know
    ``line``. ``messages`` are the client's, in order, each as it would be sent on the socket: what is
    journalled is these very bytes. The reply may take up to ``wait_ms`` when there is nothing to tell.
    """

    hello: Hello
    line: str | None = None
    messages: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(max_length=MAX_UNACKNOWLEDGED)] = ()
    wait_ms: Annotated[int, msgspec.Meta(ge=0, le=MAX_LINE_WAIT_MS)] = 0


class LineReply(Body, frozen=True, kw_only=True):
    """``line`` is for the next request; ``messages`` are ServerMessages in order, every given event
    acknowledged or refused among them unless the line ends. With ``close``, a CloseCode, the line is over."""

    line: str
    messages: tuple[ServerMessage, ...]
    close: int | None = None


class CloseCode(IntEnum):
    """Why the server ended the socket. The client's text for each is ``errors.close_<name>`` in the
    catalogue."""

    BAD_MESSAGE = 4400
    UNAUTHENTICATED = 4401
    OUT_OF_TURN = 4402
    ORIGIN = 4403
    SUPERSEDED = 4409
    VERSION = 4410
    TOO_LARGE = 4413
    TOO_FAST = 4429
    TRY_AGAIN = 4503
