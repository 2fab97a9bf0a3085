"""Work that is done for many at once."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from exam_server.errors import Conflict, KhaoThiError, Unavailable
from exam_server.web.gathering import Gathering

Answer = str | KhaoThiError


class Desk:
    """Where numbers are worked on; each batch waits until it is let go."""

    def __init__(self, judge: Callable[[Sequence[int]], Sequence[Answer]]) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self._judge = judge

    async def work(self, numbers: Sequence[int]) -> Sequence[Answer]:
        self.batches.append(list(numbers))
        await self.open.wait()
        return self._judge(numbers)


@asynccontextmanager
async def gathering(
    judge: Callable[[Sequence[int]], Sequence[Answer]], *, most: int = 4, capacity: int = 100
) -> AsyncGenerator[tuple[Gathering[int, str], Desk]]:
    desk = Desk(judge)
    gathered: Gathering[int, str] = Gathering(desk.work, most=most, capacity=capacity)
    running = asyncio.create_task(gathered.run())
    try:
        yield gathered, desk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def asked(gathered: Gathering[int, str], *numbers: int) -> "list[asyncio.Task[str]]":
    """Questions that wait for their answers."""
    tasks = [asyncio.create_task(gathered.ask(number)) for number in numbers]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


def told(numbers: Sequence[int]) -> Sequence[Answer]:
    return [str(number) for number in numbers]


async def test_what_comes_while_one_batch_is_on_its_way_goes_with_the_next() -> None:
    async with gathering(told) as (gathered, desk):
        first = await asked(gathered, 0)
        others = await asked(gathered, *range(1, 10))
        assert (desk.batches, len(gathered)) == ([[0]], 9)
        desk.open.set()
        assert await asyncio.gather(*first, *others) == [str(number) for number in range(10)]
        assert desk.batches == [[0], [1, 2, 3, 4], [5, 6, 7, 8], [9]]
        assert len(gathered) == 0


async def test_one_that_fails_fails_alone() -> None:
    def judge(numbers: Sequence[int]) -> Sequence[Answer]:
        return [Conflict("superseded") if number == 2 else str(number) for number in numbers]

    async with gathering(judge) as (gathered, desk):
        desk.open.set()
        answers = await asyncio.gather(*await asked(gathered, 1, 2, 3), return_exceptions=True)
        assert answers[::2] == ["1", "3"]
        assert isinstance(answers[1], Conflict)


async def test_of_a_batch_that_fails_each_is_tried_alone() -> None:
    def judge(numbers: Sequence[int]) -> Sequence[Answer]:
        if 2 in numbers:
            raise Conflict("different_resend")
        return told(numbers)

    async with gathering(judge) as (gathered, desk):
        await asked(gathered, 0)
        tasks = await asked(gathered, 1, 2, 3)
        desk.open.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert answers[::2] == ["1", "3"]
        assert isinstance(answers[1], Conflict)
        assert desk.batches == [[0], [1, 2, 3], [1], [2], [3]]


async def test_a_batch_without_a_database_fails_whole_and_the_next_goes_on() -> None:
    away = [True]

    def judge(numbers: Sequence[int]) -> Sequence[Answer]:
        if away.pop():
            away.append(False)
            raise ConnectionRefusedError
        away.append(False)
        return told(numbers)

    async with gathering(judge) as (gathered, desk):
        desk.open.set()
        answers = await asyncio.gather(*await asked(gathered, 1, 2), return_exceptions=True)
        assert [type(answer) for answer in answers] == [ConnectionRefusedError] * 2
        assert len(desk.batches) == 1
        assert await gathered.ask(3) == "3"


async def test_no_more_wait_than_there_is_room_for() -> None:
    async with gathering(told, capacity=2) as (gathered, desk):
        first = await asked(gathered, 0)
        waiting = await asked(gathered, 1, 2)
        with pytest.raises(Unavailable, match="busy"):
            await gathered.ask(3)
        desk.open.set()
        assert await asyncio.gather(*first, *waiting) == ["0", "1", "2"]
        assert await gathered.ask(3) == "3"


async def test_whoever_no_longer_waits_is_not_in_the_others_way() -> None:
    def judge(numbers: Sequence[int]) -> Sequence[Answer]:
        return [Conflict("superseded") if number == 2 else str(number) for number in numbers]

    async with gathering(judge) as (gathered, desk):
        tasks = [*await asked(gathered, 0), *await asked(gathered, 1, 2, 3)]
        for task in tasks[:3]:
            task.cancel()
        await asyncio.gather(*tasks[:3], return_exceptions=True)
        desk.open.set()
        assert await tasks[3] == "3"
