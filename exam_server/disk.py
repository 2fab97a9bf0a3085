"""The disk under PostgreSQL: how much is free, and a file that holds some of it back for the shift."""

import asyncio
import os
from collections import deque
from datetime import datetime
from math import inf
from pathlib import Path
from typing import NamedTuple

import structlog

from exam_server.core.disk import reserve_bytes
from exam_server.core.figures import Disk, minutes_left
from exam_server.metrics import DISK_FREE_BYTES, DISK_RESERVED_BYTES

_TREND_S = 300.0
_TREND_PERIOD_S = 5.0
_SHORTEST_TREND_S = 120.0
_GROW_PERIOD_S = 60.0
_STEP_BYTES = 2**20

_log = structlog.get_logger(__name__)

BALLAST = "ballast"
"""The file's name in the data directory. Nothing reads it: its place on the disk is what counts."""


class Space(NamedTuple):
    """Bytes of a file system: what an ordinary program may still write, and all."""

    free_bytes: int
    total_bytes: int


def space(directory: Path) -> Space:
    """The room on the file system that holds the directory. Raises OSError."""
    found = os.statvfs(directory)
    return Space(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)


class Ballast:
    """The file that holds disk back. Any worker of the machine may resize it: they all reckon the same."""

    def __init__(self, data: Path) -> None:
        self._path = data / BALLAST

    def held_bytes(self) -> int:
        """What it takes on the disk now."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return 0
        # The blocks also hold the file system's own notes about the file.
        return min(found.st_size, found.st_blocks * 512)

    def resize(self, size: int) -> None:
        """Hold just so much back; 0 removes the file.

        Raises OSError when there is not so much: then less is held, or nothing.
        """
        if size == 0:
            self._path.unlink(missing_ok=True)
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(descriptor, min(size, os.fstat(descriptor).st_size))
            os.posix_fallocate(descriptor, 0, size)
        finally:
            os.close(descriptor)


class Trend:
    """A size over the last minutes, as (seconds, bytes)."""

    def __init__(self, last_s: float, period_s: float) -> None:
        self._last_s = last_s
        self._period_s = period_s
        self._points: deque[tuple[float, int]] = deque()

    def add(self, at_s: float, size: int) -> None:
        """Take it in, unless the last is too young."""
        if self._points and at_s - self._points[-1][0] < self._period_s:
            return
        self._points.append((at_s, size))
        while at_s - self._points[0][0] > self._last_s:
            self._points.popleft()

    @property
    def points(self) -> list[tuple[float, int]]:
        """Oldest first; none until they span long enough to tell a trend."""
        spans = bool(self._points) and self._points[-1][0] - self._points[0][0] >= _SHORTEST_TREND_S
        return list(self._points) if spans else []

    @property
    def per_hour(self) -> int | None:
        """How much it grew in an hour, None until known."""
        points = self.points
        if not points:
            return None
        (from_s, from_size), (to_s, to_size) = points[0], points[-1]
        return round((to_size - from_size) / (to_s - from_s) * 3600)


class DiskKeeper:
    """Sees the disk under PostgreSQL where it is this machine's, and holds back what the shift needs.

    It holds back only for a PostgreSQL inside the data directory: there alone the two surely share a disk
    that is ours to fill.
    """

    def __init__(self, data: Path) -> None:
        self._data = data.resolve()
        self._ballast = Ballast(self._data)
        self._trend = Trend(_TREND_S, _TREND_PERIOD_S)
        self._grow_from_s = -inf

    async def tend(self, directory: Path, wanted: int, ends_at: datetime | None, at_s: float) -> Disk | None:
        """Take or let go disk for what is ``wanted`` until ``ends_at``, and tell how it stands.

        ``directory`` is PostgreSQL's; None when this process may not look at it.
        """
        try:
            held, found = await self._hold_back(directory, wanted, at_s)
        except OSError as error:
            _log.warning("disk_unseen", error=type(error).__name__)
            return None
        DISK_FREE_BYTES.set(found.free_bytes)
        DISK_RESERVED_BYTES.set(held)
        self._trend.add(at_s, found.free_bytes + held)
        return Disk(
            free_bytes=found.free_bytes,
            total_bytes=found.total_bytes,
            reserved_bytes=held,
            wanted_bytes=wanted,
            minutes_left=minutes_left(self._trend.points),
            ends_at=ends_at,
        )

    async def _hold_back(self, directory: Path, wanted: int, at_s: float) -> tuple[int, Space]:
        """What is held now, and how much room there is. Raises OSError when that cannot be seen."""
        held, found = self._ballast.held_bytes(), space(directory)
        target = reserve_bytes(held, found.free_bytes, wanted if self._is_ours(directory) else 0)
        # What is wanted changes a little with every answer: less is let go by the step.
        shrinks = target < held and (target == 0 or held - target >= _STEP_BYTES)
        if shrinks or (target > held and at_s >= self._grow_from_s):
            # A file system that compresses never holds what it is asked to: once a minute is enough.
            self._grow_from_s = at_s + _GROW_PERIOD_S
            held, found = await self._hold(target, held), space(directory)
        return held, found

    def _is_ours(self, directory: Path) -> bool:
        return directory.resolve().is_relative_to(self._data)

    async def _hold(self, target: int, held: int) -> int:
        _log.info("disk_held_back", bytes=target, before=held)
        try:
            await asyncio.to_thread(self._ballast.resize, target)
        except OSError as error:
            _log.warning("disk_not_held_back", error=type(error).__name__)
        return self._ballast.held_bytes()
