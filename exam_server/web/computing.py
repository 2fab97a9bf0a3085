"""Each worker sees to it that runs nobody computes get a process, one at a time."""

import asyncio
import random
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import suppress

import structlog
from aiohttp import web

from exam_server.computing import start_computing
from exam_server.store.database import TROUBLE, Database
from exam_server.store.runs import select_claimables
from exam_server.web.keys import DATABASE

_PERIOD_S = 4.0
_PAUSE_S = 15.0

_log = structlog.get_logger(__name__)


class Computing:
    """Starts a process for each run that waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked = asyncio.Event()
        self._process: Process | None = None

    def wake(self) -> None:
        """A run waits."""
        self._asked.set()

    async def run(self) -> None:
        """Look every few seconds, and whenever it is asked to."""
        while True:
            self._asked.clear()
            for run_id in await self._waiting():
                await self._compute(run_id)
            with suppress(TimeoutError):
                # Workers that look at the same moment would start a process each.
                await asyncio.wait_for(self._asked.wait(), _PERIOD_S * random.uniform(0.75, 1.25))  # noqa: S311 -- no secret

    async def stop(self) -> None:
        """End the process; another takes its run over."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            await self._process.wait()

    async def _waiting(self) -> list[int]:
        try:
            async with self._database.connection() as connection:
                return await select_claimables(connection)
        except TROUBLE as error:
            _log.warning("runs_not_read", error=type(error).__name__)
            return []

    async def _compute(self, run_id: int) -> None:
        try:
            self._process = await start_computing(run_id, self._database.url)
        except OSError as error:  # no memory, or the program is being replaced
            _log.error("computing_not_started", run=run_id, error=str(error))
            return
        code = await self._process.wait()
        if code != 0:
            _log.error("computing_ended", run=run_id, code=code)
            await asyncio.sleep(_PAUSE_S)


COMPUTING = web.AppKey("computing", Computing)


async def run_computing(app: web.Application) -> AsyncGenerator[None]:
    """Computes runs while the application serves."""
    computing = app[COMPUTING] = Computing(app[DATABASE])
    task = asyncio.create_task(computing.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await computing.stop()
