"""The candidate's conversation by POST, where no socket can be held."""

import asyncio
from http import HTTPStatus
from typing import TypeVar

import msgspec
import pytest

from exam_server.clock import FakeClock
from exam_server.protocol.message import MAX_LINE_WAIT_MS, MAX_MESSAGE_BYTES, MAX_UNACKNOWLEDGED, VERSION
from exam_server.protocol.sitting import (
    Ack,
    ClientMessage,
    CloseCode,
    Hello,
    LineReply,
    LineRequest,
    Notice,
    Ping,
    Pong,
    Received,
    Refused,
    Retry,
    State,
    Submit,
    Submitted,
    Welcome,
)
from exam_server.store.database import Database
from exam_server.store.sittings import Touched
from exam_server.web import hub
from exam_server.web.bodies import LINE_LIMIT
from exam_server.web.line import MAX_BUFFERED_BYTES
from tests.exam_server.web.conftest import Skip
from tests.exam_server.web.exam_room import Room, answer, command
from tests.exam_server.web.records import connections, evidence, journalled, locked, log_kinds

M = TypeVar("M", bound=msgspec.Struct)


class Poster:
    """A page that speaks by POST. ``name`` is the line's, as the last reply that was heard gave it."""

    def __init__(self, room: Room, place: int = 0, *, cookie: str | None = None) -> None:
        self._room = room
        self._cookie = room.cookie(place) if cookie is None else cookie
        self.fence: int | None = None
        self.name: str | None = None

    def request(self, *messages: ClientMessage | bytes, wait_ms: int = 0) -> bytes:
        raws = tuple(
            msgspec.Raw(one if isinstance(one, bytes) else msgspec.json.encode(one)) for one in messages
        )
        hello = Hello(version=VERSION, fence=self.fence)
        return msgspec.json.encode(LineRequest(hello=hello, line=self.name, messages=raws, wait_ms=wait_ms))

    async def post(self, body: bytes) -> LineReply:
        """A reply that the page does not get to hear."""
        headers = {"Cookie": self._cookie, "Content-Type": "application/json"}
        async with self._room.client.post("/api/sitting/line", data=body, headers=headers) as reply:
            assert reply.status == HTTPStatus.OK, await reply.text()
            return msgspec.json.decode(await reply.read(), type=LineReply)

    async def held(self, *messages: ClientMessage) -> "asyncio.Task[LineReply]":
        """A request that has arrived and waits; the page does not get to hear its reply."""
        server = self._room.server.handler
        before = server.requests_count
        task = asyncio.create_task(self.post(self.request(*messages, wait_ms=MAX_LINE_WAIT_MS)))
        async with asyncio.timeout(10):
            while server.requests_count == before:  # noqa: ASYNC110 -- it does not tell
                await asyncio.sleep(0)
        await asyncio.sleep(0)
        return task

    async def ask(self, *messages: ClientMessage | bytes, wait_ms: int = 0) -> LineReply:
        reply = await self.post(self.request(*messages, wait_ms=wait_ms))
        self.name = reply.line
        return reply

    async def sit(self) -> Welcome:
        """Begin a line."""
        welcome = found(await self.ask(), Welcome)
        self.fence = welcome.fence
        return welcome


def found(reply: LineReply, kind: type[M]) -> M:
    """The one message of a kind in a reply."""
    [one] = [message for message in reply.messages if isinstance(message, kind)]
    return one


async def seated(room: Room, place: int = 0) -> Poster:
    poster = Poster(room, place)
    await poster.sit()
    return poster


async def started(room: Room, clock: FakeClock) -> Poster:
    """A page whose exam runs."""
    poster = await seated(room)
    await room.ring(clock)
    await until(poster, State)
    return poster


async def until(poster: Poster, kind: type[M]) -> M:
    """The next message of a kind, by asking as long as it takes."""
    async with asyncio.timeout(30):
        while True:
            for message in (await poster.ask(wait_ms=MAX_LINE_WAIT_MS)).messages:
                if isinstance(message, kind):
                    return message


async def test_hello_is_answered_with_the_welcome(room: Room) -> None:
    poster = Poster(room)
    reply = await poster.ask()
    assert [type(message) for message in reply.messages] == [Welcome]
    assert (found(reply, Welcome).state, reply.close) == ("waiting", None)


async def test_messages_of_the_first_request_are_heard_after_its_hello(room: Room) -> None:
    reply = await Poster(room).ask(Ping(sent_ms=1), Ping(sent_ms=2))
    assert [type(message) for message in reply.messages] == [Welcome, Pong, Pong]


async def test_answers_are_acknowledged_in_the_reply(
    room: Room, clock: FakeClock, database: Database
) -> None:
    poster = await started(room, clock)
    for round_ in range(3):
        seqs = range(round_ * 20 + 1, round_ * 20 + 21)
        said = [answer(room, seq, "ABCD"[seq % 4]) for seq in seqs]
        reply = await poster.ask(*said, wait_ms=MAX_LINE_WAIT_MS)
        assert reply.messages[-1] == Ack(seq=seqs[-1])
    kept = await journalled(database, room.world.students[0].sitting)
    assert kept == [msgspec.json.encode(answer(room, seq, "ABCD"[seq % 4])) for seq in range(1, 61)]


async def test_what_is_journalled_are_the_very_bytes(
    room: Room, clock: FakeClock, database: Database
) -> None:
    poster = await started(room, clock)
    spaced = b'{ "type":"answer", "seq":1, "item":%d, "response":"\\u0041", "at_ms":1 }' % room.world.items[0]
    assert found(await poster.ask(spaced), Ack) == Ack(seq=1)
    assert await journalled(database, room.world.students[0].sitting) == [spaced]


async def test_handing_in_by_post_gives_the_receipt(room: Room, clock: FakeClock) -> None:
    poster = await started(room, clock)
    reply = await poster.ask(answer(room, 1), Submit(seq=2, at_ms=2))
    assert found(reply, Submitted).receipt.events == 2


async def test_a_lost_reply_is_told_again_at_once(room: Room, clock: FakeClock) -> None:
    poster = await started(room, clock)
    lost = await poster.post(poster.request(answer(room, 1)))
    assert found(lost, Ack) == Ack(seq=1)
    loop = asyncio.get_running_loop()
    began = loop.time()
    again = await poster.ask(Received(sha256="0" * 64), wait_ms=MAX_LINE_WAIT_MS)
    assert found(again, Ack) == Ack(seq=1)
    assert loop.time() - began < MAX_LINE_WAIT_MS / 1_000
    assert [type(one) for one in (await poster.ask(Ping(sent_ms=1))).messages] == [Pong]


async def test_a_request_that_comes_twice_is_heard_once(
    room: Room, clock: FakeClock, database: Database
) -> None:
    poster = await started(room, clock)
    bad = answer(room, 1, "no option of this item")
    body = poster.request(bad, answer(room, 2))
    lost = await poster.post(body)
    again = await poster.post(body)
    # A second refusal of number 1 would have the client drop the answer that has that number by then.
    assert found(lost, Refused) == found(again, Refused) == Refused(seq=1, code="bad_response")
    assert len(await evidence(database, room, 2)) == 2
    poster.name = again.line
    assert found(await poster.ask(answer(room, 1)), Ack) == Ack(seq=1)


async def test_a_reply_held_back_gives_way_to_the_next_request(room: Room) -> None:
    poster = await seated(room)
    held = await poster.held()
    pinged = await poster.post(poster.request(Ping(sent_ms=1), wait_ms=MAX_LINE_WAIT_MS))
    assert found(pinged, Pong).sent_ms == 1
    assert (await held).messages == ()
    assert (await held).close is None


async def test_a_reply_that_gave_way_confirms_nothing(
    room: Room, clock: FakeClock, database_url: str
) -> None:
    poster = await started(room, clock)
    lost = await poster.post(poster.request(Ping(sent_ms=1)))
    assert found(lost, Pong).sent_ms == 1
    async with locked(database_url, "LOCK TABLE journal"):
        first = await poster.held(answer(room, 1))
        await poster.held()
        # The only reply that the page hears is one with nothing in it.
        assert (await first).messages == ()
        poster.name = (await first).line
        last = await poster.held()
    assert found(await last, Pong).sent_ms == 1


async def test_an_idle_reply_comes_when_its_time_is_over(room: Room, skip: Skip) -> None:
    poster = await seated(room)
    loop = asyncio.get_running_loop()
    began = loop.time()
    held = asyncio.create_task(poster.ask(wait_ms=MAX_LINE_WAIT_MS))
    for _ in range(100_000):
        if held.done():
            break
        skip(0.05)
        await asyncio.sleep(0)
    assert (await held).messages == ()
    assert loop.time() - began >= MAX_LINE_WAIT_MS / 1_000


async def test_the_bell_arrives_in_a_reply_held_back(room: Room, clock: FakeClock) -> None:
    poster = await seated(room)
    held = await poster.held()
    await room.ring(clock)
    state = found(await held, State)
    assert state.state == "running"
    assert state.form_key is not None


async def test_a_tab_moves_between_socket_and_post(room: Room, clock: FakeClock, database: Database) -> None:
    poster = Poster(room)
    async with room.seated() as (line, welcome):
        await room.ring(clock, line)
        await line.say(answer(room, 1))
        await line.hear(Ack)
        poster.fence = welcome.fence
        assert (await poster.sit()).last_seq == 1
        assert await line.ending() == CloseCode.SUPERSEDED
    assert found(await poster.ask(answer(room, 2)), Ack) == Ack(seq=2)
    async with room.seated(fence=poster.fence) as (line, welcome):
        assert welcome.last_seq == 2
        await line.say(answer(room, 3))
        assert await line.hear(Ack) == Ack(seq=3)
    assert "taken_over" not in await log_kinds(database, room.world.students[0].sitting)


async def test_a_line_taken_over_says_so_in_the_reply_held_back(room: Room) -> None:
    poster = await seated(room)
    held = await poster.held()
    async with room.seated():
        assert (await held).close == CloseCode.SUPERSEDED
        # Its hello counts now, and says that it was taken over.
        assert (await poster.ask()).close == CloseCode.SUPERSEDED


async def test_another_candidate_cannot_use_the_line(
    room: Room, clock: FakeClock, database: Database
) -> None:
    poster, other = await seated(room), Poster(room, 1)
    await room.ring(clock)
    other.name = poster.name
    reply = await other.ask(answer(room, 1))
    assert found(reply, Welcome).candidate.number == room.world.students[1].number
    assert reply.line.partition(".")[0] != (poster.name or "").partition(".")[0]
    assert await journalled(database, room.world.students[0].sitting) == []
    assert (await poster.ask(Ping(sent_ms=1))).close is None


@pytest.mark.parametrize("name", ["unknown.7", "", ".", "…"])
async def test_a_line_that_nobody_knows_begins_anew(room: Room, name: str) -> None:
    poster = await seated(room)
    poster.name = name
    again = found(await poster.ask(Ping(sent_ms=1)), Welcome)
    assert again.fence > (poster.fence or 0)


async def test_what_the_old_line_had_taken_is_acknowledged_by_the_new(
    room: Room, clock: FakeClock, database: Database
) -> None:
    poster = await started(room, clock)
    await poster.post(poster.request(answer(room, 1), answer(room, 2)))
    poster.name = None
    reply = await poster.ask(answer(room, 1), answer(room, 2), answer(room, 3))
    assert found(reply, Welcome).last_seq == 2
    assert reply.messages[-1] == Ack(seq=3)
    assert len(await journalled(database, room.world.students[0].sitting)) == 3


async def test_without_a_cookie_there_is_no_line(room: Room) -> None:
    poster = Poster(room, cookie="other=1")
    reply = await poster.ask()
    assert (reply.messages, reply.close) == ((), CloseCode.UNAUTHENTICATED)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b'{"type":"riddle"}', CloseCode.BAD_MESSAGE),
        (b"[]", CloseCode.BAD_MESSAGE),
        (msgspec.json.encode(Hello(version=VERSION)), CloseCode.OUT_OF_TURN),
        (b'{"type":"ping","sent_ms":1' + b" " * MAX_MESSAGE_BYTES + b"}", CloseCode.TOO_LARGE),
    ],
)
async def test_what_ends_a_socket_ends_a_line(room: Room, message: bytes, code: CloseCode) -> None:
    poster = await seated(room)
    reply = await poster.ask(Ping(sent_ms=1), message, Ping(sent_ms=2))
    assert reply.close == code
    assert [one.sent_ms for one in reply.messages if isinstance(one, Pong)] == [1]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", HTTPStatus.UNPROCESSABLE_ENTITY),
        (b'{"hello":{"type":"ping","sent_ms":1}}', HTTPStatus.UNPROCESSABLE_ENTITY),
        (b'{"hello":{"type":"hello","version":1},"wait_ms":60000}', HTTPStatus.UNPROCESSABLE_ENTITY),
        (
            b'{"hello":{"type":"hello","version":1},"messages":[%s]}'
            % b",".join([b'{"type":"ping","sent_ms":1}'] * (MAX_UNACKNOWLEDGED + 1)),
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
        (b" " * (LINE_LIMIT + 1), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ],
    ids=["no json", "no hello", "too long", "too many", "too large"],
)
async def test_what_is_no_request_is_refused(room: Room, body: bytes, status: int) -> None:
    async with room.client.post("/api/sitting/line", data=body, headers={"Cookie": room.cookie()}) as reply:
        assert reply.status == status
    assert connections() == 0


async def test_another_sites_page_may_not_post(room: Room) -> None:
    headers = {"Cookie": room.cookie(), "Origin": "https://elsewhere.example"}
    async with room.client.post("/api/sitting/line", data=Poster(room).request(), headers=headers) as reply:
        assert reply.status == HTTPStatus.FORBIDDEN


async def test_a_server_that_stops_asks_to_come_again(
    room: Room, clock: FakeClock, database: Database
) -> None:
    poster = await started(room, clock)
    assert found(await poster.ask(answer(room, 1)), Ack) == Ack(seq=1)
    held = await poster.held()
    await room.hub.drain()
    reply = await held
    assert reply.close == CloseCode.TRY_AGAIN
    assert found(reply, Retry).after_ms >= hub.MIN_RECONNECT_MS
    assert len(await journalled(database, room.world.students[0].sitting)) == 1
    assert (await poster.ask()).close == CloseCode.TRY_AGAIN


async def test_who_never_asks_again_is_given_up(room: Room, clock: FakeClock) -> None:
    poster = await seated(room)
    assert connections() == 1
    clock.advance(seconds=hub.DEAD_AFTER.total_seconds())
    room.hub.look_around()
    await asyncio.sleep(0)
    assert connections() == 1
    await poster.ask(Ping(sent_ms=1))
    clock.advance(seconds=hub.DEAD_AFTER.total_seconds() + 1)
    room.hub.look_around()
    await asyncio.sleep(0)
    assert connections() == 0
    assert found(await poster.ask(), Welcome).state == "waiting"


async def test_who_lets_too_much_pile_up_is_given_up(
    room: Room, clock: FakeClock, database: Database
) -> None:
    poster = await seated(room)
    await command(database, room, "message", clock, text="ệ" * 1_000)
    notice = await until(poster, Notice)
    for _ in range(MAX_BUFFERED_BYTES // 3_000 + 1):
        await room.hub.heed(Touched(notice=notice.id))
    await asyncio.sleep(0)
    assert connections() == 0
    assert found(await poster.ask(), Welcome).state == "waiting"
