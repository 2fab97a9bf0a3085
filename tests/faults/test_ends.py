"""A worker whose flusher has ended by a fault must end too: its candidates go to another one."""

import asyncio
from datetime import timedelta

import pytest

from exam_server.clock import FakeClock
from exam_server.store.database import Database
from exam_server.store.flusher import Flusher
from exam_server.store.journal import Fate, JournalRow


class Deaf:
    """An owner to whom it does not matter."""

    broken = False

    def kept(self, row: JournalRow) -> None: ...

    def lost(self, row: JournalRow, fate: Fate) -> None: ...

    def failed(self) -> None: ...


@pytest.mark.parametrize("waiting", ["drained", "passed"])
async def test_nobody_waits_for_a_flusher_that_has_ended(
    database: Database, clock: FakeClock, waiting: str
) -> None:
    """An answer that comes in between its end and the worker's must not keep the worker from ending."""
    flusher = Flusher(database.url, 1, clock, give_up_after=timedelta(seconds=1))
    run = asyncio.create_task(flusher.run())
    await asyncio.sleep(0)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    flusher.put(JournalRow(1, 1, 1, clock.now(), b"{}", bytes(32)), Deaf())
    async with asyncio.timeout(5):
        await getattr(flusher, waiting)()
