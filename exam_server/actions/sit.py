"""What a candidate's connection does to the sitting: enter, go on, hand in."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import structlog

from exam_server.core.chain import journal_genesis, receipt_code
from exam_server.core.form import open_form, unwrap_key
from exam_server.core.order import form_order, generator
from exam_server.core.script import Script
from exam_server.core.sitting import Command, Happening, State, arrive, decide
from exam_server.core.timing import instant_ms
from exam_server.errors import Conflict, KhaoThiError, Unauthenticated
from exam_server.protocol.form import Form, FormOrder
from exam_server.protocol.sitting import CandidateCard, Receipt
from exam_server.store import journal, notices, presence, sittings
from exam_server.store.database import Connection, Database
from exam_server.store.journal import JournalRow, Work
from exam_server.store.notices import StoredNotice
from exam_server.store.presence import Presence
from exam_server.store.sittings import Change, LogEntry, StoredSitting, Touched
from item_bank.kinds import Content

_log = structlog.get_logger(__name__)

CANDIDATE = "candidate"
"""The actor of what candidates do."""

SERVER = "server"
"""The actor of what happens by itself."""


_RECEIPTED = frozenset({State.SUBMITTED, State.CLOSED})


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A connection that wants a sitting. ``login_version``: of the login it shows; ``fence``: the tab's last
    one, None to take the sitting over from whichever tab has it."""

    sitting_id: int
    login_version: int
    fence: int | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting that a connection has taken, as it stands since. ``former``: workers whose appends may still
    be on their way."""

    stored: StoredSitting
    card: CandidateCard
    former: tuple[int, ...]


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """The sitting as a connection finds it once no older one can write to it: ``payloads`` is what the
    journal holds, ``last_seq`` its last number, ``head`` its last chain value."""

    stored: StoredSitting
    card: CandidateCard
    payloads: Sequence[bytes]
    last_seq: int
    head: bytes
    notices: Sequence[StoredNotice]


class LoadedForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form as the server needs it to check events and to hand it out: without its pictures."""

    sha256: str
    size: int
    key: bytes
    form: Form
    contents: Mapping[int, Content]

    def order(self, seed: int) -> FormOrder:
        """The order for the sitting with this seed."""
        return form_order(self.form, generator(seed))


async def enter(
    database: Database, arrivals: Sequence[Arrival], *, worker: int, now: datetime
) -> list[Entry | KhaoThiError]:
    """Give each sitting, named at most once, to its new connection, and let happen what happens when the
    candidate is there. In the order of the arrivals; one transaction for all.

    Instead of an entry: Unauthenticated with code ``login_needed`` when the sitting is gone or the PIN was
    renewed since, Conflict with code ``superseded`` when another tab has taken over since the fence was
    given.
    """
    changes: dict[int, Change] = {}
    async with database.transaction(by_key=True) as connection:
        ids = [one.sitting_id for one in arrivals]
        known = {stored.id: stored for stored in await sittings.lock_sittings(connection, ids)}
        cards = await sittings.select_cards(connection, ids)
        judged = [_judge(known.get(one.sitting_id), cards.get(one.sitting_id), one) for one in arrivals]
        entering = [one for one in judged if isinstance(one, _Entering)]
        if entering:
            fences = [(one.stored.id, one.fence, one.tab_fence) for one in entering]
            await sittings.update_fences(connection, worker, fences)
            changes = {one.stored.id: _entered(one, now) for one in entering}
            await sittings.write_changes(connection, list(changes.values()))
            moved = [one.stored.id for one in entering if one.stored.holder not in (None, worker)]
            if moved:
                await sittings.notify(connection, Touched(sittings=tuple(moved)))
    return [
        _entry(one, changes[one.stored.id], worker) if isinstance(one, _Entering) else one for one in judged
    ]


class _Entering(msgspec.Struct, frozen=True, kw_only=True):
    stored: StoredSitting
    card: CandidateCard
    fence: int
    tab_fence: int

    @property
    def takes_over(self) -> bool:
        return self.tab_fence == self.fence and self.stored.fence > 0


def _judge(
    stored: StoredSitting | None, card: CandidateCard | None, arrival: Arrival
) -> _Entering | KhaoThiError:
    if stored is None or card is None or stored.login_version != arrival.login_version:
        return Unauthenticated("login_needed")
    fence = arrival.fence
    if fence is not None and not stored.tab_fence <= fence <= stored.fence:
        return Conflict("superseded")
    raised = stored.fence + 1
    tab_fence = raised if fence is None else stored.tab_fence
    return _Entering(stored=stored, card=card, fence=raised, tab_fence=tab_fence)


def _entered(entering: _Entering, now: datetime) -> Change:
    """What entering changes, with a line in the log when another tab had the sitting."""
    stored = entering.stored
    change = sittings.change(stored, arrive(stored.sitting, stored.terms, now), CANDIDATE)
    if not entering.takes_over:
        return change
    entry = LogEntry(at=now, kind="taken_over", actor=CANDIDATE, detail=str(entering.fence))
    return msgspec.structs.replace(change, entries=(entry, *change.entries))


def _entry(entering: _Entering, change: Change, worker: int) -> Entry:
    before = entering.stored
    former = {*before.former, before.holder} - {None, worker}
    stored = msgspec.structs.replace(
        sittings.after(change), fence=entering.fence, tab_fence=entering.tab_fence, holder=worker
    )
    return Entry(stored=stored, card=entering.card, former=tuple(one for one in former if one))


async def open_sittings(database: Database, entries: Sequence[Entry]) -> list[Opening]:
    """Read what the sittings have journalled once their former holders' appends are over, and prove it
    durable. In the order of the entries.

    What the caller's own process has begun to append must be over. What has happened to a sitting since its
    entry is not looked at.
    """
    former = sorted({worker for entry in entries for worker in entry.former})
    if former:
        async with database.connection() as connection:
            await journal.await_holders(connection, former)
    ids = [entry.stored.id for entry in entries]
    async with database.transaction(by_key=True) as connection:
        works = await journal.select_works(connection, ids)
        told = await notices.select_notices(connection, ids)
        if former:
            fences = [(entry.stored.id, entry.stored.fence) for entry in entries]
            await sittings.forget_former(connection, fences)
        if works:
            await journal.prove(connection)
    return [_opening(one, _work_of(one.stored, works), told[one.stored.id]) for one in entries]


def _opening(entry: Entry, work: Work, told: Sequence[StoredNotice]) -> Opening:
    stored = entry.stored
    if work.last_seq != len(work.payloads):
        _log.critical("journal_has_a_gap", sitting=stored.id, last_seq=work.last_seq)
    return Opening(
        stored=stored,
        card=entry.card,
        payloads=work.payloads,
        last_seq=work.last_seq,
        head=work.chain,
        notices=told,
    )


async def go_on(database: Database, sitting_ids: Sequence[int], now: datetime) -> None:
    """Let happen what happens by itself to the sittings of connected candidates: let in, waiting, started."""
    async with database.transaction(by_key=True) as connection:
        stored = await sittings.lock_sittings(connection, sitting_ids)
        arrivals = [(one, arrive(one.sitting, one.terms, now)) for one in stored]
        await sittings.write_changes(
            connection, [sittings.change(one, events, CANDIDATE) for one, events in arrivals]
        )


async def submit(
    database: Database, rows: Sequence[JournalRow], *, worker: int
) -> list[StoredSitting | KhaoThiError]:
    """Journal submissions, of a sitting each, and end these sittings: both or neither, in one transaction.
    Every event before them must be committed. The sittings as they stand after, in the order of the rows.

    Instead of a sitting: Conflict ``superseded`` when the fence is old, ``sitting_<state>`` when it is over.
    """
    async with database.transaction(by_key=True) as connection:
        locked = await sittings.lock_sittings(connection, [row.sitting_id for row in rows])
        known = {stored.id: stored for stored in locked}
        judged = [_judge_submission(known[row.sitting_id], row) for row in rows]
        taken = [row for row, one in zip(rows, judged, strict=True) if isinstance(one, Change)]
        if taken:
            await _append(connection, worker, taken)
        changes = [one for one in judged if isinstance(one, Change)]
        await sittings.write_changes(connection, changes)
    return [sittings.after(one) if isinstance(one, Change) else one for one in judged]


async def _append(connection: Connection, worker: int, rows: Sequence[JournalRow]) -> None:
    try:
        await journal.append(connection, worker, rows)
    except journal.NotKeptError as error:
        # The sittings are locked and their fences hold: only another event with such a seq prevents it.
        raise Conflict("different_resend") from error


def _judge_submission(stored: StoredSitting, row: JournalRow) -> Change | KhaoThiError:
    if stored.fence != row.fence:
        return Conflict("superseded")
    command = Command(what=Happening.SUBMITTED, by="candidate")
    try:
        event = decide(stored.sitting, stored.terms, command, row.received_at)
    except Conflict as over:
        return over
    return sittings.change(stored, [event], CANDIDATE)


async def resent(database: Database, sitting_id: int, seq: int, payload: bytes) -> bool:
    """Whether the journal holds just this under ``seq``; durable by the time this returns."""
    async with database.transaction(by_key=True) as connection:
        await journal.prove(connection)
        return await journal.select_optional_payload(connection, sitting_id, seq) == payload


async def keep_evidence(
    database: Database, sitting_id: int, why: str, payloads: Sequence[bytes], now: datetime
) -> None:
    """Keep what was sent but does not count."""
    async with database.transaction() as connection:
        await journal.insert_evidence(connection, sitting_id, now, why, payloads)


async def record_conflict(
    database: Database, sitting_id: int, seq: int, payload: bytes, now: datetime
) -> None:
    """Keep an event whose ``seq`` holds another, and log the incident."""
    async with database.transaction() as connection:
        stored = await sittings.lock_sitting(connection, sitting_id)
        await journal.insert_evidence(connection, sitting_id, now, "different", [payload])
        entry = LogEntry(at=now, kind="incident", actor=SERVER, reason="different_resend", detail=str(seq))
        await sittings.write_changes(connection, [sittings.note(stored, entry)])


async def waiting(database: Database, shift_id: int) -> list[int]:
    """The sittings of a shift whose candidates wait for the bell."""
    async with database.connection() as connection:
        return await sittings.select_waiting(connection, shift_id)


async def reload(database: Database, sitting_ids: Sequence[int]) -> list[StoredSitting]:
    """The sittings as they stand now."""
    async with database.connection() as connection:
        return await sittings.select_sittings(connection, sitting_ids)


async def works(database: Database, stored: Sequence[StoredSitting]) -> dict[int, Work]:
    """What these sittings have journalled, by id. Waits for what their workers had begun to append."""
    holders = sorted({one.holder for one in stored if one.holder is not None})
    async with database.connection() as connection:
        await journal.await_holders(connection, holders)
    async with database.transaction(by_key=True) as connection:
        found = await journal.select_works(connection, [one.id for one in stored])
    return {one.id: _work_of(one, found) for one in stored}


def _work_of(stored: StoredSitting, works: Mapping[int, Work]) -> Work:
    """A sitting's work among those that have any."""
    return works.get(stored.id) or Work([], 0, journal_genesis(stored.id, stored.seed))


def make_receipt(
    stored: StoredSitting, script: Script, events: int, head: bytes, contents: Mapping[int, Content]
) -> Receipt | None:
    """The receipt of a script that is in; None of any other, also of a voided one. ``head`` is the chain
    value after the last of so many events."""
    sitting = stored.sitting
    if sitting.state not in _RECEIPTED or sitting.ended_at is None or sitting.ended_by is None:
        return None
    return Receipt(
        submitted_ms=instant_ms(sitting.ended_at),
        by=sitting.ended_by,
        answered=script.answered(contents),
        items=len(contents),
        events=events,
        digest=head.hex(),
        code=receipt_code(head),
    )


async def load_form(database: Database, form_id: int, master_key: bytes) -> LoadedForm:
    """A form, decrypted for the server's own use."""
    async with database.connection() as connection:
        stored = await sittings.select_form(connection, form_id)
    key = unwrap_key(master_key, stored.wrapped_key)
    form = open_form(stored.blob, key)
    return LoadedForm(
        sha256=stored.sha256,
        size=len(stored.blob),
        key=key,
        form=msgspec.structs.replace(form, assets=()),
        contents={item.id: item.content for part in form.parts for item in part.items},
    )


async def store_presence(database: Database, tabs: Sequence[Presence]) -> None:
    """Store what tabs last told; no event, it is told again within seconds."""
    async with database.connection() as connection:
        await presence.upsert_presence(connection, tabs)


async def new_worker(database: Database) -> int:
    """A number for this process that no other has had."""
    async with database.connection() as connection:
        return await journal.select_worker_id(connection)


async def notices_to(database: Database, sitting_ids: Sequence[int]) -> dict[int, list[StoredNotice]]:
    """What invigilators have told these candidates so far, oldest first."""
    async with database.connection() as connection:
        return await notices.select_notices(connection, sitting_ids)


async def read_notice(database: Database, notice_id: int) -> StoredNotice:
    """An invigilator's message."""
    async with database.connection() as connection:
        return await notices.select_notice(connection, notice_id)
