"""The websocket wire format, client side, as lean as it can be: what the load generator costs is taken from
the server that it measures.

Frames are masked with a key of zeros: for the server the same work, for us none.
"""

import asyncio
from collections.abc import Mapping
from typing import cast

_TEXT, _CLOSE, _PING = 0x81, 0x88, 0x89
_PONG = b"\x8a"
_NO_MASK = b"\x00\x00\x00\x00"
_MASKED = 0x80
_SHORT, _MEDIUM = 125, 126
_MEDIUM_MOST = 0xFFFF
_HEAD_END = b"\r\n\r\n"
_SWITCHED = b"HTTP/1.1 101"
_CODE_BYTES = 2


def frame(text: bytes) -> bytes:
    """A text frame. Raises ValueError above 65,535 bytes."""
    size = len(text)
    if size <= _SHORT:
        return bytes((_TEXT, _MASKED | size)) + _NO_MASK + text
    if size > _MEDIUM_MOST:
        raise ValueError("longer than any message")
    return bytes((_TEXT, _MASKED | _MEDIUM, size >> 8, size & 0xFF)) + _NO_MASK + text


def upgrade(host: str, path: str, headers: Mapping[str, str]) -> bytes:
    """The request that opens a websocket. Its key may be any: the answer to it is not checked."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + _HEAD_END


class Line(asyncio.Protocol):
    """One websocket. Subclasses say what happens when it opens, hears a text, and ends."""

    __slots__ = ("_close_code", "_rest", "is_open", "transport")

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.is_open = False
        self._rest = b""
        self._close_code: int | None = None

    def request(self) -> bytes:
        """What to ask the server with."""
        raise NotImplementedError

    def opened(self) -> None:
        """The server has switched to websocket."""

    def heard(self, text: bytes) -> None:
        """A text message came."""

    def ended(self, code: int | None) -> None:
        """The connection is over; ``code`` is the server's, or the HTTP status when it did not switch."""

    def write(self, data: bytes) -> None:
        """Send frames, if there is a connection."""
        if self.transport is not None:
            self.transport.write(data)

    def cut(self) -> None:
        """Drop the connection without a word."""
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """For asyncio."""
        self.transport = wire = cast("asyncio.Transport", transport)
        self.is_open, self._rest, self._close_code = False, b"", None
        wire.write(self.request())

    def connection_lost(self, exc: Exception | None) -> None:
        """For asyncio."""
        self.transport, self.is_open = None, False
        self.ended(self._close_code)

    def data_received(self, data: bytes) -> None:
        """For asyncio."""
        if self._rest:
            data = self._rest + data
        self._rest = self._read(data) if self.is_open else self._switch(data)

    def _switch(self, data: bytes) -> bytes:
        """Take the reply's head; what is left over."""
        head, found, rest = data.partition(_HEAD_END)
        if not found:
            return data
        if not head.startswith(_SWITCHED):
            self._close_code = int(head.split(b" ", 2)[1])
            self.cut()
            return b""
        self.is_open = True
        self.opened()
        return self._read(rest)

    def _read(self, data: bytes) -> bytes:
        """Take all whole frames; what is left over."""
        at, end = 0, len(data)
        while end - at >= _CODE_BYTES:
            size, start = data[at + 1], at + 2
            if size > _SHORT:
                width = 2 if size == _MEDIUM else 8
                size = int.from_bytes(data[start : start + width], "big") if end >= start + width else end
                start += width
            if end < start + size:
                break
            text = data[start : start + size]
            if data[at] == _TEXT:
                self.heard(text)
            else:
                self._control(data[at], text)
            at = start + size
        return data[at:]

    def _control(self, first: int, text: bytes) -> None:
        if self.transport is None:
            return
        if first == _PING:
            self.transport.write(_PONG + bytes((_MASKED | len(text),)) + _NO_MASK + text)
        elif first == _CLOSE:
            self._close_code = int.from_bytes(text[:_CODE_BYTES], "big")
            self.transport.close()
