"""The only place that reads a clock. Everything else is given ``now`` or a Clock."""

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, and never runs backwards."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


class SystemClock:
    """The wall clock at start, carried on by the monotonic clock: an exam does not jump when someone sets the
    PC's time."""

    def __init__(self) -> None:
        self._began_s = datetime.now(UTC).timestamp() - _elapsed_s()

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.fromtimestamp(self._began_s + _elapsed_s(), UTC)


def _elapsed_s() -> float:
    """Seconds since some fixed moment. On Linux the monotonic clock stands still while the machine is
    suspended."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


class FakeClock:
    """A clock that moves only when told: for tests and for replaying an exam day."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The instant last set, in UTC."""
        return self._now

    def advance(self, **duration: float) -> None:
        """Move forward by a ``timedelta(**duration)``, such as ``minutes=5``."""
        self._now += timedelta(**duration)
