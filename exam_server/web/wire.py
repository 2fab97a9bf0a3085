"""A candidate's websocket on its bare transport: no task, queue or coroutine per connection or message.

Thousands of them wait in one process; see docs/decisions/0005.
"""

import asyncio

from exam_server.protocol.message import MAX_MESSAGE_BYTES
from exam_server.protocol.sitting import CloseCode
from exam_server.web.frames import FrameReader, Opcode, close_payload, frame, text_frame
from exam_server.web.line import MAX_BUFFERED_BYTES, Listener

CLOSE_S = 2.0
"""How long the other side has to answer a Close before the connection is cut."""

_PROTOCOL_ERROR = 1002
_CLOSED_BY_CLIENT = 1000


class Wire(asyncio.Protocol):
    """One websocket after its handshake. Implements ``Line``."""

    __slots__ = ("_closing", "_listener", "_over", "_reader", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        # The library waits for a reader above this mark; we have given up on it before.
        transport.set_write_buffer_limits(high=2 * MAX_BUFFERED_BYTES)
        self._reader = FrameReader(MAX_MESSAGE_BYTES)
        self._listener: Listener | None = None
        self._closing = False
        self._over: asyncio.Future[None] | None = None

    async def over(self) -> None:
        """Wait for the end."""
        self._over = asyncio.get_running_loop().create_future()
        await self._over

    def attach(self, listener: Listener) -> None:
        """Start to hear."""
        self._listener = listener
        self._transport.set_protocol(self)

    def send(self, data: bytes) -> None:
        """Send one message. A client that does not read is cut off: waiting for it would hold up the
        others."""
        self._write(text_frame(data))

    def close(self, code: CloseCode) -> None:
        """Send Close; the connection ends with the client's answer, or without it after ``CLOSE_S``."""
        self._say_close(code, code.name)

    def probe(self) -> None:
        """Ping; browsers answer by themselves."""
        self._write(frame(Opcode.PING, b""))

    def cut(self) -> None:
        """End without a word."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Bytes of the client."""
        self._reader.feed(data, self._take)
        if self._reader.fault is not None and not self._closing:
            if self._reader.fault == "too_large":
                self.close(CloseCode.TOO_LARGE)
            else:
                self._say_close(_PROTOCOL_ERROR, "")

    def eof_received(self) -> None:
        """The client has nothing more to say: the connection is over."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Over, for whatever reason."""
        listener, self._listener = self._listener, None
        self._closing = True
        if listener is not None:
            listener.left()
        if self._over is not None and not self._over.done():
            self._over.set_result(None)

    def _take(self, opcode: Opcode, payload: bytes) -> None:
        if opcode is Opcode.CLOSE:
            self._answer_close()
        elif self._closing or self._listener is None:
            return  # what comes after our Close is not heard
        elif opcode is Opcode.TEXT:
            self._listener.hear(payload)
        elif opcode is Opcode.PING:
            self._write(frame(Opcode.PONG, payload))
            self._listener.alive()
        elif opcode is Opcode.PONG:
            self._listener.alive()
        elif opcode is Opcode.BINARY:
            self.close(CloseCode.BAD_MESSAGE)

    def _write(self, whole: bytes) -> None:
        if self._closing or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > MAX_BUFFERED_BYTES:
            self._transport.abort()
            return
        self._transport.write(whole)

    def _answer_close(self) -> None:
        if not self._closing:
            self._closing = True
            self._transport.write(frame(Opcode.CLOSE, close_payload(_CLOSED_BY_CLIENT, "")))
            asyncio.get_running_loop().call_later(CLOSE_S, self._transport.abort)
        self._transport.close()

    def _say_close(self, code: int, reason: str) -> None:
        if self._closing or self._transport.is_closing():
            return
        self._closing = True
        self._transport.write(frame(Opcode.CLOSE, close_payload(code, reason)))
        asyncio.get_running_loop().call_later(CLOSE_S, self._transport.abort)
