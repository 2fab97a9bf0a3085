"""The readiness page's endpoints: open to all, and bounded."""

from datetime import timedelta

import msgspec
import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from exam_server.clock import FakeClock
from exam_server.core.timing import instant_ms
from exam_server.errors import TooMany
from exam_server.protocol.sitting import CloseCode, Ping, Pong
from exam_server.web import check
from tests.exam_server.school import School


async def test_the_servers_time_without_a_login(school: School) -> None:
    reply = await school.browser().get("/api/check")
    assert await reply.json() == {"now_ms": instant_ms(school.clock.now())}


async def test_pings_are_echoed_up_to_a_limit(school: School) -> None:
    async with school.browser().ws_connect("/ws/check") as line:
        for sent in range(check.MAX_ECHOES):
            await line.send_str(msgspec.json.encode(Ping(sent_ms=sent)).decode())
            pong = msgspec.json.decode((await line.receive_str()).encode(), type=Pong)
            assert (pong.sent_ms, pong.now_ms) == (sent, instant_ms(school.clock.now()))
        assert (await line.receive()).type is WSMsgType.CLOSE


@pytest.mark.parametrize("sent", ["hello", '{"type":"hello","version":1}', "[" * 400])
async def test_nonsense_ends_the_line(school: School, sent: str) -> None:
    async with school.browser().ws_connect("/ws/check") as line:
        await line.send_str(sent)
        assert (await line.receive()).data == CloseCode.BAD_MESSAGE


async def test_a_long_message_ends_the_line(school: School) -> None:
    async with school.browser().ws_connect("/ws/check") as line:
        await line.send_str("x" * (check.MAX_ECHO_BYTES + 1))
        assert (await line.receive()).type is WSMsgType.CLOSE


async def test_a_foreign_page_gets_no_socket(school: School) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await school.browser().ws_connect("/ws/check", origin="https://elsewhere.example")
    assert refused.value.status == 403


async def test_an_address_has_so_many_sockets(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MAX_SOCKETS_PER_ADDRESS", 1)
    browser = school.browser()
    async with browser.ws_connect("/ws/check"):
        with pytest.raises(WSServerHandshakeError) as refused:
            await browser.ws_connect("/ws/check")
    assert refused.value.status == 429


def test_a_quota_is_used_up_and_comes_back(clock: FakeClock) -> None:
    quota = check.Quota()
    for _ in range(int(check.BURST)):
        quota.take("10.0.0.7", clock.now())
    with pytest.raises(TooMany, match="too_many_checks"):
        quota.take("10.0.0.7", clock.now())
    quota.take("10.0.0.8", clock.now())
    quota.take("10.0.0.7", clock.now() + timedelta(seconds=1))
