"""Two `khaothi serve` on one PostgreSQL behind the HAProxy of `deploy/`, with a shift going on."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import msgspec
import numpy as np
import psutil
import pytest

from exam_server.actions.staff import hash_password
from exam_server.clock import SystemClock
from exam_server.config import Config
from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import Hello, LineReply, LineRequest
from exam_server.protocol.staff import Command, CommandName
from exam_server.secrets import Secrets, load_secrets
from exam_server.simulation.serving import free_port
from exam_server.simulation.student import COOKIE
from exam_server.simulation.world import Plan, World, make_world
from exam_server.simulation.world import Student as Login
from exam_server.store.database import open_database
from exam_server.store.embedded import EmbeddedPostgres
from tests.deploy.proxy import Proxy, haproxy
from tests.exam_server.certificates import Authority
from tests.exam_server.serving import Service, always_well, serving
from tests.faults.room import Room, Seating
from tests.faults.stage import PATIENCE_S, Site

pytestmark = pytest.mark.slow

STUDENTS = 16
SPARE = 4
WORKERS = 2
PASSWORD = "mật khẩu của giám thị"


@dataclass(frozen=True, kw_only=True)
class Centre:
    """The whole set-up."""

    a: Service
    b: Service
    proxy: Proxy
    trust: ssl.SSLContext
    url: str
    secrets: Secrets


@pytest.fixture(scope="module")
async def centre() -> AsyncGenerator[Centre]:
    """Up for all tests of this module."""
    haproxy()
    with TemporaryDirectory(prefix="khaothi-deploy-") as name, pytest.MonkeyPatch.context() as environment:
        directory = Path(name)
        postgres = EmbeddedPostgres(directory / "postgres")
        authority = Authority(directory)
        # What simulated students trust, like the PCs on which the school's authority is installed.
        environment.setenv("SSL_CERT_FILE", str(authority.file))
        try:
            async with set_up(directory, postgres.url, authority) as centre:
                yield centre
        finally:
            postgres.stop()


@asynccontextmanager
async def set_up(directory: Path, url: str, authority: Authority) -> AsyncGenerator[Centre]:
    certificate, key = authority.issue("thi")
    both = directory / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    port, secrets = free_port(), load_secrets(directory)
    async with AsyncExitStack() as stack:
        a, b = [
            await stack.enter_async_context(serving(config_of(directory / name, url, port, directory)))
            for name in ("a", "b")
        ]
        proxy = Proxy(directory, both, port, free_port(), (a.config.port, b.config.port))
        stack.callback(proxy.stop)
        trust = ssl.create_default_context()
        await well(proxy, trust)
        yield Centre(a=a, b=b, proxy=proxy, trust=trust, url=url, secrets=secrets)


def config_of(data: Path, url: str, public_port: int, keys: Path) -> Config:
    """Each server has its own directory, with the same keys."""
    data.mkdir()
    (data / "secrets.json").touch(mode=0o600)
    (data / "secrets.json").write_bytes((keys / "secrets.json").read_bytes())
    public = f"https://localhost:{public_port}"
    return Config(data=data, database_url=url, port=free_port(), workers=WORKERS, public_url=public)


async def well(proxy: Proxy, trust: ssl.SSLContext) -> None:
    """Wait until somebody behind it answers."""
    async with asyncio.timeout(PATIENCE_S), client(trust) as http:
        while await status(http, f"{proxy.address}/healthz") != HTTPStatus.OK:  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0.05)


async def status(http: aiohttp.ClientSession, url: str) -> int | None:
    with suppress(aiohttp.ClientError):
        async with http.get(url) as reply:
            return reply.status
    return None


def client(trust: ssl.SSLContext, *, force_close: bool = True) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=10),
        connector=aiohttp.TCPConnector(ssl=trust, force_close=force_close),
    )


class Invigilator:
    """Someone at the room's page, on one of the servers."""

    def __init__(self, http: aiohttp.ClientSession, address: str, world: World) -> None:
        self._http = http
        self._address = address
        self._world = world
        self._cookie = ""

    async def login(self) -> None:
        body = {"username": f"giam-thi-{self._world.shift}", "password": PASSWORD}
        async with self._http.post(f"{self._address}/api/login", json=body) as reply:
            assert reply.status == HTTPStatus.OK
            self._cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in reply.cookies.items())

    async def command(
        self, name: CommandName, *, text: str | None = None, sittings: tuple[int, ...] | None = None
    ) -> None:
        async with self._http.post(
            f"{self._address}/api/shifts/{self._world.shift}/commands",
            data=msgspec.json.encode(Command(command=name, reason="Thử", text=text, sittings=sittings)),
            headers={"Cookie": self._cookie, "Content-Type": "application/json"},
        ) as reply:
            assert reply.status == HTTPStatus.OK, await reply.text()


class WatchedRoom(Room):
    """Its commands are given by someone at a server's page."""

    invigilator: Invigilator

    async def command(self, name: CommandName, *, text: str | None = None) -> None:
        await self.invigilator.command(name, text=text)


@asynccontextmanager
async def shift(centre: Centre, seed: int) -> AsyncGenerator[WatchedRoom]:
    """Students who come through the proxy, and an invigilator who is at server A."""
    rng, clock = np.random.default_rng(seed), SystemClock()
    plan = Plan(
        opens_at=clock.now() + timedelta(hours=1),
        students=STUDENTS + SPARE,
        minutes=600,
        name=f"Ca {seed}",
    )
    async with open_database(centre.url, most=1) as database, database.transaction() as connection:
        world = await make_world(connection, plan, centre.secrets, rng)
        await connection.execute(
            "UPDATE staff SET password_hash = $2 WHERE id = $1", world.staff, hash_password(PASSWORD)
        )
    site = Site(address=centre.proxy.address, database_url=centre.url, secrets=centre.secrets, clock=clock)
    async with client(centre.trust) as http:
        room = WatchedRoom(site, world, http, rng, Seating(students=STUDENTS, spare=SPARE))
        room.invigilator = Invigilator(http, centre.a.address, world)
        await room.invigilator.login()
        try:
            yield room
        except BaseException as error:
            for service in (centre.a, centre.b):
                error.add_note(service.log.read_text(encoding="utf-8")[-3_000:])
            raise
        finally:
            await room.leave()


def held(service: Service) -> int:
    """How many connections a server's workers hold at its port."""
    return sum(
        each.status == psutil.CONN_ESTABLISHED and each.laddr.port == service.config.port
        for pid in service.workers
        for each in psutil.Process(pid).net_connections("tcp")
    )


async def test_a_shift_on_two_servers(centre: Centre) -> None:
    """Both servers restarted one after the other while everyone answers, one killed, and brought back."""
    async with shift(centre, 1) as room:
        # One who reaches server B only.
        login = room.world.students[STUDENTS]
        elsewhere = room.student(login, address=centre.b.address)
        room.students.append(elsewhere)

        await room.begin()
        assert min(held(centre.a), held(centre.b)) >= STUDENTS // 4

        await room.invigilator.command("pause", sittings=(login.sitting,))
        await elsewhere.until(lambda student: student.state == "paused")
        await room.invigilator.command("resume", sittings=(login.sitting,))
        await elsewhere.until(lambda student: student.state == "running")
        await room.command("message", text="Còn 15 phút")
        await room.everyone(lambda student: [each.text for each in student.notices] == ["Còn 15 phút"])
        await room.progress()

        async with always_well(centre.proxy.address, centre.trust):
            for service in (centre.a, centre.b):
                before = service.workers
                await service.restart()
                assert not before & service.workers
                await room.progress()
            # Taken out of service for good, as for another machine in its place.
            assert await asyncio.to_thread(centre.b.stop) == 0
            await centre.b.start()
        await room.progress()

        centre.a.kill()
        await room.progress()
        await centre.a.start()
        await room.progress()

        await room.finish()
        await room.leave()
        verdict = await room.verdict()
        assert verdict.passed, verdict
        assert verdict.acknowledged > STUDENTS
        assert room.reconnections >= STUDENTS


async def test_a_line_without_a_socket_stays_where_it_is(centre: Centre) -> None:
    """Each request would otherwise go to any worker of any server, and open the line anew."""
    async with shift(centre, 3) as room, AsyncExitStack() as stack:
        names: list[set[str]] = []
        for login in room.world.students[:STUDENTS]:
            # A browser: its requests in a row share a connection.
            browser = await stack.enter_async_context(client(centre.trust, force_close=False))
            names.append({name async for name in line_names(browser, centre.proxy.address, login)})
        # On a slow machine the proxy may have closed an idle connection meanwhile; by chance none would stay.
        assert sum(len(each) == 1 for each in names) >= STUDENTS - 1


async def line_names(http: aiohttp.ClientSession, address: str, login: Login) -> AsyncGenerator[str]:
    """The name of a candidate's line after each of some requests."""
    body = {"number": login.number, "pin": login.pin}
    async with http.post(f"{address}/api/candidate/login", json=body) as reply:
        cookie = f"{COOKIE}={reply.cookies[COOKIE].value}"
    line: str | None = None
    for _ in range(5):
        asked = LineRequest(hello=Hello(version=VERSION), line=line)
        async with http.post(
            f"{address}/api/sitting/line", data=msgspec.json.encode(asked), headers={"Cookie": cookie}
        ) as reply:
            assert reply.status == HTTPStatus.OK, await reply.text()
            line = msgspec.json.decode(await reply.read(), type=LineReply).line
        yield line.partition(".")[0]


async def test_a_forged_address_evades_no_limit(centre: Centre) -> None:
    """The proxy says who calls, whatever the caller says."""
    async with client(centre.trust) as http:
        statuses: list[int] = []
        for place in range(6):
            forged = {"X-Forwarded-For": f"10.9.0.{place}", "Forwarded": f"for=10.9.0.{place}"}
            body = {"number": "000000000", "pin": "000000"}
            login = http.post(f"{centre.proxy.address}/api/candidate/login", json=body, headers=forged)
            async with login as reply:
                statuses.append(reply.status)
    assert statuses == [HTTPStatus.UNAUTHORIZED] * 5 + [HTTPStatus.TOO_MANY_REQUESTS]


async def test_what_never_changes_is_kept_by_the_proxy(centre: Centre) -> None:
    async with shift(centre, 2) as room, open_database(centre.url, most=1) as database:
        async with database.connection() as connection:
            sha256 = await connection.fetchval(
                "SELECT sha256 FROM form JOIN shift ON form.id = form_id WHERE shift.id = $1",
                room.world.shift,
            )
        async with client(centre.trust) as http:
            ages = [await age(http, f"{centre.proxy.address}/forms/{sha256}.bin") for _ in range(3)]
            assert ages[0] is None
            assert None not in ages[1:]
            healths = [await age(http, f"{centre.proxy.address}/healthz") for _ in range(3)]
            assert healths == [None] * 3


async def age(http: aiohttp.ClientSession, url: str) -> str | None:
    """How long the proxy has had it; None when a server answered."""
    async with http.get(url) as reply:
        assert reply.status == HTTPStatus.OK
        await reply.read()
        return reply.headers.get("Age")


async def test_the_proxy_s_doors(centre: Centre) -> None:
    async with client(centre.trust) as http:
        async with http.get(f"{centre.proxy.plain_address}/staff", allow_redirects=False) as reply:
            assert reply.status == HTTPStatus.MOVED_PERMANENTLY
            assert reply.headers["Location"].startswith("https://localhost")
        assert await status(http, f"{centre.proxy.address}/metrics") == HTTPStatus.NOT_FOUND
        async with http.get(f"{centre.proxy.address}/healthz") as reply:
            assert "max-age" in reply.headers["Strict-Transport-Security"]
