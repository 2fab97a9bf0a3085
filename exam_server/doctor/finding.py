"""What a check found. Its texts are in the catalogue's section ``doctor``, named after the check."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from exam_server.config import Config

Level = Literal["ok", "caution", "fail"]
"""ok: fine; caution: it will do, but someone should look; fail: not on this machine, not like this."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One check. ``figures`` fill the texts ``<check>_measured``, ``<check>_need`` and, where there is an
    ``advice``, ``<check>_<advice>``; their units are in their names."""

    check: str
    figures: Mapping[str, float | str]
    level: Level = "ok"
    advice: str | None = None


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """What is examined: a machine with its settings, for so many students."""

    config: Config
    students: int


def at_most(value: float, ok: float, caution: float) -> Level:
    """The level of a figure that should be small."""
    return "ok" if value <= ok else "caution" if value <= caution else "fail"


def at_least(value: float, ok: float, caution: float) -> Level:
    """The level of a figure that should be large."""
    return at_most(-value, -ok, -caution)
