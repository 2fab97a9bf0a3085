"""`khaothi serve` as those see it who run it: its log and its signals."""

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import aiohttp
import asyncpg
import psutil

from exam_server.config import Config, child_environment
from exam_server.store.embedded import EmbeddedPostgres

PATIENCE_S = 60.0
STOP_S = 40.0
_POLL_S = 0.05


@asynccontextmanager
async def empty_database(cluster: EmbeddedPostgres, name: str) -> AsyncGenerator[str]:
    """A database without any table; gone at the end."""
    admin = await asyncpg.connect(cluster.url)
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        yield cluster.url_of(name)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


class Visitor:
    """Asks all the time whether the server is well; every one must be answered."""

    def __init__(self, address: str, trust: ssl.SSLContext | None) -> None:
        self.replies: list[int] = []
        self._address = address
        self._trust = trust

    async def ask(self) -> None:
        # Each request on a connection of its own: a gap in listening would refuse one.
        connector = aiohttp.TCPConnector(force_close=True, ssl=self._trust or False)
        async with aiohttp.ClientSession(connector=connector) as http:
            while True:
                async with http.get(f"{self._address}/healthz") as reply:
                    self.replies.append(reply.status)
                await asyncio.sleep(_POLL_S)


@asynccontextmanager
async def always_well(address: str, trust: ssl.SSLContext | None = None) -> AsyncGenerator[None]:
    """Meanwhile nobody who asks is refused or told to come again."""
    visitor = Visitor(address, trust)
    asking = asyncio.create_task(visitor.ask())
    try:
        yield
    finally:
        asking.cancel()
        [trouble] = await asyncio.gather(asking, return_exceptions=True)
    assert isinstance(trouble, asyncio.CancelledError), trouble
    assert set(visitor.replies) == {HTTPStatus.OK}


class Service:
    """`khaothi serve` in a process of its own, as a service manager runs it."""

    def __init__(self, config: Config, environment: Mapping[str, str] | None = None) -> None:
        self.config = config
        self.log = config.data / "serve.log"
        plain = {"PATH": "/usr/bin:/bin", "KHAOTHI_LANG": "en"}
        self._environment = {**child_environment(plain, config), **(environment or {})}

    async def start(self) -> None:
        """Start it, and wait until all its workers are ready."""
        before = len(log_lines(self.log, "worker_ready")) if self.log.exists() else 0
        self.process = self._launch()
        await self.logged("worker_ready", before + self.config.workers)

    def _launch(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "exam_server", "serve"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def kill(self) -> None:
        """The supervisor and its workers, as when the machine fails."""
        workers = self.workers
        self.process.kill()
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"{self.config.scheme}://localhost:{self.config.port}"

    @property
    def workers(self) -> set[int]:
        """The process ids of those that serve now."""
        if self.process.poll() is not None:
            return set()
        return {
            child.pid
            for child in psutil.Process(self.process.pid).children()
            if child.status() != psutil.STATUS_ZOMBIE and "exam_server.worker" in child.cmdline()
        }

    async def logged(self, event: str, count: int) -> None:
        """Wait until the log has told of so many. Raises TimeoutError; at once when the service is gone."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while len(log_lines(self.log, event)) < count:
                    if self.process.poll() is not None:
                        raise TimeoutError(event)
                    await asyncio.sleep(_POLL_S)
        except TimeoutError as late:
            late.add_note(_tail(self.log))
            raise

    async def restart(self, outcome: str = "restart_done") -> None:
        """Ask for new workers, and wait until the log tells the outcome."""
        before = len(log_lines(self.log, outcome))
        self.process.send_signal(signal.SIGHUP)
        await self.logged(outcome, before + 1)

    def stop(self) -> int:
        """End it; its exit code. Raises TimeoutExpired when it takes too long, and kills it then."""
        self.process.terminate()
        try:
            return self.process.wait(STOP_S)
        finally:
            self.process.kill()


@asynccontextmanager
async def serving(config: Config, environment: Mapping[str, str] | None = None) -> AsyncGenerator[Service]:
    """A service whose workers are ready; stopped at the end."""
    service = Service(config, environment)
    await service.start()
    try:
        yield service
    finally:
        service.stop()


def log_lines(log: Path, event: str) -> list[dict[str, object]]:
    """The lines about an event so far."""
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    told = [json.loads(line) for line in lines]
    return [line for line in told if line["event"] == event]


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8")[-5_000:]
