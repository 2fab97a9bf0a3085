"""A province is scored: from the journals to the pages."""

import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import aiohttp
import msgspec
import numpy as np

from exam_server.actions import key_changes, runs, staff
from exam_server.bench.province import make_province
from exam_server.bench.report import BenchReport, Bound, make_report, this_machine
from exam_server.bench.stage import Tell
from exam_server.catalogue import languages
from exam_server.clock import SystemClock
from exam_server.computing import start_computing
from exam_server.core.access import Role
from exam_server.errors import Unavailable
from exam_server.protocol.measurement import NewKeyChange, NewRun, ScoringRun, SignRun
from exam_server.secrets import Secrets, load_secrets
from exam_server.simulation.serving import serving
from exam_server.simulation.world import World
from exam_server.store.database import Database, fetch_existing, open_database, read_queries
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import migrate
from exam_server.store.staff import StaffMember, select_optional_credentials

SQL = read_queries(__file__)

MOST_RUN_S, MOST_PEAK_MIB, MOST_PAGE_S = 60.0, 2_048.0, 1.0

_USERNAMES = ("hoidong1", "hoidong2")
_PASSWORD = "mat-khau-do-tai"  # noqa: S105 -- of a database that lives as long as the bench
_KIB = 1_024

T = TypeVar("T")


async def run_scoring(students: int, tell: Tell) -> BenchReport:
    """Score an exam of 51 items that so many have sat, and open the pages about it.

    Raises Unavailable with code ``bench_run_fails`` when the run does not come to its end.
    """
    machine = this_machine()
    with tempfile.TemporaryDirectory(prefix="khaothi-bench-") as name:
        tell("starting")
        postgres = EmbeddedPostgres(Path(name) / "postgres")
        try:
            async with open_database(postgres.url, most=4) as database:
                figures, scan_s = await _measured(database, Path(name), postgres.url, students, tell)
        finally:
            postgres.stop()
    return make_report(
        "scoring",
        machine,
        {"students": students},
        figures=figures,
        limits={"journal_scan_s": scan_s},
        ratios={"run_to_journal_scan": figures["run_s"] / scan_s},
        bounds={
            "run_s": Bound(most=MOST_RUN_S),
            "run_peak_mib": Bound(most=MOST_PEAK_MIB),
            "page_slowest_s": Bound(most=MOST_PAGE_S),
        },
    )


async def _measured(
    database: Database, data: Path, url: str, students: int, tell: Tell
) -> tuple[Mapping[str, float], float]:
    await migrate(database)
    secrets = load_secrets(data)
    tell("making_province", students=students)
    world = await _held(database, secrets, students)
    board = await _board(database)
    async with database.connection() as connection:
        scan_s, events = await _timed(lambda: fetch_existing(connection, SQL["scan_journal"]))
    tell("scoring_run")
    run, ran = await _run(database, world.exam, board[0], url)
    tell("opening_pages")
    pages = await _pages(database, data, url, world, run, board)
    return {"journal_events": events[0], **ran, **pages, "page_slowest_s": max(pages.values())}, scan_s


async def _held(database: Database, secrets: Secrets, students: int) -> World:
    held_at = (SystemClock().now() - timedelta(days=2)).replace(microsecond=0)
    return await make_province(database, secrets, students, held_at, np.random.default_rng(1))


async def _board(database: Database) -> tuple[StaffMember, ...]:
    now = SystemClock().now()
    for username in _USERNAMES:
        await staff.add_staff(
            database,
            username=username,
            name=username,
            role=Role.BOARD,
            password=_PASSWORD,
            actor="bench",
            now=now,
        )
    async with database.connection() as connection:
        found = [await select_optional_credentials(connection, username) for username in _USERNAMES]
    return tuple(one.member for one in found if one is not None)


async def _run(
    database: Database, exam: int, starter: StaffMember, url: str
) -> tuple[ScoringRun, Mapping[str, float]]:
    """Compute a run in its own process, as a server does; CPU and the most memory are that process's."""
    lang = languages()[0]
    run = await runs.start_run(database, exam, NewRun(), starter, SystemClock().now(), lang)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = await start_computing(run.id, url)
    code = await process.wait()
    run_s, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    done = await runs.show_run(database, run.id, starter, lang)
    if done.state != "done":
        raise Unavailable("bench_run_fails", reason=done.error or f"{done.state}, {code}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done, {"run_s": run_s, "run_cpu_s": cpu_s, "run_peak_mib": after.ru_maxrss / _KIB}


async def _pages(
    database: Database, data: Path, url: str, world: World, run: ScoringRun, board: tuple[StaffMember, ...]
) -> Mapping[str, float]:
    """How long a server takes for each page, asked for the first time."""
    item, now = world.items[0], SystemClock().now()
    change = await key_changes.propose_key_change(
        database, run.exam_id, NewKeyChange(item=item, key=None, reason="Đo tải"), board[0], now
    )
    paths = {
        "page_test_s": f"/api/runs/{run.id}/analysis",
        "page_item_s": f"/api/runs/{run.id}/items/{item}",
        "page_scores_s": f"/api/runs/{run.id}/scores",
        "page_last_scores_s": f"/api/runs/{run.id}/scores?sort=score&page={-(-(run.n or 0) // 200)}",
        "page_search_s": f"/api/runs/{run.id}/scores?search=77",
        "page_preview_s": f"/api/key-changes/{change.id}/preview",
    }
    async with (
        serving(data, url) as server,
        aiohttp.ClientSession(server.address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
    ):
        await _asked(http.post("/api/login", json={"username": board[1].username, "password": _PASSWORD}))
        times = {name: await _opened(http, path) for name, path in paths.items()}
        signature = msgspec.to_builtins(SignRun(record_sha256=run.record_sha256 or ""))
        sign = http.post(f"/api/runs/{run.id}/sign", json=signature)
        return {**times, "page_sign_s": (await _timed(lambda: _asked(sign)))[0]}


async def _opened(http: aiohttp.ClientSession, path: str) -> float:
    return (await _timed(lambda: _asked(http.get(path))))[0]


async def _asked(request: Awaitable[aiohttp.ClientResponse]) -> bytes:
    """The body of a good reply. Raises Unavailable with code ``bench_run_fails`` for another."""
    async with await request as reply:
        body = await reply.read()
    if reply.status >= 400:
        raise Unavailable("bench_run_fails", reason=f"{reply.url.path}: {body[:200]!r}")
    return body


async def _timed(work: Callable[[], Awaitable[T]]) -> tuple[float, T]:
    began = time.monotonic()
    found = await work()
    return time.monotonic() - began, found
