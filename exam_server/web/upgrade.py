"""The websocket's handshake (RFC 6455, section 4), and what of the request says who is asking."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from hashlib import sha1
from urllib.parse import parse_qsl

import msgspec

PATH = "/ws/sitting"
MAX_HEAD_BYTES = 16 * 1024

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES = 16
_REQUEST_LINE = f"GET {PATH}".encode()
_ONCE = frozenset({"host", "origin", "cookie", "sec-websocket-key", "sec-websocket-version"})


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants a line: what the browser says of the page, of the candidate and of the sitting it shows."""

    host: str
    origin: str | None
    fetch_site: str | None
    cookies: Mapping[str, str]
    sitting: str | None


class Upgrade(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a websocket. ``accept`` is the reply to its key."""

    caller: Caller
    accept: str

    def reply(self) -> bytes:
        """The reply that opens it: no extension, no subprotocol."""
        return (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {self.accept}\r\nServer: khaothi\r\n\r\n"
        ).encode()


def read_upgrade(head: bytes) -> Upgrade | None:
    """The request in a head (up to its empty line), or None when it is anything but a plain and valid
    request for the candidate's socket: another part of the server then answers it."""
    if not head.startswith(_REQUEST_LINE):
        return None
    try:
        request_line, *lines = head.decode("ascii").split("\r\n")
    except UnicodeDecodeError:
        return None
    words = request_line.split(" ")
    headers = _headers(lines)
    if headers is None or len(words) != 3 or words[0] != "GET" or words[2] != "HTTP/1.1":
        return None
    path, _, query = words[1].partition("?")
    return upgrade_of(headers, query) if path == PATH else None


def upgrade_of(headers: Mapping[str, str], query: str) -> Upgrade | None:
    """The upgrade that some headers, by lower-case name, ask for; None when they ask for none, or wrongly."""
    if (
        headers.get("upgrade", "").lower() != "websocket"
        or "upgrade" not in headers.get("connection", "").lower()
        or headers.get("sec-websocket-version") != "13"
        or "host" not in headers
        or not _is_key(headers.get("sec-websocket-key", ""))
    ):
        return None
    return Upgrade(
        caller=Caller(
            host=headers["host"],
            origin=headers.get("origin"),
            fetch_site=headers.get("sec-fetch-site"),
            cookies=_cookies(headers.get("cookie", "")),
            sitting=dict(parse_qsl(query)).get("sitting"),
        ),
        accept=b64encode(sha1(headers["sec-websocket-key"].encode() + _MAGIC).digest()).decode(),  # noqa: S324 -- RFC 6455 asks for it
    )


def _headers(lines: list[str]) -> dict[str, str] | None:
    """By lower-case name; None when one is malformed, folded, or given twice where that is ambiguous."""
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or name != name.strip() or (name in headers and name in _ONCE):
            return None
        headers[name] = value.strip()
    return headers


def _is_key(text: str) -> bool:
    try:
        return len(b64decode(text, validate=True)) == _KEY_BYTES
    except (Base64Error, ValueError):
        return False


def _cookies(header: str) -> dict[str, str]:
    """By name; ours are never quoted."""
    parts = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in parts}
