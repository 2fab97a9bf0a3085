"""The room test's result as one page to keep or to print: verdict, reasons, plot, table."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from html import escape

from exam_server.catalogue import Language, text
from exam_server.catalogue.formats import format_datetime, format_number
from exam_server.core.rank import percentile
from exam_server.printout.page import page, table
from exam_server.printout.plot import Curve, Frame, Mark, draw
from exam_server.protocol.rehearsal import RehearsalFinding
from exam_server.rehearsal.play import Latency, Played

SLOT_S = 10


def finding_texts(finding: RehearsalFinding, lang: Language) -> tuple[str, str, str, str | None]:
    """Name, what was found, what is needed, and what to do when it is not fine."""
    name = f"room_{finding.check}"
    figures = {"measured": _whole(finding.measured, lang=lang), "bound": _whole(finding.bound, lang=lang)}
    advice = None if finding.level == "ok" else text(lang, "lab", f"{name}_{finding.level}")
    return (
        text(lang, "lab", name),
        text(lang, "lab", f"{name}_measured", **figures),
        text(lang, "lab", f"{name}_need", **figures),
        advice,
    )


def html_report(played: Played, lang: Language, now: datetime) -> str:
    """The whole page."""
    verdict = played.verdict
    title = text(lang, "lab", "room_title")
    of = text(
        lang,
        "lab",
        "room_of",
        room=verdict.room,
        students=verdict.students,
        when=format_datetime(now, lang),
    )
    word, sentence = ("room_go", "room_go_text") if verdict.go else ("room_no_go", "room_no_go_text")
    parts = (
        f'<p class="note">{escape(of)}</p>',
        f'<div class="verdict {"good" if verdict.go else "bad"}">',
        f"<strong>{text(lang, 'lab', word)}</strong>{text(lang, 'lab', sentence)}</div>",
        _findings(played, lang),
        _plot(played, lang),
        _slots(played.latencies, lang),
    )
    return page(title, lang, parts)


def _findings(played: Played, lang: Language) -> str:
    names = ("column_check", "column_measured", "column_need")
    head = "".join(f"<th>{text(lang, 'lab', name)}</th>" for name in names)
    rows: list[str] = []
    for finding in played.verdict.findings:
        name, found, need, advice = finding_texts(finding, lang)
        level = text(lang, "lab", f"level_{finding.level}")
        told = "" if advice is None else f"<br>{escape(advice)}"
        rows.append(
            f'<tr><td><strong class="{finding.level}">{level}</strong></td><td>{name}{told}</td>'
            f"<td>{found}</td><td>{need}</td></tr>"
        )
    return f"<table class=words><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _plot(played: Played, lang: Language) -> str:
    latencies = played.latencies
    if not latencies:
        return ""
    end = max(1.0, *(latency.due_s for latency in latencies))
    median = percentile([latency.taken_ms for latency in latencies], 0.5)
    frame = Frame(
        title=text(lang, "lab", "plot_title"),
        unit=text(lang, "lab", "plot_y"),
        x_label=text(lang, "lab", "plot_x"),
        x_range=(0.0, end),
        number=partial(_whole, lang=lang),
    )
    curves = (
        Curve(
            label=text(lang, "lab", "plot_median", ms=_whole(median, lang=lang)),
            points=[(0.0, median), (end, median)],
        ),
        Curve(label="", points=[(one.due_s, one.taken_ms) for one in latencies], dots=True),
    )
    return draw(frame, curves, [Mark(x=played.cut_s, label=text(lang, "lab", "plot_cut"))])


def _slots(latencies: Sequence[Latency], lang: Language) -> str:
    slots: dict[int, list[float]] = {}
    for latency in latencies:
        slots.setdefault(int(latency.due_s // SLOT_S) * SLOT_S, []).append(latency.taken_ms)
    columns = [
        text(lang, "lab", name) for name in ("table_from", "table_count", "table_median", "table_slowest")
    ]
    rows = (
        (str(start), str(len(taken)), f"{percentile(taken, 0.5):.0f}", f"{max(taken):.0f}")
        for start, taken in sorted(slots.items())
    )
    return f"<h2>{text(lang, 'lab', 'plot_table')}</h2>{table(columns, rows)}"


def _whole(value: float, *, lang: Language) -> str:
    return format_number(round(value), lang)
