"""`khaothi serve` while students sit: workers relieved one after the other, settings read again, the end."""

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import aiohttp
import psutil
import pytest

from exam_server.clock import SystemClock
from exam_server.config import SETTINGS_FILE, Config, child_environment
from exam_server.secrets import load_secrets
from exam_server.simulation.serving import free_port
from exam_server.store.embedded import EmbeddedPostgres
from tests.exam_server.serving import STOP_S, Service, always_well, empty_database, log_lines, serving
from tests.faults.conftest import Scenario
from tests.faults.room import Seating, opened_room
from tests.faults.stage import Site

pytestmark = pytest.mark.slow

WORKERS = 2
STUDENTS = 12


@pytest.fixture
async def url(cluster: EmbeddedPostgres) -> AsyncGenerator[str]:
    async with empty_database(cluster, "serve") as made:
        yield made


def config_of(data: Path, url: str, **settings: int) -> Config:
    return Config(data=data, database_url=url, port=free_port(), **settings)


async def test_students_go_on_through_a_rolling_restart(url: str, tmp_path: Path) -> None:
    scenario = Scenario("rolling restart", 1, 2, [])
    async with serving(config_of(tmp_path, url, workers=WORKERS)) as service:
        secrets = load_secrets(tmp_path)
        site = Site(
            address=service.address, database_url=url, secrets=secrets, clock=SystemClock(), log=service.log
        )
        async with opened_room(site, scenario, Seating(students=STUDENTS)) as room:
            await room.begin()
            for _ in range(scenario.rounds):
                await room.progress()
                before = service.workers
                known = {student: student.connections for student in room.students}
                async with always_well(service.address):
                    await service.restart()
                assert len(service.workers) == WORKERS
                assert not before & service.workers
                await room.everyone(lambda student, known=known: student.connections > known[student])
            await room.progress()
            await room.finish()
            await room.leave()
            scenario.judge(await room.verdict(), reconnections=room.reconnections)
    for line in log_lines(service.log, "worker_ended"):
        raise AssertionError(line)


async def test_settings_are_read_again(url: str, tmp_path: Path) -> None:
    file = tmp_path / "khaothi.env"
    file.write_text("KHAOTHI_METRICS_TOKEN=old\n")
    async with serving(config_of(tmp_path, url), {SETTINGS_FILE: str(file)}) as service:
        assert await figures(service, "old") == HTTPStatus.OK
        file.write_text("KHAOTHI_METRICS_TOKEN=new\nKHAOTHI_WORKERS=5\n")
        await service.restart()
        assert await figures(service, "old") == HTTPStatus.FORBIDDEN
        assert await figures(service, "new") == HTTPStatus.OK
        assert len(service.workers) == 1

        # What is wrong changes nothing.
        before = service.workers
        file.write_text("KHAOTHI_METRIX_TOKEN=typo\n")
        await service.restart("restart_refused")
        assert log_lines(service.log, "restart_refused")[0]["code"] == "bad_settings_line"
        (tmp_path / "secrets.json").chmod(0o644)
        file.write_text("")
        await service.restart("restart_refused")
        assert log_lines(service.log, "restart_refused")[1]["code"] == "migration_failed"
        assert service.workers == before
        assert await figures(service, "new") == HTTPStatus.OK


async def figures(service: Service, token: str) -> int:
    """What someone from elsewhere is answered."""
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": "192.0.2.7"}
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{service.address}/metrics", headers=headers) as reply,
    ):
        return reply.status


async def test_the_end_is_bounded_and_nothing_acknowledged_is_lost(url: str, tmp_path: Path) -> None:
    scenario = Scenario("the end", 1, 1, [])
    async with serving(config_of(tmp_path, url, workers=WORKERS)) as service:
        secrets = load_secrets(tmp_path)
        site = Site(address=service.address, database_url=url, secrets=secrets, clock=SystemClock())
        async with opened_room(site, scenario, Seating(students=STUDENTS)) as room:
            await room.begin()
            await room.progress()
            _, idle = await asyncio.open_connection("localhost", service.config.port)
            assert await asyncio.to_thread(service.stop) == 0
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("localhost", service.config.port)
            idle.close()
            assert room.students[0].receipt is None
            assert log_lines(service.log, "worker_killed") == []
            await room.leave()
            scenario.judge(await room.verdict(), reconnections=room.reconnections)


async def test_the_end_is_bounded_without_a_database(
    cluster: EmbeddedPostgres, url: str, tmp_path: Path
) -> None:
    """PostgreSQL hangs with answers on their way: they cannot be stored, and the end comes all the same. What
    was acknowledged before is there."""
    scenario = Scenario("the end without a database", 1, 1, [])
    async with serving(config_of(tmp_path, url)) as service:
        secrets = load_secrets(tmp_path)
        site = Site(address=service.address, database_url=url, secrets=secrets, clock=SystemClock())
        async with opened_room(site, scenario, Seating(students=STUDENTS)) as room:
            await room.begin()
            await room.progress()
            with frozen(cluster):
                await asyncio.to_thread(service.stop)
            await room.leave()
            scenario.judge(await room.verdict(), reconnections=room.reconnections)


@contextmanager
def frozen(cluster: EmbeddedPostgres) -> Generator[None]:
    """Nothing of PostgreSQL moves."""
    family = psutil.Process(cluster.pid)
    everyone = [family, *family.children()]
    for process in everyone:
        process.suspend()
    try:
        yield
    finally:
        for process in everyone:
            process.resume()


async def test_it_ends_with_its_terminal(url: str, tmp_path: Path) -> None:
    """SIGHUP means that too; nobody would read what it says any more."""
    ours, theirs = pty.openpty()
    process = on_terminal(theirs, config_of(tmp_path, url))
    os.close(theirs)
    try:
        said = b""
        while b"worker_ready" not in said:
            said += await asyncio.to_thread(os.read, ours, 4096)
        os.close(ours)
        await asyncio.to_thread(process.wait, STOP_S)
    finally:
        process.kill()
        process.wait()


def on_terminal(terminal: int, config: Config) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        ["setsid", "--ctty", sys.executable, "-m", "exam_server", "serve"],
        env=child_environment(os.environ, config),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
