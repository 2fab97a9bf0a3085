"""A server in the test's own process, for faults of time: its clock is the test's, and so is the loop's."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from exam_server.app import create_app
from exam_server.clock import Clock, FakeClock
from exam_server.config import Config
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from exam_server.web.door import DoorSite
from tests.faults.stage import Site


class OffClock:
    """A clock that is wrong by a constant."""

    def __init__(self, clock: Clock, off: timedelta) -> None:
        self._clock = clock
        self._off = off

    def now(self) -> datetime:
        """The present instant as this clock has it, in UTC."""
        return self._clock.now() + self._off


class Timers:
    """The running loop's own time, which can be moved forward: what waits for it falls due at once. It never
    goes back."""

    def __init__(self) -> None:
        self.ahead_s = 0.0
        loop = asyncio.get_running_loop()
        real = loop.time
        loop.time = lambda: real() + self.ahead_s  # type: ignore[method-assign]

    def advance(self, clock: FakeClock, seconds: float) -> None:
        """Move the loop's time and a clock forward together."""
        self.ahead_s += seconds
        clock.advance(seconds=seconds)


@asynccontextmanager
async def served(
    database: Database, secrets: Secrets, clock: Clock, data: Path, *, port: int = 0
) -> AsyncGenerator[Site]:
    """The application on this port or a free one, behind the same door as in a worker."""
    runner = web.AppRunner(create_app(Config(data=data), database, secrets, clock), access_log=None)
    await runner.setup()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    try:
        await DoorSite(runner, listener).start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield Site(address=address, database_url=database.url, secrets=secrets, clock=clock)
    finally:
        await runner.cleanup()
