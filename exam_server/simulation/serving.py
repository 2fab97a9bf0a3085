"""A real server in processes of its own, to be measured or to be killed."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path

import aiohttp
import psutil

from exam_server.config import Config, child_environment

READY_S = 30.0
STOP_S = 30.0
_POLL_S = 0.05


class ServerProcess:
    """``khaothi serve`` on a free port of this machine; the supervisor and its workers."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{self._config.host}:{self._config.port}"

    @property
    def log(self) -> Path:
        """What it says on standard error."""
        return self._config.data / "serve.log"

    async def start(self) -> None:
        """Start, and wait until it answers. Raises TimeoutError; ``log`` says why."""
        self._process = self._launch()
        await self.answers()

    def _launch(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "exam_server", "serve"],
                env=child_environment(os.environ, self._config),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    async def answers(self) -> None:
        """Wait until /healthz is well. Raises TimeoutError; at once when the server has ended."""
        async with asyncio.timeout(READY_S), aiohttp.ClientSession() as http:
            while not await _well(http, f"{self.address}/healthz"):
                if self._process is not None and self._process.poll() is not None:
                    raise TimeoutError
                await asyncio.sleep(_POLL_S)

    def workers(self) -> list[psutil.Process]:
        """The processes that hold the candidates' sockets."""
        return [] if self._process is None else psutil.Process(self._process.pid).children()

    def kill_workers(self) -> None:
        """SIGKILL to every worker; the supervisor starts new ones."""
        for worker in self.workers():
            with suppress(psutil.NoSuchProcess):
                worker.kill()

    def kill(self) -> None:
        """SIGKILL to supervisor and workers."""
        if self._process is not None and self._process.poll() is None:
            workers = self.workers()
            self._process.kill()
            for worker in workers:
                with suppress(psutil.NoSuchProcess):
                    worker.kill()
        if self._process is not None:
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ask for the end and wait for it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S)
            self.kill()

    def cpu_s(self) -> float:
        """CPU seconds of supervisor and workers so far."""
        return 0.0 if self._process is None else tree_cpu_s(self._process.pid)


@asynccontextmanager
async def serving(data: Path, database_url: str, *, workers: int = 1) -> AsyncGenerator[ServerProcess]:
    """A server that answers, on a migrated database; stopped at the end."""
    config = Config(data=data, database_url=database_url, port=free_port(), workers=workers)
    process = ServerProcess(config)
    try:
        await process.start()
        yield process
    finally:
        process.stop()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree_cpu_s(pid: int) -> float:
    """CPU seconds of a process, its children and those of them that have ended."""
    total = 0.0
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        ended = root.cpu_times()
        total += ended.children_user + ended.children_system
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system
    return total


async def _well(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as reply:
            return reply.status == HTTPStatus.OK
    except (aiohttp.ClientError, OSError):
        return False
