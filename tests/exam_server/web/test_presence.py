"""Who is there: what the invigilator sees of the tabs, and how the dead are told from the quiet."""

import asyncio
from contextlib import closing, suppress

import msgspec
from aiohttp import WSMsgType
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from exam_server.clock import FakeClock
from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import (
    Ack,
    Hello,
    Notice,
    Ping,
    Pong,
    Received,
    Welcome,
)
from exam_server.store.database import Database
from exam_server.store.sittings import Touched
from exam_server.web import hub
from tests.exam_server.web.conftest import Skip
from tests.exam_server.web.exam_room import Line, Room, answer, command
from tests.exam_server.web.records import connections, presence


async def test_the_room_learns_within_a_second_who_is_there(
    room: Room, clock: FakeClock, database: Database
) -> None:
    sitting = room.world.students[0].sitting
    async with room.seated() as (line, welcome):
        assert welcome.form is not None
        await room.ring(clock, line)
        await line.say(Received(sha256=welcome.form.sha256), answer(room, 1), Ping(sent_ms=1, unsaved=3))
        await line.hear(Ack)
        row = await presence(database, sitting, connected=True, unsaved=3)
        assert (row["answered"], row["received_form"]) == (1, True)
    await presence(database, sitting, connected=False, unsaved=3)


REFUSE = """
CREATE SEQUENCE refusals;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM nextval('refusals'); RAISE EXCEPTION 'not now'; END $$;
CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON presence EXECUTE FUNCTION refuse();
"""


async def test_a_refusal_of_the_database_does_not_end_the_reports(
    room: Room, clock: FakeClock, database: Database, skip: Skip
) -> None:
    async with room.seated() as (line, _), database.connection() as connection:
        await connection.execute(REFUSE)
        try:
            await line.say(Ping(sent_ms=1, unsaved=7))
            await line.hear(Pong)
            skip(1)
            async with asyncio.timeout(10):
                while not await connection.fetchval("SELECT is_called FROM refusals"):
                    pass
        finally:
            await connection.execute("DROP FUNCTION refuse CASCADE; DROP SEQUENCE refusals")
        await presence(database, room.world.students[0].sitting, connected=True, unsaved=7)


async def test_a_tab_that_does_not_read_is_cut_off_and_holds_up_nobody(
    room: Room, clock: FakeClock, database: Database
) -> None:
    async with room.seated(0) as (deaf, _), room.seated(1) as (other, _):
        await command(database, room, "message", clock, text="ệ" * 1_000)
        notice = await other.hear(Notice)
        sent = 1
        while connections() == 2:
            await room.hub.heed(Touched(notice=notice.id))
            sent += 1
            assert sent < 20_000
            assert await other.hear(Notice) == notice
        heard = 0
        while (await deaf.socket.receive(timeout=10)).type is WSMsgType.TEXT:
            heard += 1
        assert heard < sent
        await other.say(Ping(sent_ms=1))
        assert isinstance(await other.hear(Pong), Pong)


async def test_the_silent_are_asked_for_a_sign_of_life_and_the_dead_are_cut(
    room: Room, clock: FakeClock
) -> None:
    asked_s = hub.PROBE_AFTER.total_seconds() + 1
    headers = {"Cookie": room.cookie(0)}
    async with (
        room.seated(1) as (other, _),
        room.client.ws_connect("/ws/sitting", headers=headers, autoping=False) as silent,
    ):

        async def other_is_there() -> None:
            """Whatever was sent before this has been heard, too."""
            await other.say(Ping(sent_ms=1))
            await other.hear(Pong)

        async def look_around() -> None:
            await other_is_there()
            clock.advance(seconds=asked_s)
            await other_is_there()
            room.hub.look_around()

        await Line(silent).say(Hello(version=VERSION))
        await Line(silent).hear(Welcome)
        for _ in range(3):
            await look_around()
            assert (await silent.receive(timeout=10)).type is WSMsgType.PING
            await silent.pong()
        await look_around()
        assert (await silent.receive(timeout=10)).type is WSMsgType.PING
        assert connections() == 2
        await look_around()
        assert (await silent.receive(timeout=10)).type in {WSMsgType.CLOSED, WSMsgType.ERROR}
        assert connections() == 1


async def test_a_client_that_pings_and_does_not_read_is_cut(room: Room) -> None:
    reader, writer = await asyncio.open_connection(room.server.host, room.server.port, limit=1)
    with closing(writer):
        client = ClientProtocol(parse_uri("ws://localhost/ws/sitting"))
        request = client.connect()
        request.headers["Cookie"] = room.cookie()
        client.send_request(request)
        hello = Frame(Opcode.TEXT, msgspec.json.encode(Hello(version=VERSION)))
        writer.write(b"".join(client.data_to_send()) + hello.serialize(mask=True))
        heard = b""
        while b'"reconnect_ms":1000}' not in heard:
            heard += await reader.read(65_536)
        pings = Frame(Opcode.PING, b"x" * 125).serialize(mask=True) * 1_000
        with suppress(ConnectionError):
            async with asyncio.timeout(30):
                while True:
                    writer.write(pings)
                    await writer.drain()
    async with room.seated():
        assert connections() == 1
