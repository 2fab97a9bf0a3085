"""The room test's paper and its verdict."""

from datetime import timedelta

from exam_server.protocol.form import Form, FormItem, FormPart
from exam_server.protocol.rehearsal import (
    Check,
    Level,
    RehearsalFinding,
    RehearsalMeasured,
    RehearsalVerdict,
)
from item_bank.kinds import Content
from item_bank.kinds.short_answer import ShortAnswer
from item_bank.kinds.single_choice import Option, SingleChoice
from item_bank.kinds.true_false import Statement, TrueFalse
from item_bank.richtext import Paragraph, RichText, Text

BELL_MS = 2_000.0
ACK_P99_MS = 1_000.0
ACK_GOOD_MS = 300.0
RECONNECT_MS = 15_000.0

CHOICES, JUDGEMENTS, NUMBERS = 12, 4, 6
"""As many questions of each kind as in a Maths paper of the national exam."""

LOBBY = timedelta(seconds=15)
LOBBY_EACH = timedelta(seconds=0.3)
"""A browser logs its candidates in one after the other."""

EVERY = timedelta(seconds=10)
SPARE = timedelta(minutes=2)


def lobby(students: int) -> timedelta:
    """From the exchange of the code to the bell."""
    return LOBBY + students * LOBBY_EACH


def rehearsal_form(form_id: int, title: str, minutes: int) -> Form:
    """A made-up paper: sums that a child can do, item ids from 1."""
    contents = (
        *map(_choice, range(CHOICES)),
        *map(_judgement, range(JUDGEMENTS)),
        *map(_number, range(NUMBERS)),
    )
    items = [FormItem(id=place, content=content, points="0") for place, content in enumerate(contents, 1)]
    cuts = (0, CHOICES, CHOICES + JUDGEMENTS, len(items))
    parts = [
        FormPart(label=f"PHẦN {label}", instruction="", items=tuple(items[start:end]))
        for label, start, end in zip(("I", "II", "III"), cuts, cuts[1:], strict=False)
    ]
    return Form(id=form_id, title=title, subject=title, minutes=minutes, parts=tuple(parts))


def judge(measured: RehearsalMeasured, *, room: str, students: int) -> RehearsalVerdict:
    """Go, unless something failed; every finding with its bound."""
    findings = (
        _all("logins", measured.logged_in, students),
        _all("paper", measured.papers, students),
        _bell(measured, students),
        _within("ack", measured.ack_p99_ms, ACK_GOOD_MS, ACK_P99_MS),
        _lost(measured),
        _reconnect(measured, students),
        _within("stability", measured.breaks, 0, students / 10),
        _all("receipts", min(measured.receipts, measured.proved), students),
    )
    go = all(finding.level != "fail" for finding in findings)
    return RehearsalVerdict(go=go, room=room, students=students, findings=findings)


def _all(check: Check, count: int, students: int) -> RehearsalFinding:
    level: Level = "ok" if count == students else "fail"
    return RehearsalFinding(check=check, level=level, measured=count, bound=students)


def _bell(measured: RehearsalMeasured, students: int) -> RehearsalFinding:
    late = measured.started < students or measured.bell_ms > BELL_MS
    level: Level = "fail" if late else "ok"
    return RehearsalFinding(check="bell", level=level, measured=measured.bell_ms, bound=BELL_MS)


def _lost(measured: RehearsalMeasured) -> RehearsalFinding:
    """What was sent and never acknowledged, refused answers among them."""
    lost = measured.sent - measured.acknowledged
    return RehearsalFinding(check="lost", level="fail" if lost else "ok", measured=max(0, lost), bound=0)


def _reconnect(measured: RehearsalMeasured, students: int) -> RehearsalFinding:
    late = measured.reconnected < students or measured.reconnect_ms > RECONNECT_MS
    level: Level = "fail" if late else "ok"
    return RehearsalFinding(
        check="reconnect", level=level, measured=measured.reconnect_ms, bound=RECONNECT_MS
    )


def _within(check: Check, value: float, good: float, most: float) -> RehearsalFinding:
    level: Level = "ok" if value <= good else "caution" if value <= most else "fail"
    return RehearsalFinding(check=check, level=level, measured=value, bound=good if level == "ok" else most)


def _choice(place: int) -> Content:
    total = place + 3
    options = zip("ABCD", (total, total + 1, total + 2, total + 3), strict=True)
    return SingleChoice(
        stem=_text(f"{place} + 3 = ?"),
        options=tuple(Option(id=letter, body=_text(str(value))) for letter, value in options),
    )


def _judgement(place: int) -> Content:
    statements = tuple(
        Statement(id=letter, body=_text(f"{place} < {limit}")) for limit, letter in enumerate("abcd")
    )
    return TrueFalse(stem=_text(f"x = {place}"), statements=statements)


def _number(place: int) -> Content:
    return ShortAnswer(stem=_text(f"{place} × 2 = ?"))


def _text(text: str) -> RichText:
    return (Paragraph(children=(Text(text=text),)),)
