"""What a student has done: numbered, kept until acknowledged, sent again unchanged, remembered for the
check."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MAX_UNACKNOWLEDGED = 64
"""The protocol's window."""

Value = str | int | bool | list[bool | None] | None

Fate = Literal["sent", "acknowledged", "refused"]


@dataclass(kw_only=True, slots=True)
class Event:
    """One event as numbered and sent. ``due`` on the monotonic clock is what its latency counts from;
    ``resent``: made or lost while the line was down."""

    seq: int
    what: str
    payload: bytes
    due: float
    resent: bool = False
    sent: bool = False
    fate: Fate = "sent"
    at_ms: int = 0


class Outbox:
    """Events of one sitting. ``history`` holds all that were ever sent, with what became of them."""

    def __init__(self) -> None:
        self.history: list[Event] = []
        self._waiting: list[Event] = []
        self._acked = 0
        self._in_flight = 0

    @property
    def unsaved(self) -> int:
        """How many wait for their acknowledgement."""
        return len(self._waiting)

    @property
    def acknowledged(self) -> int:
        """The highest acknowledged number."""
        return self._acked

    def add(self, message: dict[str, Value], due: float, *, resent: bool = False) -> None:
        """Number an event and keep it."""
        seq = self._acked + len(self._waiting) + 1
        payload = _encode({**message, "seq": seq})
        self._waiting.append(
            Event(seq=seq, what=str(message["type"]), payload=payload, due=due, resent=resent)
        )

    def sendable(self) -> Iterator[bytes]:
        """What may go out now; each is taken as sent."""
        for event in self._waiting[self._in_flight : MAX_UNACKNOWLEDGED]:
            if not event.sent:
                event.sent = True
                event.at_ms = _now_ms()
                self.history.append(event)
            self._in_flight += 1
            yield event.payload

    def acknowledge(self, seq: int) -> list[Event]:
        """Everything up to ``seq`` is committed: those of which this is news."""
        count = max(0, min(seq - self._acked, len(self._waiting)))
        told, self._waiting = self._waiting[:count], self._waiting[count:]
        for event in told:
            event.fate = "acknowledged"
            event.at_ms = _now_ms()
        self._acked += count
        self._in_flight = max(0, self._in_flight - count)
        return told

    def refuse(self, seq: int) -> None:
        """The event goes; those after it move up by one, saying the same, and are sent again."""
        place = seq - self._acked - 1
        if not 0 <= place < len(self._waiting):
            return
        behind = self._waiting[place + 1 :]
        for event in self._waiting[place:]:
            event.fate = "refused"
        self._waiting = self._waiting[:place]
        self._in_flight = min(self._in_flight, place)
        for event in behind:
            self.add(json.loads(event.payload), event.due, resent=event.resent)

    def reconnected(self, last_seq: int) -> list[Event]:
        """The server holds everything up to ``last_seq``: those of which this is news; the rest goes out
        again."""
        told = self.acknowledge(last_seq)
        self._in_flight = 0
        return told

    def start_anew(self, last_seq: int) -> None:
        """A fresh page: what was not acknowledged is left behind, numbers go on from the journal's."""
        self._waiting, self._in_flight, self._acked = [], 0, last_seq

    def postpone(self, due: float) -> None:
        """The line is down until then: no fault of the server's."""
        for event in self._waiting:
            event.due = max(event.due, due)
            event.resent = True


def _encode(message: dict[str, Value]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _now_ms() -> int:
    return int(time.time() * 1_000)
