"""The websocket's handshake: what is taken, and what is left to the HTTP server."""

from base64 import b64encode
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.headers import build_host
from websockets.protocol import State
from websockets.uri import parse_uri

from exam_server.web.upgrade import Caller, read_upgrade, upgrade_of

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
"""RFC 6455, section 1.3."""

HEADERS = {
    "Host": "thi.truong.vn",
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}


def head(
    changed: Mapping[str, str | None] | None = None,
    *,
    line: str = "GET /ws/sitting?sitting=7 HTTP/1.1",
    more: str = "",
) -> bytes:
    """A request's head; a header changed to None is left out."""
    headers = {name: value for name, value in {**HEADERS, **(changed or {})}.items() if value is not None}
    lines = [line, *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + more.encode()


def test_the_standards_own_example() -> None:
    upgrade = read_upgrade(head())
    assert upgrade is not None
    assert upgrade.accept == ACCEPT


def test_who_asks_is_told_by_the_head() -> None:
    told = {
        "Origin": "https://thi.truong.vn",
        "Sec-Fetch-Site": "same-origin",
        "Cookie": "other=1; khaothi_candidate=abc.d-e_f; last=x=y",
    }
    upgrade = read_upgrade(head(told))
    assert upgrade is not None
    assert upgrade.caller == Caller(
        host="thi.truong.vn",
        origin="https://thi.truong.vn",
        fetch_site="same-origin",
        cookies={"other": "1", "khaothi_candidate": "abc.d-e_f", "last": "x=y"},
        sitting="7",
    )


@pytest.mark.parametrize(
    "spelt",
    [
        head({"Upgrade": "WebSocket", "Connection": "upgrade"}),
        head(line="GET /ws/sitting HTTP/1.1"),
        head(line="GET /ws/sitting? HTTP/1.1"),
        head().replace(b"Host: ", b"hOsT:\t"),
        head().replace(b"websocket", b"websocket  "),
        head({"Sec-WebSocket-Extensions": "permessage-deflate", "Sec-WebSocket-Protocol": "chat"}),
        head(more="\r\nAccept-Language: vi\r\nAccept-Language: en"),
        head(more="\r\nX-Empty:"),
    ],
)
def test_a_plain_request_is_taken_however_it_is_spelt(spelt: bytes) -> None:
    upgrade = read_upgrade(spelt)
    assert upgrade is not None
    assert (upgrade.accept, upgrade.caller.host) == (ACCEPT, "thi.truong.vn")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(head(more="\r\n folded: line"), id="folded with a colon"),
        pytest.param(head(more="\r\n\tfolded"), id="folded"),
        pytest.param(head(more="\r\nno colon"), id="no colon"),
        pytest.param(head(more="\r\n: no name"), id="no name"),
        pytest.param(head(more="\r\nX : y"), id="space before the colon"),
        pytest.param(head(more=f"\r\nSec-WebSocket-Key: {KEY}"), id="two keys"),
        pytest.param(head(more="\r\nHost: other"), id="two hosts"),
        pytest.param(head({"Origin": "a"}, more="\r\norigin: b"), id="two origins"),
        pytest.param(head({"Cookie": "a=1"}, more="\r\nCookie: a=2"), id="two cookie headers"),
        pytest.param(head({"Host": None}), id="no host"),
        pytest.param(head({"Upgrade": None}), id="no upgrade"),
        pytest.param(head({"Upgrade": "h2c"}), id="another upgrade"),
        pytest.param(head({"Connection": "keep-alive"}), id="no connection upgrade"),
        pytest.param(head({"Sec-WebSocket-Key": None}), id="no key"),
        pytest.param(head({"Sec-WebSocket-Key": "***"}), id="no base64"),
        pytest.param(head({"Sec-WebSocket-Key": KEY[:-2]}), id="no padding"),
        pytest.param(head({"Sec-WebSocket-Key": b64encode(b"x" * 15).decode()}), id="short key"),
        pytest.param(head({"Sec-WebSocket-Version": "8"}), id="old version"),
        pytest.param(head({"Sec-WebSocket-Version": None}), id="no version"),
        pytest.param(head({"Cookie": "tên=Hòa"}), id="not ASCII"),
        pytest.param(head(line="POST /ws/sitting HTTP/1.1"), id="POST"),
        pytest.param(head(line="GET /ws/sitting HTTP/1.0"), id="HTTP/1.0"),
        pytest.param(head(line="GET /ws/sittings HTTP/1.1"), id="longer path"),
        pytest.param(head(line="GET /ws/sitting/7 HTTP/1.1"), id="deeper path"),
        pytest.param(head(line="GET /ws%2fsitting HTTP/1.1"), id="escaped path"),
        pytest.param(head(line="GET /ws/sitting"), id="no version of HTTP"),
        pytest.param(head(line="GET  /ws/sitting HTTP/1.1"), id="two spaces"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_anything_odd_is_left_to_the_http_server(odd: bytes) -> None:
    assert read_upgrade(odd) is None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd(tail: bytes) -> None:
    assert read_upgrade(tail) is None
    read_upgrade(head() + b"\r\n" + tail)


def test_a_header_that_is_not_ascii_is_no_key() -> None:
    lower = {name.lower(): value for name, value in HEADERS.items()}
    assert upgrade_of(lower, "") is not None
    assert upgrade_of({**lower, "sec-websocket-key": "Ế" * 24}, "") is None


def test_another_implementation_opens_with_our_reply() -> None:
    client = ClientProtocol(parse_uri("ws://thi.truong.vn/ws/sitting?sitting=7"))
    client.send_request(client.connect())
    [sent] = client.data_to_send()
    upgrade = read_upgrade(sent.partition(b"\r\n\r\n")[0])
    assert upgrade is not None
    assert upgrade.caller.host == build_host("thi.truong.vn", 80, secure=False)
    client.receive_data(upgrade.reply())
    assert client.handshake_exc is None
    assert client.state is State.OPEN
