"""What a lab PC measures before the day, without a login: the server's time by HTTP and over a socket.

Nothing here touches the database, and all of it is bounded.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import datetime

import msgspec
from aiohttp import WSMsgType, web

from exam_server.core.timing import instant_ms
from exam_server.errors import TooMany
from exam_server.protocol.rehearsal import ServerTime
from exam_server.protocol.sitting import CloseCode, Ping, Pong
from exam_server.web.addresses import address_of
from exam_server.web.keys import CLOCK
from exam_server.web.problems import json_response
from exam_server.web.sessions import check_origin

MAX_ECHOES = 100
MAX_ECHO_BYTES = 512
ECHO_S = 30.0
MAX_SOCKETS_PER_ADDRESS = 120
"""A whole lab may be behind one address."""

BURST, PER_SECOND = 3_000.0, 100.0
MAX_ADDRESSES = 10_000

_PING: msgspec.json.Decoder[Ping] = msgspec.json.Decoder(Ping)


class Quota:
    """What each address may still ask: ``BURST`` at once, then ``PER_SECOND``. Forgets who was quiet
    longest."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, address: str, now: datetime) -> None:
        """Use one. Raises TooMany with code ``too_many_checks``."""
        left, since = self._left.pop(address, (BURST, now))
        left = min(BURST, left + (now - since).total_seconds() * PER_SECOND) - 1
        self._left[address] = (max(0.0, left), now)
        if len(self._left) > MAX_ADDRESSES:
            self._left.popitem(last=False)
        if left < 0:
            raise TooMany("too_many_checks", seconds=1)


class OpenSockets:
    """Counts the sockets of each address."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}

    def enter(self, address: str) -> bool:
        """Whether there is room for one more."""
        if self._open.get(address, 0) >= MAX_SOCKETS_PER_ADDRESS:
            return False
        self._open[address] = self._open.get(address, 0) + 1
        return True

    def leave(self, address: str) -> None:
        """One less."""
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]


QUOTA = web.AppKey("check_quota", Quota)
OPEN_SOCKETS = web.AppKey("check_sockets", OpenSockets)


async def run_check(app: web.Application) -> AsyncGenerator[None]:
    """Keeps the counts while the application runs."""
    app[QUOTA] = Quota()
    app[OPEN_SOCKETS] = OpenSockets()
    yield


async def server_time(request: web.Request) -> web.StreamResponse:
    """The server's time."""
    now = request.app[CLOCK].now()
    request.app[QUOTA].take(address_of(request), now)
    return json_response(ServerTime(now_ms=instant_ms(now)))


async def check_socket(request: web.Request) -> web.WebSocketResponse:
    """Answers up to ``MAX_ECHOES`` pings with pongs, within ``ECHO_S``."""
    check_origin(request)
    address = address_of(request)
    request.app[QUOTA].take(address, request.app[CLOCK].now())
    sockets = request.app[OPEN_SOCKETS]
    if not sockets.enter(address):
        raise TooMany("too_many_checks", seconds=int(ECHO_S))
    try:
        return await _echo(request)
    finally:
        sockets.leave(address)


async def _echo(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False, max_msg_size=MAX_ECHO_BYTES, timeout=2.0)
    await socket.prepare(request)
    code = CloseCode.TRY_AGAIN
    with suppress(TimeoutError):
        async with asyncio.timeout(ECHO_S):
            code = await _answer_all(request, socket)
    await socket.close(code=code, message=code.name.encode())
    return socket


async def _answer_all(request: web.Request, socket: web.WebSocketResponse) -> CloseCode:
    clock = request.app[CLOCK]
    for _ in range(MAX_ECHOES):
        message = await socket.receive()
        if message.type is not WSMsgType.TEXT:
            break
        try:
            ping = _PING.decode(message.data)
        except msgspec.DecodeError:
            return CloseCode.BAD_MESSAGE
        pong = Pong(sent_ms=ping.sent_ms, now_ms=instant_ms(clock.now()))
        await socket.send_str(msgspec.json.encode(pong).decode())
    return CloseCode.TRY_AGAIN
