"""The room test over a real server: codes, what it leaves behind, and that no exam notices."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp.test_utils import TestServer

from exam_server.actions import rehearsals
from exam_server.app import create_app
from exam_server.clock import Clock, FakeClock, SystemClock
from exam_server.config import Config
from exam_server.core.access import Role
from exam_server.core.chain import journal_chain, journal_genesis
from exam_server.core.timing import instant_us
from exam_server.errors import NotFound
from exam_server.protocol.rehearsal import JournalledEvent, JournalProof, RehearsalEntry, RehearsalPlan
from exam_server.rehearsal.play import Played, play
from exam_server.rehearsal.proof import proves
from exam_server.rehearsal.server import Refusal, Server
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from tests.exam_server.school import School, problem

TABLES = ("exam", "form", "shift", "candidate", "sitting", "journal", "sitting_event", "evidence", "presence")


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 6, 26, 0, 30, tzinfo=UTC)


async def count(database: Database) -> dict[str, Any]:
    async with database.connection() as connection:
        return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}  # noqa: S608 -- names of this file


async def new_code(database: Database, now: datetime, room: str = "P12") -> str:
    return (await rehearsals.make_rehearsal(database, room=room, actor="test", now=now)).code


async def enter(
    database: Database, secrets: Secrets, code: str, now: datetime, students: int = 3
) -> RehearsalPlan:
    entry = RehearsalEntry(code=code, students=students, minutes=1)
    return await rehearsals.play_rehearsal(database, secrets, entry, address="10.0.0.7", now=now)


@asynccontextmanager
async def serving(database: Database, secrets: Secrets, clock: Clock) -> AsyncGenerator[Server]:
    async with (
        TestServer(create_app(Config(), database, secrets, clock)) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        yield Server(http, str(server.make_url("")), "vi")


async def test_a_code_is_for_one_use(database: Database, secrets: Secrets, now: datetime) -> None:
    code = await new_code(database, now)
    plan = await enter(database, secrets, f" {code.lower().replace('-', '')} ", now)
    assert len({login.number for login in plan.students}) == 3
    with pytest.raises(NotFound, match="no_such_rehearsal"):
        await enter(database, secrets, code, now)


async def test_a_code_ends_after_a_week(database: Database, secrets: Secrets, clock: FakeClock) -> None:
    code = await new_code(database, clock.now())
    clock.advance(days=7)
    with pytest.raises(NotFound, match="no_such_rehearsal"):
        await enter(database, secrets, code, clock.now())


async def test_an_abandoned_test_goes_with_the_next(
    database: Database, secrets: Secrets, clock: FakeClock
) -> None:
    before = await count(database)
    await enter(database, secrets, await new_code(database, clock.now()), clock.now())
    assert (await count(database))["sitting"] == before["sitting"] + 3
    clock.advance(hours=2)
    await new_code(database, clock.now())
    assert await count(database) == before


async def test_guessing_codes_ends(database: Database, secrets: Secrets, now: datetime) -> None:
    async with serving(database, secrets, FakeClock(now)) as server:
        for _ in range(10):
            with pytest.raises(Refusal, match="no_such_rehearsal"):
                await server.enter("ABCD-EFGH", 1, 1)
        with pytest.raises(Refusal, match="too_many_logins"):
            await server.enter(await new_code(database, now), 1, 1)


async def test_nothing_is_listed_and_results_do_not_know_it(school: School) -> None:
    school.clock.advance(hours=30)  # far from the school's own shift
    code = await new_code(school.database, school.clock.now())
    board = await school.staff(Role.BOARD)
    lists = ("/api/exams", "/api/shifts")
    before = [await (await board.get(path)).json() for path in lists]
    await enter(school.database, school.secrets, code, school.clock.now())
    assert [await (await board.get(path)).json() for path in lists] == before
    async with school.database.connection() as connection:
        exam = await connection.fetchval("SELECT id FROM exam WHERE rehearsal")
    for path in (f"/api/exams/{exam}", f"/api/exams/{exam}/results"):
        assert (await board.get(path)).status == 404


async def test_not_while_an_exam_is_near(school: School) -> None:
    code = await new_code(school.database, school.clock.now())
    reply = await school.browser().post("/api/rehearsal", json={"code": code, "students": 2, "minutes": 1})
    body = await problem(reply, 409)
    assert body["code"] == "exam_is_near"


async def test_the_board_makes_codes_and_nobody_else(school: School) -> None:
    board = await school.staff(Role.BOARD)
    made = await board.post("/api/rehearsals", json={"room": " Phòng  máy 1 "})
    assert (made.status, (await made.json())["room"]) == (201, "Phòng máy 1")
    listed = await (await board.get("/api/rehearsals")).json()
    assert [row["room"] for row in listed["rehearsals"]] == ["Phòng máy 1"]
    assert (await (await board.post("/api/rehearsals", json={"room": " "})).json())["code"] == "bad_field"
    invigilator = await school.staff(Role.INVIGILATOR)
    assert (await invigilator.post("/api/rehearsals", json={"room": "P1"})).status == 403


@pytest.mark.parametrize(
    "body",
    [
        {"code": "ABCD-EFGH", "students": 0, "minutes": 1},
        {"code": "ABCD-EFGH", "students": 201, "minutes": 1},
        {"code": "ABCD-EFGH", "students": 50, "minutes": 7},
        {"code": "A" * 101, "students": 50, "minutes": 2},
        {"students": 50, "minutes": 2},
    ],
)
async def test_entries_out_of_bounds(school: School, body: dict[str, Any]) -> None:
    await problem(await school.browser().post("/api/rehearsal", json=body), 422)


async def test_a_wrong_token_opens_nothing(school: School) -> None:
    reply = await school.browser().post("/api/rehearsal/proofs", json={"token": "x" * 32})
    assert (await problem(reply, 404))["code"] == "not_found"


def test_a_proof_needs_the_very_bytes() -> None:
    received = [datetime(2026, 6, 26, 1, 0, 0, micros, tzinfo=UTC) for micros in (1, 999_999)]
    kept, head = {1: b"one", 2: b"two"}, journal_genesis(7, 2**62)
    for seq, at in enumerate(received, start=1):
        head = journal_chain(head, sitting_id=7, seq=seq, fence=3, received_at=at, payload=kept[seq])
    events = tuple(
        JournalledEvent(seq=seq, fence=3, received_us=instant_us(at))
        for seq, at in enumerate(received, start=1)
    )
    proof = JournalProof(sitting=7, seed=str(2**62), events=events)
    assert proves(proof, kept, head.hex())
    assert not proves(proof, {**kept, 2: b"Two"}, head.hex())
    assert not proves(proof, {**kept, 3: b"more"}, head.hex())
    assert not proves(proof, {1: b"one"}, head.hex())
    assert not proves(msgspec.structs.replace(proof, sitting=8), kept, head.hex())


@pytest.mark.slow
async def test_a_whole_room_is_played_and_leaves_nothing(database: Database, secrets: Secrets) -> None:
    before = await count(database)
    clock = SystemClock()
    async with serving(database, secrets, clock) as server:
        plan = await server.enter(await new_code(database, clock.now()), 4, 1)
        quick = squeezed(plan)
        steps: list[str] = []
        played: Played = await play(server, quick, steps.append)
    verdict = played.verdict
    assert verdict.go, verdict
    assert (played.measured.proved, played.measured.reconnected, played.measured.receipts) == (4, 4, 4)
    assert len(played.latencies) == played.measured.sent == played.measured.acknowledged > 8
    assert steps[0] == "step_arrive"
    after = await count(database)
    assert {**after, "presence": 0} == {**before, "presence": 0}
    assert (await rehearsals.list_rehearsals(database)).rehearsals[0].verdict == verdict


def squeezed(plan: RehearsalPlan) -> RehearsalPlan:
    """The same in a few seconds."""
    return msgspec.structs.replace(plan, cut_ms=2_000, submit_ms=4_000, every_ms=1_000)
