"""A shift on a real server in processes of its own, and its bell."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np

from exam_server.actions.command import Invigilator, PinMaker, command_room
from exam_server.clock import SystemClock
from exam_server.protocol.staff import Command
from exam_server.secrets import Secrets, load_secrets
from exam_server.simulation.serving import serving
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database, open_database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import migrate

PATIENCE_S = 90.0


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """Open for one test; ``roster`` is a CSV file with everyone's login."""

    address: str
    database: Database
    secrets: Secrets
    world: World
    roster: Path


@asynccontextmanager
async def open_shift(students: int) -> AsyncGenerator[Shift]:
    """A shift in an hour, whose bell a test may ring before."""
    with TemporaryDirectory(prefix="khaothi-test-") as name:
        directory = Path(name)
        secrets = load_secrets(directory)
        postgres = EmbeddedPostgres(directory / "postgres")
        try:
            async with open_database(postgres.url, most=2) as database:
                await migrate(database)
                plan = Plan(opens_at=SystemClock().now() + timedelta(hours=1), students=students, minutes=600)
                async with database.transaction() as connection:
                    world = await make_world(connection, plan, secrets, np.random.default_rng(1))
                roster = directory / "roster.csv"
                lines = [f"{one.number},{one.pin}" for one in world.students]
                roster.write_text("\n".join(["number,pin", *lines, ""]), encoding="utf-8")
                async with serving(directory, postgres.url) as server:
                    yield Shift(
                        address=server.address,
                        database=database,
                        secrets=secrets,
                        world=world,
                        roster=roster,
                    )
        finally:
            postgres.stop()


async def ring_when_all_wait(shift: Shift) -> None:
    """Ring once every student of the roster is in the waiting room."""
    async with asyncio.timeout(PATIENCE_S):
        while await _waiting(shift) < len(shift.world.students):  # noqa: ASYNC110 -- another process
            await asyncio.sleep(0.1)
    await command_room(
        shift.database,
        shift.world.shift,
        Command(command="start", reason="Thử"),
        by=Invigilator(staff_id=shift.world.staff, actor="test"),
        pins=PinMaker(draw=str, pepper=shift.secrets.pepper),
        now=SystemClock().now(),
    )


async def _waiting(shift: Shift) -> int:
    async with shift.database.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM sitting WHERE state = 'waiting'")
