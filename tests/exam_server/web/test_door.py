"""The front door on a real port: sockets and requests of every kind, from other implementations' clients."""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import aiohttp
import msgspec
import pytest
import uvloop
from websockets.asyncio.client import connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import Event
from websockets.uri import parse_uri

from exam_server.clock import FakeClock
from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import (
    Ack,
    CloseCode,
    Hello,
    Ping,
    Pong,
    ServerMessage,
    State,
    Welcome,
)
from exam_server.secrets import Secrets
from exam_server.store.database import open_database
from exam_server.tls import server_context
from exam_server.web.conversation import HELLO_S
from exam_server.web.door import SILENCE_S
from exam_server.web.upgrade import MAX_HEAD_BYTES
from exam_server.web.wire import CLOSE_S
from tests.exam_server.certificates import Authority
from tests.exam_server.web.conftest import Skip
from tests.exam_server.web.exam_room import Room, answer, opened

HELLO = msgspec.json.encode(Hello(version=VERSION)).decode()
M = TypeVar("M", bound=msgspec.Struct)

PLAIN_GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Raw:
    """A connection, byte by byte."""

    def __init__(self, room: Room, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._room = room
        self._reader = reader
        self.writer = writer
        self._protocol = ClientProtocol(parse_uri("ws://localhost/ws/sitting"))
        self._events: deque[Event] = deque()

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def dribble(self, data: bytes) -> None:
        """Send byte by byte, each in a packet of its own."""
        for place in range(len(data)):
            self.writer.write(data[place : place + 1])
            await self.writer.drain()
            await asyncio.sleep(0)

    async def status(self) -> int:
        """The status of the next reply, whose body is read too."""
        async with asyncio.timeout(10):
            head = await self._reader.readuntil(b"\r\n\r\n")
            status_line, *lines = head.decode().split("\r\n")
            headers = {line.partition(":")[0].lower(): line.partition(":")[2] for line in lines}
            await self._reader.readexactly(int(headers["content-length"]))
        return int(status_line.split()[1])

    async def ended(self) -> bytes:
        """What still comes until the server is done."""
        async with asyncio.timeout(10):
            return await self.rest()

    async def rest(self) -> bytes:
        """The same, however long it takes."""
        heard = b""
        with suppress(ConnectionResetError):
            while received := await self._reader.read(65_536):
                heard += received
        return heard

    def upgrade(self) -> bytes:
        """A request for the socket."""
        request = self._protocol.connect()
        request.headers["Cookie"] = self._room.cookie()
        self._protocol.send_request(request)
        return b"".join(self._protocol.data_to_send())

    def say(self, *messages: msgspec.Struct) -> bytes:
        """The messages as frames, for after the handshake."""
        frames = [Frame(Opcode.TEXT, msgspec.json.encode(one)) for one in messages]
        return b"".join(one.serialize(mask=True) for one in frames)

    async def switched(self) -> None:
        """Wait for the reply to the request for a socket."""
        reply = await self._next()
        assert isinstance(reply, Response)
        assert reply.status_code == HTTPStatus.SWITCHING_PROTOCOLS

    async def hear(self, kind: type[M]) -> M:
        """The next message of a kind."""
        while True:
            event = await self._next()
            if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                message = msgspec.json.decode(event.data, type=ServerMessage)
                if isinstance(message, kind):
                    return message

    async def _next(self) -> Event:
        async with asyncio.timeout(10):
            while not self._events:
                received = await self._reader.read(65_536)
                assert received
                self._protocol.receive_data(received)
                assert self._protocol.handshake_exc is None
                self._events.extend(self._protocol.events_received())
        return self._events.popleft()


@asynccontextmanager
async def raw(room: Room) -> AsyncGenerator[Raw]:
    reader, writer = await asyncio.open_connection(room.server.host, room.server.port)
    try:
        yield Raw(room, reader, writer)
    finally:
        writer.close()


async def none_left(room: Room) -> None:
    """Wait until the HTTP server behind the door has let go of every connection."""
    async with asyncio.timeout(10):
        while room.server.http_connections:  # noqa: ASYNC110 -- it does not tell
            await asyncio.sleep(0)


async def sit_with_websockets(room: Room, trust: ssl.SSLContext | None = None) -> None:
    """A whole conversation of the ``websockets`` client."""
    address = str(room.client.make_url("/ws/sitting")).replace("http", "ws", 1)
    async with connect(address, ssl=trust, additional_headers={"Cookie": room.cookie()}) as socket:
        await socket.send(HELLO)
        assert json.loads(await socket.recv())["type"] == "welcome"
        await (await socket.ping(b"there?"))
        await socket.send([HELLO[:5], HELLO[5:]])
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == CloseCode.OUT_OF_TURN
        assert socket.close_reason == "OUT_OF_TURN"


async def sit_with_aiohttp(room: Room, trust: ssl.SSLContext | None = None) -> None:
    """A whole conversation of aiohttp's client, and a request on the same port."""
    connector = aiohttp.TCPConnector(ssl=trust or True)
    async with aiohttp.ClientSession(connector=connector, headers={"Cookie": room.cookie()}) as http:
        async with http.get(room.client.make_url("/healthz")) as reply:
            assert reply.status == HTTPStatus.OK
        # A connection of its own, which starts at the door.
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust or True)) as other,
            other.ws_connect(
                room.client.make_url("/ws/sitting"), headers={"Cookie": room.cookie()}
            ) as socket,
        ):
            await socket.send_str(HELLO)
            assert (await socket.receive_json())["type"] == "welcome"
            await socket.close()
            assert socket.close_code == aiohttp.WSCloseCode.OK


async def test_both_clients_sit(room: Room) -> None:
    await sit_with_websockets(room)
    await sit_with_aiohttp(room)
    await none_left(room)


Run = Callable[[Coroutine[None, None, None]], None]


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
async def test_on_every_loop_with_and_without_tls(
    database_url: str, clock: FakeClock, secrets: Secrets, tmp_path: Path, run: Run, *, tls: bool
) -> None:
    authority = Authority(tmp_path)
    context = server_context(*authority.issue("school")) if tls else None
    trust = ssl.create_default_context(cafile=authority.file) if tls else None

    async def visit() -> None:
        async with (
            open_database(database_url) as database,
            opened(database, clock, secrets, tmp_path, tls=context, students=1) as room,
        ):
            await sit_with_websockets(room, trust)
            await sit_with_aiohttp(room, trust)

    await asyncio.to_thread(run, visit())


async def test_requests_share_a_connection_and_may_run_ahead(room: Room) -> None:
    async with raw(room) as line:
        line.send(PLAIN_GET)
        assert await line.status() == HTTPStatus.OK
        line.send(PLAIN_GET * 3)
        assert [await line.status() for _ in range(3)] == [HTTPStatus.OK] * 3
        assert room.server.http_connections == 1
    await none_left(room)


async def test_a_request_may_come_byte_by_byte(room: Room) -> None:
    async with raw(room) as line:
        await line.dribble(PLAIN_GET)
        assert await line.status() == HTTPStatus.OK


async def test_a_socket_may_come_byte_by_byte(room: Room, clock: FakeClock) -> None:
    async with raw(room) as line:
        await line.dribble(line.upgrade() + line.say(Hello(version=VERSION)))
        await line.hear(Welcome)
        await room.ring(clock)
        await line.hear(State)
        await line.dribble(line.say(answer(room, 1)))
        assert await line.hear(Ack) == Ack(seq=1)
    assert room.server.http_connections == 0


async def test_a_client_may_speak_before_it_is_answered(room: Room) -> None:
    async with raw(room) as line:
        line.send(line.upgrade() + line.say(Hello(version=VERSION), Ping(sent_ms=1)))
        await line.hear(Welcome)
        assert (await line.hear(Pong)).sent_ms == 1


async def test_a_socket_on_a_used_connection_is_the_same(room: Room, clock: FakeClock, skip: Skip) -> None:
    async with raw(room) as line:
        line.send(PLAIN_GET)
        assert await line.status() == HTTPStatus.OK
        line.send(line.upgrade())
        await line.switched()
        assert room.server.http_connections == 1
        line.send(line.say(Hello(version=VERSION)))
        await line.hear(Welcome)
        await room.ring(clock)
        await line.hear(State)
        line.send(line.say(answer(room, 1), Ping(sent_ms=1)))
        await line.hear(Pong)
        assert await line.hear(Ack) == Ack(seq=1)
        line.send(line.say(Hello(version=VERSION)))
        _, heard = await lasted(skip, line.rest())
        assert heard.endswith(b"OUT_OF_TURN")
    await none_left(room)


async def test_a_used_connection_whose_client_is_gone_is_let_go(room: Room) -> None:
    async with raw(room) as line:
        line.send(PLAIN_GET)
        assert await line.status() == HTTPStatus.OK
        line.send(line.upgrade())
        line.send(line.say(Hello(version=VERSION)))
        line.writer.transport.abort()
    await none_left(room)


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, id="tls"),
        pytest.param(b"GET /ws/sitting\r\n\r\n", 422, id="no version"),
        pytest.param(b"GET /ws/sitting HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400, id="folded"),
        pytest.param(b"GET /ws/sitting HTTP/1.1\r\nHost: localhost\r\n\r\n", 422, id="no upgrade"),
        pytest.param(b"GET /ws/sittings HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, id="another path"),
        pytest.param(b"POST /ws/sitting HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, id="POST"),
        pytest.param(b"GET /ws/sitting?" + b"x" * MAX_HEAD_BYTES, 400, id="endless"),
    ],
)
async def test_what_asks_for_no_socket_is_answered_by_the_http_server(
    room: Room, request_head: bytes, status: int
) -> None:
    async with raw(room) as line:
        line.send(request_head)
        assert await line.status() == status
    await none_left(room)


async def lasted(skip: Skip, ended: Coroutine[None, None, bytes]) -> tuple[float, bytes]:
    """How long it took in the loop's time, which runs fast meanwhile, and what was still said."""
    task, began = asyncio.create_task(ended), asyncio.get_running_loop().time()
    for _ in range(100_000):
        if task.done():
            break
        skip(0.05)
        await asyncio.sleep(0)
    return asyncio.get_running_loop().time() - began, await task


@pytest.mark.parametrize("said", [b"", b"G", b"GET /ws/sitting HTTP/1.1\r\nHost: localhost\r\n"])
async def test_who_does_not_say_what_it_wants_is_cut(room: Room, skip: Skip, said: bytes) -> None:
    async with raw(room) as line:
        line.send(said)
        waited_s, heard = await lasted(skip, line.rest())
        assert waited_s >= SILENCE_S
        assert heard == b""


async def test_who_opens_a_socket_and_says_no_hello_is_cut(room: Room, skip: Skip) -> None:
    async with raw(room) as line:
        line.send(line.upgrade())
        await line.switched()
        waited_s, heard = await lasted(skip, line.rest())
        assert waited_s >= HELLO_S - 1
        assert heard == b""


async def test_who_does_not_answer_a_close_is_cut(room: Room, skip: Skip) -> None:
    async with raw(room) as line:
        line.send(line.upgrade())
        await line.switched()
        line.send(line.say(Ping(sent_ms=1)))
        waited_s, heard = await lasted(skip, line.rest())
        assert waited_s >= CLOSE_S
        assert heard.endswith(b"OUT_OF_TURN")


async def test_bytes_that_are_no_frames_end_the_socket(room: Room, skip: Skip) -> None:
    async with raw(room) as line:
        line.send(line.upgrade() + b"GET / HTTP/1.1\r\n\r\n" + line.say(Hello(version=VERSION)))
        _, heard = await lasted(skip, line.rest())
        assert heard.endswith(b"\x88\x02" + (1002).to_bytes(2))


async def test_a_client_that_hangs_up_properly_is_answered(room: Room) -> None:
    async with raw(room) as line:
        line.send(line.upgrade() + line.say(Hello(version=VERSION)))
        await line.hear(Welcome)
        line.send(Frame(Opcode.CLOSE, (1001).to_bytes(2)).serialize(mask=True))
        assert (await line.ended()).endswith(b"\x88\x02" + (1000).to_bytes(2))
