"""Browser, server and an exam morning for the browser tests."""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable

import asyncpg
import pytest
from playwright.async_api import Browser, ViewportSize, async_playwright, expect

from exam_server.secrets import Secrets
from exam_server.store.database import Database, open_database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.web.static import STATIC
from tests.browser.chromium import ARGUMENTS, chromium_path
from tests.browser.clock import ExamClock
from tests.browser.record import Record
from tests.browser.site import Site, running_site
from tests.browser.visitor import LAB_PC, PATIENCE_MS, Visitor, open_visitor
from tests.browser.world import World, make_world

REQUIRED = os.environ.get("KHAOTHI_REQUIRE_BROWSER") == "1"
MORNING_DATABASE = "khaothi_morning"

Visit = Callable[..., Awaitable[Visitor]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs the browser."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """The machine's Chromium; without it or the built client the tests are skipped, unless required."""
    path = chromium_path()
    if path is None:
        _missing("there is no Chromium on this machine")
    if not (STATIC / "index.html").is_file():
        _missing("the client is not built: run `make client`")
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    """Keys that are secret to nobody, the same for the whole morning."""
    return Secrets(pepper=b"p" * 32, cookie_key=b"c" * 32, master_key=b"m" * 32)


@pytest.fixture(scope="session")
async def world(cluster: EmbeddedPostgres, template: str, secrets: Secrets) -> World:
    """The exam morning, made once; every test gets a copy of its database."""
    await _copy(cluster, template, MORNING_DATABASE)
    async with open_database(cluster.url_of(MORNING_DATABASE)) as database:
        return await make_world(database, secrets)


@pytest.fixture
async def database_url(
    cluster: EmbeddedPostgres, world: World, request: pytest.FixtureRequest
) -> AsyncGenerator[str]:
    """A database of this test's own, with the exam morning in it."""
    name = f"browser_{abs(hash(request.node.nodeid))}"
    await _copy(cluster, MORNING_DATABASE, name)
    yield cluster.url_of(name)
    await _command(cluster.url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clock() -> ExamClock:
    """Half past seven; the bell rings at eight."""
    return ExamClock()


@pytest.fixture
async def site(database: Database, secrets: Secrets, clock: ExamClock) -> AsyncGenerator[Site]:
    """The running server."""
    async with running_site(database, secrets, clock) as site:
        yield site


@pytest.fixture
def record(site: Site, world: World) -> Record:
    """What this test's database holds."""
    return Record(site, world)


@pytest.fixture
async def visit(browser: Browser, site: Site, clock: ExamClock) -> AsyncGenerator[Visit]:
    """Opens windows; at the end none may have had an unexpected trouble."""
    visitors: list[Visitor] = []

    async def open_window(*, language: str = "vi", viewport: ViewportSize = LAB_PC) -> Visitor:
        visitor = await open_visitor(browser, site.url, clock, language=language, viewport=viewport)
        visitors.append(visitor)
        return visitor

    yield open_window
    troubles = [line for visitor in visitors for line in visitor.troubles]
    for visitor in visitors:
        await visitor.context.close()
    assert troubles == []


def _missing(what: str) -> None:
    if REQUIRED:
        pytest.fail(what)
    pytest.skip(what)


async def _copy(cluster: EmbeddedPostgres, source: str, name: str) -> None:
    await _command(cluster.url, f"CREATE DATABASE {name} TEMPLATE {source}")


async def _command(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
