"""What a candidate's connection does to the sitting: enter, go on, hand in."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from exam_server.core.chain import Link, journal_genesis, receipt_code
from exam_server.core.form import open_form, unwrap_key
from exam_server.core.order import form_order, generator
from exam_server.core.script import Script, read_script
from exam_server.core.sitting import Command, Happening, State, arrive, decide
from exam_server.core.timing import instant_ms
from exam_server.errors import Conflict
from exam_server.protocol.form import Form, FormOrder
from exam_server.protocol.sitting import CandidateCard, Receipt
from exam_server.store import journal, notices, presence, sittings
from exam_server.store.database import Database
from exam_server.store.journal import JournalRow
from exam_server.store.notices import StoredNotice
from exam_server.store.presence import Presence
from exam_server.store.sittings import Change, LogEntry, StoredSitting, Touched
from item_bank.kinds import Content

CANDIDATE = "candidate"
"""The actor of what candidates do."""

SERVER = "server"
"""The actor of what happens by itself."""


_RECEIPTED = frozenset({State.SUBMITTED, State.CLOSED})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting that a connection has taken. ``previous_holder`` is the worker whose appends may still be on
    their way."""

    fence: int
    previous_holder: int | None


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """The sitting as a connection finds it once no older one can write to it."""

    stored: StoredSitting
    card: CandidateCard
    links: Sequence[Link]

    @property
    def head(self) -> bytes:
        """The journal's last chain value."""
        return self.links[-1].chain if self.links else journal_genesis(self.stored.id, self.stored.seed)


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
    database: Database, sitting_id: int, *, fence: int | None, worker: int, now: datetime
) -> Entry:
    """Give the sitting to a new connection, and let happen what happens when the candidate is there.

    ``fence`` None takes it over from whichever tab had it. Raises Conflict with code ``superseded`` when
    another tab has taken over since the fence was given, NotFound with code ``no_sitting``.
    """
    async with database.transaction() as connection:
        stored = await sittings.lock_sitting(connection, sitting_id)
        if fence is not None and not stored.tab_fence <= fence <= stored.fence:
            raise Conflict("superseded")
        raised = stored.fence + 1
        tab_fence = raised if fence is None else stored.tab_fence
        await sittings.update_fence(connection, sitting_id, raised, tab_fence, worker)
        taken_over = fence is None and stored.fence > 0
        await sittings.write_changes(connection, [_entered(stored, raised, now, taken_over=taken_over)])
        if stored.holder not in (None, worker):
            await sittings.notify(connection, Touched(sittings=(sitting_id,)))
    return Entry(fence=raised, previous_holder=stored.holder)


def _entered(stored: StoredSitting, fence: int, now: datetime, *, taken_over: bool) -> Change:
    """What entering changes, with a line in the log when another tab had the sitting."""
    change = sittings.change(stored, arrive(stored.sitting, stored.terms, now), CANDIDATE)
    if not taken_over:
        return change
    entry = LogEntry(at=now, kind="taken_over", actor=CANDIDATE, detail=str(fence))
    return msgspec.structs.replace(change, entries=(entry, *change.entries))


async def open_sitting(database: Database, sitting_id: int, entry: Entry) -> Opening:
    """Load the sitting once the previous holder's appends are over, and prove what was read durable.

    Raises Conflict with code ``superseded`` when yet another connection has taken it.
    """
    if entry.previous_holder is not None:
        async with database.connection() as connection:
            await journal.await_holder(connection, entry.previous_holder)
    async with database.transaction() as connection:
        stored = await sittings.select_sitting(connection, sitting_id)
        if stored.fence != entry.fence:
            raise Conflict("superseded")
        links = await journal.select_journal(connection, sitting_id)
        if links:
            await journal.prove(connection)
        return Opening(
            stored=stored,
            card=await sittings.select_card(connection, sitting_id),
            links=links,
        )


async def go_on(database: Database, sitting_ids: Sequence[int], now: datetime) -> None:
    """Let happen what happens by itself to the sittings of connected candidates: let in, waiting, started."""
    async with database.transaction() as connection:
        stored = await sittings.lock_sittings(connection, sitting_ids)
        arrivals = [(one, arrive(one.sitting, one.terms, now)) for one in stored]
        await sittings.write_changes(
            connection, [sittings.change(one, events, CANDIDATE) for one, events in arrivals]
        )


async def submit(database: Database, row: JournalRow, *, worker: int) -> None:
    """Journal the submission and end the sitting, both or neither. Every event before it must be committed.

    Raises Conflict: ``superseded`` when the fence is old, ``sitting_<state>`` when it is over.
    """
    async with database.transaction() as connection:
        stored = await sittings.lock_sitting(connection, row.sitting_id)
        if stored.fence != row.fence:
            raise Conflict("superseded")
        event = decide(
            stored.sitting, stored.terms, Command(what=Happening.SUBMITTED, by="candidate"), row.received_at
        )
        if await journal.append(connection, worker, [row]) != 1:
            raise Conflict("superseded")
        await sittings.write_changes(connection, [sittings.change(stored, [event], CANDIDATE)])


async def resent(database: Database, sitting_id: int, seq: int, payload: bytes) -> bool:
    """Whether the journal holds just this under ``seq``; durable by the time this returns."""
    async with database.transaction() as connection:
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


async def reload(database: Database, sitting_ids: Sequence[int]) -> list[StoredSitting]:
    """The sittings as they stand now."""
    async with database.connection() as connection:
        return await sittings.select_sittings(connection, sitting_ids)


async def receipt(
    database: Database, stored: StoredSitting, contents: Mapping[int, Content]
) -> Receipt | None:
    """The receipt of a script that is in, else None. Waits for what its worker had begun to append."""
    if stored.sitting.state not in _RECEIPTED:
        return None
    async with database.connection() as connection:
        if stored.holder is not None:
            await journal.await_holder(connection, stored.holder)
        links = await journal.select_journal(connection, stored.id)
    return make_receipt(stored, links, read_script(link.payload for link in links), contents)


def make_receipt(
    stored: StoredSitting, links: Sequence[Link], script: Script, contents: Mapping[int, Content]
) -> Receipt | None:
    """The receipt of a script that is in, else None; for a voided one too."""
    sitting = stored.sitting
    if sitting.state not in _RECEIPTED or sitting.ended_at is None or sitting.ended_by is None:
        return None
    digest = links[-1].chain if links else journal_genesis(stored.id, stored.seed)
    return Receipt(
        submitted_ms=instant_ms(sitting.ended_at),
        by=sitting.ended_by,
        answered=script.answered(contents),
        items=len(contents),
        events=len(links),
        digest=digest.hex(),
        code=receipt_code(digest),
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
