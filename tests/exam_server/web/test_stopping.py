"""A server that stops, or a part of it that fails."""

import asyncio
import signal

import msgspec
from aiohttp import WSMsgType

from exam_server.clock import FakeClock
from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import (
    Ack,
    CloseCode,
    Hello,
    Ping,
    Retry,
)
from exam_server.store.database import Database
from exam_server.store.journal import Fate, JournalRow
from exam_server.web.hub import MIN_RECONNECT_MS
from tests.exam_server.web.exam_room import Room, answer
from tests.exam_server.web.records import journalled, locked, queue_length, waiter


async def test_a_loop_that_ends_takes_the_process_with_it(room: Room, clock: FakeClock) -> None:
    class Broken:
        broken = False

        def kept(self, row: JournalRow) -> None:
            raise RuntimeError

        def lost(self, row: JournalRow, fate: Fate) -> None:
            raise RuntimeError

        def failed(self) -> None:
            raise RuntimeError

    loop, told = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    try:
        room.hub.flusher.put(JournalRow(1, 1, 1, clock.now(), b"{}", bytes(32)), Broken())
        async with asyncio.timeout(10):
            await told.wait()
        await room.hub.drain()
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


async def test_stopping_keeps_what_was_taken_and_asks_to_come_again(
    room: Room, clock: FakeClock, database: Database
) -> None:
    async with room.seated() as (line, _):
        await room.ring(clock, line)
        await line.say(*[answer(room, seq, "ABCD"[seq % 4]) for seq in range(1, 30)])
        first = await line.hear(Ack)
        acked = first.seq
        await room.hub.drain()
        retry: Retry | None = None
        while (heard := await line.socket.receive(timeout=10)).type is WSMsgType.TEXT:
            message = msgspec.json.decode(heard.data, type=Ack | Retry)
            if isinstance(message, Ack):
                acked = message.seq
            else:
                retry = message
        assert retry is not None
        assert retry.after_ms >= 1_000
        assert (heard.type, heard.data) == (WSMsgType.CLOSE, CloseCode.TRY_AGAIN)
        assert len(await journalled(database, room.world.students[0].sitting)) == acked


async def test_who_has_not_got_in_yet_is_asked_to_come_again(room: Room, database_url: str) -> None:
    first = room.world.students[0].sitting
    async with room.line(0) as entering, room.line(1) as queueing:
        async with locked(
            database_url, f"SELECT FROM sitting WHERE id = {first} FOR NO KEY UPDATE"
        ) as holder:
            await entering.say(Hello(version=VERSION))
            await waiter(holder)
            await queueing.say(Hello(version=VERSION), Ping(sent_ms=1))
            while not queue_length():  # noqa: ASYNC110 -- it does not tell
                await asyncio.sleep(0)
            await room.hub.drain()
            assert (await queueing.hear(Retry)).after_ms >= MIN_RECONNECT_MS
            assert await queueing.ending() == CloseCode.TRY_AGAIN
        assert isinstance(await entering.next(), Retry)
        assert await entering.ending() == CloseCode.TRY_AGAIN
