"""A real server of two workers: whichever answers gives the figures of both, and a dead one is missed."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import asyncpg
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from exam_server.core.window import states
from exam_server.protocol.window import WorkerState
from exam_server.simulation.serving import serving
from exam_server.store.database import Database, open_database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.workers import StoredWorker, select_workers

pytestmark = pytest.mark.slow

PATIENCE_S = 30.0


async def known(database: Database) -> list[StoredWorker]:
    async with database.connection() as connection:
        return await select_workers(connection)


async def labels(address: str) -> dict[str, float]:
    """The CPU seconds of each worker in one scrape, over a connection of its own."""
    async with aiohttp.ClientSession() as http, http.get(f"{address}/metrics") as reply:
        families = list(text_string_to_metric_families(await reply.text()))
    return {
        one.labels["worker"]: one.value
        for family in families
        for one in family.samples
        if one.name == "khaothi_worker_cpu_seconds"
    }


def states_of(workers: list[StoredWorker]) -> dict[int, WorkerState]:
    return states([one.heard for one in workers])


async def wait_for(database: Database, wanted: list[WorkerState]) -> list[StoredWorker]:
    """The workers, once they are in these states."""
    async with asyncio.timeout(PATIENCE_S):
        while sorted(states_of(found := await known(database)).values()) != wanted:  # noqa: ASYNC110 -- no signal
            await asyncio.sleep(0.1)
    return found


@pytest.fixture
async def empty_url(cluster: EmbeddedPostgres) -> AsyncGenerator[str]:
    """A database without tables: ``serve`` makes them."""
    admin = await asyncpg.connect(cluster.url)
    await admin.execute("CREATE DATABASE many_workers")
    yield cluster.url_of("many_workers")
    await admin.execute("DROP DATABASE many_workers WITH (FORCE)")
    await admin.close()


async def test_every_scrape_has_the_figures_of_all_workers(empty_url: str, tmp_path: Path) -> None:
    async with open_database(empty_url) as database:
        async with serving(tmp_path, empty_url, workers=2) as server:
            both = await wait_for(database, ["live", "live"])
            assert {one.pid for one in both} == {worker.pid for worker in server.workers()}
            for _ in range(8):
                found = await labels(server.address)
                assert set(found) == {str(one.worker) for one in both}
                assert all(value > 0 for value in found.values())
            psutil.Process(both[0].pid).kill()
            three = await wait_for(database, ["live", "live", "replaced"])
            assert states_of(three)[both[0].worker] == "replaced"
            assert str(both[0].worker) not in await labels(server.address)
        # Those that ended as they should are missed by nobody.
        assert [one.worker for one in await known(database)] == [both[0].worker]
