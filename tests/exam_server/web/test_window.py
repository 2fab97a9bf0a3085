"""The exam window and the alarms: who may see them, what they say."""

import asyncio
from typing import Any

import msgspec
from aiohttp.test_utils import TestClient
from prometheus_client.parser import text_string_to_metric_families

from exam_server.core.access import Role
from exam_server.core.figures import Disk, Reading, figures
from exam_server.protocol.window import Alarms, WindowView
from exam_server.store import workers
from exam_server.web.hub import HUB
from tests.exam_server.school import School, problem

IDLE = figures(Reading(()), Reading(()), 1.0)
NEARLY_FULL = Disk(
    free_bytes=2**20,
    total_bytes=2**40,
    reserved_bytes=0,
    wanted_bytes=0,
    minutes_left=4.5,
    ends_at=None,
)


async def look(browser: TestClient[Any, Any], query: str = "") -> WindowView:
    reply = await browser.get(f"/api/window{query}")
    assert reply.status == 200, await reply.text()
    return msgspec.json.decode(await reply.read(), type=WindowView)


async def reported(school: School) -> WindowView:
    """The window once the server's worker has reported: within a second of its start."""
    browser = await school.staff(Role.BOARD)
    async with asyncio.timeout(10):
        while not (view := await look(browser)).workers:  # noqa: ASYNC110 -- nobody tells us
            await asyncio.sleep(0.05)
    return view


async def pretend(school: School, worker: int, host: str, disk: Disk | None = None) -> None:
    """Another worker's report."""
    did = msgspec.structs.replace(IDLE, connections=40, disk=disk)
    async with school.database.transaction() as connection:
        slot = await workers.upsert_worker(connection, worker, host, 1, did, ())
        await workers.insert_history(connection, slot - 2, worker, host, did)


async def test_the_worker_that_serves_is_in_the_window(school: School) -> None:
    view = await reported(school)
    [worker] = view.workers
    assert school.server.app is not None
    assert worker.worker == school.server.app[HUB].worker
    assert worker.state == "live"
    assert worker.age_s < 5
    assert worker.rss_bytes > 2**20
    assert view.now == school.clock.now()
    # The test's PostgreSQL listens on a socket of this machine.
    [disk] = view.disks
    assert 0 < disk.free_bytes < disk.total_bytes
    assert (view.database_bytes or 0) > 2**20


async def test_workers_of_another_machine_are_in_it_too(school: School) -> None:
    await reported(school)
    await pretend(school, 901, "far")
    browser = await school.staff(Role.BOARD)
    view = await look(browser)
    assert {one.host for one in view.workers} >= {"far"}
    assert view.series.connections[-1] is not None
    assert view.series.connections[-1] >= 40
    assert "901" in view.series.cpu_share
    last = view.series.slots[-1]
    assert (await look(browser, f"?since={last}")).series.slots in ((), (last + 5,), (last + 5, last + 10))


async def test_a_silent_worker_is_lost_and_said_to_be(school: School) -> None:
    await reported(school)
    await pretend(school, 901, "far")
    async with school.database.transaction() as connection:
        await connection.execute("UPDATE worker SET heard_at = heard_at - interval '1 minute' WHERE id = 901")
    view = await look(await school.staff(Role.BOARD))
    assert [one.state for one in view.workers if one.worker == 901] == ["lost"]
    lost = [one for one in view.judgements if one.code == "worker_lost"]
    assert [(one.level, one.params["worker"], one.params["host"]) for one in lost] == [("danger", 901, "far")]


async def test_the_window_of_one_shift(school: School) -> None:
    await reported(school)
    browser = await school.staff(Role.BOARD)
    load = (await look(browser, f"?shift={school.shift.id}")).shift
    assert load is not None
    assert (load.shift.id, load.shift.candidates, load.connected, load.unsaved) == (school.shift.id, 24, 0, 0)
    assert (await look(browser)).shift is None
    assert (await problem(await browser.get("/api/window?shift=99999"), 404))["code"] == "not_found"
    assert (await problem(await browser.get("/api/window?since=soon"), 422))["place"] == "since"


async def test_a_disk_that_fills_is_an_alarm_for_invigilators(school: School) -> None:
    await reported(school)
    await pretend(school, 901, "far", NEARLY_FULL)
    browser = await school.staff(Role.INVIGILATOR)
    alarms = msgspec.json.decode(await (await browser.get("/api/alarms")).read(), type=Alarms).alarms
    far = [one for one in alarms if one.params["host"] == "far"]
    assert [(one.code, one.level, one.params["minutes"]) for one in far] == [("disk_filling", "danger", 4)]
    assert (await problem(await browser.get("/api/window"), 403))["code"] == "not_permitted"


async def test_a_worker_that_ends_in_order_is_not_missed(school: School) -> None:
    await reported(school)
    await school.server.close()
    async with school.database.connection() as connection:
        assert await workers.select_workers(connection) == []


async def test_figures_carry_the_workers_number(school: School) -> None:
    await reported(school)
    assert school.server.app is not None
    own = str(school.server.app[HUB].worker)
    text = await (await school.browser().get("/metrics")).text()
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    assert {one.labels["worker"] for one in samples} == {own}
    names = {one.name for one in samples}
    assert {"khaothi_connections", "khaothi_ack_seconds_bucket", "khaothi_worker_cpu_seconds"} <= names
