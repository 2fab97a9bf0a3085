"""One item of a report: its curve beside what candidates did, and its options."""

from functools import partial
from html import escape

from exam_server.catalogue import Language, text
from exam_server.core.analysis.findings import ExamFindings, ItemFindings
from exam_server.core.analysis_view import flags, item_label
from exam_server.printout.numerals import DASH, number
from exam_server.printout.page import table
from exam_server.printout.plot import Curve, Frame, draw

_WIDTH = 404
_FIFTHS = 5
_LEAST_SHOWN = 0.02


def item_section(item: ItemFindings, findings: ExamFindings, lang: Language) -> str:
    """The item's plots and tables under its name."""
    sentences = "; ".join(flag.message for flag in flags(item, findings.items, lang))
    note = f'<p class="attention">{escape(sentences)}</p>' if sentences else ""
    return (
        f"<section><h3>{escape(item_label(item, lang))}</h3>{note}"
        f'<div class="pair">{_curve(item, findings, lang)}{_option_curves(item, lang)}</div>'
        f"{_option_table(item, lang)}</section>"
    )


def _curve(item: ItemFindings, findings: ExamFindings, lang: Language) -> str:
    """The mean share of the points by ability, as the model has it and as it was."""
    dots = Curve(
        label="",
        points=[(dot.x, dot.y) for dot in item.dots],
        dots=True,
        bounds=[(dot.low, dot.high) for dot in item.dots],
    )
    model, curves = item.model, list[Curve]()
    if model is not None:
        low, high = model.band_low or model.curve.y, model.band_high or model.curve.y
        curves.append(
            Curve(
                label="",
                points=list(zip(model.curve.x, model.curve.y, strict=True)),
                bounds=list(zip(low, high, strict=True)),
            )
        )
    words = partial(text, lang, "measurement")
    frame = Frame(
        title=words("report_item_curve" if model is not None else "report_item_fifths"),
        unit="",
        x_label="θ" if model is not None else words("report_score"),
        x_range=(-4, 4) if model is not None else (0, float(findings.test.maximum)),
        number=partial(_axis, lang=lang),
        y_range=(0, 1),
        width=_WIDTH,
    )
    return draw(frame, [*curves, dots], [])


def _option_curves(item: ItemFindings, lang: Language) -> str:
    """The share of each option in the fifths of the candidates."""
    shown = [
        option for option in item.options if option.fifths and max(option.fifths) >= _LEAST_SHOWN
    ]  # fmt: skip
    curves = [
        Curve(
            label=_label(option.label, lang, right=option.right),
            points=[(fifth + 1, share) for fifth, share in enumerate(option.fifths)],
        )
        for option in shown
    ]
    frame = Frame(
        title=text(lang, "measurement", "report_options"),
        unit="",
        x_label=text(lang, "measurement", "report_fifths"),
        x_range=(1, _FIFTHS),
        number=partial(_axis, lang=lang),
        y_range=(0, 1),
        width=_WIDTH,
    )
    return draw(frame, curves, [])


def _option_table(item: ItemFindings, lang: Language) -> str:
    if not item.options:
        return ""
    words = partial(text, lang, "measurement")
    rows = [
        (
            _label(option.label, lang, right=option.right),
            str(option.count),
            *([number(share, 2, lang) for share in option.fifths] or [DASH] * _FIFTHS),
            number(option.correlation, 2, lang),
        )
        for option in item.options
    ]
    heads = [words("column_fifth", place=place + 1) for place in range(_FIFTHS)]
    return table([words("column_option"), words("column_count"), *heads, words("column_option_r")], rows)


def _label(label: str, lang: Language, *, right: bool) -> str:
    """The key is marked with a star."""
    name = label or text(lang, "measurement", "report_no_answer")
    return f"{name} *" if right else name


def _axis(value: float, lang: Language) -> str:
    return number(f"{value:.3g}", 0, lang)
