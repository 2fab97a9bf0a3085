"""All students of the load generator: they come, ping, and come again when the server ends their line."""

import asyncio
import random
import time
from base64 import urlsafe_b64decode
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence

import aiohttp
import msgspec

from exam_server.bench.orders import Ticket
from exam_server.bench.seat import Seat
from exam_server.bench.wire import frame
from exam_server.clock import SystemClock
from exam_server.core.form import open_form
from exam_server.core.timing import instant_ms
from exam_server.errors import Unavailable
from exam_server.protocol.form import Form
from exam_server.protocol.sitting import CloseCode, Ping, Received, Welcome

AT_ONCE = 200
"""Most connections that are made at a time while the students arrive."""

PING_S = 5.0
"""How often a real page asks for the server's time."""

TICK_S = 0.005

_FATAL = frozenset({*(frozenset(CloseCode) - {CloseCode.TRY_AGAIN}), *range(400, 500)})
"""Closes and HTTP statuses after which trying again is no use."""


class Crowd:
    """The students. Implements ``seat.Watcher``."""

    def __init__(self, host: str, port: int, tickets: Iterable[Ticket], seed: int = 1) -> None:
        self.host = f"{host}:{port}"
        self.seats = [Seat(self, ticket) for ticket in tickets]
        self.lines_lost = 0
        self.forms: dict[str, bytes] = {}
        self.on_acknowledged: Callable[[Seat, float], None] = lambda _seat, _due: None
        self.on_submitted: Callable[[Seat], None] = lambda _seat: None
        self.there = self.running = 0
        self._address = (host, port)
        self._clock = SystemClock()
        self._random = random.Random(seed)  # noqa: S311 -- jitter
        self._arriving: deque[Seat] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._fetching: dict[str, list[Seat]] = {}
        self._changed = asyncio.Event()
        self._failure: str | None = None

    def now_ms(self) -> int:
        """The time as students write it on their events."""
        return instant_ms(self._clock.now())

    async def arrive(self) -> None:
        """Connect everyone, a few at a time, until all are welcome and have their form."""
        self._arriving.extend(self.seats)
        for _ in range(min(AT_ONCE, len(self._arriving))):
            self.connect(self._arriving.popleft())
        await self.until(lambda: not self._fetching and self.there == len(self.seats))

    def connect(self, seat: Seat) -> None:
        """Open a seat's line."""
        self.spawn(self._connect(seat))

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run something until it ends."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, seat: Seat) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: seat, *self._address)
        except OSError:
            self.lost(seat, None, 1_000)

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something about the students. Raises Unavailable as ``check``."""
        while not happened():
            self.check()
            self._changed.clear()
            await self._changed.wait()

    def check(self) -> None:
        """Raises Unavailable with code ``bench_students_refused`` when the server wants one no more."""
        if self._failure is not None:
            raise Unavailable("bench_students_refused", reason=self._failure)

    async def keep_pinging(self) -> None:
        """Ping as pages do, spread evenly. The message is the same for all of one tick."""
        began, sent, count = time.monotonic(), 0, len(self.seats)
        while True:
            await asyncio.sleep(TICK_S)
            due = int((time.monotonic() - began) * count / PING_S)
            if due > sent:
                ping = frame(msgspec.json.encode(Ping(sent_ms=self.now_ms(), item=self.seats[0].first_item)))
                for number in range(sent, due):
                    self.seats[number % count].ping(ping)
                sent = due

    # What the seats tell.

    def welcomed(self, seat: Seat, welcome: Welcome) -> None:
        """For Seat: the next may come."""
        self.there += 1
        if self._arriving:
            self.connect(self._arriving.popleft())
        if welcome.form is not None:
            self._receive(seat, welcome.form.url)
        self._changed.set()

    def acknowledged(self, seat: Seat, due: float) -> None:
        """For Seat."""
        self.on_acknowledged(seat, due)

    def submitted(self, seat: Seat) -> None:
        """For Seat."""
        self.on_submitted(seat)

    def began(self, seat: Seat) -> None:
        """For Seat."""
        self.running += 1
        if self.running == len(self.seats):
            self._changed.set()

    def lost(self, seat: Seat, code: int | None, retry_ms: int) -> None:
        """For Seat: come again at a random moment, as a page does."""
        self.there -= seat.welcomed
        if seat.cut_off:
            self.connect(seat)
            return
        self.lines_lost += 1
        if code is not None and code in _FATAL:
            self._failure = str(code)
        self._changed.set()
        wait_s = self._random.uniform(0, retry_ms / 1_000)
        asyncio.get_running_loop().call_later(wait_s, self.connect, seat)

    # The form.

    def _receive(self, seat: Seat, url: str) -> None:
        """Say that the form is here: one fetch serves all, for its cost is not what is measured."""
        if seat.sha256 in self.forms:
            seat.ping(frame(msgspec.json.encode(Received(sha256=seat.sha256))))
        elif seat.sha256 in self._fetching:
            self._fetching[seat.sha256].append(seat)
        else:
            self._fetching[seat.sha256] = [seat]
            self.spawn(self._fetch(seat.sha256, url))

    async def _fetch(self, sha256: str, url: str) -> None:
        async with aiohttp.ClientSession() as http, http.get(f"http://{self.host}{url}") as reply:
            self.forms[sha256] = await reply.read()
        for seat in self._fetching.pop(sha256):
            self._receive(seat, url)
        self._changed.set()


def open_papers(forms: dict[str, bytes], seats: Sequence[Seat]) -> dict[str, Form]:
    """The forms that the students can open with the keys they were given, by hash.

    Raises Unavailable with code ``bench_paper_shut`` when a key does not fit, or a student's first question
    is not there.
    """
    opened: dict[tuple[str, str], Form] = {}
    for seat in seats:
        known = (seat.sha256, seat.form_key)
        if known not in opened:
            opened[known] = _open(forms[seat.sha256], seat.form_key)
        if all(item.id != seat.first_item for part in opened[known].parts for item in part.items):
            raise Unavailable("bench_paper_shut")
    return {sha256: form for (sha256, _), form in opened.items()}


def _open(blob: bytes, key: str) -> Form:
    try:
        return open_form(blob, urlsafe_b64decode(key + "=="))
    except ValueError as error:
        raise Unavailable("bench_paper_shut") from error
