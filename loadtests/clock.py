"""The server's time as a student estimates it."""

import time
from collections.abc import Mapping
from typing import Any


class ServerClock:
    """From the Welcome at first, then from the quickest of all round trips."""

    def __init__(self) -> None:
        self._offset_ms: float | None = None
        self._round_trip_ms = float("inf")

    def welcomed(self, now_ms: int) -> None:
        """The server has said its time."""
        if self._offset_ms is None:
            self._offset_ms = now_ms - time.time() * 1_000

    def pong(self, pong: Mapping[str, Any]) -> None:
        """A Ping has come back."""
        now_ms = time.time() * 1_000
        round_trip_ms = now_ms - pong["sent_ms"]
        if round_trip_ms < self._round_trip_ms:
            self._round_trip_ms = round_trip_ms
            self._offset_ms = pong["now_ms"] - (now_ms + pong["sent_ms"]) / 2

    def now_ms(self) -> float:
        """Milliseconds since 1970 UTC, there."""
        return time.time() * 1_000 + (self._offset_ms or 0.0)
