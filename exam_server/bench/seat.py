"""One student of the load generator."""

import time
from collections import deque
from typing import NamedTuple, Protocol

import msgspec

from exam_server.bench.orders import Ticket
from exam_server.bench.wire import Line, frame, upgrade
from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import (
    Ack,
    Hello,
    Pong,
    Receipt,
    Refused,
    Retry,
    ServerMessage,
    State,
    Submit,
    Submitted,
    Welcome,
)
from exam_server.simulation.record import Account, Fate, Proof, Told
from exam_server.web.sessions import CANDIDATE_COOKIE

_DECODER: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)


class Sent(NamedTuple):
    """An event that waits for its acknowledgement; ``due`` is when it should have been sent."""

    seq: int
    due: float
    frame: bytes


class Watcher(Protocol):
    """Who is told what befalls a student; the crowd."""

    host: str

    def welcomed(self, seat: "Seat", welcome: Welcome) -> None:
        """Connected."""
        ...

    def acknowledged(self, seat: "Seat", due: float) -> None:
        """One more event is durable."""
        ...

    def submitted(self, seat: "Seat") -> None:
        """The receipt is there."""
        ...

    def began(self, seat: "Seat") -> None:
        """The paper is open."""
        ...

    def lost(self, seat: "Seat", code: int | None, retry_ms: int) -> None:
        """The connection ended, and not by our will."""
        ...


class Seat(Line):
    """A student's connection, and what it has sent. Survives reconnecting."""

    __slots__ = (
        "_crowd",
        "_fence",
        "_pending",
        "_retry_ms",
        "_sent",
        "_ticket",
        "acknowledged_seq",
        "cut_off",
        "first_item",
        "form_key",
        "receipt",
        "refused",
        "running_at",
        "seq",
        "sha256",
        "submit_due",
        "welcomed",
    )

    def __init__(self, crowd: Watcher, ticket: Ticket) -> None:
        super().__init__()
        self.welcomed = self.cut_off = False
        self.receipt: Receipt | None = None
        self.refused: set[int] = set()
        self.seq = self.acknowledged_seq = 0
        self.submit_due = 0.0
        self.running_at = 0.0
        self.sha256 = ""
        self.form_key = ""
        self.first_item = 0
        self._crowd = crowd
        self._ticket = ticket
        self._fence: int | None = None
        self._pending: deque[Sent] = deque()
        self._sent: list[bytes] = []
        self._retry_ms = 1_000

    @property
    def waiting(self) -> int:
        """Events not acknowledged."""
        return len(self._pending)

    def send(self, event: bytes, due: float) -> None:
        """Send the next event, or keep it until there is a line. Its ``seq`` must be ``self.seq`` + 1."""
        self.seq += 1
        sent = Sent(self.seq, due, frame(event))
        self._pending.append(sent)
        self._sent.append(event)
        if self.welcomed and not self.cut_off:
            self.write(sent.frame)

    def account(self) -> Account:
        """What this student knows."""
        told = [Told(seq=seq, payload=event, fate=self._fate(seq)) for seq, event in enumerate(self._sent, 1)]
        proof = self.receipt and Proof(digest=self.receipt.digest, events=self.receipt.events)
        return Account(number=self._ticket.number, events=tuple(told), receipt=proof)

    def _fate(self, seq: int) -> Fate:
        if seq in self.refused:
            return "refused"
        return "acknowledged" if seq <= self.acknowledged_seq else "sent"

    def submit(self, due: float, at_ms: int) -> None:
        """Hand in."""
        self.submit_due = due
        self.send(msgspec.json.encode(Submit(seq=self.seq + 1, at_ms=at_ms)), due)

    def ping(self, ping: bytes) -> None:
        """Send a frame that is no event, if there is a line."""
        if self.welcomed:
            self.write(ping)

    def lose_line(self) -> None:
        """Cut the connection as a pulled cable would; the crowd connects again at once."""
        self.cut_off = True
        self.cut()

    def request(self) -> bytes:
        """For Line."""
        self.welcomed = self.cut_off = False
        cookie = f"{CANDIDATE_COOKIE}={self._ticket.cookie}"
        return upgrade(self._crowd.host, "/ws/sitting", {"Cookie": cookie})

    def opened(self) -> None:
        """For Line."""
        self.write(frame(msgspec.json.encode(Hello(version=VERSION, fence=self._fence))))

    def ended(self, code: int | None) -> None:
        """For Line."""
        self._crowd.lost(self, code, self._retry_ms)
        self.welcomed = False

    def heard(self, text: bytes) -> None:
        """For Line."""
        message = _DECODER.decode(text)
        kind = type(message)
        if kind is Ack:
            self._acknowledged(message.seq)  # pyright: ignore[reportAttributeAccessIssue]
        elif kind is not Pong:
            self._take(message)

    def _take(self, message: ServerMessage) -> None:
        match message:
            case Welcome():
                self._welcome(message)
            case State(state="running", form_key=str() as key):
                self._open(key)
            case Submitted():
                self.receipt = message.receipt
                self._acknowledged(message.receipt.events)
                self._crowd.submitted(self)
            case Refused():
                self._refuse(message.seq)
            case Retry():
                self._retry_ms = message.after_ms
            case _:
                pass

    def _refuse(self, seq: int) -> None:
        """It and what followed it was not taken."""
        while self._pending and self._pending[-1].seq >= seq:
            self.refused.add(self._pending.pop().seq)

    def _welcome(self, welcome: Welcome) -> None:
        self._fence, self.welcomed = welcome.fence, True
        self._retry_ms = welcome.reconnect_ms
        if welcome.order is not None and welcome.form is not None:
            self.first_item, self.sha256 = welcome.order.parts[0][0].item, welcome.form.sha256
        self._acknowledged(welcome.last_seq)
        if welcome.form_key is not None:
            self._open(welcome.form_key)
        if self._pending:
            self.write(b"".join(sent.frame for sent in self._pending))
        self._crowd.welcomed(self, welcome)

    def _open(self, key: str) -> None:
        if not self.running_at:
            self.running_at = time.monotonic()
            self.form_key = key
            self._crowd.began(self)

    def _acknowledged(self, seq: int) -> None:
        self.acknowledged_seq = max(seq, self.acknowledged_seq)
        pending = self._pending
        while pending and pending[0].seq <= seq:
            self._crowd.acknowledged(self, pending.popleft().due)
