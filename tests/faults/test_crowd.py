"""Crowds: thousands of idle connections from one address, and clients that do not read."""

import asyncio
import resource
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import pytest
from websockets.asyncio.client import connect

from exam_server.simulation.student import COOKIE, Student
from exam_server.simulation.world import Student as Login
from tests.faults.conftest import Scenario
from tests.faults.room import Seating, everyone, sat
from tests.faults.sender import Line, Memory, Sender, cookie_of, upgraded
from tests.faults.stage import Stage

pytestmark = pytest.mark.slow

IDLE = 2_000
SPARE_FILES = 500
SMALL_BUFFER_BYTES = 4_096
LONG_TEXT = "ệ" * 1_000
MESSAGES = 50
MOST_MESSAGES = 2_000
CONNECTED = "SELECT connected FROM presence WHERE sitting_id = $1"


async def test_idle_connections_from_one_address(stage: Stage, scenario: Scenario) -> None:
    """Half of them websockets without Hello, half connections without a request: those who sit are not
    disturbed, and one who comes late is let in."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY != files < IDLE + SPARE_FILES:
        pytest.skip(f"needs {IDLE + SPARE_FILES} open files; this machine allows {files}")
    async with sat(stage.site, scenario, Seating(students=4, spare=2)) as room:
        cookie = await cookie_of(stage.site.address, room.world.students[-1])
        async with idle(stage, cookie):
            await room.progress()
            late = room.student(room.world.students[-2])
            await come_in_and_answer(late, room.world.items[0])
            await room.progress()
        assert room.reconnections == 0
        room.accounts.append(late.account())


async def come_in_and_answer(student: Student, item: int) -> None:
    """From the login to the receipt."""
    run = asyncio.create_task(student.run())
    await everyone([student], [run], lambda one: one.state == "running")
    student.answer(item, "A")
    student.submit()
    await everyone([student], [run], lambda one: one.receipt is not None)
    await run


@asynccontextmanager
async def idle(stage: Stage, cookie: str) -> AsyncGenerator[None]:
    """So many connections that do nothing."""
    lines: list[Line] = []
    try:
        for _ in range(IDLE // 2):
            lines.append(await upgraded(stage.site.address, cookie))
            lines.append(await asyncio.open_connection("127.0.0.1", stage.port))
        yield
    finally:
        for _, writer in lines:
            writer.transport.abort()


async def test_clients_that_do_not_read(stage: Stage, scenario: Scenario) -> None:
    """They are cut off; everyone else hears every message."""
    async with AsyncExitStack() as stack, sat(stage.site, scenario, Seating(students=2, spare=1)) as room:
        login = room.world.students[-1]
        memory = Memory(login.number)
        await stack.enter_async_context(deaf(stage, login, memory))
        eye = await asyncpg.connect(stage.site.database_url)
        sent = 0
        while await eye.fetchval(CONNECTED, login.sitting) is not False:
            await room.command("message", text=LONG_TEXT, times=MESSAGES)
            sent += MESSAGES
            assert sent < MOST_MESSAGES
        await eye.close()
        await room.everyone(lambda student: len(student.notices) == sent)
        await room.progress()
        assert room.reconnections == 0
        room.accounts.append(memory.account())


@asynccontextmanager
async def deaf(stage: Stage, login: Login, memory: Memory) -> AsyncGenerator[None]:
    """A line whose client reads its Welcome and then no more."""
    cookie = await cookie_of(stage.site.address, login)
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
    narrow.connect(("127.0.0.1", stage.port))
    async with connect(
        stage.site.address.replace("http", "ws", 1) + "/ws/sitting",
        sock=narrow,
        additional_headers={"Cookie": f"{COOKIE}={cookie}"},
        compression=None,
        ping_interval=None,
        max_queue=1,
        close_timeout=0.1,
    ) as line:
        await Sender(line, memory).enter()
        yield
