"""A server whose connections come in by the door, as `khaothi serve` runs it."""

import asyncio
import socket
import ssl

from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from exam_server.web.door import DoorSite


class DoorServer(TestServer):
    """``TestServer`` behind a door."""

    def __init__(self, app: web.Application, *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(app, scheme="http" if tls is None else "https")
        self._tls = tls

    async def start_server(self, loop: asyncio.AbstractEventLoop | None = None, **_: object) -> None:
        self.runner = web.AppRunner(self.app, access_log=None)
        await self.runner.setup()
        listener = socket.create_server((self.host, 0))
        self.port = listener.getsockname()[1]
        await DoorSite(self.runner, listener, ssl_context=self._tls).start()
        self._root = URL(f"{self.scheme}://{self.host}:{self.port}")

    @property
    def http_connections(self) -> int:
        """How many the HTTP server behind the door holds."""
        return len(self.handler.connections)
