"""Servers with an exam in them, for the tests of the candidate's line."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from exam_server.app import create_app
from exam_server.clock import FakeClock
from exam_server.config import Config
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from tests.exam_server.web.door_server import DoorServer
from tests.exam_server.web.exam_room import Room, opened


@pytest.fixture
async def room(
    database: Database, clock: FakeClock, secrets: Secrets, tmp_path: Path
) -> AsyncGenerator[Room]:
    async with opened(database, clock, secrets, tmp_path, students=2) as room:
        yield room


@pytest.fixture
async def two_workers(
    room: Room, database: Database, clock: FakeClock, secrets: Secrets, tmp_path: Path
) -> AsyncGenerator[tuple[Room, Room]]:
    """Two servers on one database, as behind a balancer."""
    app = create_app(Config(data=tmp_path), database, secrets, clock)
    async with TestClient(DoorServer(app)) as client:
        yield room, Room(client, room.world, secrets)


Skip = Callable[[float], None]


@pytest.fixture
async def skip() -> Skip:
    """Lets the event loop's time jump ahead by some seconds: whatever is due by then happens now."""
    loop = asyncio.get_running_loop()
    usual, ahead_s = loop.time, 0.0

    def jump(seconds: float) -> None:
        nonlocal ahead_s
        ahead_s += seconds

    # It stays ahead after the test: time never runs backwards.
    loop.time = lambda: usual() + ahead_s
    return jump
