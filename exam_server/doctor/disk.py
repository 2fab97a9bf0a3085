"""The disk of the data directory: how fast it confirms what is written, and how much room it has."""

import os
import time
from pathlib import Path
from tempfile import NamedTemporaryFile

import psutil

from exam_server.core.disk import FLOOR_BYTES, GIB, LOW_BYTES, needed_bytes
from exam_server.core.rank import percentile
from exam_server.doctor.finding import Finding, at_least, at_most

BLOCK_BYTES = 8_192
"""PostgreSQL's page: what a lone commit writes at least."""

SYNC_OK_MS, SYNC_CAUTION_MS = 25.0, 100.0
"""An acknowledgement waits for up to two of these; the student must not see it."""

TOO_FAST_MS = 0.02
"""No disk keeps 8 KiB in this time: something says "kept" before it is."""

SHIFTS = 3
"""A day of them should fit without anyone looking."""

_VOLATILE = frozenset({"tmpfs", "ramfs"})
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"})


def examine_sync(directory: Path, seconds: float) -> Finding:
    """Appends of 8 KiB, each made durable, for ``seconds``."""
    taken_ms = _appends(directory, seconds)
    p50, p99 = percentile(taken_ms, 0.5), percentile(taken_ms, 0.99)
    kind = file_system(directory)
    level, advice = at_most(p99, SYNC_OK_MS, SYNC_CAUTION_MS), None
    if kind in _VOLATILE:
        level, advice = "fail", "volatile"
    elif level != "ok":
        advice = "slow"
    elif kind in _REMOTE:
        level, advice = "caution", "remote"
    elif p50 < TOO_FAST_MS:
        level, advice = "caution", "too_fast"
    figures = {"p50_ms": p50, "p99_ms": p99, "file_system": kind, "most_ms": SYNC_OK_MS}
    return Finding(check="disk_sync", level=level, figures=figures, advice=advice)


def examine_space(directory: Path, students: int) -> Finding:
    """Free room against what shifts of ``students`` write before the first alarm; fails where one shift has
    no room."""
    free, shift = psutil.disk_usage(str(directory)).free, needed_bytes(students)
    level = at_least(free, LOW_BYTES + SHIFTS * shift, FLOOR_BYTES + shift)
    figures = {
        "free_gib": free / GIB,
        "need_gib": (LOW_BYTES + SHIFTS * shift) / GIB,
        "shift_gib": shift / GIB,
        "kept_gib": LOW_BYTES / GIB,
    }
    return Finding(
        check="disk_space", level=level, figures=figures, advice=None if level == "ok" else "short"
    )


def file_system(directory: Path) -> str:
    """The kind of file system the directory is on, "" where it cannot be told."""
    path = directory.resolve()
    mounts = [
        mount for mount in psutil.disk_partitions(all=True) if path.is_relative_to(Path(mount.mountpoint))
    ]
    return max(mounts, key=lambda mount: len(mount.mountpoint)).fstype if mounts else ""


def _appends(directory: Path, seconds: float) -> list[float]:
    block, taken_ms = os.urandom(BLOCK_BYTES), list[float]()
    with NamedTemporaryFile(dir=directory, prefix=".doctor-", buffering=0) as file:
        end = time.monotonic() + seconds
        while not taken_ms or time.monotonic() < end:
            began = time.perf_counter()
            file.write(block)
            os.fsync(file.fileno())
            taken_ms.append((time.perf_counter() - began) * 1_000)
    return taken_ms
