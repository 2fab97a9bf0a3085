"""The report as a page: plots, and every number in a table too."""

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from html import escape
from pathlib import Path
from typing import Literal

from exam_server.catalogue import Language, text
from exam_server.catalogue.formats import format_datetime, format_number
from exam_server.load.figures import Spread
from exam_server.load.order import BY_DEADLINE
from exam_server.load.report import LoadReport, Moment
from exam_server.printout.page import page, table
from exam_server.printout.plot import Curve, Frame, Mark, draw

NAMES = ("login", "form", "bell", "ack", "resend", "reconnect", "submit")
"""What students do, in the order of the day."""

_MOST_ROWS = 24
_MOST_POINTS = 240


def write_page(report: LoadReport, lang: Language, path: Path) -> None:
    """Write the page."""
    path.write_text(_page(report, lang), encoding="utf-8")


def heads(lang: Language) -> list[str]:
    """The heads of the table of latencies."""
    return [_say(lang, key) for key in ("what", "count", "p50", "p95", "p99", "longest_ms")]


def cells(report: LoadReport, lang: Language) -> list[list[str]]:
    """Its rows, milliseconds."""
    return [
        [_say(lang, f"name_{name}"), *_spread_cells(report.latencies[name], lang)]
        for name in NAMES
        if name in report.latencies
    ]


def verdict_words(report: LoadReport, lang: Language) -> list[str]:
    """What the checker says, the outcome first."""
    verdict = report.verdict
    return [
        _say(lang, "passed" if report.passed else "failed"),
        _say(
            lang,
            f"checked_{report.checked}",
            students=verdict.students,
            acknowledged=verdict.acknowledged,
            journalled=verdict.journalled,
        ),
        *([_say(lang, "never_rang")] if report.bell_at is None else []),
        *([_say(lang, "left_early", count=left)] if (left := report.left_early) else []),
        *([_say(lang, "generator_busy", seconds=busy)] if (busy := report.generator_busy_s) else []),
        *([_say(lang, "unaccounted", count=verdict.unaccounted)] if verdict.unaccounted else []),
        *(
            _say(lang, "found", what=_say(lang, f"kind_{kind}"), count=count)
            for kind, count in verdict.counts.items()
            if count
        ),
    ]


def _page(report: LoadReport, lang: Language) -> str:
    title = _say(lang, "title", scenario=_say(lang, f"scenario_{report.order.scenario}"))
    parts = [
        f'<p class="note">{escape(_subtitle(report, lang))}</p>',
        *_verdict(report, lang),
        f"<h2>{_say(lang, 'latencies')}</h2>",
        f'<p class="note">{_say(lang, "latencies_note")}</p>',
        table(heads(lang), cells(report, lang)),
        *_plots(report, lang),
        *_failures(report, lang),
        f"<h2>{_say(lang, 'over_time')}</h2>",
        table(_time_heads(report, lang), _time_cells(report, lang)),
        f"<h2>{_say(lang, 'settings')}</h2>",
        table(None, _settings(report, lang), words=True),
    ]
    return page(title, lang, parts)


def _subtitle(report: LoadReport, lang: Language) -> str:
    order = report.order
    where = (
        _say(lang, "alone", workers=order.workers)
        if report.against is None
        else _say(lang, "against", address=report.against)
    )
    when = "" if report.bell_at is None else f" · {format_datetime(report.bell_at.astimezone(), lang)}"
    return f"{_say(lang, 'students', count=order.students)} · {where}{when}"


def _verdict(report: LoadReport, lang: Language) -> list[str]:
    first, *others = verdict_words(report, lang)
    parts = [f'<p class="verdict {"good" if report.passed else "bad"}">{escape(first)}</p>']
    parts += [f"<p>{escape(line)}</p>" for line in others]
    if report.verdict.findings:
        rows = [
            [
                _say(lang, f"kind_{one.kind}"),
                one.number,
                "" if one.seq is None else str(one.seq),
                one.detail,
            ]
            for one in report.verdict.findings
        ]
        columns = [_say(lang, key) for key in ("finding", "number", "event", "detail")]
        parts.append(table(columns, rows, words=True))
    return parts


def _plots(report: LoadReport, lang: Language) -> list[str]:
    if not report.moments:
        return []
    frame, marks = _frame(report.moments, lang), _marks(report, lang)
    return [
        draw(frame(title=_say(lang, "plot_ack"), unit="ms", log=True), _ack_curves(report, lang), marks),
        draw(
            frame(title=_say(lang, "plot_done"), unit=_say(lang, "per_second")),
            _done_curves(report, lang),
            marks,
        ),
        *(
            draw(frame(title=_say(lang, f"plot_{name}"), unit=_say(lang, unit)), curves, marks)
            for name, unit, curves in (
                ("connections", "unit_lines", [_gauge_curve(report, lang, "connections", "connections")]),
                ("queue", "unit_events", [_gauge_curve(report, lang, "queue", "queue_rows")]),
                ("cpu", "unit_processors", _cpu_curves(report, lang)),
            )
        ),
    ]


def _frame(moments: Sequence[Moment], lang: Language) -> Callable[..., Frame]:
    """A frame but for its title and unit: all have the same time below."""
    width = max(1, math.ceil((moments[-1].at_s - moments[0].at_s + 1) / _MOST_POINTS))
    return partial(
        Frame,
        x_label=_say(lang, "seconds_from_bell"),
        x_range=(float(moments[0].at_s), float(moments[-1].at_s)),
        number=partial(_number, lang=lang),
        gap=8.0 * width,
    )


def _ack_curves(report: LoadReport, lang: Language) -> list[Curve]:
    labels = {"max_ms": _say(lang, "longest"), "p99_ms": "p99", "p95_ms": "p95", "p50_ms": "p50"}
    return [
        Curve(
            label=label, points=[(m.at_s, getattr(m.ack, name)) for m in report.moments if m.ack is not None]
        )
        for name, label in labels.items()
    ]


def _done_curves(report: LoadReport, lang: Language) -> list[Curve]:
    return [
        Curve(label=_say(lang, f"short_{name}"), points=_done(report.moments, name))
        for name in ("ack", "resend", "login", "reconnect", "submit")
        if name in report.latencies
    ]


def _cpu_curves(report: LoadReport, lang: Language) -> list[Curve]:
    return [
        Curve(
            label=_say(lang, f"cpu_{who}"),
            points=[(m.at_s, m.cpu[who]) for m in report.moments if who in m.cpu],
        )
        for who in report.cpu_s
    ]


def _gauge_curve(
    report: LoadReport, lang: Language, key: str, name: Literal["connections", "queue_rows"]
) -> Curve:
    values = ((moment.at_s, getattr(moment, name)) for moment in report.moments)
    return Curve(label=_say(lang, key), points=[point for point in values if point[1] is not None])


def _done(moments: Sequence[Moment], name: str) -> list[tuple[float, float]]:
    return [(moment.at_s, moment.done.get(name, 0)) for moment in moments]


def _marks(report: LoadReport, lang: Language) -> list[Mark]:
    """The bell, and what the scenario does."""
    order = report.order
    marks = [Mark(x=0, label=_say(lang, "mark_bell"))] if report.bell_at is not None else []
    if order.scenario == "outage":
        half = order.seconds / 2
        marks.append(Mark(x=half, label=_say(lang, "mark_down")))
        marks.append(Mark(x=half + order.outage_s, label=_say(lang, "mark_up")))
    if order.scenario in BY_DEADLINE and report.against is None:
        marks.append(Mark(x=order.minutes * 60, label=_say(lang, "mark_deadline")))
    return marks


def _failures(report: LoadReport, lang: Language) -> list[str]:
    if not report.failures:
        return []
    rows = [[reason, str(count)] for reason, count in sorted(report.failures.items())]
    return [f"<h2>{_say(lang, 'failures')}</h2>", table([_say(lang, "what"), _say(lang, "count")], rows)]


def _time_heads(report: LoadReport, lang: Language) -> list[str]:
    return [
        _say(lang, "second"),
        _say(lang, "short_ack"),
        *(f"{name} (ms)" for name in ("p50", "p95", "p99")),
        _say(lang, "longest_ms"),
        _say(lang, "short_submit"),
        _say(lang, "connections"),
        _say(lang, "queue"),
        *(f"CPU: {_say(lang, f'cpu_{who}')}" for who in report.cpu_s),
    ]


def _time_cells(report: LoadReport, lang: Language) -> list[list[str]]:
    """Spans of equal length: of latencies and the queue the worst second, of counts the sum, of the rest the
    mean."""
    moments = report.moments
    if not moments:
        return []
    width = max(1, math.ceil((moments[-1].at_s - moments[0].at_s + 1) / _MOST_ROWS))
    spans: dict[int, list[Moment]] = {}
    for moment in moments:
        spans.setdefault(moment.at_s // width * width, []).append(moment)
    return [_span_cells(start, width, span, report, lang) for start, span in spans.items()]


def _span_cells(
    start: int, width: int, span: Sequence[Moment], report: LoadReport, lang: Language
) -> list[str]:
    acks = [moment.ack for moment in span if moment.ack is not None]
    worst = [
        _number(max(getattr(one, name) for one in acks), lang=lang) if acks else ""
        for name in ("p50_ms", "p95_ms", "p99_ms", "max_ms")
    ]
    return [
        f"{start}…{start + width - 1}" if width > 1 else str(start),
        str(sum(moment.done.get("ack", 0) for moment in span)),
        *worst,
        str(sum(moment.done.get("submit", 0) for moment in span)),
        _most(moment.connections for moment in span),
        _most(moment.queue_rows for moment in span),
        *(_mean((moment.cpu.get(who) for moment in span), lang) for who in report.cpu_s),
    ]


def _most(values: Iterable[int | None]) -> str:
    known = [value for value in values if value is not None]
    return str(max(known)) if known else ""


def _mean(values: Iterable[float | None], lang: Language) -> str:
    known = [value for value in values if value is not None]
    return _number(sum(known) / len(known), lang=lang) if known else ""


def _settings(report: LoadReport, lang: Language) -> list[list[str]]:
    order, machine = report.order, report.machine
    rows = [
        [_say(lang, "set_seconds"), _number(order.seconds, lang=lang)],
        [_say(lang, "set_processes"), str(order.processes)],
        [
            _say(lang, "set_machine"),
            f"{machine.processors} × {machine.processor}, {_number(machine.memory_gib, lang=lang)} GiB, "
            f"{machine.system}",
        ],
        *(
            [_say(lang, "set_cpu", who=_say(lang, f"cpu_{who}")), f"{_number(seconds, lang=lang)} s"]
            for who, seconds in report.cpu_s.items()
        ),
    ]
    if order.scenario == "outage":
        rows.append([_say(lang, "set_outage"), _number(order.outage_s, lang=lang)])
    return rows


def _spread_cells(spread: Spread, lang: Language) -> list[str]:
    values = (spread.p50_ms, spread.p95_ms, spread.p99_ms, spread.max_ms)
    return [str(spread.count), *(_number(value, lang=lang) for value in values)]


def _number(value: float, *, lang: Language) -> str:
    """Three figures at least, and never an exponent."""
    if value == int(value) or abs(value) >= 100:
        return format_number(round(value), lang)
    decimals = 2 if abs(value) < 1 else 1
    return format_number(Decimal(f"{value:.{decimals}f}"), lang)


def _say(lang: Language, key: str, /, **params: str | int) -> str:
    return text(lang, "load", key, **params)
