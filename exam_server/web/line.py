"""What carries a candidate's messages, whatever it is made of: a websocket, or requests in a row."""

from typing import Protocol

from exam_server.protocol.sitting import CloseCode

MAX_BUFFERED_BYTES = 256 * 1024
"""A client that leaves this much unread is cut off; it will come back."""


class Line(Protocol):
    """What carries the messages of one tab to its client."""

    def send(self, data: bytes) -> None:
        """Send one message, JSON in UTF-8; nothing once it is over."""
        ...

    def close(self, code: CloseCode) -> None:
        """Tell why, and end."""
        ...

    def probe(self) -> None:
        """Ask for a sign of life, which the listener hears."""
        ...

    def cut(self) -> None:
        """End at once: the other side is gone."""
        ...


class Listener(Protocol):
    """Whoever the messages of a line are for."""

    def hear(self, data: bytes) -> None:
        """One message of the client."""
        ...

    def alive(self) -> None:
        """A sign of life."""
        ...

    def left(self) -> None:
        """The line is over; called once."""
        ...
