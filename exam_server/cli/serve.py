"""``khaothi serve``."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import structlog
import typer

from exam_server.actions.exams import check_secrets
from exam_server.catalogue.formats import format_date
from exam_server.cli.options import Data, Host, Port
from exam_server.cli.screen import screen
from exam_server.cli.session import only_server, opened, settings
from exam_server.cli.words import LANGUAGE, say
from exam_server.clock import SystemClock
from exam_server.config import MAX_WORKERS, Config, Options, child_environment
from exam_server.errors import Unavailable
from exam_server.logging import configure_logging
from exam_server.secrets import load_secrets
from exam_server.store import migrations
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.supervisor import Supervisor, bind
from exam_server.tls import expires_at, server_context

WARN_BEFORE = timedelta(days=30)
"""How long before its end a certificate is spoken of."""

_FIXED = ("data", "database_url", "host", "port", "workers")
"""Settings that a reload does not change."""

Workers = Annotated[int | None, typer.Option("--workers", min=1, max=MAX_WORKERS, help=say("option_workers"))]
TlsCert = Annotated[Path | None, typer.Option("--tls-cert", metavar="FILE", help=say("option_tls_cert"))]
TlsKey = Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help=say("option_tls_key"))]

_log = structlog.get_logger()


def serve(
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    data: Data = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    configure_logging()
    # Until the supervisor heeds it: a reload while all this starts would end it.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    options = Options(host=host, port=port, workers=workers, data=data, tls_cert=tls_cert, tls_key=tls_key)
    config = settings(options)
    load_secrets(config.data)
    _check_tls(config)
    sockets = bind(config.host, config.port, config.workers)
    with ExitStack() as stack:
        embedded: EmbeddedPostgres | None = None
        if config.database_url is None:
            stack.enter_context(only_server(config.data))
            embedded = EmbeddedPostgres(config.data / "postgres")
            stack.callback(embedded.stop)
            config = msgspec.structs.replace(config, database_url=embedded.url)
        asyncio.run(_serve(config, options, sockets, embedded))


async def _serve(
    config: Config, options: Options, sockets: tuple[socket.socket, ...], embedded: EmbeddedPostgres | None
) -> None:
    async with opened(config, config.database_url or "") as session:
        await migrations.migrate(session.database)
        await check_secrets(session.database, session.secrets)
    supervisor = Supervisor(
        config,
        sockets,
        watch=embedded.ensure_running if embedded else None,
        renew=lambda: _renew(config, options),
    )
    address = f"{config.scheme}://{config.host}:{sockets[0].getsockname()[1]}/"
    announcing = asyncio.create_task(_announce(supervisor, address))
    try:
        await supervisor.run()
    finally:
        announcing.cancel()


async def _announce(supervisor: Supervisor, address: str) -> None:
    await supervisor.ready.wait()
    screen(stderr=True).print(say("serving", address=address), highlight=False)


async def _renew(config: Config, options: Options) -> Config:
    """The settings for new workers: read again, checked, with a database that fits the code on disk.

    Raises Invalid as ``settings`` does; Unavailable with code ``migration_failed``.
    """
    fresh = settings(options)
    for name in _FIXED:
        # The private PostgreSQL's address is in no setting.
        if getattr(fresh, name) not in (None, getattr(config, name)):
            _log.warning("setting_needs_a_restart", setting=name)
    fresh = msgspec.structs.replace(fresh, **{name: getattr(config, name) for name in _FIXED})
    _check_tls(fresh)
    await _migrate(fresh)
    return fresh


async def _migrate(config: Config) -> None:
    """In a process of its own: this one may be older than what is installed now."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "exam_server", "migrate", "--json"),
        env=child_environment(os.environ, config),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    if (code := await process.wait()) != 0:
        raise Unavailable("migration_failed", exit_code=code)


def _check_tls(config: Config) -> None:
    """Raises Invalid when no worker could use the certificate; says when it has expired or soon will."""
    if config.tls_cert is None or config.tls_key is None:
        return
    server_context(config.tls_cert, config.tls_key)
    ends, now = expires_at(config.tls_cert), SystemClock().now()
    if ends < now + WARN_BEFORE:
        key = "tls_expired" if ends < now else "tls_expires"
        _log.warning(key, file=str(config.tls_cert), at=ends.isoformat())
        told = say(key, file=str(config.tls_cert), date=format_date(ends.astimezone().date(), LANGUAGE))
        screen(stderr=True).print(told, highlight=False)
