"""Who is there: what the invigilator sees of the tabs, and how the dead are told from the quiet."""

import asyncio

from aiohttp import WSMsgType

from exam_server.clock import FakeClock
from exam_server.protocol.sitting import (
    Ack,
    Notice,
    Ping,
    Pong,
    Received,
)
from exam_server.store.database import Database
from exam_server.store.sittings import Touched
from tests.exam_server.web.exam_room import Room, answer, command
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


async def test_a_refusal_of_the_database_does_not_end_the_reports(
    room: Room, clock: FakeClock, database: Database
) -> None:
    async with room.seated() as (line, _), database.connection() as connection:
        await connection.execute("ALTER TABLE presence RENAME TO elsewhere")
        await line.say(Ping(sent_ms=1, unsaved=7))
        await asyncio.sleep(1.2)
        await connection.execute("ALTER TABLE elsewhere RENAME TO presence")
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
