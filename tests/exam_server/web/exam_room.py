"""A server with an exam in it, and candidates who speak with it message by message."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from aiohttp import ClientWebSocketResponse, TCPConnector, WSMsgType, web
from aiohttp.test_utils import TestClient

from exam_server.actions.command import Invigilator, Outcome, PinMaker, command_room
from exam_server.app import create_app
from exam_server.clock import FakeClock
from exam_server.config import Config
from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import (
    Answer,
    ClientMessage,
    Hello,
    ServerMessage,
    State,
    Welcome,
)
from exam_server.protocol.staff import Command, CommandName
from exam_server.secrets import Secrets
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database
from exam_server.web.hub import HUB, Hub
from exam_server.web.sessions import CANDIDATE_COOKIE, Ticket, sign_ticket
from tests.exam_server.web.door_server import DoorServer

BELL_IN = timedelta(minutes=5)

M = TypeVar("M", bound=msgspec.Struct)


class Line:
    """A candidate's socket that speaks in messages."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, *messages: ClientMessage) -> None:
        for message in messages:
            await self.socket.send_str(msgspec.json.encode(message).decode())

    async def next(self) -> ServerMessage:
        heard = await self.socket.receive(timeout=10)
        assert heard.type is WSMsgType.TEXT, (heard, self.socket.close_code)
        return msgspec.json.decode(heard.data, type=ServerMessage)

    async def hear(self, kind: type[M]) -> M:
        """The next message of a kind."""
        while not isinstance(message := await self.next(), kind):
            pass
        return message

    async def rest(self) -> tuple[list[ServerMessage], int | None]:
        """What is still said, and the close code."""
        said: list[ServerMessage] = []
        while (heard := await self.socket.receive(timeout=10)).type is WSMsgType.TEXT:
            said.append(msgspec.json.decode(heard.data, type=ServerMessage))
        return said, heard.data if heard.type is WSMsgType.CLOSE else self.socket.close_code

    async def ending(self) -> int | None:
        """The close code, past whatever is still said."""
        return (await self.rest())[1]


class Room:
    """A running server with a world in it."""

    def __init__(
        self, client: TestClient[web.Request, web.Application], world: World, secrets: Secrets
    ) -> None:
        self.client = client
        self.world = world
        self._secrets = secrets

    @property
    def server(self) -> DoorServer:
        server = self.client.server
        assert isinstance(server, DoorServer)
        return server

    @property
    def hub(self) -> Hub:
        app = self.client.app
        assert app is not None
        return app[HUB]

    def cookie(self, place: int = 0) -> str:
        """The Cookie header of a candidate who has logged in."""
        ticket = Ticket(self.world.students[place].sitting, 1, 2**33)
        return f"{CANDIDATE_COOKIE}={sign_ticket(self._secrets.cookie_key, ticket)}"

    @asynccontextmanager
    async def line(
        self, place: int = 0, *, cookie: bool = True, origin: str | None = None, query: str = ""
    ) -> AsyncGenerator[Line]:
        headers = {"Cookie": self.cookie(place)} if cookie else {}
        if origin is not None:
            headers["Origin"] = origin
        async with self.client.ws_connect(f"/ws/sitting{query}", headers=headers) as socket:
            yield Line(socket)

    @asynccontextmanager
    async def seated(
        self, place: int = 0, *, fence: int | None = None
    ) -> AsyncGenerator[tuple[Line, Welcome]]:
        async with self.line(place) as line:
            await line.say(Hello(version=VERSION, fence=fence))
            yield line, await line.hear(Welcome)

    async def ring(self, clock: FakeClock, *lines: Line) -> list[State]:
        """Let the bell ring, and wait until these have heard it."""
        clock.advance(seconds=(BELL_IN + timedelta(seconds=1)).total_seconds())
        await self.hub.tick()
        return [await state(line) for line in lines]


@asynccontextmanager
async def opened(
    database: Database,
    clock: FakeClock,
    secrets: Secrets,
    data: Path,
    *,
    tls: ssl.SSLContext | None = None,
    **plan: int | str,
) -> AsyncGenerator[Room]:
    made = msgspec.convert({"opens_at": clock.now() + BELL_IN, **plan}, Plan)
    async with database.transaction() as connection:
        world = await make_world(connection, made, secrets, np.random.default_rng(1))
    app = create_app(Config(data=data), database, secrets, clock)
    many = TCPConnector(limit=0)
    async with TestClient(DoorServer(app, tls=tls), connector=many) as client:
        yield Room(client, world, secrets)


def answer(room: Room, seq: int, response: str = "A", place: int = 0) -> Answer:
    return Answer(seq=seq, item=room.world.items[place], response=response, at_ms=seq)


async def closed_with(room: Room, *messages: ClientMessage, place: int = 0) -> int | None:
    async with room.seated(place) as (line, _):
        await line.say(*messages)
        return await line.ending()


async def state(line: Line) -> State:
    return await line.hear(State)


async def command(
    database: Database,
    room: Room,
    name: CommandName,
    clock: FakeClock,
    *,
    reason: str = "Theo lệnh hội đồng",
    minutes: int | None = None,
    text: str | None = None,
) -> Outcome:
    return await command_room(
        database,
        room.world.shift,
        Command(command=name, reason=reason, minutes=minutes, text=text),
        by=Invigilator(staff_id=room.world.staff, actor="staff:giam-thi"),
        pins=PinMaker(draw=lambda: "123456", pepper=b"p" * 32),
        now=clock.now(),
    )
