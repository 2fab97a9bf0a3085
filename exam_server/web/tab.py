"""One open tab of a candidate: what it sent, what of it is durable, and what it is told.

A tab's events get their chain value as they arrive and wait for the flusher. They are acknowledged when
kept. The tab is closed, never patched up, when something is out of order: the client reconnects and learns
where the journal stands.
"""

import asyncio
from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec
from aiohttp import ClientConnectionResetError, WSMsgType, web

from exam_server.actions.sit import LoadedForm, Opening
from exam_server.core.chain import journal_chain
from exam_server.core.script import Journalled, Script, is_answered, read_script
from exam_server.core.sitting import LIVE
from exam_server.core.timing import timing_of
from exam_server.core.turn import refusal
from exam_server.metrics import ACK_SECONDS, CLOSES
from exam_server.protocol.message import MAX_UNACKNOWLEDGED
from exam_server.protocol.sitting import Ack, Answer, CloseCode, RefusalCode, Refused, ServerMessage, State
from exam_server.store.flusher import Flusher
from exam_server.store.journal import Fate, JournalRow
from exam_server.store.presence import Presence
from exam_server.store.sittings import StoredSitting
from exam_server.web.form_key import form_key_text

MAX_BUFFERED_BYTES = 256 * 1024
"""A tab that leaves this much unread is cut off; it will come back."""

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

    def to_acknowledge(self, tab: "Tab") -> None:
        """Something was kept."""
        ...

    def to_close(self, tab: "Tab", code: CloseCode) -> None:
        """The connection must end."""
        ...

    def to_keep(self, tab: "Tab", why: str, payload: bytes) -> None:
        """An event that does not count is evidence."""
        ...

    def to_record(self, tab: "Tab", row: JournalRow) -> None:
        """Another event has this one's seq."""
        ...


class Tab:
    """The connection that holds a sitting's fence. Implements ``store.flusher.Owner``."""

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, sitting_id: int, fence: int
    ) -> None:
        self.sitting_id = sitting_id
        self.fence = fence
        self.welcomed = False
        self.stale = False
        self.closing = False
        self.committed_seq = 0
        self.unsaved = 0
        self.received_form = False
        self._socket = socket
        self._transport = transport
        # The library waits for a reader above this mark; we have given up on it before.
        transport.set_write_buffer_limits(high=2 * MAX_BUFFERED_BYTES)
        self._settled = asyncio.Event()
        self._settled.set()
        self._evidence_left = MAX_EVIDENCE
        self._tokens = float(BURST_MESSAGES)
        self._last_message_at: datetime | None = None

    def open(
        self, opening: Opening, form: LoadedForm, flusher: Flusher, tidings: Tidings, grace_ms: int
    ) -> None:
        """Start from what the journal holds."""
        self.stored = opening.stored
        self.form = form
        self.script: Script = read_script(link.payload for link in opening.links)
        self._answered = self.script.answered(form.contents)
        self.seen_at: datetime = opening.stored.terms.opens_at
        self.committed_seq = self.head_seq = self._acked_seq = len(opening.links)
        self._head_chain = opening.head
        self._in_flight: OrderedDict[int, InFlight] = OrderedDict()
        self._refusing = False
        self._flusher = flusher
        self._tidings = tidings
        self._grace_ms = grace_ms

    def admit_message(self, now: datetime) -> None:
        """Count a message. Raises CloseTab TOO_FAST when there are too many."""
        if self._last_message_at is not None:
            refill = (now - self._last_message_at).total_seconds() * MESSAGES_PER_S
            self._tokens = min(float(BURST_MESSAGES), self._tokens + refill)
        self._last_message_at = self.seen_at = now
        self._tokens -= 1
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
        code = refusal(
            event,
            self.stored.sitting,
            self.stored.terms,
            self.form.contents,
            size=len(payload),
            received_at=now,
            grace_ms=self._grace_ms,
        )
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
        self._settled.clear()
        self._advance(row)

    async def settled(self) -> None:
        """Wait until nothing of this tab is in flight. Raises CloseTab TRY_AGAIN when it never will be."""
        await self._settled.wait()
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
            self._settled.set()

    def lost(self, row: JournalRow, fate: Fate) -> None:
        """The row will never be in the journal: end the connection, for nothing after it can be either."""
        if fate == "different":
            self._tidings.to_record(self, row)
        else:
            self.keep_evidence(fate, row.payload)
        code = {"different": CloseCode.OUT_OF_TURN, "superseded": CloseCode.SUPERSEDED}.get(
            fate, CloseCode.TRY_AGAIN
        )
        self._fall(code)

    def failed(self) -> None:
        """The database is away."""
        self._fall(CloseCode.TRY_AGAIN)

    def keep_evidence(self, why: str, payload: bytes) -> None:
        """Keep what does not count, within the limit."""
        if self._evidence_left > 0:
            self._evidence_left -= 1
            self._tidings.to_keep(self, why, payload)

    async def acknowledge(self, now: datetime) -> None:
        """Tell the client how far it is durable."""
        if self.committed_seq > self._acked_seq:
            self._acked_seq = self.committed_seq
            await self.send(Ack(seq=self._acked_seq))
            ACK_SECONDS.observe((now - self._acked_from).total_seconds())

    async def acknowledge_again(self) -> None:
        """Tell the client once more, after a resend."""
        await self.send(Ack(seq=self.committed_seq))

    async def refuse(self, seq: int, code: RefusalCode) -> None:
        """Tell the client that an event was not taken."""
        await self.send(Refused(seq=seq, code=code))

    async def tell_state(self, stored: StoredSitting, now: datetime) -> None:
        """Keep the sitting's new state and tell the client."""
        self.stored = stored
        await self.send(
            State(
                state=stored.sitting.state.value,
                timing=timing_of(stored.sitting, stored.terms, now),
                form_key=form_key_text(self.form.key) if stored.sitting.state in LIVE else None,
                reason=stored.state_reason,
            )
        )

    async def send(self, message: ServerMessage) -> None:
        """Send, or cut the connection when the client does not read: waiting for it would hold up the
        others."""
        if self._socket.closed:
            return
        if self._transport.get_write_buffer_size() > MAX_BUFFERED_BYTES:
            self._transport.abort()
            return
        try:
            await self._socket.send_frame(_ENCODER.encode(message), WSMsgType.TEXT)
        except ClientConnectionResetError:
            self.closing = True

    async def close(self, code: CloseCode) -> None:
        """End the connection; once."""
        self.closing = True
        self._settled.set()
        if not self._socket.closed:
            CLOSES.labels(code.name).inc()
            await self._socket.close(code=code, message=code.name.encode())

    def presence(self, worker: int, *, connected: bool) -> Presence:
        """What the invigilator sees of this tab."""
        return Presence(
            sitting_id=self.sitting_id,
            worker=worker,
            connected=connected,
            seen_at=self.seen_at,
            answered=self._answered,
            flagged=len(self.script.flags),
            unsaved=self.unsaved,
            item=self.script.position,
            received_form=self.received_form,
            fence=self.fence,
        )

    def _advance(self, row: JournalRow) -> None:
        self.head_seq, self._head_chain = row.seq, row.chain

    def _kept(self, row: JournalRow, event: Journalled) -> None:
        self.committed_seq = row.seq
        self._acked_from = row.received_at
        self._answered += self._answered_more(event)
        self.script.take(event)
        self._tidings.to_acknowledge(self)

    def _answered_more(self, event: Journalled) -> int:
        """How many more items the event leaves answered: 1, 0 or -1. Counting all anew would cost each
        event."""
        if not isinstance(event, Answer):
            return 0
        content, before = self.form.contents[event.item], self.script.answers.get(event.item)
        return is_answered(content, event.response) - is_answered(content, before)

    def _fall(self, code: CloseCode) -> None:
        if not self.closing:
            self.closing = True
            self._settled.set()
            self._tidings.to_close(self, code)
