"""Work that is done for many at once: what comes while one batch is on its way goes with the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from exam_server.errors import KhaoThiError, Unavailable

A = TypeVar("A")
R = TypeVar("R")


class Gathering(Generic[A, R]):
    """Gathers what is asked and answers it in batches of at most ``most``, one batch at a time.

    ``work`` answers each in order, with an error where one alone fails. No more than ``capacity`` wait.
    """

    def __init__(
        self,
        work: Callable[[Sequence[A]], Awaitable[Sequence[R | KhaoThiError]]],
        *,
        most: int,
        capacity: int,
    ) -> None:
        self._work = work
        self._most = most
        self._capacity = capacity
        self._asked: deque[tuple[A, asyncio.Future[R]]] = deque()
        self._waiting = asyncio.Event()

    def __len__(self) -> int:
        return len(self._asked)

    async def ask(self, asked: A) -> R:
        """The answer. Raises what the work says of it alone, what befell its batch, and Unavailable with code
        ``busy`` when too many wait."""
        if len(self._asked) >= self._capacity:
            raise Unavailable("busy")
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._asked.append((asked, future))
        self._waiting.set()
        return await future

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            while self._asked:
                batch = [self._asked.popleft() for _ in range(min(self._most, len(self._asked)))]
                # Whoever has given up meanwhile asks again by another way.
                await self._answer([one for one in batch if not one[1].done()])

    async def _answer(self, batch: Sequence[tuple[A, "asyncio.Future[R]"]]) -> None:
        if not batch:
            return
        try:
            answers = await self._work([asked for asked, _ in batch])
        except KhaoThiError as error:
            await self._answer_singly(batch, error)
        except Exception as error:  # noqa: BLE001 -- whoever asked is told, and the next batch goes on
            for _, future in batch:
                _fail(future, error)
        else:
            for (_, future), answer in zip(batch, answers, strict=True):
                if isinstance(answer, KhaoThiError):
                    _fail(future, answer)
                elif not future.done():
                    future.set_result(answer)

    async def _answer_singly(
        self, batch: Sequence[tuple[A, "asyncio.Future[R]"]], error: KhaoThiError
    ) -> None:
        """One of them spoils it for all: find out which."""
        if len(batch) == 1:
            _fail(batch[0][1], error)
            return
        for one in batch:
            await self._answer([one])


def _fail(future: "asyncio.Future[R]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
