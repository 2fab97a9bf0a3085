"""Workers that die are started again, and nobody's connection is refused meanwhile."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
import pytest

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
