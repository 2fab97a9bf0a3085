"""The machine's clock: the bell rings by it, and papers are dated by it."""

import ctypes
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta

from exam_server.doctor.finding import Finding

VIETNAM = timedelta(hours=7)
STEP_MS = 50.0
"""A clock that runs apart from the steady one by more than this within seconds is being set."""

_ASK_S = 5.0
_UNSYNCHRONISED = 0x40
_TIMEX_BYTES = 256


class Watch:
    """Compares the wall clock with the steady one from its making on."""

    def __init__(self) -> None:
        self._apart_s = time.time() - time.monotonic()

    def examine(self) -> Finding:
        """Whether the wall clock was set meanwhile."""
        step_ms = abs(time.time() - time.monotonic() - self._apart_s) * 1_000
        stepped = step_ms > STEP_MS
        return Finding(
            check="clock_step",
            level="caution" if stepped else "ok",
            figures={"step_ms": step_ms, "most_ms": STEP_MS},
            advice="stepped" if stepped else None,
        )


def examine_synchronised() -> Finding:
    """Whether something keeps the clock right, told by the first that knows."""
    for source, ask in (("timedatectl", _timedatectl), ("chronyc", _chronyc), ("adjtimex", _adjtimex)):
        answer = ask()
        if answer is not None:
            advice = None if answer else "free"
            return Finding(
                check="clock",
                level="ok" if answer else "caution",
                figures={"source": source},
                advice=advice,
            )
    return Finding(check="clock", level="caution", figures={"source": "–"}, advice="unknown")


def examine_zone(now: datetime) -> Finding:
    """Whether ``now``, in the machine's zone, is written as in Vietnam."""
    offset = now.utcoffset() or timedelta(0)
    fits = offset == VIETNAM
    return Finding(
        check="zone",
        level="ok" if fits else "caution",
        figures={"zone": now.strftime("%Z (UTC%z)")},
        advice=None if fits else "other",
    )


def _timedatectl() -> bool | None:
    said = _run("timedatectl", "show", "--property=NTPSynchronized", "--value")
    return {"yes": True, "no": False}.get(said or "")


def _chronyc() -> bool | None:
    said = _run("chronyc", "-n", "tracking")
    return None if not said or "Leap status" not in said else "Not synchronised" not in said


def _adjtimex() -> bool | None:
    """The kernel's own word: a clock that nobody disciplines is marked."""
    if sys.platform != "linux":
        return None
    buffer = ctypes.create_string_buffer(_TIMEX_BYTES)
    ctypes.CDLL(None).adjtimex(buffer)
    # struct timex: unsigned modes, padded to 8; long offset, freq, maxerror, esterror; int status.
    place = ctypes.sizeof(ctypes.c_long) * 5
    status = int.from_bytes(buffer.raw[place : place + 4], sys.byteorder)
    return not status & _UNSYNCHRONISED


def _run(program: str, *arguments: str) -> str | None:
    path = shutil.which(program)
    if path is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 -- a fixed program of the machine
            [path, *arguments], capture_output=True, text=True, timeout=_ASK_S, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
