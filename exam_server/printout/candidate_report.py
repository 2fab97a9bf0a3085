"""A candidate's report: the score, how far it is to be trusted, the parts. One sheet for each candidate."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from html import escape

from exam_server.catalogue import Language, text
from exam_server.catalogue.formats import format_date
from exam_server.core.export.pupil import ExportHead, ScoredPupil
from exam_server.printout.numerals import number
from exam_server.printout.page import page, table

_WIDTH, _LEFT, _RIGHT = 760, 20, 20
_SCALE = 10


def candidate_report(head: ExportHead, pupils: Sequence[ScoredPupil], lang: Language) -> str:
    """The page; each candidate begins on a new sheet of paper. No place in a ranking is told."""
    words = partial(text, lang, "measurement")
    parts = [_sheet(head, pupil, lang, first=place == 0) for place, pupil in enumerate(pupils)]
    return page(words("candidate_title", exam=head.exam), lang, parts)


def _sheet(head: ExportHead, pupil: ScoredPupil, lang: Language, *, first: bool) -> str:
    words = partial(text, lang, "measurement")
    facts = {
        "candidate_number": pupil.number,
        "candidate_class": " · ".join(filter(None, (pupil.class_name, pupil.school))),
        "candidate_birth_date": "" if pupil.birth_date is None else format_date(pupil.birth_date, lang),
        "candidate_exam": " · ".join(filter(None, (head.exam, head.subject))),
        "candidate_day": "" if head.day is None else format_date(head.day, lang),
    }
    signed = words("candidate_signed", name=head.signed_by) if head.signed_by else words("candidate_unsigned")
    return (
        f"<section{'' if first else ' class=next-page'}><h2>{escape(pupil.name)}</h2>"
        f"{table(None, [(words(key), value) for key, value in facts.items() if value])}"
        f"{_score(pupil, lang)}{_parts(pupil, lang)}"
        f'<p class="note">{escape(signed)}</p>'
        "</section>"
    )


def _score(pupil: ScoredPupil, lang: Language) -> str:
    words = partial(text, lang, "measurement")
    if pupil.score is None:
        return f'<p class="verdict">{escape(words("candidate_no_score"))}</p>'
    shown = number(str(pupil.score), 2, lang)
    sanction = ""
    if pupil.sanction is not None and pupil.raw_score is not None:
        raw = number(str(pupil.raw_score), 2, lang)
        sanction = f"<p>{escape(words(f'candidate_{pupil.sanction}', raw=raw))}</p>"
    scale = escape(words("candidate_of_scale", scale=_SCALE))
    return (
        f'<div class="verdict good"><strong>{shown}</strong>{scale}</div>'
        f"{sanction}{_range(pupil, pupil.score, lang)}"
    )


def _range(pupil: ScoredPupil, score: Decimal, lang: Language) -> str:
    """The score on its scale with what lies within a standard error of it."""
    words = partial(text, lang, "measurement")
    if pupil.low is None or pupil.high is None:
        return f'<p class="note">{escape(words("candidate_no_range"))}</p>'
    low, high = number(str(pupil.low), 2, lang), number(str(pupil.high), 2, lang)
    sentence = words("candidate_range", low=low, high=high)
    return f"<p>{escape(sentence)}</p>{_scale(float(score), float(pupil.low), float(pupil.high), sentence)}"


def _scale(score: float, low: float, high: float, label: str) -> str:
    def x(value: float) -> float:
        return _LEFT + value / _SCALE * (_WIDTH - _LEFT - _RIGHT)

    ticks = "".join(
        f'<line class="axis" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="40" y2="46"/>'
        f'<text class="tick middle" x="{x(value):.1f}" y="60">{value}</text>'
        for value in range(_SCALE + 1)
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} 66" role="img" aria-label="{escape(label)}">'
        f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="40" y2="40"/>{ticks}'
        f'<line x1="{x(low):.1f}" x2="{x(high):.1f}" y1="22" y2="22" stroke="#0b3d91" stroke-width="6"/>'
        f'<circle cx="{x(score):.1f}" cy="22" r="7" fill="#0b3d91" stroke="#fff" stroke-width="2"/></svg>'
    )


def _parts(pupil: ScoredPupil, lang: Language) -> str:
    if not pupil.parts:
        return ""
    words = partial(text, lang, "measurement")
    rows = [(part.label, _points(part.score, lang), _points(part.points, lang)) for part in pupil.parts]
    return table([words("candidate_part"), words("candidate_points"), words("candidate_most")], rows)


def _points(exact: str, lang: Language) -> str:
    """Two decimals, so that 1.6 reads as 1.60 under 0.75; more where there are more."""
    value = Decimal(exact)
    cents = value.quantize(Decimal("0.01"))
    return number(str(cents if cents == value else value), 2, lang)
