"""All open tabs of this process, and what keeps them up to date: the bell, other workers' news,
acknowledgements."""

import asyncio
import signal
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
import structlog
from aiohttp import web

from exam_server.actions import shift, sit
from exam_server.actions.sit import LoadedForm
from exam_server.clock import Clock
from exam_server.config import Config
from exam_server.core.script import read_script
from exam_server.core.sitting import ENDED, Event, Happening, State, apply, arrive
from exam_server.errors import KhaoThiError, Unavailable
from exam_server.metrics import CONNECTIONS, FENCE_CONFLICTS, RECONNECTS
from exam_server.protocol.sitting import CloseCode
from exam_server.secrets import Secrets
from exam_server.store.database import TROUBLE, Database, hear
from exam_server.store.flusher import Flusher
from exam_server.store.journal import JournalRow
from exam_server.store.presence import Presence
from exam_server.store.sittings import MAX_ENDED, StoredSitting, Touched
from exam_server.web.entrance import DATABASE_S, Entrance
from exam_server.web.gathering import Gathering
from exam_server.web.keys import CLOCK, CONFIG, DATABASE, SECRETS
from exam_server.web.sessions import CANDIDATE_COOKIE, Ticket, check_page, ticket_for
from exam_server.web.tab import CloseTab, Tab
from exam_server.web.upgrade import Caller

GIVE_UP_AFTER = timedelta(seconds=10)
"""How long a flush may wait for the database before its tabs are told to come again."""

PROBE_AFTER = timedelta(seconds=10)
DEAD_AFTER = timedelta(seconds=20)
"""After so long without a sign of life a client is asked for one, and then given up."""

RECONNECTS_PER_S = 1_000
"""How many a worker can let in without keeping the others' answers waiting."""

MIN_RECONNECT_MS = 1_000
MAX_ORDERS = 20_000
MAX_TOLD = 500
MAX_SUBMISSIONS = 64
MAX_WAITING_SUBMISSIONS = 20_000
PRESENCE_ROWS = 16
"""How many tabs' presence is stored at once: so few that nobody's answer waits for it."""

_TICK_S = 1.0
_PRESENCE_S = 1.0
_WATCH_S = 2.0
_RETRY_S = 0.5
_TROUBLE = (*TROUBLE, Unavailable)

_log = structlog.get_logger(__name__)


class Hub:
    """The tabs of this process by sitting, one each. Implements ``web.tab.Tidings``."""

    def __init__(
        self, database: Database, clock: Clock, config: Config, secrets: Secrets, *, worker: int
    ) -> None:
        self.database = database
        self.clock = clock
        self.worker = worker
        self.grace_ms = config.grace_ms
        self.draining = False
        self.flusher = Flusher(database.url, worker, clock, give_up_after=GIVE_UP_AFTER)
        self.flusher.flushed = self._acknowledge
        self.entrance = Entrance(database, self.flusher, clock, self, worker)
        self.collection: Gathering[JournalRow, StoredSitting] = Gathering(
            self._collect, most=MAX_SUBMISSIONS, capacity=MAX_WAITING_SUBMISSIONS
        )
        self._config = config
        self._secrets = secrets
        self._tabs: dict[int, Tab] = {}
        self._forms: dict[int, LoadedForm] = {}
        self._orders: OrderedDict[int, msgspec.Raw] = OrderedDict()
        self._loading = asyncio.Lock()
        self._refreshing = asyncio.Lock()
        self._unacknowledged: dict[Tab, None] = {}
        self._seen: dict[int, Tab] = {}
        self._leaving: dict[int, Presence] = {}
        self._left: dict[int, Presence] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # Tabs come and go.

    def admit(self, caller: Caller) -> Ticket:
        """Whose connection it is. Raises Denied for a page of another site, Unauthenticated with code
        ``login_needed``; whether the PIN was renewed since, the entrance looks."""
        ours = (self._config.public_url, f"http://{caller.host}", f"https://{caller.host}")
        check_page(caller.origin, caller.fetch_site, ours=ours)
        cookie = caller.cookies.get(CANDIDATE_COOKIE, "")
        return ticket_for(self._secrets.cookie_key, cookie, caller.sitting, self.clock.now())

    def join(self, tab: Tab) -> None:
        """Take the tab in; an older one of the same sitting is superseded.

        Raises CloseTab SUPERSEDED when a newer one was faster.
        """
        older = self._tabs.get(tab.sitting_id)
        if older is not None and older.fence > tab.fence:
            raise CloseTab(CloseCode.SUPERSEDED)
        self._tabs[tab.sitting_id] = tab
        self._leaving.pop(tab.sitting_id, None)
        self._left.pop(tab.sitting_id, None)
        CONNECTIONS.set(len(self._tabs))
        if tab.fence > 1:
            RECONNECTS.inc()
        if older is not None:
            self._supersede(older)

    def leave(self, tab: Tab) -> None:
        """The tab's connection is over."""
        if self._tabs.get(tab.sitting_id) is tab:
            del self._tabs[tab.sitting_id]
            CONNECTIONS.set(len(self._tabs))
            if tab.welcomed:
                self._seen.pop(tab.sitting_id, None)
                self._leaving[tab.sitting_id] = tab.presence(self.worker, connected=False)

    def welcomed(self, tab: Tab, *, stale: bool) -> None:
        """The tab knows its sitting; whatever has changed since that was read is read again."""
        self.seen(tab)
        tab.stale = stale
        if stale or arrive(tab.stored.sitting, tab.stored.terms, self.clock.now()):
            self.spawn(self.refresh([tab.sitting_id]))
        if stale:
            self.spawn(self._send_notices([tab]))

    def seen(self, tab: Tab) -> None:
        """The tab told something that the invigilator should see soon: it is stored with the others."""
        if self._tabs.get(tab.sitting_id) is tab:
            self._seen[tab.sitting_id] = tab

    def reconnect_ms(self) -> int:
        """Over how long the tabs that are here should spread when they come again."""
        return max(MIN_RECONNECT_MS, len(self._tabs) * 1_000 // RECONNECTS_PER_S)

    async def form(self, form_id: int) -> LoadedForm:
        """A form, loaded once."""
        async with self._loading:
            if form_id not in self._forms:
                self._forms[form_id] = await sit.load_form(self.database, form_id, self._secrets.master_key)
            return self._forms[form_id]

    def order(self, form: LoadedForm, stored: StoredSitting) -> msgspec.Raw:
        """A candidate's FormOrder, encoded; made once for all connections that are still to come."""
        order = self._orders.get(stored.id)
        if order is None:
            order = self._orders[stored.id] = msgspec.Raw(msgspec.json.encode(form.order(stored.seed)))
            if len(self._orders) > MAX_ORDERS:
                self._orders.popitem(last=False)
        return order

    def _supersede(self, tab: Tab) -> None:
        FENCE_CONFLICTS.inc()
        tab.close(CloseCode.SUPERSEDED)

    # What befalls a tab's events.

    def to_acknowledge(self, tab: Tab) -> None:
        """Acknowledge as soon as the flusher has told all."""
        if tab not in self._unacknowledged:
            self._unacknowledged[tab] = None
            self.seen(tab)

    def to_keep(self, tab: Tab, why: str, payload: bytes) -> None:
        """Store evidence; it may be lost with the database away, for it never counts."""
        self.spawn(sit.keep_evidence(self.database, tab.sitting_id, why, [payload], self.clock.now()))

    def to_record(self, tab: Tab, row: JournalRow) -> None:
        """Record that another event has this one's seq."""
        self.spawn(sit.record_conflict(self.database, tab.sitting_id, row.seq, row.payload, self.clock.now()))

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Do something beside all else; it may be lost with the database away."""
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # News of sittings.

    async def refresh(self, sitting_ids: Sequence[int]) -> None:
        """Reload those of these sittings that are here, and tell their tabs what changed."""
        self.entrance.touch(sitting_ids)
        async with self._refreshing:
            here = await self._reload([one for one in sitting_ids if one in self._tabs])
            # Everyone first learns that time is over; the receipts, which ask the database, hold up nobody.
            ended = [tab for stored in here if (tab := self._update(stored)) is not None]
        if ended:
            self.spawn(self._send_receipts(ended))

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

    def _update(self, stored: StoredSitting) -> Tab | None:
        """Tell the sitting's tab what changed; the tab if its script is in since now."""
        tab = self._tabs.get(stored.id)
        if tab is None or stored.fence < tab.fence:
            return None
        tab.stale = False
        if stored.fence > tab.fence:
            self._supersede(tab)
        elif tab.welcomed and (stored.sitting, stored.terms) != (tab.stored.sitting, tab.stored.terms):
            over = stored.sitting.state in ENDED and tab.stored.sitting.state not in ENDED
            tab.tell_state(stored, self.clock.now())
            self.seen(tab)
            return tab if over else None
        return None

    async def _send_receipts(self, tabs: Sequence[Tab]) -> None:
        """Tell these tabs what the journal holds now that nothing more is taken."""
        for start in range(0, len(tabs), MAX_TOLD):
            some = tabs[start : start + MAX_TOLD]
            works = await sit.works(self.database, [tab.stored for tab in some])
            for tab in some:
                work, contents = works[tab.sitting_id], tab.form.contents
                # What is in flight is in the tab's script and may never be in the journal.
                whole = tab.is_settled and tab.committed_seq == len(work.payloads)
                script = tab.script if whole else read_script(work.payloads)
                tab.tell_receipt(
                    sit.make_receipt(tab.stored, script, len(work.payloads), work.chain, contents)
                )

    async def _collect(self, rows: Sequence[JournalRow]) -> Sequence[StoredSitting | KhaoThiError]:
        async with asyncio.timeout(DATABASE_S):
            return await sit.submit(self.database, rows, worker=self.worker)

    def collected(self, tab: Tab, stored: StoredSitting) -> None:
        """The tab's script is in."""
        now = self.clock.now()
        tab.acknowledge(now)
        tab.tell_state(stored, now)
        tab.tell_receipt(tab.receipt())
        self.seen(tab)

    async def _send_notice(self, notice_id: int) -> None:
        notice = await sit.read_notice(self.database, notice_id)
        for tab in self._tabs_of(notice.shift_id):
            if notice.sitting_id in (None, tab.sitting_id):
                tab.tell_notices([notice])

    async def _send_notices(self, tabs: Sequence[Tab]) -> None:
        """Send these tabs every message to their candidates."""
        told = await sit.notices_to(self.database, [tab.sitting_id for tab in tabs])
        for tab in tabs:
            tab.tell_notices(told[tab.sitting_id])

    async def _ring(self, shift_id: int, bell_at: datetime) -> None:
        """The bell of a shift rang: all who waited have started at that moment.

        Nothing is read for them again. Those whom the bell may just have missed are looked at after it.
        """
        self.entrance.touch(None)
        async with self._refreshing:
            for tab in self._tabs_of(shift_id):
                if tab.stored.sitting.state is State.WAITING and not tab.stale:
                    tab.tell_state(_started(tab.stored, bell_at), self.clock.now())
                    self.seen(tab)
            missed = await sit.waiting(self.database, shift_id)
        others = [tab.sitting_id for tab in self._tabs_of(shift_id) if tab.stored.terms.bell_at is None]
        await self.refresh([*missed, *others])

    def _tabs_of(self, shift_id: int) -> list[Tab]:
        return [tab for tab in self._tabs.values() if tab.welcomed and tab.stored.shift_id == shift_id]

    async def heed(self, touched: Touched) -> None:
        """Act on a notification."""
        if touched.shift is not None and touched.bell_at is not None:
            await self._ring(touched.shift, touched.bell_at)
        elif touched.shift is not None:
            self.entrance.touch(None)
            await self.refresh([tab.sitting_id for tab in self._tabs_of(touched.shift)])
        else:
            await self.refresh(touched.sittings)
        if touched.notice is not None:
            self.entrance.touch(None)
            await self._send_notice(touched.notice)

    # What runs as long as the process.

    async def tick(self) -> None:
        """Ring the bells that are due and end the sittings whose time is over."""
        now = self.clock.now()
        await shift.open_due(self.database, now)
        # What was received in time is in the journal before its sitting is closed.
        await self.flusher.passed()
        while len(await self._close_due(now)) == MAX_ENDED:
            pass

    async def _close_due(self, now: datetime) -> Sequence[int]:
        return await shift.close_due(self.database, now, grace_ms=self.grace_ms, worker=self.worker)

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
            self.entrance.touch(None)
            await self.refresh(list(self._tabs))
            await self._send_notices([tab for tab in self._tabs.values() if tab.welcomed])
            self._tell_presence()
            while (news := await heard.get()) is not None:
                await self.heed(_touched(news))

    def _acknowledge(self) -> None:
        """One acknowledgement per tab for all that a flush has kept."""
        tabs, self._unacknowledged = self._unacknowledged, {}
        now = self.clock.now()
        for tab in tabs:
            tab.acknowledge(now)

    async def watch(self) -> None:
        """Look for clients that have fallen silent."""
        while True:
            await asyncio.sleep(_WATCH_S)
            self.look_around()

    def look_around(self) -> None:
        """Ask the silent for a sign of life, and give up the dead."""
        now = self.clock.now()
        for tab in list(self._tabs.values()):
            silent = now - tab.heard_at
            if silent > DEAD_AFTER:
                tab.cut()
            elif silent > PROBE_AFTER:
                tab.probe()

    async def report(self) -> None:
        """Store each second where the tabs are."""
        while True:
            await asyncio.sleep(_PRESENCE_S)
            await self._store_presence()

    async def _store_presence(self) -> None:
        """A few at a time. Who has left is told of in the next round, for most of a crowd are back by
        then."""
        left, self._left, self._leaving = self._left, self._leaving, {}
        seen, self._seen = self._seen, {}
        for known, tab in seen.items():
            left[known] = tab.presence(self.worker, connected=True)
        told = list(left.values())
        for start in range(0, len(told), PRESENCE_ROWS):
            try:
                await sit.store_presence(self.database, told[start : start + PRESENCE_ROWS])
            except _TROUBLE:
                unstored = {one.sitting_id for one in told[start:]}
                self._left = {one: left[one] for one in unstored - seen.keys()} | self._left
                self._seen = {one: seen[one] for one in unstored & seen.keys()} | self._seen
                raise

    def _tell_presence(self) -> None:
        for tab in self._tabs.values():
            if tab.welcomed:
                self.seen(tab)

    async def drain(self) -> None:
        """Take nothing more, flush, acknowledge, and ask every tab to come again."""
        self.draining = True
        self.entrance.turn_away()
        await self.flusher.drained()
        self._acknowledge()
        for tab in list(self._tabs.values()):
            tab.close(CloseCode.TRY_AGAIN)
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(*_TROUBLE):
            await self._store_presence()
            await self._store_presence()


HUB = web.AppKey("hub", Hub)


async def run_hub(app: web.Application) -> AsyncGenerator[None, None]:
    """For ``cleanup_ctx``: the hub, its flusher and its loops, as long as the application."""
    worker = await sit.new_worker(app[DATABASE])
    hub = app[HUB] = Hub(app[DATABASE], app[CLOCK], app[CONFIG], app[SECRETS], worker=worker)
    loops = [asyncio.create_task(_again(loop)) for loop in (hub.keep_time, hub.listen, hub.report, hub.watch)]
    loops += [asyncio.create_task(loop()) for loop in (hub.flusher.run, hub.entrance.run, hub.collection.run)]
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


def _started(stored: StoredSitting, bell_at: datetime) -> StoredSitting:
    """A waiting sitting after the bell."""
    return msgspec.structs.replace(
        stored,
        sitting=apply(stored.sitting, Event(what=Happening.STARTED, at=bell_at)),
        terms=msgspec.structs.replace(stored.terms, bell_at=bell_at),
        state_reason=None,
    )


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
        async with asyncio.timeout(DATABASE_S):
            await work
    except _TROUBLE as error:
        _log.warning("lost_with_the_database", error=type(error).__name__)
