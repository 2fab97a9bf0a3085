"""One open tab of a candidate: what it sent, what of it is durable, and what it is told.

A tab's events get their chain value as they arrive and wait for the flusher. They are acknowledged when
kept. The tab is closed, never patched up, when something is out of order: the client reconnects and learns
where the journal stands.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from exam_server.actions.sit import LoadedForm, Opening, make_receipt
from exam_server.core.chain import journal_chain
from exam_server.core.script import Journalled, is_answered, read_script
from exam_server.core.sitting import LIVE
from exam_server.core.timing import instant_ms, timing_of
from exam_server.core.turn import refusal, taken_until
from exam_server.metrics import ACK_SECONDS, CLOSES
from exam_server.protocol.message import MAX_UNACKNOWLEDGED, VERSION
from exam_server.protocol.sitting import (
    Ack,
    Answer,
    CloseCode,
    FormRef,
    Notice,
    Receipt,
    RefusalCode,
    Refused,
    Retry,
    ServerMessage,
    State,
    Submitted,
    Welcome,
)
from exam_server.store.flusher import Flusher
from exam_server.store.journal import Fate, JournalRow
from exam_server.store.notices import StoredNotice
from exam_server.store.presence import Presence
from exam_server.store.sittings import StoredSitting
from exam_server.web.form_key import form_key_text
from exam_server.web.line import Line

MAX_EVIDENCE = 256
"""Most events that one connection may leave as evidence."""

MESSAGES_PER_S = 50
BURST_MESSAGES = 1_000
"""What a tab may send: the resend after an hour without a line is a burst."""

_ENCODER = msgspec.json.Encoder()


class CloseTab(Exception):
    """Ends the connection with a code that the client can act on."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code.name)
        self.code = code


class InFlight(NamedTuple):
    """An event that waits for its commit."""

    row: JournalRow
    event: Journalled


class Tidings(Protocol):
    """Who is told what befell a tab's events; the hub."""

    grace_ms: int

    def to_acknowledge(self, tab: "Tab") -> None:
        """Something was kept."""
        ...

    def to_keep(self, tab: "Tab", why: str, payload: bytes) -> None:
        """An event that does not count is evidence."""
        ...

    def to_record(self, tab: "Tab", row: JournalRow) -> None:
        """Another event has this one's seq."""
        ...

    def reconnect_ms(self) -> int:
        """Over how long clients should spread when they come again."""
        ...


class Tab:
    """The connection that holds a sitting's fence. Implements ``store.flusher.Owner``."""

    __slots__ = (
        "_acked_from",
        "_acked_seq",
        "_answered",
        "_evidence_left",
        "_flusher",
        "_head_chain",
        "_in_flight",
        "_line",
        "_refilled_at",
        "_refusing",
        "_settled",
        "_tidings",
        "_tokens",
        "_until",
        "broken",
        "closing",
        "committed_seq",
        "fence",
        "form",
        "head_seq",
        "heard_at",
        "received_form",
        "script",
        "sitting_id",
        "stale",
        "stored",
        "unsaved",
        "welcomed",
    )

    _until: datetime | RefusalCode

    def __init__(self, line: Line, sitting_id: int, fence: int, tidings: Tidings, now: datetime) -> None:
        self.sitting_id = sitting_id
        self.fence = fence
        self.welcomed = False
        self.stale = False
        self.closing = False
        self.broken = False
        self.unsaved = 0
        self.received_form = False
        self.heard_at = now
        self._line = line
        self._tidings = tidings
        self._settled: asyncio.Future[None] | None = None
        self._evidence_left = MAX_EVIDENCE
        self._tokens = float(BURST_MESSAGES)
        self._refilled_at = now

    def open(self, opening: Opening, form: LoadedForm, flusher: Flusher) -> None:
        """Start from what the journal holds."""
        self.form = form
        self.script = read_script(opening.payloads)
        self._answered = {
            item
            for item, response in self.script.answers.items()
            if item in form.contents and is_answered(form.contents[item], response)
        }
        self.committed_seq = self.head_seq = self._acked_seq = opening.last_seq
        self._head_chain = opening.head
        self._in_flight: dict[int, InFlight] = {}
        self._refusing = False
        self._flusher = flusher
        self._stand(opening.stored)

    def welcome(self, opening: Opening, order: msgspec.Raw, now: datetime) -> None:
        """Tell the whole state; then the messages so far. ``order`` is the candidate's FormOrder, encoded."""
        stored, form = opening.stored, self.form
        welcome = Welcome(
            version=VERSION,
            fence=self.fence,
            state=stored.sitting.state.value,
            candidate=opening.card,
            timing=timing_of(stored.sitting, stored.terms, now),
            last_seq=self.head_seq,
            saved=self.script.saved(),
            position=self.script.position,
            form=FormRef(url=f"/forms/{form.sha256}.bin", sha256=form.sha256, size=form.size),
            order=None,
            form_key=self._form_key(),
            reason=stored.state_reason,
            receipt=self.receipt(),
            reconnect_ms=self._tidings.reconnect_ms(),
        )
        self._line.send(_with_order(welcome, order))
        self.welcomed = True
        self.tell_notices(opening.notices)

    def admit_message(self, now: datetime) -> None:
        """Count a message. Raises CloseTab TOO_FAST when there are too many."""
        self.heard_at = now
        self._tokens -= 1
        if self._tokens < 0:
            earned = (now - self._refilled_at).total_seconds() * MESSAGES_PER_S
            self._refilled_at = now
            self._tokens = min(float(BURST_MESSAGES), earned) - 1
            if self._tokens < 0:
                raise CloseTab(CloseCode.TOO_FAST)

    def is_in_flight(self, event: Journalled, payload: bytes) -> bool:
        """Whether just this event still waits for its commit. Raises CloseTab when another one with its seq
        does."""
        waiting = self._in_flight.get(event.seq)
        if waiting is not None and waiting.row.payload != payload:
            self._tidings.to_record(self, waiting.row._replace(payload=payload))
            raise CloseTab(CloseCode.OUT_OF_TURN)
        return waiting is not None

    def judge(self, event: Journalled, payload: bytes, now: datetime) -> RefusalCode | None:
        """Whether the next event may be taken, or why not. Raises CloseTab OUT_OF_TURN when it is not the
        next."""
        self._refusing = False
        code = refusal(event, self._until, self.form.contents, size=len(payload), received_at=now)
        if code is not None:
            self._refusing = True
            self.keep_evidence(code, payload)
        return code

    def is_refused_with_its_predecessor(self, event: Journalled, payload: bytes) -> bool:
        """Whether the event was sent before the client could learn that one before it is refused.

        Raises CloseTab OUT_OF_TURN when there is a gap without such a reason.
        """
        if event.seq <= self.head_seq + 1:
            return False
        if not self._refusing:
            raise CloseTab(CloseCode.OUT_OF_TURN)
        self.keep_evidence("after_refused", payload)
        return True

    def next_row(self, event: Journalled, payload: bytes, now: datetime) -> JournalRow:
        """The event as the journal's next row."""
        chain = journal_chain(
            self._head_chain,
            sitting_id=self.sitting_id,
            seq=event.seq,
            fence=self.fence,
            received_at=now,
            payload=payload,
        )
        return JournalRow(self.sitting_id, event.seq, self.fence, now, payload, chain)

    def queue(self, row: JournalRow, event: Journalled) -> None:
        """Hand the row to the flusher. Raises CloseTab: TOO_FAST beyond the client's window, TRY_AGAIN when
        all is full."""
        if len(self._in_flight) >= MAX_UNACKNOWLEDGED:
            raise CloseTab(CloseCode.TOO_FAST)
        if not self._flusher.put(row, self):
            raise CloseTab(CloseCode.TRY_AGAIN)
        self._in_flight[row.seq] = InFlight(row, event)
        self._advance(row)

    @property
    def waits(self) -> bool:
        """Whether something of this tab is in flight, or kept and not yet acknowledged."""
        return bool(self._in_flight) or self.committed_seq > self._acked_seq

    @property
    def is_settled(self) -> bool:
        """Whether the journal holds all that the script does."""
        return not self._in_flight

    async def settled(self) -> None:
        """Wait until nothing of this tab is in flight. Raises CloseTab TRY_AGAIN when it never will be."""
        if self._in_flight and not self.closing:
            self._settled = asyncio.get_running_loop().create_future()
            await self._settled
        if self.closing:
            raise CloseTab(CloseCode.TRY_AGAIN)

    def submitted(self, row: JournalRow, event: Journalled) -> None:
        """The submission, which does not go through the flusher, is durable."""
        self._advance(row)
        self._kept(row, event)

    def kept(self, row: JournalRow) -> None:
        """The row is durable."""
        self._kept(row, self._in_flight.pop(row.seq).event)
        if not self._in_flight:
            self._settle()

    def lost(self, row: JournalRow, fate: Fate) -> None:
        """The row will never be in the journal: end the connection, for nothing after it can be either."""
        self.broken = True
        if fate == "different":
            self._tidings.to_record(self, row)
        else:
            self.keep_evidence(fate, row.payload)
        codes = {"different": CloseCode.OUT_OF_TURN, "superseded": CloseCode.SUPERSEDED}
        self.close(codes.get(fate, CloseCode.TRY_AGAIN))

    def failed(self) -> None:
        """The database is away."""
        self.close(CloseCode.TRY_AGAIN)

    def keep_evidence(self, why: str, payload: bytes) -> None:
        """Keep what does not count, within the limit."""
        if self._evidence_left > 0:
            self._evidence_left -= 1
            self._tidings.to_keep(self, why, payload)

    def acknowledge(self, now: datetime) -> None:
        """Tell the client how far it is durable."""
        if self.committed_seq > self._acked_seq:
            self._acked_seq = self.committed_seq
            self._line.send(b'{"type":"ack","seq":%d}' % self._acked_seq)
            ACK_SECONDS.observe((now - self._acked_from).total_seconds())

    def acknowledge_again(self) -> None:
        """Tell the client once more, after a resend."""
        self.send(Ack(seq=self.committed_seq))

    def refuse(self, seq: int, code: RefusalCode) -> None:
        """Tell the client that an event was not taken."""
        self.send(Refused(seq=seq, code=code))

    def tell_state(self, stored: StoredSitting, now: datetime) -> None:
        """Keep the sitting's new state and tell the client."""
        self._stand(stored)
        self.send(
            State(
                state=stored.sitting.state.value,
                timing=timing_of(stored.sitting, stored.terms, now),
                form_key=self._form_key(),
                reason=stored.state_reason,
            )
        )

    def receipt(self) -> Receipt | None:
        """The receipt of the script as far as this tab knows it, once it is in."""
        return make_receipt(
            self.stored, self.script, self.committed_seq, self._head_chain, self.form.contents
        )

    def tell_receipt(self, receipt: Receipt | None) -> None:
        """Tell the client that the script is in."""
        if receipt is not None:
            self.send(Submitted(receipt=receipt))

    def tell_notices(self, notices: Sequence[StoredNotice]) -> None:
        """Tell what the invigilator says; a client passes over what it knows."""
        for notice in notices:
            self.send(Notice(id=notice.id, text=notice.text, at_ms=instant_ms(notice.at)))

    def send(self, message: ServerMessage) -> None:
        """Send."""
        self._line.send(_ENCODER.encode(message))

    def close(self, code: CloseCode) -> None:
        """End the connection; once."""
        if self.closing:
            return
        self.closing = True
        self._settle()
        CLOSES.labels(code.name).inc()
        if code is CloseCode.TRY_AGAIN:
            self.send(Retry(after_ms=self._tidings.reconnect_ms()))
        self._line.close(code)

    def probe(self) -> None:
        """See whether the client is still there."""
        self._line.probe()

    def cut(self) -> None:
        """End a connection that is dead."""
        self._line.cut()

    def presence(self, worker: int, *, connected: bool) -> Presence:
        """What the invigilator sees of this tab."""
        return Presence(
            sitting_id=self.sitting_id,
            worker=worker,
            connected=connected,
            seen_at=self.heard_at,
            answered=len(self._answered),
            flagged=len(self.script.flags),
            unsaved=self.unsaved,
            item=self.script.position,
            received_form=self.received_form,
            fence=self.fence,
        )

    def _stand(self, stored: StoredSitting) -> None:
        self.stored = stored
        self._until = taken_until(stored.sitting, stored.terms, self._tidings.grace_ms)

    def _form_key(self) -> str | None:
        return form_key_text(self.form.key) if self.stored.sitting.state in LIVE else None

    def _advance(self, row: JournalRow) -> None:
        self.head_seq, self._head_chain = row.seq, row.chain

    def _settle(self) -> None:
        if self._settled is not None and not self._settled.done():
            self._settled.set_result(None)

    def _kept(self, row: JournalRow, event: Journalled) -> None:
        self.committed_seq = row.seq
        self._acked_from = row.received_at
        self.script.take(event)
        if type(event) is Answer:
            full = is_answered(self.form.contents[event.item], event.response)
            (self._answered.add if full else self._answered.discard)(event.item)
        self._tidings.to_acknowledge(self)


def _with_order(welcome: Welcome, order: msgspec.Raw) -> bytes:
    """The message with the order that is encoded already: making and encoding it anew for each connection
    costs more than all the rest."""
    return _ENCODER.encode(welcome).replace(b'"order":null', b'"order":' + bytes(order), 1)
