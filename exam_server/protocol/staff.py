"""HTTP bodies of the candidate's login and of the staff pages. Instants are RFC 3339 text in UTC; scores
decimal text."""

from datetime import datetime
from typing import Literal

from exam_server.protocol.message import Body, Id, Short
from exam_server.protocol.sitting import SittingState
from item_bank.item import Level
from item_bank.kinds import Content, Key
from item_bank.richtext import RichText

Role = Literal["board", "invigilator", "teacher"]

Release = Literal["at_once", "signed"]
"""When teachers see an exam's scores: as the scripts come in, or once a scoring run is signed."""

SanctionKind = Literal["reprimand", "warning", "expulsion"]


class Problem(Body, frozen=True, kw_only=True):
    """An error reply. ``message`` is the catalogue's sentence in the caller's language; ``place`` names the
    field, line or item."""

    code: str
    message: str
    place: str | None = None


class LoginQueue(Problem, frozen=True, kw_only=True):
    """503 to POST /api/candidate/login when too many log in at once: ``position`` logins, this one included,
    are still to be served; this one should come again in ``seconds``."""

    position: int
    seconds: int


class CandidateLogin(Body, frozen=True, kw_only=True):
    """POST /api/candidate/login. The reply is CandidateSession, and a cookie."""

    number: Short
    pin: Short


class CandidateSession(Body, frozen=True, kw_only=True):
    """GET /api/candidate/me."""

    sitting: int
    number: str
    name: str
    exam: str


class StaffLogin(Body, frozen=True, kw_only=True):
    """POST /api/login. The reply is StaffSession, and a cookie."""

    username: Short
    password: str


class StaffSession(Body, frozen=True, kw_only=True):
    """GET /api/me."""

    id: int
    username: str
    name: str
    role: Role
    permissions: tuple[str, ...]


class Bank(Body, frozen=True, kw_only=True):
    """A row of GET /api/banks."""

    id: int
    name: str
    items: int


class NewBank(Body, frozen=True, kw_only=True):
    """POST /api/banks. Reply: Bank."""

    name: str


class ItemRow(Body, frozen=True, kw_only=True):
    """A row of GET /api/banks/{bank}/items; ``text`` is the stem's beginning as plain text."""

    id: int
    source: str
    number: int
    part: str | None
    kind: str
    level: Level | None
    text: str
    has_key: bool
    warnings: tuple[str, ...]


class ItemUse(Body, frozen=True, kw_only=True):
    """One administration of this version of the item, as it was signed. ``at``: when the exam was sat."""

    run: int
    exam: str
    at: datetime
    n: int
    difficulty: float | None
    difficulty_se: float | None
    discrimination: float | None
    model: str | None
    a: float | None
    a_se: float | None
    b: float | None
    b_se: float | None
    c: float | None


class ItemDetail(Body, frozen=True, kw_only=True):
    """GET /api/items/{id}. Pictures are at /api/assets/{sha256}. ``key`` is None where the item has none;
    ``history``: its signed administrations, newest first."""

    id: int
    bank: str
    source: str
    number: int
    part: str | None
    level: Level | None
    content: Content
    key: Key | None
    solution: RichText | None
    passage: RichText | None
    warnings: tuple[str, ...]
    history: tuple[ItemUse, ...]


class ImportItem(Body, frozen=True, kw_only=True):
    """One item of a Word file under review, as it would be stored."""

    number: int
    part: str | None
    level: Level | None
    content: Content
    key: Key | None
    warnings: tuple[str, ...]


class ImportReview(Body, frozen=True, kw_only=True):
    """POST /api/banks/{bank}/import?name=FILE&dry_run=1|0 with the .docx as body. Pictures come as data URLs
    by SHA-256."""

    stored: bool
    title: str
    items: tuple[ImportItem, ...]
    warnings: tuple[str, ...]
    pictures: dict[str, str]


class ShiftRow(Body, frozen=True, kw_only=True):
    """A shift (ca thi) of an exam, with its counts by sitting state."""

    id: int
    exam_id: int
    exam: str
    subject: str
    name: str
    room: str
    opens_at: datetime
    closes_at: datetime
    started_at: datetime | None
    minutes: int
    candidates: int
    states: dict[SittingState, int]


class PaperItem(Body, frozen=True, kw_only=True):
    """An item of the paper: ``points`` for all prompts right, decimal text."""

    id: int
    number: int
    part: str
    points: str
    kind: str
    text: str
    has_key: bool


class ExamRow(Body, frozen=True, kw_only=True):
    """A row of GET /api/exams."""

    id: int
    title: str
    subject: str
    minutes: int
    items: int
    shifts: int
    candidates: int
    release: Release


class Expectation(Body, frozen=True, kw_only=True):
    """What the items' latest signed statistics promise of a paper. ``known`` of its ``items`` have some, and
    ``mean`` is the expected mean score on the 10-point scale of these, None when there are none.
    ``modelled`` of them have a model: ``information`` is theirs together at each ``theta``, both empty
    without one; runs that are not linked may be on scales of their own."""

    items: int
    known: int
    mean: str | None
    modelled: int
    theta: tuple[float, ...]
    information: tuple[float, ...]


class ExamDetail(Body, frozen=True, kw_only=True):
    """GET /api/exams/{id}."""

    id: int
    title: str
    subject: str
    minutes: int
    release: Release
    total_points: str
    paper: tuple[PaperItem, ...]
    shifts: tuple[ShiftRow, ...]
    expectation: Expectation


class NewExam(Body, frozen=True, kw_only=True):
    """POST /api/exams: a paper of all items of one imported source, with the points of a template. Reply:
    ExamDetail."""

    title: str
    subject: str
    bank: Id
    source: str
    template: str
    minutes: int
    release: Release = "at_once"


class NewShift(Body, frozen=True, kw_only=True):
    """POST /api/exams/{id}/shifts. Reply: ShiftRow. The paper is compiled and encrypted now."""

    name: str
    room: str
    opens_at: datetime
    late_minutes: int = 15
    admission: Literal["automatic", "invigilator"] = "automatic"


class CandidateRow(Body, frozen=True, kw_only=True):
    """A row of GET /api/shifts/{id}/candidates. ``pin`` is shown only in the reply to the roster's import."""

    sitting: int
    number: str
    name: str
    class_name: str | None
    birth_date: str | None
    seat: str | None
    state: SittingState
    pin: str | None = None


class RosterLine(Body, frozen=True, kw_only=True):
    """Something wrong in a roster, with its line in the file (1-based) and column header."""

    line: int
    column: str | None
    code: str
    message: str


class RosterReview(Body, frozen=True, kw_only=True):
    """POST /api/shifts/{id}/roster?name=FILE&dry_run=1|0 with the file as body. All rows are stored, or
    none."""

    stored: bool
    candidates: tuple[CandidateRow, ...]
    problems: tuple[RosterLine, ...]


class Seat(Body, frozen=True, kw_only=True):
    """One candidate in the room, live. ``unsaved`` is what the tab last reported; ``seen_at`` its last sign
    of life."""

    sitting: int
    number: str
    name: str
    seat: str | None
    state: SittingState
    connected: bool
    seen_at: datetime | None
    answered: int
    flagged: int
    unsaved: int
    received_form: bool
    deadline_at: datetime | None
    remaining_ms: int | None
    extra_ms: int
    takeovers: int
    incidents: int


class RoomView(Body, frozen=True, kw_only=True):
    """GET /api/shifts/{id}/room: polled every second."""

    shift: ShiftRow
    now: datetime
    items: int
    seats: tuple[Seat, ...]


CommandName = Literal[
    "admit", "start", "pause", "resume", "add_time", "force_submit", "message", "void", "reset_pin", "end"
]


class Command(Body, frozen=True, kw_only=True):
    """POST /api/shifts/{id}/commands. ``sittings`` None means every one of the shift. ``reason`` is
    recorded."""

    command: CommandName
    reason: str
    sittings: tuple[Id, ...] | None = None
    minutes: int | None = None
    text: str | None = None


class CommandRefusal(Body, frozen=True, kw_only=True):
    """A sitting the command could not be applied to."""

    sitting: int
    code: str
    message: str


class CommandResult(Body, frozen=True, kw_only=True):
    """Which sittings changed, which could not. ``pins`` has the new PINs by sitting id after reset_pin."""

    applied: tuple[int, ...]
    refused: tuple[CommandRefusal, ...]
    pins: dict[str, str]


class LogRow(Body, frozen=True, kw_only=True):
    """A row of GET /api/shifts/{id}/log: what happened, newest first. ``kind`` is a catalogue key of section
    staff, ``log_<kind>``."""

    at: datetime
    kind: str
    actor: str
    number: str | None
    name: str | None
    detail: str
    reason: str | None


class PartScore(Body, frozen=True, kw_only=True):
    """Points in one part."""

    label: str
    score: str
    points: str


class ScriptRow(Body, frozen=True, kw_only=True):
    """One candidate's result. ``score`` is None until the script is in; a ``sanction`` is off it already."""

    sitting: int
    number: str
    name: str
    class_name: str | None
    state: SittingState
    score: str | None
    parts: tuple[PartScore, ...]
    answered: int
    sanction: SanctionKind | None


class Count(Body, frozen=True, kw_only=True):
    """How many gave this response; ``label`` as tallied by the kind, "" for none."""

    label: str
    count: int
    right: bool


class ItemStatistics(Body, frozen=True, kw_only=True):
    """One item over all scripts that are in. Shares from 0 to 1; ``discrimination`` is the corrected
    item–total correlation, None where it is not defined. ``low`` and ``high`` bound ``share`` (Wilson, 95
    %)."""

    item: int
    number: int
    part: str
    kind: str
    text: str
    n: int
    difficulty: float | None
    share: float | None
    low: float | None
    high: float | None
    discrimination: float | None
    points: str
    counts: tuple[Count, ...]


class Bin(Body, frozen=True, kw_only=True):
    """Scripts with ``low`` ≤ score < ``high`` (the last bin includes its upper end)."""

    low: str
    high: str
    count: int


class Results(Body, frozen=True, kw_only=True):
    """GET /api/exams/{id}/results. Statistics are over the ``n`` scripts that are in; None where n is too
    small. Until ``keys_released``, when nobody may sit the exam any more, items come without text and
    counts. ``run``: the signed run that the scores are of, None where there is none."""

    exam: str
    subject: str
    run: int | None
    total_points: str
    n: int
    mean: str | None
    median: str | None
    sd: str | None
    alpha: float | None
    distribution: tuple[Bin, ...]
    scripts: tuple[ScriptRow, ...]
    items: tuple[ItemStatistics, ...]
    keys_released: bool


class Banks(Body, frozen=True, kw_only=True):
    """GET /api/banks."""

    banks: tuple[Bank, ...]


class Items(Body, frozen=True, kw_only=True):
    """GET /api/banks/{bank}/items?search=TEXT&page=N. ``search`` ignores case and diacritics unless it has
    some."""

    items: tuple[ItemRow, ...]
    total: int


class Exams(Body, frozen=True, kw_only=True):
    """GET /api/exams."""

    exams: tuple[ExamRow, ...]


class Shifts(Body, frozen=True, kw_only=True):
    """GET /api/shifts: those the caller may watch."""

    shifts: tuple[ShiftRow, ...]


class Candidates(Body, frozen=True, kw_only=True):
    """GET /api/shifts/{id}/candidates."""

    candidates: tuple[CandidateRow, ...]


class Log(Body, frozen=True, kw_only=True):
    """GET /api/shifts/{id}/log."""

    rows: tuple[LogRow, ...]
