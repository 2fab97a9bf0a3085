"""A whole student: logs in, waits, opens the paper at the bell, works by plan, keeps what is not
acknowledged, loses the line and comes back, hands in, and looks at the receipt.

Two greenlets each: ``run`` holds the line, the other does what the plan says at the moment it says, whatever
became of the deeds before.
"""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random
from typing import Any

import gevent
from gevent.event import Event

from loadtests import paper
from loadtests.account import Account, account
from loadtests.clock import ServerClock
from loadtests.door import Door, Report, StudentError
from loadtests.line import Line, LineLostError, Server
from loadtests.outbox import Event as Sent
from loadtests.outbox import Outbox
from loadtests.paper import Item
from loadtests.pen import Pen
from loadtests.roster import Login
from loadtests.scenarios import Planned, Scenario, plan

VERSION = 1
PING_S = 5.0
SILENCE_S = 20.0
LONGEST_WAIT_S = 30.0
WELCOME_S = 120.0
PATIENCE_S = 90.0
SUPERSEDED, UNAUTHENTICATED = 4409, 4401
_FATAL = frozenset({4400, 4402, 4403, SUPERSEDED, 4410, 4413, 4429})
_OVER = frozenset({"submitted", "closed", "voided"})

Message = Mapping[str, Any]


class Student:
    """One student. ``papers`` keeps opened forms by hash and key: all have the same bytes. ``heard`` is
    called with each message and its side, for who wants to check them."""

    def __init__(
        self,
        server: Server,
        login: Login,
        scenario: Scenario,
        *,
        seconds: float,
        outage_s: float,
        report: Report,
        papers: dict[tuple[str, str], list[Item]],
        seed: int = 1,
        heard: Callable[[str, Message], None] | None = None,
    ) -> None:
        self.login = login
        self.outbox = Outbox()
        self.receipt: Message | None = None
        self.over = False
        self._server = server
        self._scenario = scenario
        self._seconds = seconds
        self._outage_s = outage_s
        self._report = report
        self._papers = papers
        self._heard = heard
        self._random = Random(f"{seed}:{login.number}")
        self._door = Door(server, login, report, self._random)
        self._clock = ServerClock()
        self._pen: Pen | None = None
        self._cookie: str | None = None
        self._fence: int | None = None
        self._line: Line | None = None
        self._ghost: Line | None = None
        self._is_cut = False
        self._blob: bytes | None = None
        self._digest = ""
        self._plan: list[Planned] | None = None
        self._zero = 0.0
        self._end = self._give_up_at = float("inf")
        self._opened = Event()
        self._ping_at = 0.0
        self._heard_at = 0.0
        self._offline_until = 0.0
        self._come_at = 0.0
        self._wait_ms = 1_000
        self._attempt = 0
        self._connections = 0
        self._arrived = False
        self._submit_due: float | None = None

    def run(self) -> None:
        """Sit the exam. Raises StudentError, HttpRefusedError for a wrong login, BadFormError."""
        work = gevent.spawn(self._work)
        try:
            while not self.over:
                self._visit()
        finally:
            work.kill()
            for line in (self._line, self._ghost):
                if line is not None:
                    line.close()

    def look_again(self) -> Message:
        """What a fresh page is shown: the Welcome of a new login. Raises LineLostError, HttpRefusedError."""
        line = Line(self._server, self._door.log_in(time.monotonic()))
        try:
            self._say(line, {"type": "hello", "version": VERSION, "fence": None})
            welcome = self._await_welcome(line)
            return {name: welcome[name] for name in ("state", "last_seq", "saved", "receipt")}
        finally:
            line.close()

    def account(self, seen: Message | None = None) -> Account:
        """What this student knows."""
        return account(self.login.number, self.outbox.history, self.receipt, seen)

    # the line

    def _visit(self) -> None:
        """One connection, from its moment to its end."""
        if time.monotonic() > self._give_up_at:
            raise StudentError("no way back in time")
        gevent.sleep(max(0.0, self._come_at - time.monotonic(), self._offline_until - time.monotonic()))
        due = max(self._come_at, self._offline_until) or time.monotonic()
        try:
            if self._cookie is None:
                self._cookie = self._door.log_in(due)
                due = time.monotonic()
            self._converse(due)
        except LineLostError as lost:
            self._line_lost(lost, due)

    def _converse(self, due: float) -> None:
        line = Line(self._server, self._cookie or "")
        try:
            self._say(line, {"type": "hello", "version": VERSION, "fence": self._fence})
            self._welcomed(line, self._await_welcome(line), due)
            if time.monotonic() < self._offline_until:
                raise LineLostError("cut")
            self._line = line
            self._send_waiting()
            while not self.over:
                self._hear_or_ping(line)
            line.close()
        finally:
            if self._line is None:
                line.close()

    def _await_welcome(self, line: Line) -> Message:
        until = time.monotonic() + WELCOME_S
        while time.monotonic() < until:
            texts = line.receive(until)
            for place, text in enumerate(texts, start=1):
                message = self._read(text)
                if message["type"] == "welcome":
                    # The bell may have come with it.
                    line.keep(texts[place:])
                    return message
                self._hear_before_welcome(message)
        raise LineLostError("no welcome")

    def _hear_before_welcome(self, message: Message) -> None:
        if message["type"] == "retry":
            self._wait_ms = int(message["after_ms"])
        elif message["type"] != "queued":
            raise StudentError(f"{message['type']} before welcome")

    def _line_lost(self, lost: LineLostError, due: float) -> None:
        """Come again at a random moment within what the server said, ever longer while nobody answers."""
        now = time.monotonic()
        if self._line is None and not self.over:
            self._report.done("reconnect" if self._connections else "login", due, error=lost)
        self._drop_line()
        if lost.code in _FATAL:
            raise StudentError(f"closed by the server with {lost.code}") from lost
        if lost.code == UNAUTHENTICATED:
            self._cookie = None
        wait_s = min(LONGEST_WAIT_S, self._wait_ms / 1_000 * 2**self._attempt)
        self._attempt += 1
        self._come_at = max(now, self._offline_until) + self._random.uniform(0, wait_s)

    def _drop_line(self) -> None:
        """A line that was cut silently stays open until the student is back."""
        if self._line is not None and self._line is not self._ghost:
            self._line.close()
        self._line = None

    def _cut(self, *, silently: bool) -> None:
        self._is_cut = True
        if self._line is not None:
            self._line.cut(silently=silently)
            if silently:
                self._ghost = self._line

    def _hear_or_ping(self, line: Line) -> None:
        if time.monotonic() > self._give_up_at:
            raise StudentError("no receipt in time")
        for text in line.receive(self._ping_at):
            self._heard_at = time.monotonic()
            self._hear(self._read(text))
        now = time.monotonic()
        if now >= self._ping_at:
            if now - self._heard_at > SILENCE_S:
                raise LineLostError("silence")
            self._ping(line)

    def _ping(self, line: Line) -> None:
        self._ping_at = time.monotonic() + PING_S
        item = None if self._pen is None else self._pen.item
        self._say(line, {"type": "ping", "sent_ms": _now_ms(), "unsaved": self.outbox.unsaved, "item": item})

    def _say(self, line: Line, message: Message) -> None:
        if self._heard is not None:
            self._heard("client", message)
        line.send(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())

    def _send_waiting(self) -> None:
        """Send what the window allows. A line that breaks meanwhile is noticed by who reads it."""
        line = self._line
        if line is None:
            return
        for payload in list(self.outbox.sendable()):
            if self._heard is not None:
                self._heard("client", json.loads(payload))
            line.send(payload)

    def _read(self, text: str) -> Message:
        message: Message = json.loads(text)
        if self._heard is not None:
            self._heard("server", message)
        return message

    # what the server says

    def _welcomed(self, line: Line, welcome: Message, due: float) -> None:
        if self._connections:
            self._report.done("reconnect", due)
        self._connections += 1
        self._attempt = 0
        self._is_cut = False
        if self._ghost is not None:
            self._ghost.close()
            self._ghost = None
        self._wait_ms = int(welcome["reconnect_ms"])
        self._heard_at = time.monotonic()
        self._check_last_seq(welcome["last_seq"])
        if self._fence is None:
            self.outbox.start_anew(welcome["last_seq"])
        else:
            self._acknowledged(self.outbox.reconnected(welcome["last_seq"]))
        self._fence = welcome["fence"]
        self._clock.welcomed(welcome["timing"]["now_ms"])
        self._make_plan(welcome["timing"])
        self._ping(line)
        if self._blob is None and welcome["form"] is not None:
            self._blob = self._door.fetch(welcome["form"], self._cookie or "")
            self._digest = welcome["form"]["sha256"]
            self._say(line, {"type": "received", "sha256": self._digest})
        self._state_is(welcome)
        if welcome["receipt"] is not None:
            self._submitted(welcome["receipt"])

    def _check_last_seq(self, last_seq: int) -> None:
        """What was acknowledged must be there when the student comes back."""
        if last_seq < self.outbox.acknowledged:
            error = StudentError(f"acknowledged to {self.outbox.acknowledged}, server has {last_seq}")
            self._report.done("reconnect", time.monotonic(), error=error)
            raise error

    def _hear(self, message: Message) -> None:
        match message["type"]:
            case "ack":
                self._acknowledged(self.outbox.acknowledge(message["seq"]))
                self._send_waiting()
            case "pong":
                self._clock.pong(message)
            case "state":
                self._state_is(message)
            case "refused":
                self._refused(message)
            case "submitted":
                self._submitted(message["receipt"])
            case "retry":
                self._wait_ms = int(message["after_ms"])
            case _:
                return

    def _acknowledged(self, events: list[Sent]) -> None:
        for event in events:
            if event.what != "submit":  # counts when its receipt is there
                self._report.done("resend" if event.resent else "ack", event.due, length=len(event.payload))

    def _refused(self, message: Message) -> None:
        """Nothing is refused while there is time: after the end the rest is dropped."""
        if not self._is_late():
            self._report.done("ack", time.monotonic(), error=StudentError(f"refused: {message['code']}"))
        self.outbox.refuse(message["seq"])
        self._send_waiting()

    def _is_late(self) -> bool:
        return self._plan is not None and time.monotonic() >= self._end

    def _state_is(self, told: Message) -> None:
        state = told["state"]
        if state == "waiting" and not self._arrived:
            self._arrived = True
            self._report.reached("waiting")
        if told["form_key"] is not None and not self._opened.is_set() and state not in _OVER:
            self._open(told["form_key"], told["timing"])
        if state == "voided":
            self.over = True

    def _open(self, key: str, timing: Message) -> None:
        """The bell: question 1 can be shown."""
        known = (self._digest, key)
        if known not in self._papers:
            self._papers[known] = paper.open_paper(self._blob or b"", key)
        self._pen = Pen(self._papers[known], self._random)
        now = time.monotonic()
        self._zero = now - (self._clock.now_ms() - timing["started_ms"]) / 1_000
        self._end = self._zero + self._length_s(timing)
        last = max((one.at_s + one.lasts_s for one in self._plan or ()), default=0.0)
        self._give_up_at = max(self._end, self._zero + last) + PATIENCE_S
        if self._connections == 1 and now - self._zero < WELCOME_S:
            self._report.done("bell", min(now, self._zero))
        self._report.reached("running")
        self._opened.set()

    def _submitted(self, receipt: Message) -> None:
        self.receipt = receipt
        self._acknowledged(self.outbox.acknowledge(receipt["events"]))
        error = self._doubt(receipt)
        if self._submit_due is not None:
            self._report.done("submit", self._submit_due, error=error)
        elif error is not None:
            self._report.done("submit", time.monotonic(), error=error)
        self.over = True

    def _doubt(self, receipt: Message) -> StudentError | None:
        """What is wrong with a receipt, as far as a student can tell."""
        digits = receipt["digest"][:12].upper()
        code = "-".join(digits[place : place + 4] for place in range(0, 12, 4))
        if len(receipt["digest"]) != 64 or receipt["code"] != code:
            return StudentError("the receipt's code is not its digest's")
        if receipt["events"] != self.outbox.acknowledged:
            return StudentError(f"receipt of {receipt['events']} events, not {self.outbox.acknowledged}")
        return None

    # the work

    def _make_plan(self, timing: Message) -> None:
        """Before the bell: every moment of this student's exam."""
        if self._plan is None:
            self._plan = plan(self._scenario, self._length_s(timing), self._outage_s, self._random)

    def _length_s(self, timing: Message) -> float:
        return timing["limit_ms"] / 1_000 if self._scenario.by_deadline else self._seconds

    def _work(self) -> None:
        self._opened.wait()
        for planned in self._plan or ():
            due = self._zero + planned.at_s
            gevent.sleep(max(0.0, due - time.monotonic()))
            self._do(planned, due)

    def _do(self, planned: Planned, due: float) -> None:
        if planned.deed == "drop":
            self._lose_line(due + planned.lasts_s)
        elif planned.deed == "move":
            self._move()
        elif self._pen is not None:
            due = max(due, self._offline_until)
            if planned.deed == "submit":
                self._submit_due = due
            message = self._pen.stroke(planned.deed, int(self._clock.now_ms()))
            self.outbox.add(message, due, resent=self._is_cut)
            with suppress(LineLostError):  # who reads the line notices too, and comes back
                self._send_waiting()

    def _lose_line(self, until: float) -> None:
        self._offline_until = until
        self.outbox.postpone(until)
        self._cut(silently=self._random.random() < 0.5)

    def _move(self) -> None:
        """Another PC: a new login takes the sitting over."""
        self._cookie = self._fence = None
        self._cut(silently=True)


def _now_ms() -> int:
    return int(time.time() * 1_000)
