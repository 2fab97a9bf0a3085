"""kill -9 under load: no acknowledged event is lost, doubled or moved, whatever dies and whenever.

Twenty rounds: twelve kill the server (its worker, or supervisor and worker), eight kill PostgreSQL (the
postmaster or its backends). The students are real websocket clients that reconnect and resend like the
browser's.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import numpy as np
import psutil
import pytest
from numpy.random import Generator

from exam_server.actions.command import Invigilator, PinMaker, command_room
from exam_server.clock import SystemClock
from exam_server.config import Config
from exam_server.core.chain import broken_at
from exam_server.protocol.staff import Command
from exam_server.secrets import Secrets, load_secrets
from exam_server.simulation.serving import ServerProcess, free_port
from exam_server.simulation.student import Student
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database, open_database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.journal import select_journal
from exam_server.store.migrations import migrate
from exam_server.store.sittings import select_sitting

pytestmark = pytest.mark.slow

STUDENTS = 12
SERVER_ROUNDS = 12
POSTGRES_ROUNDS = 8
LONGEST_LIFE_S = 1.0
PATIENCE_S = 60.0
ANSWER_GAP_S = 0.05


class Victims:
    """What can be killed, and how it comes back."""

    def __init__(self, server: ServerProcess, postgres: EmbeddedPostgres) -> None:
        self._server = server
        self._postgres = postgres

    async def worker(self) -> None:
        """The supervisor starts another."""
        self._server.kill_workers()
        await self._server.answers()

    async def whole_server(self) -> None:
        """Someone starts it again."""
        self._server.kill()
        await self._server.start()

    async def backends(self) -> None:
        """PostgreSQL recovers by itself: one backend killed takes the others with it."""
        for backend in psutil.Process(self._postgres.pid).children():
            with suppress(psutil.NoSuchProcess):
                backend.kill()
        await self._server.answers()

    async def postmaster(self) -> None:
        """Someone starts it again; orphaned backends must go first, as after a crash of the machine."""
        family = psutil.Process(self._postgres.pid)
        for process in [family, *family.children()]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs([family], timeout=10)
        await asyncio.to_thread(self._postgres.ensure_running)
        await self._server.answers()


@asynccontextmanager
async def exam() -> AsyncGenerator[tuple[World, ServerProcess, EmbeddedPostgres, Secrets]]:
    """A world, and a server that serves it."""
    with TemporaryDirectory(prefix="khaothi-faults-") as name:
        directory = Path(name)
        secrets = load_secrets(directory)
        postgres = EmbeddedPostgres(directory / "postgres")
        server = ServerProcess(Config(data=directory, database_url=postgres.url, port=free_port()))
        try:
            async with open_database(postgres.url, most=2) as database:
                await migrate(database)
                plan = Plan(opens_at=SystemClock().now() + timedelta(hours=1), students=STUDENTS, minutes=600)
                async with database.transaction() as connection:
                    world = await make_world(connection, plan, secrets, np.random.default_rng(1))
            await server.start()
            yield world, server, postgres, secrets
        except TimeoutError as late:
            late.add_note(server.log.read_text(encoding="utf-8")[-5_000:])
            raise
        finally:
            server.stop()
            postgres.stop()


async def test_kill_9_loses_and_doubles_nothing_that_was_acknowledged() -> None:
    rng = np.random.default_rng(20)
    async with exam() as (world, server, postgres, secrets), aiohttp.ClientSession() as http:
        clock = SystemClock()
        students = [
            Student(
                http, server.address, one.number, one.pin, clock=clock, rng=np.random.default_rng(one.sitting)
            )
            for one in world.students
        ]
        runs = [asyncio.create_task(student.run()) for student in students]
        await everyone(students, runs, lambda student: student.state == "waiting")
        async with open_database(postgres.url, most=2) as database:
            await ring(database, world, secrets)
        await everyone(students, runs, lambda student: student.state == "running")
        work = [asyncio.create_task(keep_answering(student, world, rng)) for student in students]

        await kill_at_random(Victims(server, postgres), rng, students, runs)

        for task in work:
            task.cancel()
        await everyone(students, runs, lambda student: student.outbox.unsaved == 0)
        for student in students[::2]:
            student.submit()
        await everyone(students[::2], runs, lambda student: student.receipt is not None)
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
        async with open_database(postgres.url, most=2) as database:
            await check(database, world, students)


async def kill_at_random(
    victims: Victims, rng: Generator, students: list[Student], runs: list["asyncio.Task[None]"]
) -> None:
    """All rounds in random order; each after a random time, with someone's answer acknowledged in between."""
    rounds: list[Callable[[], Awaitable[None]]] = [
        *[victims.worker, victims.whole_server] * (SERVER_ROUNDS // 2),
        *[victims.backends, victims.postmaster] * (POSTGRES_ROUNDS // 2),
    ]
    rng.shuffle(rounds)
    assert len(rounds) == 20
    for kill in rounds:
        known = [len(student.outbox.acknowledged) for student in students]
        await everyone(
            students,
            runs,
            lambda student, known=known: len(student.outbox.acknowledged) > known[students.index(student)],
        )
        await asyncio.sleep(float(rng.uniform(0, LONGEST_LIFE_S)))
        await kill()


async def keep_answering(student: Student, world: World, rng: Generator) -> None:
    """Choices, visits and flags, some faster than others, as long as not too much waits."""
    while True:
        if student.outbox.unsaved < 200:
            place = int(rng.integers(len(world.items)))
            item = world.items[place]
            match int(rng.integers(4)):
                case 0:
                    student.visit(item)
                case 1:
                    student.flag(item, on=bool(rng.integers(2)))
                case _:
                    responses = (
                        "ABCD"[int(rng.integers(4))],
                        (True, None, bool(rng.integers(2)), False),
                        str(rng.integers(999)),
                    )
                    student.answer(item, responses[place % 3])
        await asyncio.sleep(float(rng.exponential(ANSWER_GAP_S)))


async def everyone(
    students: list[Student], runs: list["asyncio.Task[None]"], happened: Callable[[Student], bool]
) -> None:
    """Wait for all. A student whose client failed ends the test with its error."""
    waiting = {asyncio.create_task(student.until(happened)) for student in students}
    try:
        async with asyncio.timeout(PATIENCE_S):
            while waiting:
                going = {run for run in runs if not run.done()}
                done, _ = await asyncio.wait(waiting | going, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
                waiting -= done
    finally:
        for task in waiting:
            task.cancel()


async def ring(database: Database, world: World, secrets: Secrets) -> None:
    await command_room(
        database,
        world.shift,
        Command(command="start", reason="Thử"),
        by=Invigilator(staff_id=world.staff, actor="test"),
        pins=PinMaker(draw=str, pepper=secrets.pepper),
        now=SystemClock().now(),
    )


async def check(database: Database, world: World, students: list[Student]) -> None:
    """Compare what each client was told with what the journal holds."""
    reconnections = 0
    async with database.connection() as connection:
        for login, student in zip(world.students, students, strict=True):
            links = await select_journal(connection, login.sitting)
            stored = await select_sitting(connection, login.sitting)
            held = {link.seq: link.payload for link in links}
            assert student.outbox.refused == []
            assert held == student.outbox.acknowledged, "lost, doubled, moved or never told"
            assert list(held) == list(range(1, len(held) + 1))
            assert broken_at(login.sitting, stored.seed, links) is None
            assert [link.fence for link in links] == sorted(link.fence for link in links)
            if student.receipt is not None:
                assert student.receipt.digest == links[-1].chain.hex()
            reconnections += student.connections - 1
        different = await connection.fetchval("SELECT count(*) FROM evidence WHERE why = 'different'")
        assert different == 0
    # A server that dies cuts every line; PostgreSQL may die unnoticed by those whose answers wait for it.
    assert reconnections >= STUDENTS * SERVER_ROUNDS // 2, "the kills must have been felt"
