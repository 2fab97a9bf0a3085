"""The demo's school on a test's server: real papers, rosters and accounts, made by the actions people use."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer

import item_bank
from exam_server.app import create_app
from exam_server.clock import FakeClock
from exam_server.config import Config
from exam_server.core.access import Role
from exam_server.demo.build import USERNAMES, Words, build_demo
from exam_server.demo.logins import Logins
from exam_server.demo.school import numbers
from exam_server.protocol.staff import ShiftRow
from exam_server.secrets import Secrets
from exam_server.store.database import Database

SAMPLE = Path(str(resources.files(item_bank))) / "samples" / "toan_12_giua_ky.docx"
WORDS = Words(
    bank="Toán 12",
    exam="Giữa kỳ 1",
    subject="Toán",
    shift="Ca",
    room="Phòng máy 1",
    names=dict.fromkeys(Role, "Người"),
)
LOGINS = Logins(
    passwords={role: f"mat-khau-{role}" for role in Role},
    second="mat-khau-thu-hai",
    pins={number: f"7{number[1:]}" for number in numbers()},
)


class School(msgspec.Struct, frozen=True, kw_only=True):
    """A running server with the demo's exam, and a browser for everyone."""

    database: Database
    clock: FakeClock
    secrets: Secrets
    server: TestServer
    shift: ShiftRow
    browsers: dict[str, TestClient[Any, Any]]

    def browser(self, who: str = "nobody") -> TestClient[Any, Any]:
        """The browser of a role, or of anyone else by a name of the test's choice."""
        if who not in self.browsers:
            self.browsers[who] = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        return self.browsers[who]

    async def staff(self, role: Role) -> TestClient[Any, Any]:
        """The browser of a member of staff who has logged in."""
        browser = self.browser(role)
        reply = await browser.post(
            "/api/login", json={"username": USERNAMES[role], "password": LOGINS.passwords[role]}
        )
        assert reply.status == 200, await reply.text()
        return browser

    async def candidate(self, number: str, pin: str | None = None, who: str | None = None) -> ClientResponse:
        """Log a candidate in, in a browser of their own."""
        body = {"number": number, "pin": LOGINS.pins.get(number, "") if pin is None else pin}
        return await self.browser(who or number).post("/api/candidate/login", json=body)


@asynccontextmanager
async def open_school(database: Database, clock: FakeClock, secrets: Secrets) -> AsyncGenerator[School]:
    """Build the school and serve it."""
    shift = await build_demo(
        database, secrets, LOGINS, SAMPLE, WORDS, now=clock.now(), progress=lambda key: None
    )
    browsers: dict[str, TestClient[Any, Any]] = {}
    async with TestServer(create_app(Config(), database, secrets, clock)) as server:
        yield School(
            database=database, clock=clock, secrets=secrets, server=server, shift=shift, browsers=browsers
        )
        for browser in browsers.values():
            await browser.session.close()


async def problem(reply: ClientResponse, status: int) -> Mapping[str, Any]:
    """The Problem of a refused request."""
    body: Mapping[str, Any] = await reply.json()
    assert reply.status == status, body
    assert set(body) == {"code", "message", "place"}
    return body
