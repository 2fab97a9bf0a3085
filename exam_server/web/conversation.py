"""A candidate's conversation with the server over one line, from Hello to the end.

The hot path, an answer, is taken without waiting for anything. Whatever needs the database is done in turn,
and what the client says meanwhile is heard after it.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from datetime import datetime
from typing import cast, get_args

import msgspec
import structlog

from exam_server.actions import sit
from exam_server.actions.login import candidate_me
from exam_server.actions.sit import Arrival, LoadedForm, Opening
from exam_server.core.script import Journalled
from exam_server.core.timing import instant_ms
from exam_server.errors import Conflict, Denied, KhaoThiError, NotFound, Unauthenticated, Unavailable
from exam_server.protocol.message import MAX_MESSAGE_BYTES, MAX_UNACKNOWLEDGED, VERSION
from exam_server.protocol.sitting import (
    ClientMessage,
    CloseCode,
    Evidence,
    Hello,
    Ping,
    Queued,
    Received,
    Retry,
    Submit,
)
from exam_server.store.database import AWAY
from exam_server.web.hub import DATABASE_S, Hub
from exam_server.web.line import Line
from exam_server.web.sessions import Ticket
from exam_server.web.tab import CloseTab, Tab
from exam_server.web.upgrade import Caller

HELLO_S = 10.0
"""How long a connection may stay silent before Hello."""

MAX_HELD = 2 * MAX_UNACKNOWLEDGED
"""Most messages that wait while the server is busy with one."""

_DECODER: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)

_EVENTS = frozenset(get_args(Journalled))

_CLOSE_CODES: tuple[tuple[tuple[type[Exception], ...], CloseCode], ...] = (
    ((Denied,), CloseCode.ORIGIN),
    ((Unauthenticated, NotFound), CloseCode.UNAUTHENTICATED),
    ((Conflict,), CloseCode.SUPERSEDED),
    ((Unavailable, *AWAY), CloseCode.TRY_AGAIN),
)

_log = structlog.get_logger(__name__)


class Conversation:
    """One line's messages. Implements ``web.line.Listener`` and ``web.entrance.Guest``."""

    __slots__ = (
        "_busy",
        "_greeting",
        "_held",
        "_hub",
        "_line",
        "_over",
        "_ticket",
        "arrival",
        "tab",
    )

    def __init__(self, hub: Hub, line: Line) -> None:
        self.tab: Tab | None = None
        self._hub = hub
        self._line = line
        self._busy = False
        self._over = False
        self._held: deque[bytes] | None = None
        self._greeting: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(HELLO_S, line.cut)

    def begin(self, caller: Caller) -> None:
        """Look who is there, and end it at once with whoever may not be."""
        try:
            self._ticket = self._hub.admit(caller)
        except KhaoThiError as error:
            self.end(_close_code(error))

    # What the line tells.

    def hear(self, data: bytes) -> None:
        """Take one message, or keep it until its turn."""
        if self._over or (self.tab is not None and (self._hub.draining or self.tab.closing)):
            return  # what nobody acknowledges is sent again
        if self._busy:
            self._hold(data)
            return
        try:
            if self.tab is None:
                self._greet(data)
            else:
                self._receive(self.tab, data)
        except Exception as error:  # noqa: BLE001 -- it ends this line only, and is logged
            self.end(_close_code(error))

    def alive(self) -> None:
        """The client is there."""
        if self.tab is not None:
            self.tab.heard_at = self._hub.clock.now()

    def left(self) -> None:
        """The line is over."""
        self._over = True
        self._stop_greeting()
        if self.tab is not None:
            self._hub.leave(self.tab)

    def end(self, code: CloseCode) -> None:
        """Close the line; once."""
        if self._over:
            return
        if self.tab is not None:
            self._over = True
            self.tab.close(code)
            return
        if code is CloseCode.TRY_AGAIN:
            self._line.send(msgspec.json.encode(Retry(after_ms=self._hub.reconnect_ms())))
        self._over = True
        self._line.close(code)

    @property
    def settled(self) -> bool:
        """Whether everything said so far is answered for: journalled, refused or ended."""
        return self._over or not (self._busy or (self.tab is not None and self.tab.waits))

    # What the entrance asks and tells.

    @property
    def gone(self) -> bool:
        """Whether the line is over."""
        return self._over

    def queued(self, position: int) -> None:
        """Others are to be let in first."""
        if not self._over:
            self._line.send(msgspec.json.encode(Queued(position=position)))

    def joined(self, fence: int) -> Tab | None:
        """The sitting is this line's: its tab from now on, unless the client has gone meanwhile."""
        if self._hub.draining:
            self.end(CloseCode.TRY_AGAIN)
        if self._over:
            return None
        tab = Tab(self._line, self.arrival.sitting_id, fence, self._hub, self._hub.clock.now())
        try:
            self._hub.join(tab)
        except CloseTab as superseded:
            self.end(superseded.code)
            return None
        self.tab = tab
        return tab

    def opened(self, opening: Opening, form: LoadedForm, *, stale: bool) -> None:
        """Welcome the client, and hear what it has said meanwhile."""
        if self.tab is None or self._over:
            return
        try:
            self.tab.open(opening, form, self._hub.flusher)
            order = self._hub.order(form, opening.stored)
            self.tab.welcome(opening, order, self._hub.clock.now())
            self._hub.welcomed(self.tab, stale=stale)
        except Exception as error:  # noqa: BLE001 -- it ends this line only, and is logged
            self.end(_close_code(error))
        self._go_on()

    def refused(self, error: Exception) -> None:
        """It is not let in."""
        self.end(_close_code(error))

    # One message after the other.

    def _hold(self, data: bytes) -> None:
        if self._held is None:
            self._held = deque()
        if len(self._held) >= MAX_HELD:
            self.end(CloseCode.TOO_FAST)
        else:
            self._held.append(data)

    def _go_on(self) -> None:
        """Whatever held the messages up is over."""
        self._busy = False
        while self._held and not self._busy and not self._over:
            self.hear(self._held.popleft())
        if not self._held:
            self._held = None

    def _wait_for(self, work: Coroutine[None, None, None]) -> None:
        """Do what takes time; what the client says meanwhile waits."""
        self._busy = True
        self._hub.spawn(self._do(work))

    async def _do(self, work: Coroutine[None, None, None]) -> None:
        try:
            async with asyncio.timeout(DATABASE_S):
                await work
        except Exception as error:  # noqa: BLE001 -- it ends this line only, and is logged
            self.end(_close_code(error))
        self._go_on()

    def _stop_greeting(self) -> None:
        if self._greeting is not None:
            self._greeting.cancel()
            self._greeting = None

    def _greet(self, data: bytes) -> None:
        """The first message. A superseded tab may leave its evidence instead."""
        self._stop_greeting()
        message = _decode(data)
        ticket = self._ticket
        if isinstance(message, Evidence):
            self._wait_for(self._leave_evidence(ticket, message))
            return
        if not isinstance(message, Hello):
            raise CloseTab(CloseCode.OUT_OF_TURN)
        if message.version != VERSION:
            raise CloseTab(CloseCode.VERSION)
        if self._hub.draining:
            raise CloseTab(CloseCode.TRY_AGAIN)
        self.arrival = Arrival(
            sitting_id=ticket.sitting, login_version=ticket.login_version, fence=message.fence
        )
        self._busy = True
        if not self._hub.entrance.let_in(self):
            raise CloseTab(CloseCode.TRY_AGAIN)

    async def _leave_evidence(self, ticket: Ticket, evidence: Evidence) -> None:
        await candidate_me(self._hub.database, ticket.sitting, ticket.login_version)
        payloads = [msgspec.json.encode(event) for event in evidence.events]
        now = self._hub.clock.now()
        await sit.keep_evidence(self._hub.database, ticket.sitting, "superseded", payloads, now)
        raise CloseTab(CloseCode.SUPERSEDED)

    def _receive(self, tab: Tab, data: bytes) -> None:
        now = self._hub.clock.now()
        tab.admit_message(now)
        message = _decode(data)
        # By type, for a message's own isinstance goes a long way round: this runs for every answer.
        if type(message) in _EVENTS:
            self._take(tab, cast("Journalled", message), data, now)
        elif type(message) is Ping:
            if message.unsaved != tab.unsaved:
                tab.unsaved = message.unsaved
                self._hub.seen(tab)
            self._line.send(b'{"type":"pong","sent_ms":%d,"now_ms":%d}' % (message.sent_ms, instant_ms(now)))
        elif type(message) is Received:
            tab.received_form = message.sha256 == tab.form.sha256
            self._hub.seen(tab)
        elif type(message) is Evidence:
            for event in message.events:
                tab.keep_evidence("superseded", msgspec.json.encode(event))
        else:
            raise CloseTab(CloseCode.OUT_OF_TURN)

    def _take(self, tab: Tab, event: Journalled, payload: bytes, now: datetime) -> None:
        """Journal the event, refuse it, or confirm that it is journalled already."""
        if event.seq <= tab.head_seq:
            if not tab.is_in_flight(event, payload):
                self._wait_for(self._confirm(tab, event, payload))
        elif tab.is_refused_with_its_predecessor(event, payload):
            return
        elif (code := tab.judge(event, payload, now)) is not None:
            tab.refuse(event.seq, code)
        elif type(event) is Submit:
            self._wait_for(self._submit(tab, event, payload, now))
        else:
            tab.queue(tab.next_row(event, payload, now), event)

    async def _confirm(self, tab: Tab, event: Journalled, payload: bytes) -> None:
        """A resend: the same event is acknowledged again, another one with its seq ends the connection."""
        database = self._hub.database
        if not await sit.resent(database, tab.sitting_id, event.seq, payload):
            await sit.record_conflict(database, tab.sitting_id, event.seq, payload, self._hub.clock.now())
            raise CloseTab(CloseCode.OUT_OF_TURN)
        tab.acknowledge_again()

    async def _submit(self, tab: Tab, event: Submit, payload: bytes, now: datetime) -> None:
        """Hand in once everything before is durable."""
        await tab.settled()
        row = tab.next_row(event, payload, now)
        try:
            stored = await self._hub.collection.ask(row)
        except Conflict:
            # Another connection or the end of time came first: what the client is told next says which.
            tab.keep_evidence("not_running", payload)
            raise CloseTab(CloseCode.TRY_AGAIN) from None
        tab.submitted(row, event)
        self._hub.collected(tab, stored)


def _decode(data: bytes) -> ClientMessage:
    if len(data) > MAX_MESSAGE_BYTES:
        raise CloseTab(CloseCode.TOO_LARGE)
    try:
        return _DECODER.decode(data)
    except msgspec.DecodeError:
        raise CloseTab(CloseCode.BAD_MESSAGE) from None


def _close_code(error: Exception) -> CloseCode:
    if isinstance(error, CloseTab):
        return error.code
    for kinds, code in _CLOSE_CODES:
        if isinstance(error, kinds):
            return code
    _log.error("line_failed", exc_info=error)
    return CloseCode.TRY_AGAIN
