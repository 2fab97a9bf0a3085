"""A bare websocket echo over the server's own library: what a connection and a message cost by themselves
(``python -m exam_server.bench.echo``)."""

import gc

import msgspec
import uvloop
from aiohttp import web

from exam_server.bench.child import allow_connections, obey
from exam_server.simulation.serving import free_port


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Order: tell where you are."""


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """The port of 127.0.0.1."""

    port: int


async def _echo(request: web.Request) -> web.WebSocketResponse:
    line = web.WebSocketResponse(compress=False)
    await line.prepare(request)
    async for message in line:
        await line.send_str(str(message.data))
    return line


async def _run() -> None:
    app = web.Application()
    app.router.add_get("/", _echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    here = Here(port=free_port())
    await web.TCPSite(runner, "127.0.0.1", here.port, backlog=4_096).start()
    gc.collect()
    gc.freeze()

    async def tell(_: Where) -> Here:
        return here

    await obey(Where, tell)


def main() -> None:
    """Echo until standard input ends."""
    allow_connections()
    uvloop.run(_run())


if __name__ == "__main__":
    main()
