"""Bad lines: cut in the middle of a message, delayed, silently dead, half closed, byte by byte."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from exam_server.simulation.proxy import FaultProxy, Side, Weather, proxied
from tests.faults.conftest import Scenario
from tests.faults.room import Room, Seating, sat
from tests.faults.stage import Stage, strike

pytestmark = pytest.mark.slow

STUDENTS = 4
LONGEST_CUT_BYTES = 400
PING_S = 0.5

SIDES: tuple[Side, ...] = ("client", "server")


@asynccontextmanager
async def behind_a_proxy(
    stage: Stage, scenario: Scenario, *, gap_s: float = 0.05
) -> AsyncGenerator[tuple[Room, FaultProxy]]:
    """A room whose every line goes through a proxy; calm again before the pens go down."""
    async with proxied(stage.port) as proxy:
        seating = Seating(students=STUDENTS, gap_s=gap_s, ping_s=PING_S, address=proxy.address)
        async with sat(stage.site, scenario, seating) as room:
            yield room, proxy
            proxy.heal()


async def each_breaks_them_all(
    room: Room, scenario: Scenario, blow: Callable[[], Awaitable[None]], *, longest_s: float = 0.2
) -> None:
    """Strike in rounds; everyone loses the line each time and comes again."""
    await strike(
        scenario.rounds, scenario.rng, room.progress, lambda: room.all_again(blow), longest_s=longest_s
    )
    await room.progress()


@pytest.mark.rounds(short=1, long=15)
@pytest.mark.parametrize("side", SIDES)
async def test_lines_cut_in_the_middle_of_a_message(stage: Stage, scenario: Scenario, side: Side) -> None:
    async def cut() -> None:
        proxy.cut(int(scenario.rng.integers(1, LONGEST_CUT_BYTES)), side)

    async with behind_a_proxy(stage, scenario) as (room, proxy):
        await each_breaks_them_all(room, scenario, cut)


@pytest.mark.rounds(short=1, long=15)
async def test_lines_reset(stage: Stage, scenario: Scenario) -> None:
    async def reset() -> None:
        proxy.abort()

    async with behind_a_proxy(stage, scenario) as (room, proxy):
        await each_breaks_them_all(room, scenario, reset)


@pytest.mark.rounds(short=1, long=5)
async def test_lines_that_die_without_a_word(stage: Stage, scenario: Scenario) -> None:
    """No FIN, no reset: what was sent into the void is sent again on a new line."""

    async def die() -> None:
        proxy.swallow()
        await asyncio.sleep(float(scenario.rng.uniform(0, 1)))
        proxy.heal()

    async with behind_a_proxy(stage, scenario) as (room, proxy):
        await each_breaks_them_all(room, scenario, die)


@pytest.mark.rounds(short=1, long=10)
@pytest.mark.parametrize("side", SIDES)
async def test_lines_half_closed(stage: Stage, scenario: Scenario, side: Side) -> None:
    async with behind_a_proxy(stage, scenario) as (room, proxy):
        await each_breaks_them_all(room, scenario, lambda: proxy.half_close(side))


@pytest.mark.rounds(short=1, long=10)
async def test_lines_with_a_long_delay(stage: Stage, scenario: Scenario) -> None:
    """Both ways, and reset while it lasts: acknowledgements are under way when the line goes."""

    async def reset() -> None:
        proxy.abort()

    async with behind_a_proxy(stage, scenario) as (room, proxy):
        proxy.weather = Weather(delay_s=0.15)
        await each_breaks_them_all(room, scenario, reset, longest_s=0.5)


@pytest.mark.rounds(short=1, long=5)
async def test_lines_that_trickle_byte_by_byte(stage: Stage, scenario: Scenario) -> None:
    async def cut() -> None:
        proxy.cut(int(scenario.rng.integers(1, LONGEST_CUT_BYTES)))

    async with behind_a_proxy(stage, scenario, gap_s=0.2) as (room, proxy):
        proxy.weather = Weather(piece_bytes=1)
        await each_breaks_them_all(room, scenario, cut, longest_s=0.5)


@pytest.mark.rounds(short=0, long=5)
async def test_lines_and_processes_at_once(stage: Stage, scenario: Scenario) -> None:
    """A worker is killed while the lines are slow and break."""

    async def kill() -> None:
        proxy.cut(int(scenario.rng.integers(1, LONGEST_CUT_BYTES)), "server")
        await stage.kill_a_worker(scenario.rng)

    async with behind_a_proxy(stage, scenario) as (room, proxy):
        proxy.weather = Weather(delay_s=0.05)
        await each_breaks_them_all(room, scenario, kill, longest_s=0.5)
