"""Whose word counts about where a request comes from."""

from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from exam_server.config import Config
from exam_server.web.addresses import address_of, is_local, scheme_of
from exam_server.web.keys import CONFIG


async def asked(config: Config, *headers: tuple[str, str]) -> tuple[str, str, bool]:
    """What a server with these settings makes of a request over the loopback address."""
    seen: list[tuple[str, str, bool]] = []

    async def see(request: web.Request) -> web.Response:
        seen.append((address_of(request), scheme_of(request), is_local(request)))
        return web.Response()

    app = web.Application()
    app[CONFIG] = config
    app.router.add_get("/", see)
    async with TestClient(TestServer(app)) as browser:
        await browser.get("/", headers=headers)
    return seen[0]


HERE = Config(proxies=(ip_network("127.0.0.1"), ip_network("10.0.0.0/29")))
ELSEWHERE = Config(proxies=(ip_network("192.0.2.1"),))


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (("6.6.6.6, 10.9.0.7",), "10.9.0.7"),
        (("10.9.0.7", "10.9.0.8"), "10.9.0.8"),
        (("10.9.0.7, 10.0.0.2",), "10.9.0.7"),
        (("10.0.0.3, 10.0.0.2",), "10.0.0.3"),
        (("2001:db8::7",), "2001:db8::7"),
        (("::ffff:10.9.0.7",), "10.9.0.7"),
        (("10.9.0.7, nonsense",), "127.0.0.1"),
        (("nonsense, 10.9.0.7",), "10.9.0.7"),
        (("10.9.0.7, nonsense, 10.0.0.2",), "10.0.0.2"),
        (("",), "127.0.0.1"),
        ((",".join(["10.0.0.2"] * 400),), "10.0.0.2"),
        ((), "127.0.0.1"),
    ],
)
async def test_a_trusted_proxy_is_believed(forwarded: tuple[str, ...], address: str) -> None:
    headers = [("X-Forwarded-For", value) for value in forwarded]
    assert (await asked(HERE, *headers))[0] == address


async def test_nobody_else_is_believed() -> None:
    headers = (("X-Forwarded-For", "10.9.0.7"), ("X-Forwarded-Proto", "https"))
    assert await asked(ELSEWHERE, *headers) == ("127.0.0.1", "http", False)


@pytest.mark.parametrize(("told", "scheme"), [("https", "https"), ("HTTP", "http"), ("gopher", "http")])
async def test_the_scheme_is_the_browser_s(told: str, scheme: str) -> None:
    assert (await asked(HERE, ("X-Forwarded-Proto", told)))[1] == scheme


async def test_local_is_who_comes_through_no_proxy() -> None:
    assert (await asked(HERE))[2]
    assert not (await asked(HERE, ("X-Forwarded-For", "127.0.0.1")))[2]
