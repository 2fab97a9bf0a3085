"""The room test's result as one page to keep or to print: verdict, reasons, plot, table."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from exam_server.catalogue import Language, text
from exam_server.catalogue.formats import format_datetime
from exam_server.core.rank import percentile
from exam_server.protocol.rehearsal import RehearsalFinding
from exam_server.rehearsal.play import Latency, Played

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 900, 260, 56, 40, 24
SLOT_S = 10

_STYLE = """
:root { color: #15202b; font: 16px/1.5 "Be Vietnam Pro", "Noto Sans", "Segoe UI", system-ui, sans-serif; }
body { max-width: 960px; margin: 32px auto; padding: 0 16px; }
.verdict { padding: 16px 24px; border: 3px solid; border-radius: 12px; font-size: 20px; }
.verdict strong { display: block; font-size: 48px; line-height: 1.2; }
.ok { color: #136c38; } .caution { color: #7d4a00; } .fail { color: #a61b1b; }
table { width: 100%; border-collapse: collapse; margin: 16px 0; }
th, td { padding: 6px 8px; border-bottom: 1px solid #cdd5de; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; } svg text { font-size: 13px; fill: #465362; }
@media print { body { margin: 0; } }
"""


def finding_texts(finding: RehearsalFinding, lang: Language) -> tuple[str, str, str, str | None]:
    """Name, what was found, what is needed, and what to do when it is not fine."""
    name = f"room_{finding.check}"
    figures = {"measured": f"{finding.measured:.0f}", "bound": f"{finding.bound:.0f}"}
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
    return "".join(
        (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>',
            f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p>{escape(of)}</p>",
            f'<div class="verdict {"ok" if verdict.go else "fail"}">',
            f"<strong>{text(lang, 'lab', word)}</strong>",
            f"{text(lang, 'lab', sentence)}</div>",
            _findings(played, lang),
            _plot(played, lang),
            _slots(played.latencies, lang),
            "</body></html>",
        )
    )


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
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _plot(played: Played, lang: Language) -> str:
    latencies = played.latencies
    if not latencies:
        return ""
    end = max(1.0, *(latency.due_s for latency in latencies))
    slowest = max(1.0, *(latency.taken_ms for latency in latencies))
    median = percentile([latency.taken_ms for latency in latencies], 0.5)
    right, floor = WIDTH - 8, HEIGHT - BOTTOM

    def x(seconds: float) -> float:
        return round(LEFT + (right - LEFT) * seconds / end, 1)

    def y(ms: float) -> float:
        return round(floor - (floor - TOP) * ms / slowest, 1)

    def label(x: float, y: float, words: str, anchor: str = "end") -> str:
        return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'

    title, cut = text(lang, "lab", "plot_title"), x(played.cut_s)
    marks = (0.0, 0.5, 1.0)
    return "".join(
        (
            f'<h2>{title}</h2><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">',
            f'<path d="M{LEFT} {TOP}V{floor}H{right}" fill="none" stroke="#738190"/>',
            f'<path d="M{cut} {TOP}V{floor}" stroke="#7d4a00" stroke-dasharray="4 4"/>',
            f'<path d="M{LEFT} {y(median)}H{right}" stroke="#14427e"/><g fill="#14427e" fill-opacity="0.5">',
            *(f'<circle cx="{x(one.due_s)}" cy="{y(one.taken_ms)}" r="2"/>' for one in latencies),
            "</g>",
            *(label(LEFT - 8, y(slowest * mark) + 4, f"{slowest * mark:.0f}") for mark in marks),
            *(label(x(end * mark), floor + 16, f"{end * mark:.0f}", "middle") for mark in marks),
            label(cut - 6, TOP + 12, text(lang, "lab", "plot_cut")),
            label(right, TOP - 10, text(lang, "lab", "plot_median", ms=f"{median:.0f}")),
            label(LEFT - 8, floor + 16, text(lang, "lab", "plot_y")),
            label(right, HEIGHT - 2, text(lang, "lab", "plot_x")),
            "</svg>",
        )
    )


def _slots(latencies: Sequence[Latency], lang: Language) -> str:
    names = ("table_from", "table_count", "table_median", "table_slowest")
    head = "".join(f'<th class="number">{text(lang, "lab", name)}</th>' for name in names)
    slots: dict[int, list[float]] = {}
    for latency in latencies:
        slots.setdefault(int(latency.due_s // SLOT_S) * SLOT_S, []).append(latency.taken_ms)
    rows = "".join(
        f'<tr><td class="number">{start}</td><td class="number">{len(taken)}</td>'
        f'<td class="number">{percentile(taken, 0.5):.0f}</td><td class="number">{max(taken):.0f}</td></tr>'
        for start, taken in sorted(slots.items())
    )
    title = text(lang, "lab", "plot_table")
    return f"<h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
