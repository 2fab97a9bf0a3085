"""The rest of the class, at work over real websockets in this process."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from math import exp

import aiohttp
import numpy as np
from numpy.random import Generator

from exam_server.simulation.student import Student
from tests.browser.record import Record, Shown
from tests.browser.site import Site
from tests.browser.world import Candidate

DEADLINE_S = 20.0


class Classmate:
    """A candidate with a connection, and what they know."""

    def __init__(self, student: Student, paper: Sequence[Shown], knows: Sequence[bool]) -> None:
        self.student = student
        self._paper = paper
        self._knows = knows

    async def answer(self, count: int) -> None:
        """Answer the first ``count`` questions of the own order, and wait until that is saved."""
        for shown, knows in zip(self._paper[:count], self._knows, strict=False):
            self.student.visit(shown.id)
            self.student.answer(shown.id, shown.answer(right=knows))
        await self._until(lambda student: student.outbox.unsaved == 0)

    async def hand_in(self) -> None:
        """Answer everything and hand in."""
        await self.answer(len(self._paper))
        self.student.submit()
        await self._until(lambda student: student.receipt is not None)

    async def running(self) -> None:
        """Wait for the bell."""
        await self._until(lambda student: student.state == "running")

    async def waiting(self) -> None:
        """Wait until in the waiting room."""
        await self._until(lambda student: student.state in ("waiting", "running"))

    async def _until(self, happened: object) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.student.until(happened)  # type: ignore[arg-type]


@asynccontextmanager
async def classmates(
    site: Site, record: Record, candidates: Sequence[Candidate], seed: int = 12
) -> AsyncGenerator[list[Classmate]]:
    """The candidates come in, know more or less by the Rasch model, and leave at the end."""
    rng = np.random.default_rng(seed)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        present = [await _come_in(site, record, one, http, rng) for one in candidates]
        tasks = [asyncio.create_task(one.student.run()) for one in present]
        for one in present:
            await one.waiting()
        try:
            yield present
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _come_in(
    site: Site, record: Record, candidate: Candidate, http: aiohttp.ClientSession, rng: Generator
) -> Classmate:
    paper = await record.paper(candidate)
    ability = float(rng.normal(0.5, 1.0))
    # An item is harder the higher its id; the same for the whole class.
    chances = [1 / (1 + exp((shown.id % 7 - 3) * 0.6 - ability)) for shown in paper]
    student = Student(http, site.url, candidate.number, candidate.pin, clock=site.clock, rng=rng)
    return Classmate(student, paper, [bool(rng.random() < chance) for chance in chances])
