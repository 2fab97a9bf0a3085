"""Clocks off by an hour: the server's rules, and the client's changes nothing."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from exam_server.clock import SystemClock
from exam_server.core.timing import instant_ms
from exam_server.secrets import Secrets
from exam_server.simulation.serving import free_port
from exam_server.store.database import Database, open_database
from tests.faults.conftest import Scenario
from tests.faults.in_process import OffClock, served
from tests.faults.room import Room, Seating, opened_room, sat
from tests.faults.stage import Stage

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
NEAR_MS = 10_000
MADE = "SELECT payload, received_at FROM journal JOIN sitting ON sitting.id = sitting_id WHERE shift_id = $1"

early_or_late = pytest.mark.parametrize("hours", [-1, 1])


class Made(msgspec.Struct, frozen=True):
    """The part of an event that tells its time."""

    at_ms: int


async def times_agree(room: Room) -> None:
    """Every event was made when it was received, by the server's clock."""
    url = room.site.database_url
    async with open_database(url, most=1) as database, database.connection() as connection:
        rows = await connection.fetch(MADE, room.world.shift)
    assert rows
    for row in rows:
        made = msgspec.json.decode(row["payload"], type=Made)
        assert abs(made.at_ms - instant_ms(row["received_at"])) < NEAR_MS


@early_or_late
async def test_clocks_of_clients_off(stage: Stage, scenario: Scenario, hours: int) -> None:
    """Through a reconnect, too."""
    clock = OffClock(SystemClock(), hours * HOUR)
    async with sat(stage.site, scenario, Seating(students=3, clock=clock)) as room:
        await room.progress()
        for student in room.students:
            student.lose_line()
        await room.progress()
        await times_agree(room)


@early_or_late
async def test_clock_of_the_server_off(
    database: Database, secrets: Secrets, tmp_path: Path, scenario: Scenario, hours: int
) -> None:
    """From start to end: the day is merely held at another time."""
    wrong = OffClock(SystemClock(), hours * HOUR)
    async with served(database, secrets, wrong, tmp_path) as site:
        seating = Seating(students=3, minutes=45, clock=SystemClock())
        async with sat(site, scenario, seating) as room:
            await room.progress()
            await times_agree(room)
            assert {student.state for student in room.students} == {"running"}


@asynccontextmanager
async def restarted_with_another_clock(
    database: Database, secrets: Secrets, data: Path, scenario: Scenario, off: timedelta
) -> AsyncGenerator[Room]:
    """A room whose server has ended, and another has begun whose clock is off."""
    port = free_port()
    async with AsyncExitStack() as up:
        right, wrong = SystemClock(), OffClock(SystemClock(), off)
        site = await up.enter_async_context(served(database, secrets, right, data, port=port))
        seating = Seating(students=3, minutes=45, clock=SystemClock())
        async with opened_room(site, scenario, seating) as room:
            await room.begin()
            await room.progress()
            await up.aclose()
            await up.enter_async_context(served(database, secrets, wrong, data, port=port))
            yield room
            await room.leave()
            scenario.judge(await room.verdict(), reconnections=room.reconnections)


async def test_clock_of_the_server_an_hour_back_after_a_restart(
    database: Database, secrets: Secrets, tmp_path: Path, scenario: Scenario
) -> None:
    """The candidates are given an hour too much, and lose nothing."""
    async with restarted_with_another_clock(database, secrets, tmp_path, scenario, -HOUR) as room:
        await room.progress()
        await room.finish()


async def test_clock_of_the_server_an_hour_ahead_after_a_restart(
    database: Database, secrets: Secrets, tmp_path: Path, scenario: Scenario
) -> None:
    """Time is over by its clock: everyone has a receipt for what was saved."""
    async with restarted_with_another_clock(database, secrets, tmp_path, scenario, HOUR) as room:
        await room.everyone(lambda student: student.receipt is not None)
        assert {student.receipt.by for student in room.students if student.receipt} == {"server"}
