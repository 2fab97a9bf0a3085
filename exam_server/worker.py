"""One server process: the application on a socket that the supervisor opened."""

import asyncio
import gc
import os
import resource
import signal
import socket
import ssl
import sys

import structlog
import uvloop
from aiohttp import web

from exam_server.app import create_app
from exam_server.clock import SystemClock
from exam_server.config import Config, read_config
from exam_server.logging import configure_logging
from exam_server.secrets import load_secrets
from exam_server.store.database import AWAY, open_database
from exam_server.supervisor import BACKLOG, READY
from exam_server.tls import server_context
from exam_server.web.door import DoorSite

CONNECTIONS = 10
SHUTDOWN_SECONDS = 10.0
GC_THRESHOLDS = (50_000, 50, 1_000)
"""Messages are freed by reference count; cycles are rare, and walking every tab's objects for them stops the
loop."""

_log = structlog.get_logger()


def main() -> None:
    """Serve on the socket whose descriptor is the argument, until a signal or the supervisor's end."""
    configure_logging()
    gc.set_threshold(*GC_THRESHOLDS)
    files = raise_file_limit()
    try:
        uvloop.run(_serve(read_config(os.environ), socket.socket(fileno=int(sys.argv[1])), files))
    except AWAY as error:
        # While the database is away at the start; the supervisor tries again.
        _log.error("database_away", error=type(error).__name__)
        sys.exit(1)


def raise_file_limit() -> int:
    """Let this process open as many files as the system allows it: every candidate's socket is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


async def _serve(config: Config, listener: socket.socket, files: int) -> None:
    stop = _stop_event()
    secrets = load_secrets(config.data)
    context = _tls(config)
    async with open_database(config.database_url or "", most=CONNECTIONS) as database:
        app = create_app(config, database, secrets, SystemClock())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        await DoorSite(runner, listener, backlog=BACKLOG, ssl_context=context).start()
        # What lives as long as the process need not be walked at every collection.
        gc.collect()
        gc.freeze()
        _log.info("worker_ready", pid=os.getpid(), files=files, tls=context is not None)
        print(READY, flush=True)  # noqa: T201 -- the supervisor reads it
        try:
            await stop.wait()
        finally:
            await runner.cleanup()


def _tls(config: Config) -> ssl.SSLContext | None:
    if config.tls_cert is None or config.tls_key is None:
        return None
    return server_context(config.tls_cert, config.tls_key)


def _stop_event() -> asyncio.Event:
    """Set by SIGTERM, SIGINT, or the end of standard input: the supervisor is gone."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_reader(sys.stdin.fileno(), stop.set)
    return stop


if __name__ == "__main__":
    main()
