"""Who logs in now, who waits, and who is asked to come again.

The first minute brings a whole centre at once, and each login is a transaction: a few run at a time and the
others wait in order of arrival. Whom the line cannot serve soon is told a place and a time of their own, so
that those who come again come one after the other.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from math import ceil

from aiohttp import web

from exam_server.clock import Clock
from exam_server.errors import Unavailable

SLOTS = 4
"""Logins in progress at once in one process: less than half of its database connections."""

MOST_WAITING = 200
"""Logins that may wait; one more is asked to come again."""

PATIENCE_S = 4.0
"""How long a login may wait; people reload a page that says nothing for longer."""

MOST_SECONDS = 120
"""Longest that anyone is sent away for."""

_FIRST_GUESS = timedelta(milliseconds=20)
_MEMORY = 16


class Crowded(Unavailable):
    """Too many log in at once. ``position`` logins, this one included, are still to be served, which takes
    about ``seconds``."""

    def __init__(self, position: int, seconds: int) -> None:
        super().__init__("login_queue", position=position, seconds=seconds)
        self.position = position
        self.seconds = seconds


class Admission:
    """Lets ``slots`` logins run at once, and at most ``most_waiting`` wait for at most ``patience_s``."""

    def __init__(
        self,
        clock: Clock,
        *,
        slots: int = SLOTS,
        most_waiting: int = MOST_WAITING,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._clock = clock
        self._free = slots
        self._slots = slots
        self._most_waiting = most_waiting
        self._patience_s = patience_s
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._service = _FIRST_GUESS
        self._promised = clock.now()

    @property
    def waiting(self) -> int:
        """Logins that wait."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Wait for a turn, and have it until the end. Raises Crowded when it does not come soon."""
        await self._admit()
        started = self._clock.now()
        try:
            yield
        finally:
            self._service += (self._clock.now() - started - self._service) / _MEMORY
            self._pass_on()

    async def _admit(self) -> None:
        if self._free > 0:
            self._free -= 1
            return
        if len(self._waiting) >= self._most_waiting:
            raise self._crowded()
        await self._wait()

    async def _wait(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await asyncio.wait((turn,), timeout=self._patience_s)
        except asyncio.CancelledError:
            self._give_up(turn)
            raise
        if not turn.done():
            self._waiting.remove(turn)
            raise self._crowded()

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if turn.done():
            self._pass_on()
        else:
            self._waiting.remove(turn)

    def _pass_on(self) -> None:
        """The slot goes to the first who waits, or is free."""
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self._free += 1

    def _crowded(self) -> Crowded:
        """A place behind those who wait and those who were promised one."""
        now, pace = self._clock.now(), self._pace
        self._promised = max(self._promised, now + len(self._waiting) * pace) + pace
        ahead = min(self._promised - now, timedelta(seconds=MOST_SECONDS))
        self._promised = now + ahead
        return Crowded(position=max(1, round(ahead / pace)), seconds=max(1, ceil(ahead.total_seconds())))

    @property
    def _pace(self) -> timedelta:
        """The time from one login's end to the next one's, while all slots are busy."""
        return max(self._service / self._slots, timedelta.resolution)


ADMISSION = web.AppKey("admission", Admission)
