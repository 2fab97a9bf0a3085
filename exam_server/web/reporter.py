"""Each worker's report of itself, once a second, and the disk that it holds back for the shift."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil
import structlog
from aiohttp import web

from exam_server.actions import window
from exam_server.actions.window import Identity, Outlook
from exam_server.clock import Clock
from exam_server.core.figures import Disk, Family, Figures, Reading, Sample, figures
from exam_server.disk import DiskKeeper, Trend
from exam_server.errors import Unavailable
from exam_server.metrics import REGISTRY, WORKER_CPU_SECONDS, WORKER_LAG_SECONDS, WORKER_MEMORY_BYTES
from exam_server.store.database import TROUBLE, Database
from exam_server.web.hub import HUB
from exam_server.web.keys import CLOCK, CONFIG, DATABASE

_PERIOD_S = 1.0
_PATIENCE_S = 5.0
_LAG_PERIOD_S = 0.1
_OUTLOOK_S = 60.0
_GROWTH_S = 900.0

_TROUBLE = (*TROUBLE, Unavailable)

_log = structlog.get_logger(__name__)


class LoopLag:
    """How late the event loop calls what it promised to call: what a message waits before anybody sees it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._most_s = 0.0
        self._due_s = 0.0
        self._next()

    def take_s(self) -> float:
        """The longest since it was last asked for."""
        most_s, self._most_s = self._most_s, 0.0
        return most_s

    def stop(self) -> None:
        """Measure no more."""
        self._timer.cancel()

    def _next(self) -> None:
        self._due_s = self._loop.time() + _LAG_PERIOD_S
        self._timer = self._loop.call_at(self._due_s, self._called)

    def _called(self) -> None:
        self._most_s = max(self._most_s, self._loop.time() - self._due_s)
        self._next()


class Reporter:
    """Tells once a second what this worker does, through times without a database."""

    def __init__(self, database: Database, clock: Clock, who: Identity, data: Path) -> None:
        self._database = database
        self._clock = clock
        self._who = who
        self._loop = asyncio.get_running_loop()
        self._process = psutil.Process()
        self._lag = LoopLag()
        self._worst_lag_s = 0.0
        self._disk = DiskKeeper(data)
        self._growth = Trend(_GROWTH_S, _OUTLOOK_S / 2)
        self._outlook: Outlook | None = None
        self._outlook_s = 0.0
        self._last = self._kept = (self._loop.time(), Reading(self._families()))
        self._slot: int | None = None

    async def run(self) -> None:
        """Report until cancelled."""
        try:
            while True:
                try:
                    async with asyncio.timeout(_PATIENCE_S):
                        await self.report()
                except _TROUBLE as error:
                    _log.warning("report_not_stored", error=type(error).__name__)
                await asyncio.sleep(_PERIOD_S)
        finally:
            self._lag.stop()

    async def report(self) -> None:
        """Store how this worker stands now, and at the end of each slot what it did in it."""
        lag_s = self._lag.take_s()
        self._worst_lag_s = max(self._worst_lag_s, lag_s)
        WORKER_LAG_SECONDS.set(lag_s)
        families = self._families()
        now = (self._loop.time(), Reading(families))
        disk = await self._look_at_disk(now[0])
        slot = await window.store_report(
            self._database, self._who, self._figures(self._last, now, disk), families
        )
        self._last = now
        if self._slot is not None and slot != self._slot:
            did = self._figures(self._kept, now, disk)
            worst = msgspec.structs.replace(did, lag_ms=1000 * self._worst_lag_s)
            await window.keep_history(self._database, self._who, self._slot, worst)
        if slot != self._slot:
            self._slot, self._kept = slot, now
            self._worst_lag_s = 0.0

    async def forget(self) -> None:
        """This worker ends as it should."""
        with suppress(*_TROUBLE):
            async with asyncio.timeout(_PATIENCE_S):
                await window.forget_worker(self._database, self._who)

    async def _look_at_disk(self, at_s: float) -> Disk | None:
        if self._outlook is None or at_s - self._outlook_s >= _OUTLOOK_S:
            self._outlook = await window.look_out(self._database, self._clock.now())
            self._outlook_s = at_s
            self._growth.add(at_s, self._outlook.database_bytes)
        if self._outlook.directory is None:
            return None
        return await self._disk.tend(
            self._outlook.directory, self._outlook.wanted_bytes, self._outlook.ends_at, at_s
        )

    def _figures(
        self, before: tuple[float, Reading], after: tuple[float, Reading], disk: Disk | None
    ) -> Figures:
        return msgspec.structs.replace(
            figures(before[1], after[1], after[0] - before[0]),
            disk=disk,
            database_bytes=None if self._outlook is None else self._outlook.database_bytes,
            database_bytes_per_hour=self._growth.per_hour,
        )

    def _families(self) -> tuple[Family, ...]:
        times = self._process.cpu_times()
        WORKER_CPU_SECONDS.set(times.user + times.system)
        WORKER_MEMORY_BYTES.set(self._process.memory_info().rss)
        return read_registry()


def read_registry() -> tuple[Family, ...]:
    """This process's metrics now."""
    return tuple(
        Family(
            found.name,
            found.documentation,
            found.type,
            tuple(Sample(one.name, one.labels, one.value) for one in found.samples),
        )
        for found in REGISTRY.collect()
    )


async def run_reporter(app: web.Application) -> AsyncGenerator[None, None]:
    """For ``cleanup_ctx``, after the hub: the reports, as long as the application."""
    who = Identity(worker=app[HUB].worker, host=socket.gethostname(), pid=os.getpid())
    reporter = Reporter(app[DATABASE], app[CLOCK], who, app[CONFIG].data)
    running = asyncio.create_task(reporter.run())
    running.add_done_callback(_tell_end)
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await reporter.forget()


def _tell_end(running: asyncio.Task[None]) -> None:
    """A worker that reports no more is shown as lost: the log must say why."""
    if not running.cancelled():
        _log.critical("reports_ended", exc_info=running.exception())
