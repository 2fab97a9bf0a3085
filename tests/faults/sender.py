"""A raw client: it sends what it is told to, right or wrong, and writes down what it hears."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohttp
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import Ack, Answer, ClientMessage, Hello, ServerMessage, Welcome
from exam_server.protocol.staff import CandidateLogin
from exam_server.simulation.record import Account, Told
from exam_server.simulation.student import COOKIE
from exam_server.simulation.world import Student as Login

M = TypeVar("M", bound=msgspec.Struct)

PATIENCE_S = 30.0
UPGRADE = (
    "GET /ws/sitting HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Memory:
    """What a candidate has sent over all lines, and what of it was acknowledged: by number, the last sent
    first acknowledged is what the client believes saved."""

    def __init__(self, number: str) -> None:
        self.acked = 0
        self.sent: dict[int, list[bytes]] = {}
        self._number = number

    def send(self, seq: int, payload: bytes) -> None:
        """An event went out."""
        self.sent.setdefault(seq, []).append(payload)

    def account(self) -> Account:
        """The first payload of each number is the event, any other a forgery that must never count."""
        return Account(
            number=self._number,
            events=tuple(
                Told(
                    seq=seq,
                    payload=payload,
                    fate="refused"
                    if payload != payloads[0]
                    else "acknowledged"
                    if seq <= self.acked
                    else "sent",
                )
                for seq, payloads in self.sent.items()
                for payload in dict.fromkeys(payloads)
            ),
        )


class Sender:
    """One line of a candidate, from Hello to its end."""

    def __init__(self, line: ClientConnection, memory: Memory) -> None:
        self._line = line
        self._memory = memory

    async def enter(self, fence: int | None = None) -> Welcome:
        """Say Hello and hear the Welcome."""
        await self.say(Hello(version=VERSION, fence=fence))
        welcome = await self.hear(Welcome)
        self._memory.acked = max(self._memory.acked, welcome.last_seq)
        return welcome

    async def say(self, *messages: ClientMessage) -> None:
        """Send these as they are."""
        for message in messages:
            payload = msgspec.json.encode(message)
            if isinstance(message, Answer):
                self._memory.send(message.seq, payload)
            await self._line.send(payload, text=True)

    async def hear(self, kind: type[M]) -> M:
        """The next message of a kind. Raises ConnectionClosed when the line ends before."""
        while True:
            async with asyncio.timeout(PATIENCE_S):
                heard: ServerMessage = msgspec.json.decode(await self._line.recv(), type=ServerMessage)
            if isinstance(heard, Ack):
                self._memory.acked = max(self._memory.acked, heard.seq)
            if isinstance(heard, kind):
                return heard

    async def hear_ack(self, seq: int) -> None:
        """Until everything up to here is acknowledged."""
        while self._memory.acked < seq:
            await self.hear(Ack)

    async def ending(self) -> int | None:
        """The server's close code, past whatever is still said."""
        try:
            while True:
                await self.hear(ServerMessage)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd is not None else None


async def cookie_of(address: str, login: Login) -> str:
    """Log in; the cookie."""
    body = msgspec.json.encode(CandidateLogin(number=login.number, pin=login.pin))
    headers = {"Content-Type": "application/json", "Origin": address}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{address}/api/candidate/login", data=body, headers=headers) as reply,
    ):
        reply.raise_for_status()
        return reply.cookies[COOKIE].value


@asynccontextmanager
async def sender(address: str, login: Login, memory: Memory) -> AsyncGenerator[Sender]:
    """An open line, before Hello."""
    headers = {"Cookie": f"{COOKIE}={await cookie_of(address, login)}"}
    url = address.replace("http", "ws", 1) + "/ws/sitting"
    async with connect(
        url, additional_headers=headers, origin=None, compression=None, ping_interval=None
    ) as line:
        yield Sender(line, memory)


async def upgraded(address: str, cookie: str) -> Line:
    """A websocket on which nothing was said yet."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(UPGRADE.format(host=f"{host}:{port}", cookie=f"{COOKIE}={cookie}").encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    return reader, writer
