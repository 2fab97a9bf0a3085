"""The room test: one PC plays a class of made-up candidates against the real server, and the server judges.

A code is exchanged once for a plan. The player logs everyone in, waits for the bell, answers, cuts the lines
once, hands in, compares receipts with the journal's proofs, and reports what it measured.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from exam_server.protocol.message import Body, Count, Short

MAX_STUDENTS = 200
"""A browser opens no more than 255 sockets to one server."""

MAX_MINUTES = 6
"""With arrival, hand-in and proof the whole stays below ten."""

Milliseconds = Annotated[float, msgspec.Meta(ge=0, le=3_600_000)]

Level = Literal["ok", "caution", "fail"]

Check = Literal["logins", "paper", "bell", "ack", "lost", "reconnect", "stability", "receipts"]


class ServerTime(Body, frozen=True, kw_only=True):
    """GET /api/check."""

    now_ms: int


class NewRehearsal(Body, frozen=True, kw_only=True):
    """POST /api/rehearsals: a code for the room test of ``room``."""

    room: Short


class RehearsalCode(Body, frozen=True, kw_only=True):
    """The code, told once."""

    code: str
    room: str
    expires_at: datetime


class RehearsalFinding(Body, frozen=True, kw_only=True):
    """One thing that was judged: what was measured, against ``bound`` at most or, of a count, at least."""

    check: Check
    level: Level
    measured: float
    bound: float


class RehearsalVerdict(Body, frozen=True, kw_only=True):
    """``go`` unless something failed."""

    go: bool
    room: str
    students: int
    findings: tuple[RehearsalFinding, ...]


class RehearsalRow(Body, frozen=True, kw_only=True):
    """A room test in the list."""

    id: int
    room: str
    made_at: datetime
    expires_at: datetime
    played_at: datetime | None = None
    verdict: RehearsalVerdict | None = None


class Rehearsals(Body, frozen=True, kw_only=True):
    """Every room test, newest first."""

    rehearsals: tuple[RehearsalRow, ...]


class RehearsalEntry(Body, frozen=True, kw_only=True):
    """POST /api/rehearsal: a code for a plan."""

    code: Short
    students: Annotated[int, msgspec.Meta(ge=1, le=MAX_STUDENTS)]
    minutes: Annotated[int, msgspec.Meta(ge=1, le=MAX_MINUTES)]


class RehearsalLogin(Body, frozen=True, kw_only=True):
    """A made-up candidate."""

    sitting: int
    number: str
    pin: str


class RehearsalPlan(Body, frozen=True, kw_only=True):
    """What to play. ``opens_ms`` is the bell, ``cut_ms`` and ``submit_ms`` count from it; each student
    answers once per ``every_ms``. ``token`` opens proofs and report."""

    token: str
    room: str
    now_ms: int
    opens_ms: int
    cut_ms: int
    submit_ms: int
    every_ms: int
    students: tuple[RehearsalLogin, ...]


class RehearsalToken(Body, frozen=True, kw_only=True):
    """POST /api/rehearsal/proofs."""

    token: Short


class JournalledEvent(Body, frozen=True, kw_only=True):
    """An event of a journal, without its payload; ``received_us`` is microseconds since 1970."""

    seq: int
    fence: int
    received_us: int


class JournalProof(Body, frozen=True, kw_only=True):
    """A sitting's journal without its payloads: who holds those that were acknowledged can compute the
    receipt's digest again, and only then (see ``core.chain``). ``seed`` is a number beyond what a browser
    counts exactly."""

    sitting: int
    seed: str
    events: tuple[JournalledEvent, ...]


class Proofs(Body, frozen=True, kw_only=True):
    """Of every sitting of a rehearsal."""

    proofs: tuple[JournalProof, ...]


class RehearsalMeasured(Body, frozen=True, kw_only=True):
    """What the player saw. Counts of students: ``logged_in``, ``papers`` (received whole), ``started`` (could
    show question 1), ``reconnected`` after the cut, ``receipts``, ``proved`` (receipt and journal agree with
    what was acknowledged). ``breaks`` are lines lost unasked. Latencies count from when an answer was due."""

    logged_in: Count
    papers: Count
    started: Count
    reconnected: Count
    receipts: Count
    proved: Count
    breaks: Count
    sent: Count
    acknowledged: Count
    refused: Count
    bell_ms: Milliseconds
    ack_p50_ms: Milliseconds
    ack_p99_ms: Milliseconds
    reconnect_ms: Milliseconds


class RehearsalReport(Body, frozen=True, kw_only=True):
    """POST /api/rehearsal/report: what was measured, for a verdict; the rehearsal is over."""

    token: Short
    measured: RehearsalMeasured
