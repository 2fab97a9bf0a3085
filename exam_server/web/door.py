"""The server's front door: candidates' sockets go straight to their conversation, the rest to aiohttp.

A line that breaks for all brings thousands of sockets at once. Passing each through a general HTTP stack cost
more than all else it needs; see docs/decisions/0005. A socket request that reaches aiohttp all the same, over
a proxy's used connection for instance, is answered there (``web.socket``).
"""

import asyncio
from collections.abc import Callable
from typing import cast

from aiohttp import web

from exam_server.web.hub import HUB, Hub
from exam_server.web.socket import converse
from exam_server.web.upgrade import MAX_HEAD_BYTES, read_upgrade

SILENCE_S = 10.0
"""How long a connection may say nothing before its request."""

_END = b"\r\n\r\n"

Factory = Callable[[], asyncio.Protocol]


class Door(asyncio.Protocol):
    """A connection until it is known what it wants."""

    __slots__ = ("_head", "_http", "_hub", "_silence", "_transport")

    def __init__(self, hub: Hub, http: Factory) -> None:
        self._hub = hub
        self._http = http
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the request."""
        self._transport = cast("asyncio.Transport", transport)
        self._silence = asyncio.get_running_loop().call_later(SILENCE_S, self._transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone before it said what it wants."""
        self._silence.cancel()

    def data_received(self, data: bytes) -> None:
        """Look at the request once its head is there: nobody but the door counts the time until then."""
        self._head += data
        if _END in self._head:
            self._open(*self._head.split(_END, 1))
        elif len(self._head) > MAX_HEAD_BYTES:
            self._hand_over()

    def _open(self, head: bytes, rest: bytes) -> None:
        upgrade = read_upgrade(head)
        if upgrade is None:
            self._hand_over()
            return
        self._silence.cancel()
        self._transport.write(upgrade.reply())
        wire = converse(self._hub, upgrade.caller, self._transport)
        if rest:
            wire.data_received(rest)

    def _hand_over(self) -> None:
        """Let aiohttp have the connection from its first byte."""
        self._silence.cancel()
        handler = self._http()
        handler.connection_made(self._transport)
        self._transport.set_protocol(handler)
        handler.data_received(self._head)


class DoorSite(web.SockSite):
    """``web.SockSite`` with the door in front."""

    async def start(self) -> None:
        """Listen."""
        await web.BaseSite.start(self)
        http = self._runner.server
        if not isinstance(self._runner, web.AppRunner) or http is None:
            raise TypeError(self._runner)
        app = self._runner.app
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Door(app[HUB], http), sock=self._sock, ssl=self._ssl_context, backlog=self._backlog
        )
