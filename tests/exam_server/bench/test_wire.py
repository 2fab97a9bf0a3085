"""The lean wire format against another implementation's."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response

from exam_server.bench.wire import Line, frame, upgrade

SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
SIZES = (0, 1, 125, 126, 300, 65_535)


class Kept(Line):
    """Keeps what it hears, without a connection."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[bytes] = []

    def heard(self, text: bytes) -> None:
        self.texts.append(text)


class Asking(Kept):
    """Sends some texts when it opens."""

    def __init__(self, port: int, texts: Sequence[bytes]) -> None:
        super().__init__()
        self.over: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._port = port
        self._says = texts

    def request(self) -> bytes:
        return upgrade(f"127.0.0.1:{self._port}", "/a?b=c", {"Cookie": "d=e"})

    def opened(self) -> None:
        self.write(b"".join(map(frame, self._says)))

    def ended(self, code: int | None) -> None:
        self.over.set_result(code)


@asynccontextmanager
async def asked(server_port: int, texts: Sequence[bytes]) -> AsyncGenerator[Asking]:
    line = Asking(server_port, texts)
    await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", server_port)
    async with asyncio.timeout(10):
        yield line
        line.cut()
        await line.over


async def test_what_is_sent_is_understood() -> None:
    texts = [b"x" * size for size in SIZES]
    received: list[str] = []

    async def answer(connection: ServerConnection) -> None:
        assert connection.request is not None
        assert (connection.request.path, connection.request.headers["Cookie"]) == ("/a?b=c", "d=e")
        received.extend([str(await connection.recv()) for _ in texts])
        await connection.close(4_409, "superseded")

    async with serve(answer, "127.0.0.1", 0, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with asked(port, texts) as line:
            assert await line.over == 4_409
    assert [text.encode() for text in received] == texts


async def test_pings_are_answered() -> None:
    async def answer(connection: ServerConnection) -> None:
        await (await connection.ping(b"there?"))
        await connection.send("you are")

    async with serve(answer, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with asked(port, []) as line:
            assert await line.over == 1_000
            assert line.texts == [b"you are"]


async def test_a_refusal_ends_with_its_status() -> None:
    def refuse(connection: ServerConnection, _: Request) -> Response:
        return connection.respond(HTTPStatus.FORBIDDEN, "no")

    async def answer(_: ServerConnection) -> None:
        raise AssertionError

    async with serve(answer, "127.0.0.1", 0, process_request=refuse) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with asked(port, [b"never sent"]) as line:
            assert await line.over == HTTPStatus.FORBIDDEN


@given(
    texts=st.lists(st.integers(0, 70_000), max_size=6), cuts=st.lists(st.integers(0, 300_000), max_size=12)
)
def test_any_split_is_put_together(texts: list[int], cuts: list[int]) -> None:
    sent = [bytes([65 + place]) * size for place, size in enumerate(texts)]
    stream = SWITCHED + b"".join(Frame(Opcode.TEXT, text).serialize(mask=False) for text in sent)
    line = Kept()
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        line.data_received(stream[start:end])
    assert line.texts == sent


def test_what_is_too_long_is_not_sent() -> None:
    with pytest.raises(ValueError, match="longer"):
        frame(b"x" * 65_536)
