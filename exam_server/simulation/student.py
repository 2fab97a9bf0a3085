"""A student's client over the ``websockets`` library: a second implementation of the protocol.

It logs in over HTTP, fetches the form in the waiting room and opens it at the bell, numbers its events,
keeps them until they are acknowledged, and after any break reconnects with full jitter, as late as the server
asks, and sends the rest again, unchanged. A line on which nothing is heard any more it takes for broken.
"""

import asyncio
import hashlib
from base64 import urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import NamedTuple

import aiohttp
import msgspec
from numpy.random import Generator
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from exam_server.clock import Clock
from exam_server.core.form import open_form
from exam_server.core.timing import instant_ms
from exam_server.protocol.form import Form
from exam_server.protocol.message import MAX_UNACKNOWLEDGED, VERSION
from exam_server.protocol.sitting import (
    Ack,
    Answer,
    ClientMessage,
    CloseCode,
    Flag,
    Hello,
    Notice,
    Ping,
    Pong,
    Queued,
    Receipt,
    Received,
    Refused,
    Response,
    Retry,
    ServerMessage,
    SittingState,
    State,
    Submit,
    Submitted,
    Visit,
    Welcome,
)
from exam_server.protocol.staff import CandidateLogin
from exam_server.simulation.record import Account, Proof, Told

COOKIE = "khaothi_candidate"
PING_S = 5.0
SILENT_PINGS = 3
"""So many pings without a word from the server, and the line counts as broken."""

DOOR_S = 60.0
"""How long to wait for the server before it has let the student in, from one word to the next."""

FIRST_DELAY_MS = 200
LONGEST_DELAY_MS = 5_000

_TROUBLE = (OSError, TimeoutError, WebSocketException, aiohttp.ClientError)
_DECODER: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)


class StudentError(Exception):
    """The server said something that ends this client: ``args`` tell what."""


class Void(NamedTuple):
    """An event that was not taken, and why."""

    seq: int
    code: str
    payload: bytes


class Outbox:
    """Events by ``seq``: numbered here, kept until acknowledged, then remembered in ``acknowledged``."""

    def __init__(self) -> None:
        self.acknowledged: dict[int, bytes] = {}
        self.refused: list[Void] = []
        self._waiting: OrderedDict[int, bytes] = OrderedDict()
        self._sent_to = 0
        self._last = 0

    @property
    def unsaved(self) -> int:
        """How many events are not acknowledged."""
        return len(self._waiting)

    def next_seq(self) -> int:
        """The number of the next event."""
        return self._last + 1

    def add(self, payload: bytes) -> None:
        """Keep the next event."""
        self._last += 1
        self._waiting[self._last] = payload

    def to_send(self) -> list[bytes]:
        """What may go out now, within the window; taken as sent."""
        ready = [seq for seq in self._waiting if seq > self._sent_to][
            : MAX_UNACKNOWLEDGED - self._in_flight()
        ]
        self._sent_to = ready[-1] if ready else self._sent_to
        return [self._waiting[seq] for seq in ready]

    def reconnected(self, last_seq: int) -> None:
        """The server holds everything up to ``last_seq``: send the rest again.

        Raises StudentError when it holds less than it has acknowledged.
        """
        if self.acknowledged and last_seq < max(self.acknowledged):
            raise StudentError("acknowledged events are gone", max(self.acknowledged), last_seq)
        self.acknowledge(last_seq)
        self._last = max(self._last, last_seq)
        self._sent_to = last_seq

    def acknowledge(self, seq: int) -> list[int]:
        """Everything up to ``seq`` is committed; what is new of it."""
        new = [known for known in self._waiting if known <= seq]
        for known in new:
            self.acknowledged[known] = self._waiting.pop(known)
        return new

    def refuse(self, seq: int, code: str) -> None:
        """The event, and those sent after it, are not taken: drop all that waits, for its numbers are
        void."""
        for known in [known for known in self._waiting if known >= seq]:
            self.refused.append(Void(known, code, self._waiting.pop(known)))
        self._last = self._sent_to = seq - 1

    def told(self) -> tuple[Told, ...]:
        """All that was ever numbered here, and what became of it."""
        return (
            *(
                Told(seq=seq, payload=payload, fate="acknowledged")
                for seq, payload in self.acknowledged.items()
            ),
            *(Told(seq=void.seq, payload=void.payload, fate="refused") for void in self.refused),
            *(Told(seq=seq, payload=payload, fate="sent") for seq, payload in self._waiting.items()),
        )

    def _in_flight(self) -> int:
        return sum(seq <= self._sent_to for seq in self._waiting)


class Student:
    """One simulated student. ``run`` keeps the connection; the other methods may be called at any time
    after."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        address: str,
        number: str,
        pin: str,
        *,
        clock: Clock,
        rng: Generator,
        on_acknowledged: Callable[[int], None] | None = None,
        forms: dict[str, Form] | None = None,
        ping_s: float = PING_S,
    ) -> None:
        """``forms`` by hash may be shared by students of one process, so that each is opened once;
        ``ping_s`` sets how soon a silent line is noticed."""
        self.outbox = Outbox()
        self.state: SittingState | None = None
        self.form: Form | None = None
        self.receipt: Receipt | None = None
        self.notices: list[Notice] = []
        self.connections = 0
        self.place: int | None = None
        """How many are to be let in before this student and with it, while it waits at the door."""

        self._http = http
        self._address = address.rstrip("/")
        self._number = number
        self._pin = pin
        self._clock = clock
        self._rng = rng
        self._on_acknowledged = on_acknowledged
        self._ping_s = ping_s
        self._reconnect_ms = FIRST_DELAY_MS
        self._retry_ms: int | None = None
        self._fence: int | None = None
        self._offset_ms = 0
        self._forms = {} if forms is None else forms
        self._form_sha256 = ""
        self._blob: bytes | None = None
        self._outgoing = asyncio.Event()
        self._changed = asyncio.Condition()
        self._line: ClientConnection | None = None
        self._cookie: str | None = None

    async def login(self) -> None:
        """Raises StudentError when number or PIN are wrong, or too many tried."""
        body = msgspec.json.encode(CandidateLogin(number=self._number, pin=self._pin))
        headers = {"Content-Type": "application/json", "Origin": self._address}
        async with self._http.post(
            f"{self._address}/api/candidate/login", data=body, headers=headers
        ) as reply:
            if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                reply.raise_for_status()
            if reply.status != HTTPStatus.OK:
                raise StudentError("login failed", reply.status, await reply.text())
            self._cookie = reply.cookies[COOKIE].value

    async def run(self) -> None:
        """Stay connected until the receipt is here; through breaks as long as it takes.

        Raises StudentError when superseded, or when the server's journal is not what it acknowledged.
        """
        attempt = 0
        while self.receipt is None:
            with suppress(*_TROUBLE):
                if self._cookie is None:
                    await self.login()
                before = self.connections
                await self._connection()
                attempt = 0 if self.connections > before else attempt
            await self._back_off(attempt)
            attempt += 1

    def answer(self, item: int, response: Response) -> int:
        """Answer an item; the event's ``seq``."""
        return self._event(
            Answer(seq=self.outbox.next_seq(), item=item, response=response, at_ms=self._now_ms())
        )

    def flag(self, item: int, *, on: bool) -> int:
        """Mark an item, or no longer; the event's ``seq``."""
        return self._event(Flag(seq=self.outbox.next_seq(), item=item, on=on, at_ms=self._now_ms()))

    def visit(self, item: int) -> int:
        """Open an item; the event's ``seq``."""
        return self._event(Visit(seq=self.outbox.next_seq(), item=item, at_ms=self._now_ms()))

    def submit(self) -> int:
        """Hand in; the receipt comes when all is committed."""
        return self._event(Submit(seq=self.outbox.next_seq(), at_ms=self._now_ms()))

    async def until(self, happened: Callable[["Student"], bool]) -> None:
        """Wait for something, such as ``lambda student: student.state == "running"``."""
        async with self._changed:
            await self._changed.wait_for(lambda: happened(self))

    def lose_line(self) -> None:
        """Cut the connection as a pulled cable would; ``run`` reconnects."""
        if self._line is not None:
            self._line.transport.abort()

    def account(self) -> Account:
        """What this client knows of its events, for the checker."""
        proof = self.receipt and Proof(digest=self.receipt.digest, events=self.receipt.events)
        return Account(number=self._number, events=self.outbox.told(), receipt=proof)

    def _event(self, event: Answer | Flag | Visit | Submit) -> int:
        self.outbox.add(msgspec.json.encode(event))
        self._outgoing.set()
        return event.seq

    def _now_ms(self) -> int:
        return instant_ms(self._clock.now()) + self._offset_ms

    async def _back_off(self, attempt: int) -> None:
        if self.receipt is None:
            await asyncio.sleep(float(self._rng.uniform(0, self._longest_delay_ms(attempt))) / 1_000)

    def _longest_delay_ms(self, attempt: int) -> int:
        """What the server asked for at the close; else what it asked for at the welcome, and the longer the
        oftener it failed."""
        asked_ms, self._retry_ms = self._retry_ms, None
        if asked_ms is not None:
            return asked_ms
        return min(max(LONGEST_DELAY_MS, self._reconnect_ms), self._reconnect_ms * 2**attempt)

    async def _connection(self) -> None:
        headers = {"Cookie": f"{COOKIE}={self._cookie}"}
        url = self._address.replace("http", "ws", 1) + "/ws/sitting"
        async with connect(
            url, additional_headers=headers, origin=None, compression=None, ping_interval=None
        ) as line:
            self._line = line
            try:
                await self._converse(line)
            except ConnectionClosed as end:
                self._heed_close(end)
                raise
            except TimeoutError:
                line.transport.abort()  # nobody is there to answer a good-bye
                raise

    def _heed_close(self, end: ConnectionClosed) -> None:
        code = end.rcvd.code if end.rcvd is not None else None
        if code == CloseCode.SUPERSEDED:
            raise StudentError("superseded") from end
        if code in (CloseCode.VERSION, CloseCode.BAD_MESSAGE, CloseCode.TOO_LARGE):
            raise StudentError("the server refuses this client", code) from end
        if code == CloseCode.UNAUTHENTICATED:
            self._cookie = None

    async def _converse(self, line: ClientConnection) -> None:
        await self._say(line, Hello(version=VERSION, fence=self._fence))
        before = self.connections
        while self.connections == before:
            await self._hear(line, await _next(line, DOOR_S))
        sending = [
            asyncio.create_task(self._keep_sending(line)),
            asyncio.create_task(self._keep_pinging(line)),
        ]
        try:
            while self.receipt is None:
                await self._hear(line, await _next(line, SILENT_PINGS * self._ping_s))
        finally:
            for task in sending:
                task.cancel()
            await asyncio.gather(*sending, return_exceptions=True)

    async def _keep_sending(self, line: ClientConnection) -> None:
        while True:
            self._outgoing.clear()
            for payload in self.outbox.to_send():
                await line.send(payload, text=True)
            await self._outgoing.wait()

    async def _keep_pinging(self, line: ClientConnection) -> None:
        while True:
            await asyncio.sleep(self._ping_s)
            await self._say(line, Ping(sent_ms=self._now_ms(), unsaved=self.outbox.unsaved))

    async def _say(self, line: ClientConnection, message: ClientMessage) -> None:
        await line.send(msgspec.json.encode(message), text=True)

    async def _hear(self, line: ClientConnection, message: ServerMessage) -> None:
        match message:
            case Welcome():
                await self._welcomed(line, message)
            case State():
                self._state(message.state, message.form_key)
            case Ack():
                self._acknowledged(message.seq)
            case Refused():
                self.outbox.refuse(message.seq, message.code)
            case Notice():
                self.notices.append(message)
            case Submitted():
                self._acknowledged(message.receipt.events)
                self.receipt = message.receipt
            case Queued():
                self.place = message.position
            case Retry():
                self._retry_ms = message.after_ms
            case Pong():
                return
        async with self._changed:
            self._changed.notify_all()

    async def _welcomed(self, line: ClientConnection, welcome: Welcome) -> None:
        self._fence = welcome.fence
        self._reconnect_ms = welcome.reconnect_ms
        self.place = None
        self._offset_ms = welcome.timing.now_ms - instant_ms(self._clock.now())
        self.connections += 1
        self.outbox.reconnected(welcome.last_seq)
        self.receipt = welcome.receipt
        if self._blob is None and welcome.form is not None:
            self._form_sha256 = welcome.form.sha256
            self._blob = await self._fetch(welcome.form.url, welcome.form.sha256)
            await self._say(line, Received(sha256=welcome.form.sha256))
        self._state(welcome.state, welcome.form_key)

    async def _fetch(self, url: str, sha256: str) -> bytes:
        """Raises StudentError when the bytes are not those that were announced."""
        async with self._http.get(self._address + url) as reply:
            reply.raise_for_status()
            blob = await reply.read()
        if hashlib.sha256(blob).hexdigest() != sha256:
            raise StudentError("the form is damaged")
        return blob

    def _state(self, state: SittingState, form_key: str | None) -> None:
        if self.form is None and form_key is not None and self._blob is not None:
            self.form = self._open_form(self._blob, form_key)
        self.state = state

    def _open_form(self, blob: bytes, form_key: str) -> Form:
        if self._form_sha256 not in self._forms:
            self._forms[self._form_sha256] = open_form(blob, urlsafe_b64decode(form_key + "=="))
        return self._forms[self._form_sha256]

    def _acknowledged(self, seq: int) -> None:
        for known in self.outbox.acknowledge(seq):
            if self._on_acknowledged is not None:
                self._on_acknowledged(known)
        self._outgoing.set()


async def _next(line: ClientConnection, patience_s: float) -> ServerMessage:
    """The next message. Raises TimeoutError when the line is silent for too long."""
    async with asyncio.timeout(patience_s):
        return _DECODER.decode(await line.recv())
