"""A bare websocket echo over the server's own library: what a connection and a message cost by themselves
(``python -m exam_server.bench.echo``)."""

import gc
from collections.abc import Sequence

import msgspec
import uvloop
from aiohttp import web

from exam_server.bench.bare import PUSH, PUSHED
from exam_server.bench.child import allow_connections, obey
from exam_server.simulation.serving import free_port
from exam_server.worker import GC_THRESHOLDS


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Order: tell where you are."""


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """The port of 127.0.0.1."""

    port: int


_LINES = web.AppKey("lines", set[web.WebSocketResponse])

_ORDERS: msgspec.json.Decoder[Where] = msgspec.json.Decoder(Where)


async def _echo(request: web.Request) -> web.WebSocketResponse:
    line = web.WebSocketResponse(compress=False)
    await line.prepare(request)
    lines = request.app[_LINES]
    lines.add(line)
    async for message in line:
        if message.data == PUSH.decode():
            await _push(list(lines))
        else:
            await line.send_str(str(message.data))
    lines.discard(line)
    return line


async def _push(lines: Sequence[web.WebSocketResponse]) -> None:
    text = PUSHED.decode()
    for line in lines:
        await line.send_str(text)


async def _run() -> None:
    app = web.Application()
    app[_LINES] = set()
    app.router.add_get("/", _echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    here = Here(port=free_port())
    await web.TCPSite(runner, "127.0.0.1", here.port, backlog=4_096).start()
    gc.collect()
    gc.freeze()

    async def tell(_: Where) -> Here:
        return here

    await obey(_ORDERS, tell)


def main() -> None:
    """Echo until standard input ends. Rubbish is collected as the server does, lest it be a poor limit."""
    gc.set_threshold(*GC_THRESHOLDS)
    allow_connections()
    uvloop.run(_run())


if __name__ == "__main__":
    main()
