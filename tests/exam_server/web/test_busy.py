"""What is said while the server is busy with something else, or has lost its database."""

import asyncio
from contextlib import AsyncExitStack

from exam_server.clock import FakeClock
from exam_server.metrics import REGISTRY
from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import Ack, CloseCode, Hello, Ping, Pong, Submit, Submitted, Welcome
from exam_server.store.database import Database
from exam_server.web import hub
from exam_server.web.conversation import MAX_HELD
from tests.exam_server.web.exam_room import Room, answer
from tests.exam_server.web.records import journalled, locked, log_kinds, waiter

POOL = 10


async def test_what_is_said_meanwhile_is_heard_in_order(
    room: Room, clock: FakeClock, database: Database, database_url: str
) -> None:
    async with room.seated() as (line, _):
        await room.ring(clock, line)
        await line.say(answer(room, 1))
        await line.hear(Ack)
        async with locked(database_url, "LOCK TABLE journal") as holder:
            await line.say(answer(room, 1), answer(room, 2), Ping(sent_ms=7), answer(room, 3))
            await waiter(holder)
        assert await line.next() == Ack(seq=1)
        assert (await line.hear(Pong)).sent_ms == 7
        while await line.hear(Ack) != Ack(seq=3):
            pass
    kept = await journalled(database, room.world.students[0].sitting)
    assert len(kept) == 3


async def test_who_says_too_much_meanwhile_is_too_fast(
    room: Room, clock: FakeClock, database_url: str
) -> None:
    async with room.seated() as (line, _):
        await room.ring(clock, line)
        await line.say(answer(room, 1))
        await line.hear(Ack)
        async with locked(database_url, "LOCK TABLE journal") as holder:
            await line.say(answer(room, 1))
            await waiter(holder)
            await line.say(*[Ping(sent_ms=1)] * (MAX_HELD + 1))
            assert await line.ending() == CloseCode.TOO_FAST


def told_to_come_again() -> float:
    return REGISTRY.get_sample_value("khaothi_socket_closes_total", {"code": "TRY_AGAIN"}) or 0.0


async def test_after_an_answer_in_doubt_none_that_follows_is_taken(
    room: Room, clock: FakeClock, database: Database, database_url: str
) -> None:
    """The journal must have no gap: what waited its turn when the tab was given up is not heard."""
    async with room.seated() as (line, _):
        await room.ring(clock, line)
        await line.say(answer(room, 1))
        await line.hear(Ack)
        before = told_to_come_again()
        async with AsyncExitStack() as stack:
            holder = await stack.enter_async_context(locked(database_url, "LOCK TABLE journal IN SHARE MODE"))
            for _ in range(POOL):
                await stack.enter_async_context(database.connection())
            # The resend waits for the pool, and the last answer for the resend.
            await line.say(answer(room, 2), answer(room, 1), answer(room, 3))
            flusher = await waiter(holder)
            clock.advance(seconds=hub.GIVE_UP_AFTER.total_seconds())
            await holder.execute("SELECT pg_terminate_backend($1)", flusher)
            async with asyncio.timeout(10):
                while told_to_come_again() == before:  # noqa: ASYNC110 -- the line is not to be read yet
                    await asyncio.sleep(0)
        for _ in range(POOL):
            assert await journalled(database, room.world.students[0].sitting) == [answer_bytes(room)]
        assert await line.ending() == CloseCode.TRY_AGAIN
        await room.hub.flusher.passed()
    assert await journalled(database, room.world.students[0].sitting) == [answer_bytes(room)]


def answer_bytes(room: Room) -> bytes:
    return b'{"type":"answer","seq":1,"item":%d,"response":"A","at_ms":1}' % room.world.items[0]


async def test_handing_in_just_before_another_pc_takes_over_counts(
    room: Room, clock: FakeClock, database: Database, database_url: str
) -> None:
    sitting = room.world.students[0].sitting
    async with room.seated() as (old, welcome):
        await room.ring(clock, old)
        await old.say(answer(room, 1))
        await old.hear(Ack)
        async with room.line() as new:
            async with locked(
                database_url, f"SELECT FROM sitting WHERE id = {sitting} FOR NO KEY UPDATE"
            ) as holder:
                await old.say(Submit(seq=2, at_ms=2))
                await waiter(holder)
                await new.say(Hello(version=VERSION))
            found = await new.hear(Welcome)
            assert (found.state, found.last_seq) == ("submitted", 2)
            # The takeover may end the old line before it is told.
            told, code = await old.rest()
        assert [one.receipt for one in told if isinstance(one, Submitted)] in ([], [found.receipt])
        assert code == CloseCode.SUPERSEDED
    assert (await log_kinds(database, sitting))[-2:] == ["submitted", "taken_over"]
    assert len(await journalled(database, sitting)) == 2
    assert found.fence == welcome.fence + 1
