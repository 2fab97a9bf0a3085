"""The line of those who log in: who goes now, who waits, who comes again and when."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from exam_server.app import create_app
from exam_server.clock import FakeClock
from exam_server.config import Config
from exam_server.web.admission import ADMISSION, MOST_SECONDS, Admission, Crowded
from tests.exam_server.school import LOGINS, School

MORNING = datetime(2026, 6, 26, 0, 30, tzinfo=UTC)
LONG_S = 60.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MORNING)


class Login:
    """Someone who logs in, step by step."""

    def __init__(self, admission: Admission) -> None:
        self.inside = asyncio.Event()
        self.done = asyncio.Event()
        self.task = asyncio.create_task(self._run(admission))

    async def _run(self, admission: Admission) -> None:
        async with admission.turn():
            self.inside.set()
            await self.done.wait()

    async def leave(self) -> None:
        self.done.set()
        await self.task


async def arrive(admission: Admission, count: int) -> list[Login]:
    """So many, one after the other, each as far as they get."""
    logins = []
    for _ in range(count):
        logins.append(Login(admission))
        await asyncio.sleep(0)
    return logins


async def refusals(admission: Admission, count: int) -> list[tuple[int, int]]:
    """What so many more are told: position and seconds."""
    told = []
    for _ in range(count):
        with pytest.raises(Crowded) as refused:
            async with admission.turn():
                pytest.fail("there is no room")
        told.append((refused.value.position, refused.value.seconds))
    return told


async def serve(admission: Admission, clock: FakeClock, *, seconds: float, times: int) -> None:
    """Logins one by one that take just so long."""
    for _ in range(times):
        async with admission.turn():
            clock.advance(seconds=seconds)


async def test_so_many_at_once_and_the_rest_in_order_of_arrival(clock: FakeClock) -> None:
    admission = Admission(clock, slots=2, most_waiting=3, patience_s=LONG_S)
    logins = await arrive(admission, 5)
    assert ([one.inside.is_set() for one in logins], admission.waiting) == (
        [True, True, False, False, False],
        3,
    )
    for place in range(3):
        await logins[place].leave()
        await asyncio.wait_for(logins[place + 2].inside.wait(), LONG_S)
        assert sum(one.inside.is_set() for one in logins) == place + 3
    for one in logins[3:]:
        await one.leave()
    async with admission.turn(), admission.turn():
        assert admission.waiting == 0


async def test_beyond_the_line_everyone_is_told_a_place_and_a_time_of_their_own(clock: FakeClock) -> None:
    admission = Admission(clock, slots=2, most_waiting=2, patience_s=LONG_S)
    await serve(admission, clock, seconds=4, times=200)
    logins = await arrive(admission, 4)
    # Two slots of 4 s each: one login every 2 s, and two wait already.
    assert await refusals(admission, 3) == [(3, 6), (4, 8), (5, 10)]
    clock.advance(seconds=4)
    assert await refusals(admission, 1) == [(4, 8)]
    clock.advance(minutes=5)
    assert await refusals(admission, 1) == [(3, 6)]
    for one in logins:
        await one.leave()


async def test_nobody_is_sent_away_for_longer_than_two_minutes(clock: FakeClock) -> None:
    admission = Admission(clock, slots=1, most_waiting=0, patience_s=LONG_S)
    await serve(admission, clock, seconds=60, times=200)
    (login,) = await arrive(admission, 1)
    assert (await refusals(admission, 10))[-1] == (2, MOST_SECONDS)
    await login.leave()


async def test_whoever_waits_too_long_is_asked_to_come_again_and_leaves_the_line(clock: FakeClock) -> None:
    admission = Admission(clock, slots=1, most_waiting=5, patience_s=0.01)
    (login,) = await arrive(admission, 1)
    ((position, seconds),) = await refusals(admission, 1)
    assert (position, seconds, admission.waiting) == (1, 1, 0)
    await login.leave()
    async with admission.turn():
        pass


async def test_a_slot_survives_errors_and_those_who_hang_up(clock: FakeClock) -> None:
    admission = Admission(clock, slots=1, most_waiting=5, patience_s=LONG_S)
    with pytest.raises(ZeroDivisionError):
        async with admission.turn():
            raise ZeroDivisionError
    inside, gone, chosen, last = await arrive(admission, 4)
    gone.task.cancel()
    await asyncio.wait((gone.task,))
    inside.done.set()
    await inside.task
    # The slot is this one's already, and it hangs up at that very moment.
    chosen.task.cancel()
    await asyncio.wait((chosen.task,))
    await asyncio.wait_for(last.inside.wait(), LONG_S)
    await last.leave()
    assert admission.waiting == 0


async def test_a_crowd_is_told_by_the_server_in_its_language(school: School) -> None:
    app = create_app(Config(), school.database, school.secrets, school.clock)
    app[ADMISSION] = admission = Admission(school.clock, slots=1, most_waiting=0)
    async with (
        TestServer(app) as server,
        TestClient(server, cookie_jar=CookieJar(unsafe=True)) as browser,
        AsyncExitStack() as slots,
    ):
        await slots.enter_async_context(admission.turn())
        body = {"number": "120001", "pin": LOGINS.pins["120001"]}
        reply = await browser.post("/api/candidate/login", json=body, headers={"Accept-Language": "en"})
        said = await reply.json()
        assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
        assert (said["code"], said["position"], said["seconds"]) == ("login_queue", 1, 1)
        assert "number 1 in the queue" in said["message"]
        await slots.aclose()
        assert (await browser.post("/api/candidate/login", json=body)).status == 200


async def test_a_whole_class_at_once_gets_in(school: School) -> None:
    replies = await asyncio.gather(*(school.candidate(number) for number in LOGINS.pins))
    assert {reply.status for reply in replies} == {200}
