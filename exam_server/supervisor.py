"""Keeps the worker processes running, and the private PostgreSQL with them."""

import asyncio
import errno
import os
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TextIO

import structlog

from exam_server.config import Config, child_environment
from exam_server.errors import Conflict, KhaoThiError, Unavailable

READY = "ready"
"""The line on a worker's standard output that tells that requests are answered."""

BACKLOG = 4_096
"""Connections to one worker that may wait to be accepted; the system's own limit is net.core.somaxconn."""

PAUSE_SECONDS = 0.2
MAX_PAUSE_SECONDS = 5.0
START_SECONDS = 60.0
STOP_SECONDS = 20.0
WATCH_SECONDS = 1.0
MAX_FALSE_STARTS = 5

_STDERR = 2

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


class Worker:
    """One worker process. ``ended`` and ``became_ready`` are done when that is known."""

    def __init__(self, process: Process, on_ready: Callable[[], None]) -> None:
        self.process = process
        self.ended = asyncio.create_task(process.wait())
        self.became_ready = asyncio.create_task(self._await_ready(on_ready))

    async def _await_ready(self, on_ready: Callable[[], None]) -> bool:
        if self.process.stdout is None or (await self.process.stdout.readline()).decode().strip() != READY:
            return False
        on_ready()
        return True

    async def end(self) -> None:
        """Ask it to finish what it has begun; kill it when that takes too long."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        await asyncio.wait((self.ended,), timeout=STOP_SECONDS)
        if not self.ended.done():
            _log.error("worker_killed", pid=self.process.pid)
            self.process.kill()
        await self.ended


class Seat:
    """A listening socket and the worker that has it. The lock is held by whoever puts another there."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.worker: Worker | None = None
        self.was_ready = False
        self.lock = asyncio.Lock()


class Supervisor:
    """Runs one worker per socket until ``stop``; closes the sockets then.

    ``watch`` is called every second, to keep PostgreSQL up; ``renew`` at each restart, for the settings that
    new workers get. What ``renew`` raises keeps everything as it is.
    """

    def __init__(
        self,
        config: Config,
        sockets: Sequence[socket.socket],
        *,
        log: TextIO | None = None,
        watch: Callable[[], None] | None = None,
        renew: Callable[[], Awaitable[Config]] | None = None,
    ) -> None:
        self.ready = asyncio.Event()
        self._config = config
        self._seats = [Seat(listener) for listener in sockets]
        self._log = log
        self._watch = watch
        self._renew = renew
        self._stop = asyncio.Event()
        self._restart = asyncio.Event()
        self._on_terminal = os.isatty(_STDERR)

    def stop(self) -> None:
        """Ask for the end: workers finish what they have begun."""
        self._stop.set()
        self._restart.set()

    def restart(self) -> None:
        """Ask for new workers, one after the other: new code, new settings."""
        self._restart.set()

    async def run(self) -> None:
        """Supervise until ``stop``, SIGTERM or SIGINT; SIGHUP restarts.

        Raises Unavailable with code ``worker_fails`` when a worker cannot start at all.
        """
        loop = asyncio.get_running_loop()
        handlers = {signal.SIGTERM: self.stop, signal.SIGINT: self.stop, signal.SIGHUP: self._hang_up}
        for number, handler in handlers.items():
            loop.add_signal_handler(number, handler)
        try:
            async with asyncio.TaskGroup() as group:
                for task in self._tasks():
                    group.create_task(task)
        except* Unavailable as failures:
            raise failures.exceptions[0] from None
        finally:
            for number in handlers:
                loop.remove_signal_handler(number)

    def _tasks(self) -> list[Coroutine[Any, Any, None]]:
        tasks: list[Coroutine[Any, Any, None]] = [self._keep(seat) for seat in self._seats]
        tasks += [self._keep_restarting(), self._close_sockets()]
        return tasks if self._watch is None else [*tasks, self._keep_watch(self._watch)]

    def _hang_up(self) -> None:
        """SIGHUP: someone asks for a restart, or the terminal is gone and there is nobody to serve for."""
        if self._on_terminal and not os.isatty(_STDERR):
            self.stop()
        else:
            self.restart()

    # Each worker.

    async def _keep(self, seat: Seat) -> None:
        """Start a worker again whenever it ends."""
        false_starts = 0
        seat.worker = await self._start(seat, self._config)
        while True:
            worker = seat.worker
            await self._or_stop(worker.ended)
            if self._stop.is_set():
                return await seat.worker.end()
            if seat.worker is worker:
                false_starts = 0 if await worker.became_ready else false_starts + 1
                await self._replace(seat, worker, false_starts)

    async def _replace(self, seat: Seat, worker: Worker, false_starts: int) -> None:
        code = worker.process.returncode
        _log.error("worker_ended", pid=worker.process.pid, code=code, false_starts=false_starts)
        if false_starts >= MAX_FALSE_STARTS and not self.ready.is_set():
            raise Unavailable("worker_fails", exit_code=code or 0)
        await self._pause(min(PAUSE_SECONDS * 2**false_starts, MAX_PAUSE_SECONDS))
        async with seat.lock:
            if seat.worker is not worker or self._stop.is_set():
                return
            try:
                seat.worker = await self._start(seat, self._config)
            except OSError as error:  # no memory, or the program is being replaced: again after the pause
                _log.error("worker_not_started", error=str(error))

    async def _start(self, seat: Seat, config: Config) -> Worker:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "exam_server.worker", str(seat.listener.fileno())),
            pass_fds=(seat.listener.fileno(),),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=child_environment(os.environ, config),
            # Ctrl-C goes to the supervisor alone, which ends the workers in order.
            start_new_session=True,
        )

        def on_ready() -> None:
            seat.was_ready = True
            if all(each.was_ready for each in self._seats):
                self.ready.set()

        return Worker(process, on_ready)

    # New workers for old ones.

    async def _keep_restarting(self) -> None:
        while True:
            await self._restart.wait()
            if self._stop.is_set():
                return
            self._restart.clear()
            try:
                await self._restart_all()
            except KhaoThiError as error:
                _log.error("restart_refused", code=error.code, **error.params)
            except OSError as error:
                _log.error("worker_not_started", error=str(error))

    async def _restart_all(self) -> None:
        """Every worker in turn; the first that does not come up ends it, and the old ones stay."""
        config = self._config if self._renew is None else await self._renew()
        _log.info("restart_begins", workers=len(self._seats))
        for seat in self._seats:
            if self._stop.is_set() or not await self._relieve(seat, config):
                return
            self._config = config
        _log.info("restart_done", workers=len(self._seats))

    async def _relieve(self, seat: Seat, config: Config) -> bool:
        """Put a new worker beside the old one on the same socket, then let the old one go."""
        fresh = await self._start(seat, config)
        await self._or_stop(fresh.became_ready, START_SECONDS)
        if self._stop.is_set() or not fresh.became_ready.done() or not fresh.became_ready.result():
            await fresh.end()
            _log.error("restart_failed", pid=fresh.process.pid, code=fresh.process.returncode)
            return False
        async with seat.lock:
            old, seat.worker = seat.worker, fresh
        if old is not None:
            await old.end()
        return True

    # What else runs.

    async def _close_sockets(self) -> None:
        """At the end: who connects from now on is refused at once, and goes to another server."""
        await self._stop.wait()
        for seat in self._seats:
            seat.listener.close()

    async def _keep_watch(self, watch: Callable[[], None]) -> None:
        while not self._stop.is_set():
            await self._pause(WATCH_SECONDS)
            try:
                await asyncio.to_thread(watch)
            except (OSError, subprocess.SubprocessError) as error:
                _log.error("database_does_not_start", error=str(error))

    async def _or_stop(self, task: "asyncio.Task[Any]", timeout_s: float | None = None) -> None:
        """Wait for the task, the time or the end."""
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait((task, stopping), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
