"""Forms are read from the database once, and no more are kept than there is room for."""

import asyncio
import hashlib
from datetime import timedelta

import numpy as np
import pytest

from exam_server.clock import FakeClock
from exam_server.errors import NotFound
from exam_server.secrets import Secrets
from exam_server.simulation.world import Plan, make_world
from exam_server.store.database import Database
from exam_server.web.sealed_forms import SealedForms


async def hashes(database: Database, clock: FakeClock, secrets: Secrets, count: int) -> list[str]:
    """Those of the forms of some shifts."""
    for number in range(count):
        plan = Plan(opens_at=clock.now() + timedelta(hours=1), name=f"Ca {number}")
        async with database.transaction() as connection:
            await make_world(connection, plan, secrets, np.random.default_rng(number))
    async with database.connection() as connection:
        return [row["sha256"] for row in await connection.fetch("SELECT sha256 FROM form ORDER BY id")]


async def forget(database: Database) -> None:
    """From here on the database has no form to give."""
    async with database.connection() as connection:
        await connection.execute("UPDATE form SET sha256 = encode(sha256(sha256::bytea), 'hex')")


async def test_a_crowd_reads_a_form_once(database: Database, clock: FakeClock, secrets: Secrets) -> None:
    [sha256] = await hashes(database, clock, secrets, 1)
    forms = SealedForms(database)
    blobs = await asyncio.gather(*(forms.blob(sha256) for _ in range(50)))
    assert {hashlib.sha256(blob).hexdigest() for blob in blobs} == {sha256}
    await forget(database)
    assert await forms.blob(sha256) == blobs[0]


async def test_the_form_longest_not_asked_for_goes_first(
    database: Database, clock: FakeClock, secrets: Secrets
) -> None:
    first, second, third = await hashes(database, clock, secrets, 3)
    size = len(await SealedForms(database).blob(first))
    forms = SealedForms(database, most_bytes=size * 5 // 2)
    for sha256 in (first, second, first, third):
        await forms.blob(sha256)
    await forget(database)
    assert await forms.blob(first)
    assert await forms.blob(third)
    with pytest.raises(NotFound):
        await forms.blob(second)
