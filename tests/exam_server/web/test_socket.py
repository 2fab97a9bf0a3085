"""The candidate's socket against a real server and a real PostgreSQL."""

import asyncio
import hashlib
import signal
from base64 import urlsafe_b64decode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import asyncpg
import msgspec
import numpy as np
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from exam_server.actions.command import Invigilator, Outcome, PinMaker, command_room
from exam_server.app import create_app
from exam_server.clock import FakeClock
from exam_server.config import Config
from exam_server.core.chain import broken_at
from exam_server.core.form import open_form
from exam_server.metrics import REGISTRY
from exam_server.protocol.message import MAX_MESSAGE_BYTES, VERSION
from exam_server.protocol.sitting import (
    Ack,
    Answer,
    ClientMessage,
    CloseCode,
    Evidence,
    Flag,
    Hello,
    Notice,
    Ping,
    Pong,
    Received,
    Refused,
    Response,
    Retry,
    Saved,
    ServerMessage,
    State,
    Submit,
    Submitted,
    Visit,
    Welcome,
)
from exam_server.protocol.staff import Command, CommandName
from exam_server.secrets import Secrets
from exam_server.simulation.student import Student
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database
from exam_server.store.journal import Fate, JournalRow, select_journal
from exam_server.store.sittings import Touched, select_sitting
from exam_server.web.hub import HUB, Hub
from exam_server.web.sessions import CANDIDATE_COOKIE, Ticket, sign_ticket
from exam_server.web.tab import BURST_MESSAGES

BELL_IN = timedelta(minutes=5)


class Line:
    """A candidate's socket that speaks in messages."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, *messages: ClientMessage) -> None:
        for message in messages:
            await self.socket.send_str(msgspec.json.encode(message).decode())

    async def hear(self, kind: type[msgspec.Struct] | None = None) -> ServerMessage:
        """The next message, or the next of a kind."""
        while True:
            heard = await self.socket.receive(timeout=10)
            assert heard.type is WSMsgType.TEXT, (heard, self.socket.close_code)
            message: ServerMessage = msgspec.json.decode(heard.data, type=ServerMessage)
            if kind is None or isinstance(message, kind):
                return message

    async def ending(self) -> int | None:
        """The close code, past whatever is still said."""
        while True:
            heard = await self.socket.receive(timeout=10)
            if heard.type is WSMsgType.CLOSE:
                return heard.data
            if heard.type is not WSMsgType.TEXT:
                return self.socket.close_code


class Room:
    """A running server with a world in it."""

    def __init__(
        self, client: TestClient[web.Request, web.Application], world: World, secrets: Secrets
    ) -> None:
        self.client = client
        self.world = world
        self._secrets = secrets

    @property
    def hub(self) -> Hub:
        app = self.client.app
        assert app is not None
        return app[HUB]

    @asynccontextmanager
    async def line(
        self, place: int = 0, *, cookie: bool = True, origin: str | None = None, query: str = ""
    ) -> AsyncGenerator[Line]:
        ticket = Ticket(self.world.students[place].sitting, 1, 2**33)
        headers = (
            {"Cookie": f"{CANDIDATE_COOKIE}={sign_ticket(self._secrets.cookie_key, ticket)}"}
            if cookie
            else {}
        )
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
            welcome = await line.hear(Welcome)
            assert isinstance(welcome, Welcome)
            yield line, welcome

    async def ring(self, clock: FakeClock, *lines: Line) -> list[State]:
        """Let the bell ring, and wait until these have heard it."""
        clock.advance(seconds=(BELL_IN + timedelta(seconds=1)).total_seconds())
        await self.hub.tick()
        return [await state(line) for line in lines]


@asynccontextmanager
async def opened(
    database: Database, clock: FakeClock, secrets: Secrets, data: Path, **plan: int | str
) -> AsyncGenerator[Room]:
    made = msgspec.convert({"opens_at": clock.now() + BELL_IN, **plan}, Plan)
    async with database.transaction() as connection:
        world = await make_world(connection, made, secrets, np.random.default_rng(1))
    app = create_app(Config(data=data), database, secrets, clock)
    async with TestClient(TestServer(app)) as client:
        yield Room(client, world, secrets)


@pytest.fixture
async def room(
    database: Database, clock: FakeClock, secrets: Secrets, tmp_path: Path
) -> AsyncGenerator[Room]:
    async with opened(database, clock, secrets, tmp_path, students=2) as room:
        yield room


def answer(room: Room, seq: int, response: str = "A", place: int = 0) -> Answer:
    return Answer(seq=seq, item=room.world.items[place], response=response, at_ms=seq)


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


async def closed_with(room: Room, *messages: ClientMessage, place: int = 0) -> int | None:
    async with room.seated(place) as (line, _):
        await line.say(*messages)
        return await line.ending()


async def journalled(database: Database, sitting: int) -> list[bytes]:
    async with database.connection() as connection:
        return [link.payload for link in await select_journal(connection, sitting)]


async def evidence(database: Database, room: Room, count: int, place: int = 0) -> list[tuple[str, bytes]]:
    """What was kept as evidence, once as much as expected is there: it is stored beside the conversation."""
    async with asyncio.timeout(10), database.connection() as connection:
        while True:
            rows = await connection.fetch(
                "SELECT why, payload FROM evidence WHERE sitting_id = $1 ORDER BY id",
                room.world.students[place].sitting,
            )
            if len(rows) >= count:
                return [(row["why"], row["payload"]) for row in rows]


async def log_kinds(database: Database, sitting: int) -> list[str]:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT kind FROM sitting_event WHERE sitting_id = $1 ORDER BY n", sitting
        )
        return [row["kind"] for row in rows]


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
        assert isinstance(closed, State)
        assert closed.state == "closed"
        submitted = await line.hear(Submitted)
        assert isinstance(submitted, Submitted)
        assert (submitted.receipt.by, submitted.receipt.events, submitted.receipt.answered) == (
            "server",
            1,
            1,
        )
        await line.say(answer(room, 2, "D"))
        assert await line.hear(Refused) == Refused(seq=2, code="deadline")


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
        assert isinstance(refused, Refused)
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
        assert isinstance(await line.hear(), Welcome)


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
        assert isinstance(submitted, Submitted)
        receipt = submitted.receipt
        async with database.connection() as connection:
            links = await select_journal(connection, sitting)
        assert (receipt.by, receipt.events, receipt.answered, receipt.items) == ("candidate", 40, 1, 6)
        assert receipt.digest == links[-1].chain.hex()
        await line.say(answer(room, 41))
        assert await line.hear(Refused) == Refused(seq=41, code="not_running")
    async with room.seated() as (_, again):
        assert (again.state, again.receipt, again.form_key) == ("submitted", receipt, None)


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
        assert isinstance(notice, Notice)
        assert notice.text == "Còn 5 phút"
        await command(database, room, "force_submit", clock)
        submitted = await line.hear(Submitted)
        assert isinstance(submitted, Submitted)
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
        assert isinstance(notice, Notice)
        assert notice.text == "Còn 5 phút"


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
        assert isinstance(first, Ack)
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


async def state(line: Line) -> State:
    heard = await line.hear(State)
    assert isinstance(heard, State)
    return heard


async def presence(database: Database, sitting: int, *, connected: bool, unsaved: int) -> asyncpg.Record:
    async with asyncio.timeout(10), database.connection() as connection:
        while True:
            row = await connection.fetchrow("SELECT * FROM presence WHERE sitting_id = $1", sitting)
            if row is not None and (row["connected"], row["unsaved"]) == (connected, unsaved):
                return row


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


@pytest.fixture
async def two_workers(
    room: Room, database: Database, clock: FakeClock, secrets: Secrets, tmp_path: Path
) -> AsyncGenerator[tuple[Room, Room]]:
    """Two servers on one database, as behind a balancer."""
    app = create_app(Config(data=tmp_path), database, secrets, clock)
    async with TestClient(TestServer(app)) as client:
        yield room, Room(client, room.world, secrets)


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


async def test_a_bell_or_command_on_one_worker_reaches_the_tabs_of_all(
    two_workers: tuple[Room, Room], clock: FakeClock, database: Database
) -> None:
    here, there = two_workers
    async with here.seated(0) as (first, _), there.seated(1) as (second, _):
        states = await here.ring(clock, first, second)
        assert [one.state for one in states] == ["running", "running"]
        await command(database, here, "pause", clock, reason="Mất điện")
        assert [(await state(line)).reason for line in (first, second)] == ["Mất điện", "Mất điện"]


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


async def test_a_tab_that_does_not_read_is_cut_off_and_holds_up_nobody(
    room: Room, clock: FakeClock, database: Database
) -> None:
    async with room.seated(0) as (deaf, _), room.seated(1) as (other, _):
        await command(database, room, "message", clock, text="ệ" * 1_000)
        notice = await other.hear(Notice)
        assert isinstance(notice, Notice)
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


def connections() -> float | None:
    return REGISTRY.get_sample_value("khaothi_connections")
