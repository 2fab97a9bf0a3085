"""Keeps the worker processes running, and the private PostgreSQL with them."""

import asyncio
import errno
import os
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TextIO

import structlog

from exam_server.config import Config, to_environment
from exam_server.errors import Conflict, Unavailable

READY = "ready"
"""The line on a worker's standard output that tells that requests are answered."""

PAUSE_SECONDS = 0.2
MAX_PAUSE_SECONDS = 5.0
STOP_SECONDS = 20.0
WATCH_SECONDS = 1.0
MAX_FALSE_STARTS = 5

_BIND_ERRORS = {errno.EADDRINUSE: "port_taken", errno.EACCES: "port_forbidden"}

_log = structlog.get_logger()


def bind(host: str, port: int, count: int) -> tuple[socket.socket, ...]:
    """One socket per worker on the same address; port 0 takes a free one.

    The supervisor keeps them open: while a worker is restarted its connections wait instead of being refused.
    Raises Conflict with code ``port_taken``, ``port_forbidden`` or ``bad_host``.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sockets: list[socket.socket] = []
    try:
        if port:
            # Sharing a port between workers would also let a second server slip in.
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        for _ in range(count):
            sockets.append(socket.socket(family))
            # The first also lets the next start have the port while old connections fade out.
            sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sockets[-1].bind((host, port))
            port = sockets[-1].getsockname()[1]
    except OSError as error:
        for opened in sockets:
            opened.close()
        code = _BIND_ERRORS.get(error.errno or 0, "bad_host")
        raise Conflict(code, host=host, port=port) from error
    return tuple(sockets)


class Supervisor:
    """Runs one worker per socket until ``stop``; ``watch`` is called every second, to keep PostgreSQL up."""

    def __init__(
        self,
        config: Config,
        sockets: Sequence[socket.socket],
        *,
        log: TextIO | None = None,
        watch: Callable[[], None] | None = None,
    ) -> None:
        self.ready = asyncio.Event()
        self._config = config
        self._sockets = sockets
        self._log = log
        self._watch = watch
        self._stop = asyncio.Event()
        self._waiting = len(sockets)

    def stop(self) -> None:
        """Ask for the end: workers finish what they have begun."""
        self._stop.set()

    async def run(self) -> None:
        """Supervise until ``stop``, SIGTERM or SIGINT.

        Raises Unavailable with code ``worker_fails`` when a worker cannot start at all.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            async with asyncio.TaskGroup() as group:
                for listener in self._sockets:
                    group.create_task(self._keep(listener))
                if self._watch is not None:
                    group.create_task(self._keep_watch(self._watch))
        except* Unavailable as failures:
            raise failures.exceptions[0] from None
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    async def _keep(self, listener: socket.socket) -> None:
        """Start a worker again whenever it ends."""
        false_starts = 0
        while not self._stop.is_set():
            process = await self._start(listener)
            was_ready = await self._attend(process)
            if self._stop.is_set():
                return
            false_starts = 0 if was_ready else false_starts + 1
            _log.error("worker_ended", pid=process.pid, code=process.returncode, was_ready=was_ready)
            if false_starts >= MAX_FALSE_STARTS and not self.ready.is_set():
                raise Unavailable("worker_fails", exit_code=process.returncode or 0)
            await self._pause(min(PAUSE_SECONDS * 2**false_starts, MAX_PAUSE_SECONDS))

    async def _start(self, listener: socket.socket) -> Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "exam_server.worker", str(listener.fileno())),
            pass_fds=(listener.fileno(),),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, **to_environment(self._config)},
            # Ctrl-C goes to the supervisor alone, which ends the workers in order.
            start_new_session=True,
        )

    async def _attend(self, process: Process) -> bool:
        """Wait for the worker's end, or end it when asked; answers whether it ever was ready."""
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(self._stop.wait())
        became_ready = asyncio.create_task(self._await_ready(process))
        await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            process.terminate()
            await asyncio.wait((ended,), timeout=STOP_SECONDS)
        if not ended.done():
            _log.error("worker_killed", pid=process.pid)
            process.kill()
        await ended
        stopping.cancel()
        return await became_ready

    async def _await_ready(self, process: Process) -> bool:
        if process.stdout is None or (await process.stdout.readline()).decode().strip() != READY:
            return False
        self._waiting -= 1
        if self._waiting <= 0:
            self.ready.set()
        return True

    async def _keep_watch(self, watch: Callable[[], None]) -> None:
        while not self._stop.is_set():
            await self._pause(WATCH_SECONDS)
            try:
                await asyncio.to_thread(watch)
            except (OSError, subprocess.SubprocessError) as error:
                _log.error("database_does_not_start", error=str(error))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
