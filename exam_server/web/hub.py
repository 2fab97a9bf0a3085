"""All open tabs of this process, and what keeps them up to date: the bell, other workers' news,
acknowledgements."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta

import msgspec
import structlog
from aiohttp import web

from exam_server.actions import shift, sit
from exam_server.actions.sit import Entry, LoadedForm
from exam_server.clock import Clock
from exam_server.core.sitting import ENDED, arrive
from exam_server.core.timing import instant_ms
from exam_server.errors import Unavailable
from exam_server.metrics import CONNECTIONS
from exam_server.protocol.sitting import CloseCode, Notice, Submitted
from exam_server.store.database import TROUBLE, Database, hear
from exam_server.store.flusher import Flusher
from exam_server.store.journal import JournalRow
from exam_server.store.notices import StoredNotice
from exam_server.store.presence import Presence
from exam_server.store.sittings import StoredSitting, Touched
from exam_server.web.keys import CLOCK, CONFIG, DATABASE, SECRETS
from exam_server.web.tab import CloseTab, Tab

GIVE_UP_AFTER = timedelta(seconds=10)
"""How long a flush may wait for the database before its tabs are told to come again."""

_TICK_S = 1.0
_PRESENCE_S = 1.0
_RETRY_S = 0.5
_TROUBLE = (*TROUBLE, Unavailable)

_log = structlog.get_logger(__name__)


class Hub:
    """The tabs of this process by sitting, one each. Implements ``web.tab.Tidings``."""

    def __init__(
        self,
        database: Database,
        flusher: Flusher,
        clock: Clock,
        *,
        worker: int,
        master_key: bytes,
        grace_ms: int,
    ) -> None:
        self.database = database
        self.flusher = flusher
        self.clock = clock
        self.worker = worker
        self.grace_ms = grace_ms
        self.draining = False
        self._master_key = master_key
        self._tabs: dict[int, Tab] = {}
        self._forms: dict[int, LoadedForm] = {}
        self._loading = asyncio.Lock()
        self._refreshing = asyncio.Lock()
        self._unacknowledged: dict[Tab, None] = {}
        self._post = asyncio.Event()
        self._seen: dict[int, Tab] = {}
        self._left: dict[int, Presence] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # Tabs come and go.

    def join(self, tab: Tab) -> None:
        """Take the tab in; an older one of the same sitting is superseded.

        Raises CloseTab SUPERSEDED when a newer one was faster.
        """
        older = self._tabs.get(tab.sitting_id)
        if older is not None and older.fence > tab.fence:
            raise CloseTab(CloseCode.SUPERSEDED)
        self._tabs[tab.sitting_id] = tab
        CONNECTIONS.set(len(self._tabs))
        if older is not None:
            self.to_close(older, CloseCode.SUPERSEDED)

    def leave(self, tab: Tab) -> None:
        """The tab's connection is over."""
        if self._tabs.get(tab.sitting_id) is tab:
            del self._tabs[tab.sitting_id]
            CONNECTIONS.set(len(self._tabs))
            if tab.welcomed:
                self._seen.pop(tab.sitting_id, None)
                self._left[tab.sitting_id] = tab.presence(self.worker, connected=False)

    def seen(self, tab: Tab) -> None:
        """The tab told something that the invigilator should see within a second: it is stored with the
        others."""
        if self._tabs.get(tab.sitting_id) is tab:
            self._seen[tab.sitting_id] = tab

    async def open(self, tab: Tab, entry: Entry) -> sit.Opening:
        """Load the tab's sitting and its form."""
        opening = await sit.open_sitting(self.database, tab.sitting_id, entry)
        form = await self._form(opening.stored.form_id)
        tab.open(opening, form, self.flusher, self, self.grace_ms)
        return opening

    async def _form(self, form_id: int) -> LoadedForm:
        async with self._loading:
            if form_id not in self._forms:
                self._forms[form_id] = await sit.load_form(self.database, form_id, self._master_key)
            return self._forms[form_id]

    # What befalls a tab's events.

    def to_acknowledge(self, tab: Tab) -> None:
        """Acknowledge as soon as the flusher has told all."""
        self._unacknowledged[tab] = None
        self._post.set()
        self.seen(tab)

    def to_close(self, tab: Tab, code: CloseCode) -> None:
        """End a connection without waiting for it."""
        self._spawn(tab.close(code))

    def to_keep(self, tab: Tab, why: str, payload: bytes) -> None:
        """Store evidence; it may be lost with the database away, for it never counts."""
        self._spawn(sit.keep_evidence(self.database, tab.sitting_id, why, [payload], self.clock.now()))

    def to_record(self, tab: Tab, row: JournalRow) -> None:
        """Record that another event has this one's seq."""
        self._spawn(
            sit.record_conflict(self.database, tab.sitting_id, row.seq, row.payload, self.clock.now())
        )

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # News of sittings.

    async def refresh(self, sitting_ids: Sequence[int]) -> None:
        """Reload those of these sittings that are here, and tell their tabs what changed."""
        async with self._refreshing:
            here = await self._reload([one for one in sitting_ids if one in self._tabs])
            # Everyone first learns that time is over; the receipts, which ask the database, hold up nobody.
            ended = [tab for stored in here if (tab := await self._update(stored)) is not None]
        if ended:
            self._spawn(self._send_receipts(ended))

    async def _reload(self, here: Sequence[int]) -> Sequence[StoredSitting]:
        if not here:
            return []
        stored = await sit.reload(self.database, here)
        now = self.clock.now()
        ready = [one.id for one in stored if arrive(one.sitting, one.terms, now)]
        if not ready:
            return stored
        await sit.go_on(self.database, ready, now)
        return await sit.reload(self.database, here)

    async def _update(self, stored: StoredSitting) -> Tab | None:
        """Tell the sitting's tab what changed; the tab if its script is in since now."""
        tab = self._tabs.get(stored.id)
        if tab is None or stored.fence < tab.fence:
            return None
        if stored.fence > tab.fence:
            self.to_close(tab, CloseCode.SUPERSEDED)
        elif not tab.welcomed:
            tab.stale = True
        elif (stored.sitting, stored.terms) != (tab.stored.sitting, tab.stored.terms):
            over = stored.sitting.state in ENDED and tab.stored.sitting.state not in ENDED
            await tab.tell_state(stored, self.clock.now())
            self.seen(tab)
            return tab if over else None
        return None

    async def _send_receipts(self, tabs: Sequence[Tab]) -> None:
        for tab in tabs:
            receipt = await sit.receipt(self.database, tab.stored, tab.form.contents)
            if receipt is not None:
                await tab.send(Submitted(receipt=receipt))

    async def send_notices(self, tabs: Sequence[Tab]) -> None:
        """Send these tabs every message to their candidates; a client passes over what it knows."""
        told = await sit.notices_to(self.database, [tab.sitting_id for tab in tabs])
        for tab in tabs:
            for notice in told[tab.sitting_id]:
                await tab.send(_message_of(notice))

    async def _send_notice(self, notice: StoredNotice) -> None:
        for tab in self._tabs_of(notice.shift_id):
            if notice.sitting_id in (None, tab.sitting_id):
                await tab.send(_message_of(notice))

    def _tabs_of(self, shift_id: int) -> list[Tab]:
        return [tab for tab in self._tabs.values() if tab.welcomed and tab.stored.shift_id == shift_id]

    async def heed(self, touched: Touched) -> None:
        """Act on a notification."""
        ids = list(touched.sittings)
        if touched.shift is not None:
            # A tab not yet welcomed knows no shift: it is looked at too.
            ids += [
                one
                for one, tab in self._tabs.items()
                if not tab.welcomed or tab.stored.shift_id == touched.shift
            ]
        await self.refresh(ids)
        if touched.notice is not None:
            await self._send_notice(await sit.read_notice(self.database, touched.notice))

    # What runs as long as the process.

    async def tick(self) -> None:
        """Ring the bells that are due and end the sittings whose time is over."""
        now = self.clock.now()
        await shift.open_due(self.database, now)
        await shift.close_due(self.database, now, grace_ms=self.grace_ms)

    async def keep_time(self) -> None:
        """Tick every second, and at each bell."""
        while True:
            await self.tick()
            bell = await shift.next_bell(self.database, self.clock.now())
            until_bell_s = _TICK_S if bell is None else (bell - self.clock.now()).total_seconds()
            await asyncio.sleep(min(_TICK_S, max(0.01, until_bell_s)))

    async def listen(self) -> None:
        """Heed the notifications of all workers; after a lost connection catch up with every sitting that is
        here."""
        async with hear(self.database.url) as heard:
            await self.refresh(list(self._tabs))
            await self.send_notices([tab for tab in self._tabs.values() if tab.welcomed])
            self._tell_presence()
            while (news := await heard.get()) is not None:
                await self.heed(_touched(news))

    async def post(self) -> None:
        """Send acknowledgements: one per tab for all that a flush has kept."""
        while True:
            await self._post.wait()
            self._post.clear()
            await self._acknowledge()

    async def _acknowledge(self) -> None:
        tabs, self._unacknowledged = self._unacknowledged, {}
        for tab in tabs:
            await tab.acknowledge(self.clock.now())

    async def report(self) -> None:
        """Store each second where the tabs are."""
        while True:
            await asyncio.sleep(_PRESENCE_S)
            await self._store_presence()

    async def _store_presence(self) -> None:
        left, self._left = self._left, {}
        seen, self._seen = self._seen, {}
        told = left | {known: tab.presence(self.worker, connected=True) for known, tab in seen.items()}
        if not told:
            return
        try:
            await sit.store_presence(self.database, list(told.values()))
        except _TROUBLE:
            self._left = left | self._left
            self._seen = seen | self._seen
            raise

    def _tell_presence(self) -> None:
        for tab in self._tabs.values():
            if tab.welcomed:
                self.seen(tab)

    async def drain(self) -> None:
        """Take nothing more, flush, acknowledge, and ask every tab to come again."""
        self.draining = True
        for tab in self._tabs.values():
            tab.closing = True
        await self.flusher.drained()
        await self._acknowledge()
        await asyncio.gather(*(tab.close(CloseCode.TRY_AGAIN) for tab in list(self._tabs.values())))
        await asyncio.gather(*self._tasks)
        with suppress(*_TROUBLE):
            await self._store_presence()


HUB = web.AppKey("hub", Hub)


async def run_hub(app: web.Application) -> AsyncGenerator[None, None]:
    """For ``cleanup_ctx``: the hub, its flusher and its loops, as long as the application."""
    worker = await sit.new_worker(app[DATABASE])
    flusher = Flusher(app[DATABASE].url, worker, app[CLOCK], give_up_after=GIVE_UP_AFTER)
    hub = app[HUB] = Hub(
        app[DATABASE],
        flusher,
        app[CLOCK],
        worker=worker,
        master_key=app[SECRETS].master_key,
        grace_ms=app[CONFIG].grace_ms,
    )
    loops = [asyncio.create_task(_again(loop)) for loop in (hub.keep_time, hub.listen, hub.report)]
    loops += [asyncio.create_task(hub.post()), asyncio.create_task(flusher.run())]
    for loop in loops:
        loop.add_done_callback(_end_without)
    yield
    for loop in loops:
        loop.remove_done_callback(_end_without)
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)


async def drain_hub(app: web.Application) -> None:
    """For ``on_shutdown``: let go of every candidate with nothing in doubt."""
    await app[HUB].drain()


def _message_of(notice: StoredNotice) -> Notice:
    return Notice(id=notice.id, text=notice.text, at_ms=instant_ms(notice.at))


def _touched(news: str) -> Touched:
    return msgspec.json.decode(news, type=Touched)


async def _again(loop: Callable[[], Awaitable[None]]) -> None:
    """Run a loop for ever, through times without a database and through what it refuses."""
    while True:
        try:
            await loop()
        except _TROUBLE as error:
            _log.warning("database_trouble", loop=getattr(loop, "__name__", ""), error=type(error).__name__)
        await asyncio.sleep(_RETRY_S)


def _end_without(loop: asyncio.Task[None]) -> None:
    """End the process when a loop ends before it: no bell would ring, or no answer be kept, and nobody would
    know. The supervisor starts another."""
    if not loop.cancelled():
        _log.critical("loop_ended", exc_info=loop.exception())
        signal.raise_signal(signal.SIGTERM)


async def _logged(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except _TROUBLE as error:
        _log.warning("lost_with_the_database", error=type(error).__name__)
