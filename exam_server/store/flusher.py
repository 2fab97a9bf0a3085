"""The group commit: one flusher per process writes all that is waiting, then tells the owners.

It owns one connection, which keeps the statement prepared. An event is reported kept only after a commit
that came back without a warning. After any failure the connection is dropped and the same rows are settled
over a fresh one, in a transaction that writes to the log and so waits for the standby: that a row is there
does not prove that it is durable. When the database stays away too long, the owners of all that waits are
told so; nothing is ever silently lost.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from math import ceil
from typing import Protocol, cast

import asyncpg

from exam_server.clock import Clock
from exam_server.metrics import CONFLICTS, FLUSH_FAILURES, FLUSH_ROWS, FLUSH_SECONDS, QUEUE_ROWS
from exam_server.store.database import doubts
from exam_server.store.journal import Fate, JournalRow, NotKeptError, append, settle

MAX_FLUSH_ROWS = 2_000
_RETRY_S = 0.05


class CommitInDoubtError(Exception):
    """A flush came back with a warning: it may not be durable."""


_KEPT: list[Fate] = ["kept"]
_FAILURES = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    CommitInDoubtError,
)


class Owner(Protocol):
    """Whoever handed in a row and waits to hear of it. Called on the event loop; must not block.

    After a row of its is lost it is ``broken``, and none that follows may be kept.
    """

    broken: bool

    def kept(self, row: JournalRow) -> None:
        """The row is durable."""
        ...

    def lost(self, row: JournalRow, fate: Fate) -> None:
        """The row is not in the journal and never will be."""
        ...

    def failed(self) -> None:
        """The database is away: rows of this owner are in doubt, and none that follow them may be taken."""
        ...


class Flusher:
    """The process's one writer of journal rows. ``capacity`` bounds the rows that wait; ``flushed`` is called
    when the owners of a batch have been told."""

    def __init__(
        self, url: str, worker: int, clock: Clock, *, capacity: int = 20_000, give_up_after: timedelta
    ) -> None:
        self._url = url
        self._worker = worker
        self._clock = clock
        self._capacity = capacity
        self._give_up_after = give_up_after
        self._queue: deque[tuple[JournalRow, Owner]] = deque()
        self._waiting = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._ended = False
        self._connection: asyncpg.Connection | None = None
        self._put = self._written = self._writing = 0
        self._turns: deque[tuple[int, asyncio.Future[None]]] = deque()
        self.flushed: Callable[[], None] | None = None
        QUEUE_ROWS.set_function(lambda: len(self._queue))

    def put(self, row: JournalRow, owner: Owner) -> bool:
        """Queue a row; False when the queue is full."""
        if self._ended or len(self._queue) >= self._capacity:
            return False
        self._queue.append((row, owner))
        self._put += 1
        self._idle.clear()
        self._waiting.set()
        return True

    async def run(self) -> None:
        """Flush until cancelled."""
        try:
            while True:
                await self._waiting.wait()
                waiting = len(self._queue)
                batch = self._take()
                self._writing = waiting - len(self._queue)
                if batch:
                    await self._flush(batch)
                self._wrote(self._writing)
                if not self._queue:
                    self._waiting.clear()
                    self._idle.set()
        finally:
            self._ended = True
            self._drop()
            self._idle.set()
            self._wrote(self._put - self._written)

    async def drained(self) -> None:
        """Wait until nothing waits and no flush is on its way, or there is no more flushing."""
        await self._idle.wait()

    async def turn(self) -> None:
        """Wait until the flush that is on its way is over, if there is one."""
        await self._reach(self._written + self._writing)

    async def passed(self) -> None:
        """Wait until all that has been put by now is written or given up."""
        await self._reach(self._put)

    async def _reach(self, count: int) -> None:
        if count > self._written:
            reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._turns.append((count, reached))
            await reached

    def _wrote(self, count: int) -> None:
        self._writing = 0
        self._written += count
        waiting, self._turns = self._turns, deque()
        for target, reached in waiting:
            if target > self._written:
                self._turns.append((target, reached))
            elif not reached.done():
                reached.set_result(None)
        if self.flushed is not None:
            self.flushed()

    def _take(self) -> list[tuple[JournalRow, Owner]]:
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), MAX_FLUSH_ROWS))]
        orphans = [one for one in batch if one[1].broken]
        for row, owner in orphans:
            owner.lost(row, "orphaned")
        return [one for one in batch if not one[1].broken] if orphans else batch

    async def _flush(self, batch: Sequence[tuple[JournalRow, Owner]]) -> None:
        began = self._clock.now()
        fates = await self._write([row for row, _ in batch])
        FLUSH_ROWS.observe(len(batch))
        FLUSH_SECONDS.observe((self._clock.now() - began).total_seconds())
        if fates is None:
            self._give_up(batch)
            return
        for (row, owner), fate in zip(batch, fates, strict=True):
            if fate == "kept":
                owner.kept(row)
            else:
                CONFLICTS.labels(fate).inc()
                owner.lost(row, fate)

    async def _write(self, rows: Sequence[JournalRow]) -> Sequence[Fate] | None:
        """Each row's fate, or None when the database stayed away."""
        until = self._clock.now() + self._give_up_after
        doubtful = False
        while True:
            try:
                if not doubtful and await self._append_rows(rows):
                    return _KEPT * len(rows)
                return await self._settle_rows(rows)
            except _FAILURES:
                FLUSH_FAILURES.inc()
                doubtful = True
                self._drop()
            if self._clock.now() >= until:
                return None
            await asyncio.sleep(_RETRY_S)

    async def _append_rows(self, rows: Sequence[JournalRow]) -> bool:
        """Whether they are in; False when some cannot be, and none is."""
        connection = await self._connected()
        with doubts(connection) as heard:
            try:
                await append(connection, self._worker, rows)
            except NotKeptError:
                return False
        if heard:
            raise CommitInDoubtError
        return True

    async def _settle_rows(self, rows: Sequence[JournalRow]) -> Sequence[Fate]:
        connection = await self._connected()
        with doubts(connection) as heard:
            fates = await settle(connection, self._worker, rows)
        if heard:
            raise CommitInDoubtError
        return fates

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None:
            limit_s = ceil(self._give_up_after.total_seconds())
            opened = await asyncpg.connect(self._url, timeout=limit_s, command_timeout=limit_s)
            self._connection = cast("asyncpg.Connection", opened)
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    def _give_up(self, batch: Sequence[tuple[JournalRow, Owner]]) -> None:
        """Fail everyone who has a row here: what follows a row in doubt has no predecessor to chain to."""
        owners = dict.fromkeys(owner for _, owner in [*batch, *self._queue])
        self._written += len(self._queue)
        self._queue.clear()
        for owner in owners:
            owner.failed()
