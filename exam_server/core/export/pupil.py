"""A candidate as exports need them."""

from datetime import date
from decimal import Decimal

import msgspec

from exam_server.protocol.sitting import SittingState
from exam_server.protocol.staff import PartScore, SanctionKind


class ScoredPupil(msgspec.Struct, frozen=True, kw_only=True):
    """Who they are and what a run gave them. ``score`` counts, ``raw_score`` is it before the sanction; both
    None until the script is in. ``low`` and ``high``: the score ± its standard error."""

    sitting: int
    number: str
    name: str
    school: str | None
    class_name: str | None
    pupil_code: str | None
    birth_date: date | None
    state: SittingState
    score: Decimal | None
    raw_score: Decimal | None
    parts: tuple[PartScore, ...]
    theta: float | None
    theta_se: float | None
    low: Decimal | None
    high: Decimal | None
    sanction: SanctionKind | None


class ExportHead(msgspec.Struct, frozen=True, kw_only=True):
    """What an export is of."""

    exam: str
    subject: str
    run: int
    day: date | None
    signed_by: str | None
