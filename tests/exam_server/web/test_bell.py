"""What reaches the tabs unasked: the bell, the end of time, invigilators' words and acts."""

import asyncio
import hashlib
from base64 import urlsafe_b64decode
from pathlib import Path

from exam_server.clock import FakeClock
from exam_server.core.form import open_form
from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import (
    Ack,
    Hello,
    Notice,
    Received,
    Refused,
    State,
    Submitted,
    Welcome,
)
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from exam_server.store.sittings import Touched
from tests.exam_server.web.exam_room import Room, answer, command, opened, state
from tests.exam_server.web.records import evidence, journalled, locked, log_kinds, waiter


async def test_the_form_of_the_welcome_opens_with_the_key_of_the_bell(room: Room, clock: FakeClock) -> None:
    async with room.seated() as (line, welcome):
        assert welcome.form is not None
        reply = await room.client.get(welcome.form.url)
        blob = await reply.read()
        assert (len(blob), hashlib.sha256(blob).hexdigest()) == (welcome.form.size, welcome.form.sha256)
        await line.say(Received(sha256=welcome.form.sha256))
        [started] = await room.ring(clock, line)
        assert started.form_key is not None
        assert open_form(blob, urlsafe_b64decode(started.form_key + "=")) == room.world.form
        assert welcome.order is not None
        assert sorted(one.item for part in welcome.order.parts for one in part) == sorted(room.world.items)


async def test_before_the_bell_nothing_is_taken(room: Room, database: Database) -> None:
    async with room.seated() as (line, _):
        await line.say(answer(room, 1))
        assert await line.hear(Refused) == Refused(seq=1, code="not_running")
    assert await journalled(database, room.world.students[0].sitting) == []


async def test_the_grace_after_the_deadline_is_the_last_of_it(
    room: Room, clock: FakeClock, database: Database
) -> None:
    async with room.seated() as (line, _):
        await room.ring(clock, line)
        clock.advance(minutes=45, milliseconds=2_000)
        await line.say(answer(room, 1))
        assert await line.hear(Ack) == Ack(seq=1)
        clock.advance(milliseconds=1)
        await line.say(answer(room, 2, "B"), answer(room, 3, "C"))
        assert await line.hear(Refused) == Refused(seq=2, code="deadline")
        assert {why for why, _ in await evidence(database, room, 2)} == {"deadline", "after_refused"}
        clock.advance(seconds=2)
        await room.hub.tick()
        closed = await line.hear(State)
        assert closed.state == "closed"
        submitted = await line.hear(Submitted)
        assert (submitted.receipt.by, submitted.receipt.events, submitted.receipt.answered) == (
            "server",
            1,
            1,
        )
        await line.say(answer(room, 2, "D"))
        assert await line.hear(Refused) == Refused(seq=2, code="deadline")


async def test_a_refused_admission_waits_for_the_invigilator(
    database: Database, clock: FakeClock, secrets: Secrets, tmp_path: Path
) -> None:
    async with (
        opened(database, clock, secrets, tmp_path, admission="invigilator") as room,
        room.seated() as (line, welcome),
    ):
        assert welcome.state == "registered"
        await room.ring(clock)
        await command(database, room, "admit", clock)
        states = [await line.hear(State)]
        while isinstance(states[-1], State) and states[-1].state != "running":
            states.append(await line.hear(State))
        assert await log_kinds(database, room.world.students[0].sitting) == ["admitted", "entered", "started"]


async def test_invigilators_words_and_acts_reach_the_tab(
    room: Room, clock: FakeClock, database: Database
) -> None:
    async with room.seated() as (line, _):
        await command(database, room, "start", clock)
        assert (await state(line)).state == "running"
        await command(database, room, "pause", clock, reason="Mất điện")
        paused = await state(line)
        assert (paused.state, paused.reason, paused.timing.deadline_ms) == ("paused", "Mất điện", None)
        clock.advance(minutes=10)
        await command(database, room, "resume", clock)
        assert (await state(line)).timing.remaining_ms == 45 * 60_000
        await command(database, room, "add_time", clock, minutes=5)
        assert (await state(line)).timing.remaining_ms == 50 * 60_000
        await command(database, room, "message", clock, text="Còn 5 phút")
        notice = await line.hear(Notice)
        assert notice.text == "Còn 5 phút"
        await command(database, room, "force_submit", clock)
        submitted = await line.hear(Submitted)
        assert submitted.receipt.by == "invigilator"
    async with room.seated() as (line, _):
        assert await line.hear(Notice) == notice


async def test_words_said_while_the_server_does_not_hear_the_database_arrive_later(
    room: Room, clock: FakeClock, database: Database
) -> None:
    async with room.seated() as (line, _), database.connection() as connection:
        deaf = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        async with asyncio.timeout(10):
            while not await connection.fetchval(deaf):
                pass
        await command(database, room, "message", clock, text="Còn 5 phút")
        notice = await line.hear(Notice)
        assert notice.text == "Còn 5 phút"


async def test_a_bell_or_command_on_one_worker_reaches_the_tabs_of_all(
    two_workers: tuple[Room, Room], clock: FakeClock, database: Database
) -> None:
    here, there = two_workers
    async with here.seated(0) as (first, _), there.seated(1) as (second, _):
        states = await here.ring(clock, first, second)
        assert [one.state for one in states] == ["running", "running"]
        await command(database, here, "pause", clock, reason="Mất điện")
        assert [(await state(line)).reason for line in (first, second)] == ["Mất điện", "Mất điện"]


async def test_words_said_while_a_candidate_gets_in_are_heard(
    room: Room, clock: FakeClock, database: Database, database_url: str
) -> None:
    async with room.line() as line:
        # The first to get in waits for the form; the messages so far are read by then.
        async with locked(database_url, "LOCK TABLE form") as holder:
            await line.say(Hello(version=VERSION))
            await waiter(holder)
            await command(database, room, "message", clock, text="Còn 5 phút")
            async with database.connection() as connection:
                said = await connection.fetchval("SELECT max(id) FROM notice")
            await room.hub.heed(Touched(notice=said))
            await asyncio.sleep(0)
        await line.hear(Welcome)
        assert (await line.hear(Notice)).text == "Còn 5 phút"
