"""Where candidates' connections get their sittings, many at once; a crowd queues and sees it move."""

import asyncio
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from exam_server.actions import sit
from exam_server.actions.sit import Arrival, Entry, LoadedForm, Opening
from exam_server.clock import Clock
from exam_server.errors import Unavailable
from exam_server.metrics import ENTRANCE_QUEUE
from exam_server.store.database import Database
from exam_server.store.flusher import Flusher

MAX_TOGETHER = 128
"""Most that are let in at once: few enough that the others' answers hardly wait."""

MAX_QUEUE = 20_000
TELL_S = 2.0
"""How often those who wait are told where they stand: telling a crowd costs as much as letting it in, and
most are in sooner."""

DATABASE_S = 15.0
"""How long a tab waits for the database before it is asked to come again."""


class Guest(Protocol):
    """A connection that wants to be let in."""

    arrival: Arrival

    @property
    def gone(self) -> bool:
        """Whether it wants nothing any more."""
        ...

    def queued(self, position: int) -> None:
        """It waits."""
        ...

    def joined(self, fence: int) -> object | None:
        """It has the sitting; None when it is gone."""
        ...

    def opened(self, opening: Opening, form: LoadedForm, *, stale: bool) -> None:
        """It is in; ``stale`` when something has happened to the sitting since it was read."""
        ...

    def refused(self, error: Exception) -> None:
        """It is not let in."""
        ...


class Forms(Protocol):
    """Who has the forms; the hub."""

    async def form(self, form_id: int) -> LoadedForm:
        """A form, loaded once."""
        ...


class Entrance:
    """Lets guests in, in the order in which they came."""

    def __init__(self, database: Database, flusher: Flusher, clock: Clock, forms: Forms, worker: int) -> None:
        self._database = database
        self._flusher = flusher
        self._clock = clock
        self._forms = forms
        self._worker = worker
        self._queue: deque[Guest] = deque()
        self._waiting = asyncio.Event()
        self._told_at = 0.0
        self._entering: set[int] = set()
        self._touched: set[int] = set()
        ENTRANCE_QUEUE.set_function(lambda: len(self._queue))

    def let_in(self, guest: Guest) -> bool:
        """Queue a guest; False when the queue is full."""
        if len(self._queue) >= MAX_QUEUE:
            return False
        self._queue.append(guest)
        self._waiting.set()
        return True

    def turn_away(self) -> None:
        """Refuse all who wait: the server stops."""
        waiting, self._queue = self._queue, deque()
        for guest in waiting:
            guest.refused(Unavailable("busy"))

    async def run(self) -> None:
        """Let in until cancelled."""
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            self._told_at = asyncio.get_running_loop().time()
            while self._queue:
                guests = self._next()
                try:
                    async with asyncio.timeout(DATABASE_S):
                        await self._admit(guests)
                except Exception as error:  # noqa: BLE001 -- these are told, and the next are let in
                    for guest in guests.values():
                        guest.refused(error)
                self._tell_positions()

    def _next(self) -> dict[int, Guest]:
        """The first in the queue, by sitting; of several for one sitting the others come after it.

        Who has gone is passed over: the client may be in by now elsewhere, and would lose the sitting again.
        """
        guests: dict[int, Guest] = {}
        later: list[Guest] = []
        while self._queue and len(guests) + len(later) < MAX_TOGETHER:
            guest = self._queue.popleft()
            if guest.gone:
                continue
            if guest.arrival.sitting_id in guests:
                later.append(guest)
            else:
                guests[guest.arrival.sitting_id] = guest
        self._queue.extendleft(reversed(later))
        return guests

    def touch(self, sitting_ids: Collection[int] | None) -> None:
        """Something happened to these sittings, None for any: whoever is entering one must look at it
        again."""
        self._touched |= self._entering if sitting_ids is None else self._entering.intersection(sitting_ids)

    async def _admit(self, guests: Mapping[int, Guest]) -> None:
        self._entering, self._touched = set(guests), set()
        arrivals = [guest.arrival for guest in guests.values()]
        entries = await sit.enter(self._database, arrivals, worker=self._worker, now=self._clock.now())
        joined: list[Entry] = []
        for guest, entry in zip(guests.values(), entries, strict=True):
            if not isinstance(entry, Entry):
                guest.refused(entry)
            elif guest.joined(entry.stored.fence) is not None:
                joined.append(entry)
        if joined:
            # What this process has begun to append for an older connection must be over.
            await self._flusher.turn()
            await self._open(guests, await sit.open_sittings(self._database, joined))

    async def _open(self, guests: Mapping[int, Guest], openings: Sequence[Opening]) -> None:
        forms = {one.stored.form_id: await self._forms.form(one.stored.form_id) for one in openings}
        for opening in openings:
            sitting_id, form = opening.stored.id, forms[opening.stored.form_id]
            guests[sitting_id].opened(opening, form, stale=sitting_id in self._touched)

    def _tell_positions(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._told_at >= TELL_S:
            self._told_at = now
            for position, guest in enumerate(self._queue, start=1):
                guest.queued(position)
