"""The websocket's wire format (RFC 6455), the server's side: bytes in, messages out, and back. No I/O.

Candidates' messages are small and many: one frame each, read without a copy more than needed. What the hot
path does not use (fragments, pings) is read too; extensions are not offered.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Literal

from websockets.speedups import apply_mask

MAX_CONTROL_BYTES = 125
_SHORT, _LONG = 126, 127
_MASKED = 0x80
_FINAL = 0x80
_RESERVED = 0x70
_KEY_BYTES = 4


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


_PLAIN_TEXT = _FINAL | Opcode.TEXT
_CONTROL = frozenset({Opcode.CLOSE, Opcode.PING, Opcode.PONG})
_OPCODES = frozenset(Opcode)

Fault = Literal["protocol", "too_large"]
"""Why a stream cannot be read any further: not RFC 6455, or beyond our limit."""


class FrameReader:
    """Reads the frames of one client. After a ``fault`` it reads nothing more."""

    __slots__ = ("_buffer", "_limit", "_opcode", "_parts", "fault")

    def __init__(self, limit: int) -> None:
        self.fault: Fault | None = None
        self._limit = limit
        self._buffer = b""
        self._opcode: Opcode | None = None
        self._parts = b""

    def feed(self, data: bytes, take: Callable[[Opcode, bytes], None]) -> None:
        """Hand every message that is complete by now to ``take``, in order."""
        if self.fault is not None:
            return
        if self._buffer:
            data = self._buffer + data
        at, end = 0, len(data)
        while self.fault is None and end - at >= 2:
            first, size = data[at], data[at + 1] & ~_MASKED
            key_at = at + 2
            if size >= _SHORT:
                key_at += 2 if size == _SHORT else 8
                if end < key_at:
                    break
                size = int.from_bytes(data[at + 2 : key_at])
            stop = key_at + _KEY_BYTES + size
            plain = (
                first == _PLAIN_TEXT
                and data[at + 1] & _MASKED
                and self._opcode is None
                and size <= self._limit
            )
            if not plain and (fault := self._judge(first, data[at + 1], size)) is not None:
                self.fault = fault
                break
            if stop > end:
                break
            payload = apply_mask(data[key_at + _KEY_BYTES : stop], data[key_at : key_at + _KEY_BYTES])
            at = stop
            if plain:
                take(Opcode.TEXT, payload)
            else:
                self._take_other(first, payload, take)
        self._buffer = data[at:] if at < end and self.fault is None else b""

    def _judge(self, first: int, second: int, size: int) -> Fault | None:
        """Whether a frame with this head may come now."""
        if not second & _MASKED or first & _RESERVED or first & 0x0F not in _OPCODES:
            return "protocol"
        opcode = first & 0x0F
        if opcode in _CONTROL:
            return None if size <= MAX_CONTROL_BYTES and first & _FINAL else "protocol"
        if (opcode == Opcode.CONTINUATION) != (self._opcode is not None):
            return "protocol"
        return "too_large" if size + len(self._parts) > self._limit else None

    def _take_other(self, first: int, payload: bytes, take: Callable[[Opcode, bytes], None]) -> None:
        opcode = Opcode(first & 0x0F)
        if opcode in _CONTROL:
            take(opcode, payload)
            return
        if opcode is not Opcode.CONTINUATION:
            self._opcode = opcode
        self._parts += payload
        if first & _FINAL and self._opcode is not None:
            whole, opcode = self._parts, self._opcode
            self._parts, self._opcode = b"", None
            take(opcode, whole)


def frame(opcode: Opcode, payload: bytes) -> bytes:
    """A server's frame: whole and not masked."""
    size = len(payload)
    if size < _SHORT:
        return bytes((_FINAL | opcode, size)) + payload
    if size < 1 << 16:
        return bytes((_FINAL | opcode, _SHORT)) + size.to_bytes(2) + payload
    return bytes((_FINAL | opcode, _LONG)) + size.to_bytes(8) + payload


def text_frame(payload: bytes) -> bytes:
    """``frame(Opcode.TEXT, payload)``, which is nearly all that is ever sent."""
    size = len(payload)
    return b"\x81%c%b" % (size, payload) if size < _SHORT else frame(Opcode.TEXT, payload)


def close_payload(code: int, reason: str) -> bytes:
    """What a Close frame carries."""
    return code.to_bytes(2) + reason.encode()[: MAX_CONTROL_BYTES - 2]
