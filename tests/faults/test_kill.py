"""kill -9 and restarts under load: no acknowledged event is lost, doubled or moved, whatever dies and
whenever."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from numpy.random import Generator

from tests.faults.conftest import Scenario
from tests.faults.room import STUDENTS, sat
from tests.faults.stage import Stage, school, strike

pytestmark = pytest.mark.slow

Blow = Callable[[Stage, Generator], Awaitable[None]]

SERVER: dict[str, Blow] = {
    "a_worker": Stage.kill_a_worker,
    "all_workers": Stage.kill_all_workers,
    "supervisor_and_workers": Stage.kill_the_server,
}
POSTGRES: dict[str, Blow] = {
    "postmaster": Stage.kill_the_postmaster,
    "backend": Stage.kill_a_backend,
}
RESTARTS: dict[str, Blow] = {
    "fast": Stage.restart_postgres_fast,
    "immediate": Stage.restart_postgres_at_once,
}


@pytest.mark.rounds(short=1, long=5)
@pytest.mark.parametrize("victim", SERVER)
async def test_kill_9_of(stage: Stage, scenario: Scenario, victim: str) -> None:
    """Also: the kill was felt, by everyone where every worker died."""
    async with sat(stage.site, scenario) as room:
        await strike(
            scenario.rounds, scenario.rng, room.progress, lambda: SERVER[victim](stage, scenario.rng)
        )
        await room.progress()
        felt = STUDENTS if victim != "a_worker" else 1
        assert room.reconnections >= felt * scenario.rounds


@pytest.mark.rounds(short=1, long=5)
@pytest.mark.parametrize("victim", POSTGRES)
async def test_kill_9_of_postgres(stage: Stage, scenario: Scenario, victim: str) -> None:
    """It may go unnoticed by those whose answers wait for it."""
    async with sat(stage.site, scenario) as room:
        await strike(
            scenario.rounds, scenario.rng, room.progress, lambda: POSTGRES[victim](stage, scenario.rng)
        )
        await room.progress()


@pytest.mark.rounds(short=1, long=3)
async def test_kill_9_of_a_schools_postmaster(scenario: Scenario) -> None:
    """Where the server keeps its own PostgreSQL running."""
    with TemporaryDirectory(prefix="khaothi-school-") as name:
        async with school(Path(name)) as stage, sat(stage.site, scenario) as room:
            await strike(
                scenario.rounds,
                scenario.rng,
                room.progress,
                lambda: stage.kill_a_schools_postmaster(scenario.rng),
            )
            await room.progress()


@pytest.mark.rounds(short=1, long=4)
@pytest.mark.parametrize(
    "shutdown", ["fast", pytest.param("immediate", marks=pytest.mark.rounds(short=0, long=4))]
)
async def test_restart_of_postgres(stage: Stage, scenario: Scenario, shutdown: str) -> None:
    async with sat(stage.site, scenario) as room:
        await strike(
            scenario.rounds, scenario.rng, room.progress, lambda: RESTARTS[shutdown](stage, scenario.rng)
        )
        await room.progress()


@pytest.mark.rounds(short=0, long=5)
async def test_kill_9_of_anything(stage: Stage, scenario: Scenario) -> None:
    """One after another without waiting for the students in between: what fails while another recovers."""
    blows = list((SERVER | POSTGRES).values())
    async with sat(stage.site, scenario) as room:
        for _ in range(scenario.rounds):
            await room.progress()
            first, second = scenario.rng.choice(len(blows), size=2, replace=False)
            await blows[first](stage, scenario.rng)
            await blows[second](stage, scenario.rng)
        await room.progress()
