"""The real server of a test, in this process, on a loopback port."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from socket import SO_REUSEADDR, SOL_SOCKET, socket

from aiohttp import web

from exam_server.app import create_app
from exam_server.config import Config
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from exam_server.web.admission import ADMISSION, Admission
from exam_server.web.hub import HUB, Hub
from exam_server.web.middleware import Handler
from tests.browser.clock import ExamClock


class Site:
    """A server that can be stopped and started again at the same address."""

    def __init__(self, database: Database, secrets: Secrets, clock: ExamClock) -> None:
        self.lets_sockets_through = True
        self.lets_posts_through = True
        self.admission: Admission | None = None
        """Who lets logins in from the next start on, when not the server's own."""
        self.database = database
        self.secrets = secrets
        self.clock = clock
        self._port = _free_port()
        self._app: web.Application | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where browsers find it."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Answer requests."""
        config = Config(host="127.0.0.1", port=self._port)
        self._app = create_app(config, self.database, self.secrets, self.clock)
        self._app.middlewares.append(self._gate)
        if self.admission is not None:
            self._app[ADMISSION] = self.admission
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()

    async def stop(self) -> None:
        """Stop as on SIGTERM: flush, let go of every tab, refuse connections."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = None

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Like a proxy in front that serves pages, but neither sockets nor what stands in for them while it
        is told so."""
        shut = {
            "/ws/sitting": not self.lets_sockets_through,
            "/ws/check": not self.lets_sockets_through,
            "/api/sitting/line": not self.lets_posts_through,
        }
        if shut.get(request.path):
            return web.Response(status=502)
        return await handler(request)

    @property
    def hub(self) -> Hub:
        """What holds the running server's tabs."""
        assert self._app is not None
        return self._app[HUB]

    async def tick(self) -> None:
        """Look at the clock now, rather than at the next second."""
        await self.hub.tick()


@asynccontextmanager
async def running_site(database: Database, secrets: Secrets, clock: ExamClock) -> AsyncGenerator[Site]:
    """A started server, stopped at the end."""
    site = Site(database, secrets, clock)
    await site.start()
    try:
        yield site
    finally:
        await site.stop()


def _free_port() -> int:
    with socket() as probe:
        probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
