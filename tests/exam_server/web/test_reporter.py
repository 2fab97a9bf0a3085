"""A worker's reports: what they say, that each five seconds are kept once, and that nothing ends them."""

import asyncio
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exam_server.actions.window import Identity
from exam_server.clock import FakeClock
from exam_server.metrics import FLUSH_ROWS, LOGINS
from exam_server.store import workers
from exam_server.store.database import Database
from exam_server.store.workers import StoredWorker
from exam_server.web.reporter import LoopLag, Reporter

ME = Identity(worker=5, host="here", pid=1)
PATIENCE_S = 20.0
DOUBT = """
CREATE FUNCTION doubt() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE WARNING 'as when the standby has not confirmed'; RETURN NULL; END $$;
CREATE TRIGGER doubt AFTER INSERT OR UPDATE ON worker EXECUTE FUNCTION doubt();
"""


@pytest.fixture
async def reporter(database: Database, clock: FakeClock, tmp_path: Path) -> Reporter:
    return Reporter(database, clock, ME, tmp_path)


async def known(database: Database) -> list[StoredWorker]:
    async with database.connection() as connection:
        return await workers.select_workers(connection)


async def test_a_report_tells_what_happened_since_the_one_before(
    database: Database, reporter: Reporter
) -> None:
    await reporter.report()
    for _ in range(3):
        FLUSH_ROWS.observe(7)
        LOGINS.inc()
    await reporter.report()
    [one] = await known(database)
    assert (one.worker, one.host, one.pid) == (5, "here", 1)
    assert (one.figures.events, one.figures.flushes, one.figures.logins) == (21, 3, 3)
    assert one.figures.disk is not None
    await reporter.report()
    [one] = await known(database)
    assert one.figures.events == 0
    await reporter.forget()
    assert await known(database) == []


async def test_five_seconds_are_kept_once_they_are_over(database: Database, reporter: Reporter) -> None:
    await reporter.report()
    async with database.connection() as connection:
        begun = slot = await workers.select_slot(connection)
        reports = 0
        while slot == begun:
            FLUSH_ROWS.observe(1)
            await reporter.report()
            reports += 1
            slot = await workers.select_slot(connection)
        await reporter.report()
        history, hosts = await workers.select_history(connection, 0)
    assert hosts == {5: "here"}
    assert [one.slot for one in history] == [begun]
    did = history[0].workers[5]
    assert did.events >= reports - 1
    assert did.seconds > 0


async def test_reports_go_on_when_the_database_took_none(database: Database, reporter: Reporter) -> None:
    with capture_logs() as logs:
        async with database.connection() as connection:
            await connection.execute("ALTER TABLE worker RENAME TO hidden")
            running = asyncio.create_task(reporter.run())
            async with asyncio.timeout(PATIENCE_S):
                while not logs:  # noqa: ASYNC110 -- nobody tells us
                    await asyncio.sleep(0.01)
            await connection.execute("ALTER TABLE hidden RENAME TO worker")
        async with asyncio.timeout(PATIENCE_S):
            while not await known(database):  # noqa: ASYNC110 -- nobody tells us
                await asyncio.sleep(0.01)
    running.cancel()
    assert [one["event"] for one in logs][:1] == ["report_not_stored"]


async def test_reports_go_on_after_a_commit_in_doubt(database: Database, reporter: Reporter) -> None:
    with capture_logs() as logs:
        async with database.connection() as connection:
            await connection.execute(DOUBT)
            running = asyncio.create_task(reporter.run())
            async with asyncio.timeout(PATIENCE_S):
                while len(logs) < 2:  # noqa: ASYNC110 -- nobody tells us
                    await asyncio.sleep(0.01)
            await connection.execute("DROP FUNCTION doubt CASCADE")
    assert not running.done()
    running.cancel()
    assert [(one["event"], one["error"]) for one in logs[:2]] == [("report_not_stored", "Unavailable")] * 2


async def test_a_loop_that_was_held_up_says_for_how_long() -> None:
    lag = LoopLag()
    # The loop is held up until its timer is overdue.
    held_s = 0.3
    until = time.monotonic() + held_s
    while time.monotonic() < until:
        pass
    for _ in range(2):
        await asyncio.sleep(0)
    assert held_s - 0.15 < lag.take_s() < held_s + 1
    assert lag.take_s() == 0
    lag.stop()
