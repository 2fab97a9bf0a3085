"""One sitting and its tabs: the one that comes back, and the one that takes over."""

import msgspec

from exam_server.clock import FakeClock
from exam_server.core.chain import broken_at
from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import (
    Ack,
    Answer,
    CloseCode,
    Evidence,
    Flag,
    Hello,
    Saved,
    Visit,
)
from exam_server.store.database import Database
from exam_server.store.journal import select_journal
from exam_server.store.sittings import select_sitting
from tests.exam_server.web.exam_room import Room, answer
from tests.exam_server.web.records import evidence, journalled, log_kinds


async def test_everything_is_there_again_on_another_pc(
    room: Room, clock: FakeClock, database: Database
) -> None:
    items = room.world.items
    async with room.seated() as (first, welcome):
        await room.ring(clock, first)
        await first.say(
            Visit(seq=1, item=items[1], at_ms=1),
            Answer(seq=2, item=items[1], response=(True, None, False, None), at_ms=2),
            Flag(seq=3, item=items[0], on=True, at_ms=3),
        )
        while await first.hear(Ack) != Ack(seq=3):
            pass
        async with room.seated() as (second, again):
            assert again.fence > welcome.fence
            assert (again.state, again.last_seq, again.position) == ("running", 3, items[1])
            assert again.saved == (
                Saved(item=items[0], flagged=True),
                Saved(item=items[1], response=(True, None, False, None)),
            )
            assert await first.ending() == CloseCode.SUPERSEDED
            await second.say(answer(room, 4))
            assert await second.hear(Ack) == Ack(seq=4)
    sitting = room.world.students[0].sitting
    assert await log_kinds(database, sitting) == ["admitted", "entered", "started", "taken_over"]
    async with database.connection() as connection:
        stored = await select_sitting(connection, sitting)
        assert broken_at(sitting, stored.seed, await select_journal(connection, sitting)) is None


async def test_the_tab_that_lost_its_line_comes_back_with_its_fence(room: Room, database: Database) -> None:
    async with room.seated() as (_, welcome):
        fence = welcome.fence
    # The reply to this one is lost with the line: the tab knows only its older fence, and still nobody took
    # over.
    async with room.seated(fence=fence):
        pass
    async with room.seated(fence=fence) as (_, again):
        assert again.fence == fence + 2
    assert "taken_over" not in await log_kinds(database, room.world.students[0].sitting)


async def test_the_tab_that_was_superseded_stays_out_and_its_answers_are_evidence(
    room: Room, database: Database
) -> None:
    async with room.seated() as (_, old), room.seated():
        async with room.line() as line:
            await line.say(Hello(version=VERSION, fence=old.fence))
            assert await line.ending() == CloseCode.SUPERSEDED
        async with room.line() as line:
            await line.say(Evidence(events=(answer(room, 1),)))
            assert await line.ending() == CloseCode.SUPERSEDED
    assert await evidence(database, room, 1) == [("superseded", msgspec.json.encode(answer(room, 1)))]
    assert await journalled(database, room.world.students[0].sitting) == []


async def test_a_takeover_on_another_worker_ends_the_old_tab_and_keeps_its_answers(
    two_workers: tuple[Room, Room], clock: FakeClock
) -> None:
    here, there = two_workers
    async with here.seated() as (old, _):
        await here.ring(clock, old)
        await old.say(answer(here, 1))
        assert await old.hear(Ack) == Ack(seq=1)
        async with there.seated() as (new, welcome):
            assert welcome.last_seq == 1
            await new.say(answer(here, 2, "B"))
            assert await new.hear(Ack) == Ack(seq=2)
            assert await old.ending() == CloseCode.SUPERSEDED
