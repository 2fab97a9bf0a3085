"""A student's line: the ``websockets`` library's protocol over a gevent socket, and HTTP for the login.

The library's own blocking client needs two threads for each connection; its protocol object needs none.
"""

import os
import socket as plain_socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from gevent import socket, ssl
from gevent.lock import BoundedSemaphore
from geventhttpclient.client import HTTPClient
from geventhttpclient.url import URL
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, ProtocolError
from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

CONNECT_S = 20.0
_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)


class LineLostError(Exception):
    """The connection is gone; ``code`` is the server's close code, if it gave one."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


class HttpRefusedError(Exception):
    """The server answered a request with another status than 200. ``again_s``: when to come again, if it said
    so."""

    def __init__(self, status: int, text: str, again_s: float | None) -> None:
        super().__init__(f"HTTP {status}: {text[:200]}")
        self.status = status
        self.again_s = again_s


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """Where the exam is."""

    secure: bool
    host: str
    port: int

    @classmethod
    def at(cls, address: str) -> "Server":
        """The server at an address such as ``https://thi.example.edu.vn``."""
        url = URL(address)
        secure = url.scheme == "https"
        return cls(secure=secure, host=url.host, port=url.port or (443 if secure else 80))

    def http(self) -> HTTPClient:
        """A connection for requests, of one student."""
        return HTTPClient(
            self.host,
            self.port,
            ssl=self.secure,
            concurrency=1,
            connection_timeout=CONNECT_S,
            network_timeout=CONNECT_S,
        )

    @property
    def socket_url(self) -> str:
        """Where the candidates' socket is."""
        return f"{'wss' if self.secure else 'ws'}://{self.host}:{self.port}/ws/sitting"


def request(
    http: HTTPClient, method: str, path: str, body: bytes = b"", cookie: str = ""
) -> tuple[bytes, str]:
    """The body of a reply and the cookie it sets. Raises HttpRefusedError, LineLostError."""
    headers = {"Content-Type": "application/json", **({"Cookie": cookie} if cookie else {})}
    try:
        reply = http.request(method, path, body=body, headers=headers)
        data = bytes(reply.read())
    except (OSError, EOFError) as error:
        raise LineLostError(str(error) or type(error).__name__) from error
    if reply.status_code != HTTPStatus.OK:
        again = str(reply.get("retry-after", ""))
        again_s = float(again) if again.isdecimal() else None
        raise HttpRefusedError(reply.status_code, data.decode(errors="replace"), again_s)
    return data, str(reply.get("set-cookie", "")).partition(";")[0]


class Line:
    """One websocket. ``send`` may be called from any greenlet, ``receive`` from one."""

    def __init__(self, server: Server, cookie: str) -> None:
        """Connect. Raises LineLostError."""
        self._protocol = ClientProtocol(parse_uri(server.socket_url), max_size=2**24)
        self._writing = BoundedSemaphore()
        self._parts: list[bytes] = []
        self._abandoned: int | None = None
        try:
            self._socket = socket.create_connection((server.host, server.port), timeout=CONNECT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if server.secure:
                self._socket = ssl.create_default_context().wrap_socket(
                    self._socket, server_hostname=server.host
                )
        except OSError as error:
            raise LineLostError(f"cannot connect: {error}") from error
        self._shake_hands(cookie)

    def _shake_hands(self, cookie: str) -> None:
        opening = self._protocol.connect()
        opening.headers["Cookie"] = cookie
        self._protocol.send_request(opening)
        self._flush()
        self._early: list[str] = []
        while not self._protocol.handshake_exc and not self._is_open():
            self._early.extend(self._read(time.monotonic() + CONNECT_S))
        if self._protocol.handshake_exc is not None:
            raise LineLostError(f"refused: {self._protocol.handshake_exc}")

    def _is_open(self) -> bool:
        return self._protocol.state.name == "OPEN"

    def send(self, text: bytes) -> None:
        """Send a text message. Raises LineLostError."""
        try:
            self._protocol.send_text(text)
        except (ProtocolError, InvalidHandshake) as error:
            raise self._lost("closed") from error
        self._flush()

    def receive(self, until: float) -> list[str]:
        """The messages that have come; none when ``until``, on the monotonic clock, comes first.

        Raises LineLostError.
        """
        if self._early:
            early, self._early = self._early, []
            return early
        return self._read(until)

    def keep(self, texts: list[str]) -> None:
        """Give these at the next ``receive``, before what is still to come."""
        self._early = [*texts, *self._early]

    def cut(self, *, silently: bool) -> None:
        """Lose the line: with a reset, or silently, so that the server has an open connection that says
        nothing."""
        with suppress(OSError):
            if silently:
                self._abandoned = os.dup(self._socket.fileno())
            else:
                self._socket.setsockopt(plain_socket.SOL_SOCKET, plain_socket.SO_LINGER, _RESET)
            self._socket.close()

    def forget(self) -> None:
        """Close what a silent cut left open."""
        if self._abandoned is not None:
            os.close(self._abandoned)
            self._abandoned = None

    def close(self) -> None:
        """Leave in good order."""
        with suppress(LineLostError, ProtocolError, OSError):
            if self._is_open():
                self._protocol.send_close(1000)
                self._flush()
        with suppress(OSError):
            self._socket.close()
        self.forget()

    def _read(self, until: float) -> list[str]:
        try:
            self._socket.settimeout(max(0.001, until - time.monotonic()))
            data = self._socket.recv(_CHUNK)
        except TimeoutError:
            return []
        except OSError as error:
            raise self._lost(str(error)) from error
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        texts = list(self._texts())
        self._flush()
        if not data or self._protocol.close_rcvd is not None:
            raise self._lost("closed by the server")
        return texts

    def _texts(self) -> Iterator[str]:
        for event in self._protocol.events_received():
            if isinstance(event, Response) or not isinstance(event, Frame):
                continue
            if event.opcode in (Opcode.TEXT, Opcode.CONT):
                self._parts.append(bytes(event.data))
                if event.fin:
                    text = b"".join(self._parts).decode()
                    self._parts = []
                    yield text

    def _flush(self) -> None:
        with self._writing:
            data = b"".join(self._protocol.data_to_send())
            if data:
                try:
                    self._socket.settimeout(CONNECT_S)
                    self._socket.sendall(data)
                except OSError as error:
                    raise self._lost(str(error)) from error

    def _lost(self, reason: str) -> LineLostError:
        close: Close | None = self._protocol.close_rcvd
        return LineLostError(reason, None if close is None else int(close.code))
