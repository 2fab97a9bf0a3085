"""Whole students on a real server: two locust workers, every message held against the schema, the line lost
and found again, and then the checker."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import exam_server.protocol
import loadtests
from exam_server.simulation.checker import check
from exam_server.simulation.record import read_record
from exam_server.simulation.serving import free_port
from tests.exam_server.load.shift import open_shift, ring_when_all_wait

pytestmark = pytest.mark.slow

SCHEMA = Path(exam_server.protocol.__file__).parent / "schema.json"
LOCUSTFILE = Path(loadtests.__file__).parent / "locustfile.py"
STUDENTS = 16
WORKERS = 2
PATIENCE_S = 120.0


async def start(*arguments: str) -> Process:
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), *arguments]
    return await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)


async def test_students_of_two_workers_lose_the_line_and_nothing_else(tmp_path: Path) -> None:
    record = tmp_path / "record"
    port = str(free_port())
    async with open_shift(STUDENTS) as shift:
        master = await start(
            *("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port),
            *("--expect-workers", str(WORKERS), "--headless", "--only-summary"),
            *("--host", shift.address, "--roster", str(shift.roster), "--record", str(record)),
            *("--scenario", "outage", "--seconds", "8", "--outage-seconds", "4", "--schema", str(SCHEMA)),
        )
        workers = [await start("--worker", "--master-port", port) for _ in range(WORKERS)]
        try:
            await ring_when_all_wait(shift)
            async with asyncio.timeout(PATIENCE_S):
                assert await master.wait() == 0
        finally:
            for process in (master, *workers):
                if process.returncode is None:
                    process.kill()
                await process.wait()
        accounts = read_record(record / "accounts.jsonl")
        verdict = await check(shift.database, shift.world.shift, accounts)
    figures = json.loads((record / "latencies.json").read_text(encoding="utf-8"))
    done = {name for names in figures["counts"].values() for name in names}
    assert figures["failures"] == {}
    assert done == {"login", "form", "bell", "ack", "reconnect", "resend", "submit"}
    assert sorted(one.number for one in accounts) == [one.number for one in shift.world.students]
    assert all(one.receipt is not None for one in accounts)
    assert verdict.passed
    assert verdict.acknowledged == verdict.journalled >= 2 * STUDENTS


async def test_a_run_is_started_from_locusts_own_page(tmp_path: Path) -> None:
    port = free_port()
    page = f"http://127.0.0.1:{port}"
    async with open_shift(3) as shift, aiohttp.ClientSession() as http:
        locust = await start(
            *("--web-host", "127.0.0.1", "--web-port", str(port), "--host", shift.address),
            *("--roster", str(shift.roster), "--record", str(tmp_path / "record"), "--seconds", "9"),
        )
        try:
            await answers(http, page)
            # What the form of the page sends: the options it shows, with two of them changed.
            async with http.post(
                f"{page}/swarm", data={"scenario": "bell", "seconds": "1", "students": "3"}
            ) as reply:
                assert (await reply.json())["success"]
            await ring_when_all_wait(shift)
            async with asyncio.timeout(PATIENCE_S):
                while (told := await figures_of(http, page))["state"] != "stopped":  # noqa: ASYNC110 -- a poll
                    await asyncio.sleep(0.2)
        finally:
            locust.kill()
            await locust.wait()
        verdict = await check(shift.database, shift.world.shift, read_record(tmp_path / "record"))
    counts = {row["name"]: (row["num_requests"], row["num_failures"]) for row in told["stats"]}
    assert counts["login"] == counts["bell"] == counts["submit"] == (3, 0)
    assert verdict.passed
    assert verdict.acknowledged > 0


async def answers(http: aiohttp.ClientSession, page: str) -> None:
    """Wait until locust shows its page."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                async with http.get(page) as reply:
                    assert reply.status == 200
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.2)


async def figures_of(http: aiohttp.ClientSession, page: str) -> dict[str, Any]:
    async with http.get(f"{page}/stats/requests") as reply:
        return await reply.json()
