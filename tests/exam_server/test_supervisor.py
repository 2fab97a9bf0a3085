"""Workers that die are started again, and nobody's connection is refused meanwhile."""

import asyncio
import os
import resource
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
import pytest
from structlog.testing import capture_logs

from exam_server.config import Config
from exam_server.errors import Conflict, Unavailable
from exam_server.supervisor import Supervisor, bind


def workers() -> set[int]:
    return {
        child.pid
        for child in psutil.Process().children()
        if "exam_server.worker" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE
    }


@asynccontextmanager
async def supervised(config: Config, count: int) -> AsyncGenerator[str]:
    sockets = bind(config.host, 0, count)
    supervisor = Supervisor(config, sockets)
    running = asyncio.create_task(supervisor.run())
    await supervisor.ready.wait()
    yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    supervisor.stop()
    await running
    for listener in sockets:
        listener.close()


async def test_a_killed_worker_is_replaced(database_url: str, tmp_path: Path) -> None:
    config = Config(data=tmp_path, database_url=database_url)
    async with supervised(config, 2) as address, aiohttp.ClientSession() as http:
        before = workers()
        assert len(before) == 2
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        # The supervisor holds the sockets, so this waits for a new worker.
        async with http.get(f"{address}/healthz") as reply:
            assert reply.status == 200
        assert not before & workers()
    assert workers() == set()


async def test_a_worker_asked_to_end_does_and_is_replaced(database_url: str, tmp_path: Path) -> None:
    async with supervised(Config(data=tmp_path, database_url=database_url), 1) as address:
        [pid] = workers()
        os.kill(pid, signal.SIGTERM)
        async with aiohttp.ClientSession() as http, http.get(f"{address}/healthz") as reply:
            assert reply.status == 200


@pytest.mark.slow
async def test_a_new_worker_that_does_not_come_up_relieves_nobody(database_url: str, tmp_path: Path) -> None:
    """As after an update that went wrong: the old ones stay."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "secrets.json").write_text("damaged")
    config = Config(data=tmp_path, database_url=database_url)

    async def renew() -> Config:
        return Config(data=broken, database_url=database_url)

    sockets = bind("127.0.0.1", 0, 2)
    supervisor = Supervisor(config, sockets, renew=renew)
    running = asyncio.create_task(supervisor.run())
    await supervisor.ready.wait()
    before = workers()
    with capture_logs() as told:
        supervisor.restart()
        async with asyncio.timeout(30):
            while not any(line["event"] == "restart_failed" for line in told):  # noqa: ASYNC110 -- only the log tells
                await asyncio.sleep(0.05)
    assert workers() == before
    supervisor.stop()
    await running


@pytest.mark.slow
async def test_connections_spread_over_the_workers(database_url: str, tmp_path: Path) -> None:
    """The system chooses a worker by a hash of the addresses: about 50 each, give or take 6."""
    async with supervised(Config(data=tmp_path, database_url=database_url), 4) as address:
        port = int(address.rpartition(":")[2])
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
        async with asyncio.timeout(30):
            while sum(held := [connections(pid, port) for pid in workers()]) < 200:  # noqa: ASYNC110 -- accepted in silence
                await asyncio.sleep(0.05)
        assert len(held) == 4
        assert all(25 <= count <= 80 for count in held), held
        for _, writer in lines:
            writer.close()
            await writer.wait_closed()


def connections(pid: int, port: int) -> int:
    """How many of a worker's connections came in at this port."""
    return sum(
        each.status == psutil.CONN_ESTABLISHED and each.laddr.port == port
        for each in psutil.Process(pid).net_connections("tcp")
    )


async def test_a_worker_may_open_as_many_files_as_the_system_allows(
    database_url: str, tmp_path: Path
) -> None:
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most // 2, most))
    try:
        async with supervised(Config(data=tmp_path, database_url=database_url), 1):
            [pid] = workers()
            assert resource.prlimit(pid, resource.RLIMIT_NOFILE) == (most, most)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


@pytest.mark.slow
async def test_a_worker_that_cannot_start_ends_it_all(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("damaged")
    sockets = bind("127.0.0.1", 0, 1)
    with pytest.raises(Unavailable, match="worker_fails"):
        await Supervisor(Config(data=tmp_path), sockets).run()
    sockets[0].close()


def test_a_port_in_use_is_refused() -> None:
    first = bind("127.0.0.1", 0, 2)
    ports = {each.getsockname()[1] for each in first}
    assert len(ports) == 1
    first[0].listen()
    with pytest.raises(Conflict, match="port_taken"):
        bind("127.0.0.1", ports.pop(), 1)
    for each in first:
        each.close()


def test_a_foreign_address_is_refused() -> None:
    for host in ("192.0.2.1", "no.such.host.invalid"):
        with pytest.raises(Conflict, match="bad_host"):
            bind(host, 0, 1)
