"""The candidate's socket against a real server and a real PostgreSQL: what is said, and what is answered."""

import asyncio

import aiohttp
import msgspec
import numpy as np
import pytest

from exam_server.clock import FakeClock
from exam_server.protocol.message import MAX_MESSAGE_BYTES, VERSION
from exam_server.protocol.sitting import (
    Ack,
    Answer,
    CloseCode,
    Hello,
    Ping,
    Pong,
    Refused,
    Response,
    Submit,
    Submitted,
    Welcome,
)
from exam_server.simulation.student import Student
from exam_server.store.database import Database
from exam_server.store.journal import select_journal
from exam_server.web.tab import BURST_MESSAGES
from tests.exam_server.web.exam_room import Room, answer, closed_with
from tests.exam_server.web.records import evidence, journalled, log_kinds


async def test_an_answer_is_acknowledged_when_the_journal_has_it(
    room: Room, clock: FakeClock, database: Database
) -> None:
    async with room.seated() as (line, welcome):
        assert (welcome.state, welcome.last_seq, welcome.form_key) == ("waiting", 0, None)
        [started] = await room.ring(clock, line)
        assert started.state == "running"
        assert started.form_key is not None
        await line.say(answer(room, 1))
        assert await line.hear(Ack) == Ack(seq=1)
        async with database.connection() as connection:
            links = await select_journal(connection, room.world.students[0].sitting)
        assert [link.payload for link in links] == [msgspec.json.encode(answer(room, 1))]


async def test_the_server_tells_its_time(room: Room, clock: FakeClock) -> None:
    async with room.seated() as (line, _):
        await line.say(Ping(sent_ms=17))
        assert await line.hear(Pong) == Pong(sent_ms=17, now_ms=int(clock.now().timestamp() * 1000))


@pytest.mark.parametrize("by_hand", [False, True])
async def test_an_answer_resent_is_acknowledged_again_and_counted_once(
    room: Room, clock: FakeClock, database: Database, by_hand: bool
) -> None:
    async with room.seated() as (line, welcome):
        await room.ring(clock, line)
        await line.say(answer(room, 1))
        await line.hear(Ack)
        fence = welcome.fence
        if by_hand:
            await line.say(answer(room, 1))
            assert await line.hear(Ack) == Ack(seq=1)
    async with room.seated(fence=fence) as (line, _):
        await line.say(answer(room, 1), answer(room, 2, "B"))
        acks = [await line.hear(Ack), await line.hear(Ack)]
        assert acks == [Ack(seq=1), Ack(seq=2)]
    assert len(await journalled(database, room.world.students[0].sitting)) == 2


async def test_another_answer_under_the_same_number_is_an_incident_and_changes_nothing(
    room: Room, clock: FakeClock, database: Database
) -> None:
    async with room.seated() as (line, _):
        await room.ring(clock, line)
        await line.say(answer(room, 1))
        await line.hear(Ack)
        await line.say(answer(room, 1, "B"))
        assert await line.ending() == CloseCode.OUT_OF_TURN
    assert await evidence(database, room, 1) == [("different", msgspec.json.encode(answer(room, 1, "B")))]
    assert await journalled(database, room.world.students[0].sitting) == [
        msgspec.json.encode(answer(room, 1))
    ]
    assert (await log_kinds(database, room.world.students[0].sitting))[-1] == "incident"


@pytest.mark.parametrize(
    ("item", "response", "code"),
    [
        (-1, "A", "unknown_item"),
        (0, "E", "bad_response"),
        (0, (True,), "bad_response"),
        (1, "A", "bad_response"),
    ],
)
async def test_what_the_form_cannot_take_is_refused_and_the_next_takes_its_number(
    room: Room, clock: FakeClock, item: int, response: Response, code: str
) -> None:
    number = room.world.items[item] if item >= 0 else 10**9
    async with room.seated() as (line, _):
        await room.ring(clock, line)
        await line.say(Answer(seq=1, item=number, response=response, at_ms=1), answer(room, 2))
        refused = await line.hear(Refused)
        assert (refused.seq, refused.code) == (1, code)
        await line.say(answer(room, 1))
        assert await line.hear(Ack) == Ack(seq=1)


async def test_a_gap_ends_the_connection(room: Room, clock: FakeClock) -> None:
    await room.ring(clock)
    assert await closed_with(room, answer(room, 2)) == CloseCode.OUT_OF_TURN


async def test_hello_twice_ends_the_connection(room: Room) -> None:
    assert await closed_with(room, Hello(version=VERSION)) == CloseCode.OUT_OF_TURN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", CloseCode.BAD_MESSAGE),
        ('{"type":"riddle"}', CloseCode.BAD_MESSAGE),
        ('{"type":"answer","seq":"1"}', CloseCode.BAD_MESSAGE),
        ('{"type":"ping","sent_ms":1,"extra":1}', CloseCode.BAD_MESSAGE),
        ('{"type":"ping","sent_ms":1,"unsaved":4294967296}', CloseCode.BAD_MESSAGE),
        ('{"type":"visit","seq":0,"item":1,"at_ms":1}', CloseCode.BAD_MESSAGE),
        ('{"type":"ping","sent_ms":1}' + " " * MAX_MESSAGE_BYTES, CloseCode.TOO_LARGE),
        (" " * 5 * MAX_MESSAGE_BYTES, CloseCode.TOO_LARGE),
    ],
)
async def test_what_is_no_message_ends_the_connection(room: Room, text: str, code: int) -> None:
    async with room.seated() as (line, _):
        await line.socket.send_str(text)
        assert await line.ending() == code


async def test_bytes_end_the_connection(room: Room) -> None:
    async with room.seated() as (line, _):
        await line.socket.send_bytes(msgspec.json.encode(Ping(sent_ms=1)))
        assert await line.ending() == CloseCode.BAD_MESSAGE


async def test_a_client_of_another_version_is_told_to_reload(room: Room) -> None:
    async with room.line() as line:
        await line.say(Hello(version=VERSION + 1))
        assert await line.ending() == CloseCode.VERSION


async def test_who_speaks_before_hello_is_out_of_turn(room: Room) -> None:
    async with room.line() as line:
        await line.say(Ping(sent_ms=1))
        assert await line.ending() == CloseCode.OUT_OF_TURN


async def test_without_a_cookie_there_is_no_sitting(room: Room) -> None:
    async with room.line(cookie=False) as line:
        assert await line.ending() == CloseCode.UNAUTHENTICATED


async def test_a_page_left_by_the_former_candidate_is_not_the_next_ones(room: Room) -> None:
    former, following = (student.sitting for student in room.world.students)
    async with room.line(1, query=f"?sitting={former}") as line:
        await line.say(Hello(version=VERSION))
        assert await line.ending() == CloseCode.UNAUTHENTICATED
    async with room.line(1, query=f"?sitting={following}") as line:
        await line.say(Hello(version=VERSION))
        assert isinstance(await line.next(), Welcome)


async def test_another_sites_page_may_not_open_the_socket(room: Room) -> None:
    async with room.line(origin="https://elsewhere.example") as line:
        assert await line.ending() == CloseCode.ORIGIN


async def test_a_flood_ends_the_connection(room: Room) -> None:
    assert await closed_with(room, *[Ping(sent_ms=1)] * (BURST_MESSAGES + 1)) == CloseCode.TOO_FAST


async def test_handing_in_gives_a_receipt_for_all_that_was_sent(
    room: Room, clock: FakeClock, database: Database
) -> None:
    sitting = room.world.students[0].sitting
    async with room.seated() as (line, _):
        await room.ring(clock, line)
        await line.say(
            *[answer(room, seq, "ABCD"[seq % 4]) for seq in range(1, 40)], Submit(seq=40, at_ms=40)
        )
        submitted = await line.hear(Submitted)
        receipt = submitted.receipt
        async with database.connection() as connection:
            links = await select_journal(connection, sitting)
        assert (receipt.by, receipt.events, receipt.answered, receipt.items) == ("candidate", 40, 1, 6)
        assert receipt.digest == links[-1].chain.hex()
        await line.say(answer(room, 41))
        assert await line.hear(Refused) == Refused(seq=41, code="not_running")
    async with room.seated() as (_, again):
        assert (again.state, again.receipt, again.form_key) == ("submitted", receipt, None)


async def test_a_student_who_handed_in_while_the_line_was_lost_finds_the_receipt(
    room: Room, clock: FakeClock, database: Database
) -> None:
    async with room.seated() as (line, welcome):
        await room.ring(clock, line)
        await line.say(answer(room, 1), Submit(seq=2, at_ms=2))
        await line.hear(Submitted)
    async with room.seated(fence=welcome.fence) as (line, again):
        assert again.receipt is not None
        assert (again.receipt.events, again.last_seq) == (2, 2)
        await line.say(Submit(seq=2, at_ms=2))
        assert await line.hear(Ack) == Ack(seq=2)


async def test_the_simulated_student_sits_a_whole_exam_through_a_lost_line(
    room: Room, clock: FakeClock, database: Database
) -> None:
    login = room.world.students[0]
    async with aiohttp.ClientSession() as http:
        student = Student(
            http,
            str(room.client.make_url("")).rstrip("/"),
            login.number,
            login.pin,
            clock=clock,
            rng=np.random.default_rng(3),
        )
        run = asyncio.create_task(student.run())
        async with asyncio.timeout(20):
            await student.until(lambda student: student.state == "waiting")
            await room.ring(clock)
            await student.until(lambda student: student.form is not None)
            assert student.form == room.world.form
            for number in range(100):
                student.answer(room.world.items[0], "ABCD"[number % 4])
                if number == 50:
                    student.lose_line()
            await student.until(lambda student: student.outbox.unsaved == 0)
            student.submit()
            await run
    assert student.connections == 2
    assert student.receipt is not None
    assert (student.receipt.events, student.receipt.answered) == (101, 1)
    assert await journalled(database, login.sitting) == list(student.outbox.acknowledged.values())
