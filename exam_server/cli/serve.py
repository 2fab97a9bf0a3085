"""``khaothi serve``."""

import asyncio
import socket
from contextlib import ExitStack
from typing import Annotated

import msgspec
import typer

from exam_server.actions.exams import check_secrets
from exam_server.cli.options import Data, Host, Port
from exam_server.cli.screen import screen
from exam_server.cli.session import only_server, opened, settings
from exam_server.cli.words import say
from exam_server.config import MAX_WORKERS, Config, Options
from exam_server.logging import configure_logging
from exam_server.secrets import load_secrets
from exam_server.store import migrations
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.supervisor import Supervisor, bind

Workers = Annotated[int | None, typer.Option("--workers", min=1, max=MAX_WORKERS, help=say("option_workers"))]


def serve(host: Host = None, port: Port = None, workers: Workers = None, data: Data = None) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    configure_logging()
    config = settings(Options(host=host, port=port, workers=workers, data=data))
    load_secrets(config.data)
    sockets = bind(config.host, config.port, config.workers)
    with ExitStack() as stack:
        embedded: EmbeddedPostgres | None = None
        if config.database_url is None:
            stack.enter_context(only_server(config.data))
            embedded = EmbeddedPostgres(config.data / "postgres")
            stack.callback(embedded.stop)
            config = msgspec.structs.replace(config, database_url=embedded.url)
        asyncio.run(_serve(config, sockets, embedded))


async def _serve(
    config: Config, sockets: tuple[socket.socket, ...], embedded: EmbeddedPostgres | None
) -> None:
    async with opened(config, config.database_url or "") as session:
        await migrations.migrate(session.database)
        await check_secrets(session.database, session.secrets)
    supervisor = Supervisor(config, sockets, watch=embedded.ensure_running if embedded else None)
    address = f"http://{config.host}:{sockets[0].getsockname()[1]}/"
    announcing = asyncio.create_task(_announce(supervisor, address))
    try:
        await supervisor.run()
    finally:
        announcing.cancel()


async def _announce(supervisor: Supervisor, address: str) -> None:
    await supervisor.ready.wait()
    screen(stderr=True).print(say("serving", address=address), highlight=False)
