"""An analysis as one page: what to know first, the test, its items in tables, each item by itself."""

from collections.abc import Sequence
from functools import partial
from html import escape

from exam_server.catalogue import Language, text
from exam_server.core.analysis.findings import ExamFindings, ItemFindings, ModelFigures, TestFigures
from exam_server.core.analysis_view import flags, group_label, item_label, notes
from exam_server.core.item_flags import share_bounds
from exam_server.printout.item_map import Placed, item_map
from exam_server.printout.item_report import item_section
from exam_server.printout.numerals import interval, number, probability, with_error
from exam_server.printout.page import page, table, wide_table
from exam_server.printout.plot import Bar, Curve, Frame, draw, draw_bars
from exam_server.protocol.measurement import Note

PERSON_EDGES = tuple(place / 2 - 4.0 for place in range(17))
_MOST_COUNTED = 26
"""Bars that are narrower than this have no room for their count."""

_MAP_NAME = 8


def analysis_report(title: str, findings: ExamFindings, lang: Language) -> str:
    """The whole page; ``title`` names what was analysed."""
    words = partial(text, lang, "measurement")
    model = findings.model
    parts = [
        f'<p class="note">{escape(words("report_lead", n=findings.n, items=len(findings.items)))}</p>',
        _notes(notes(findings, lang)),
        f"<h2>{escape(words('report_scores'))}</h2>",
        _test_table(findings.test, lang),
        _distribution(findings, lang),
        *([] if model is None else _model(findings, model, lang)),
        f"<h2>{escape(words('report_items'))}</h2>",
        f'<p class="note">{escape(words("report_items_note"))}</p>',
        _classical_table(findings, lang),
        "" if model is None else f'<div class="wide">{_model_table(findings, lang)}</div>',
        _contrasts(findings, lang),
        f"<h2>{escape(words('report_each_item'))}</h2>",
        *_sections(findings, lang),
    ]
    return page(words("report_title", name=title), lang, parts)


def _notes(every: Sequence[Note]) -> str:
    if not every:
        return ""
    lines = (
        f"<li{' class=attention' if note.attention else ''}>{escape(note.message)}</li>" for note in every
    )
    return f'<ul class="notes">{"".join(lines)}</ul>'


def _test_table(test: TestFigures, lang: Language) -> str:
    words = partial(text, lang, "measurement")
    alpha = number(test.alpha, 3, lang)
    if test.alpha_low is not None:
        alpha += f" ({interval(test.alpha_low, test.alpha_high, 3, lang)})"
    rows = {
        "report_maximum": number(test.maximum, 2, lang),
        "report_mean": number(test.mean, 2, lang),
        "report_median": number(test.median, 2, lang),
        "report_sd": number(test.sd, 2, lang),
        "report_range": f"{number(test.lowest, 2, lang)} … {number(test.highest, 2, lang)}",
        "report_alpha": alpha,
        "report_omega": number(test.omega, 3, lang),
        "report_split_half": number(test.split_half, 3, lang),
        "report_sem": number(test.sem, 2, lang),
    }
    return table(None, [(words(key), value) for key, value in rows.items()])


def _distribution(findings: ExamFindings, lang: Language) -> str:
    bins = findings.test.distribution
    if not findings.n:
        return ""
    counted = len(bins) <= _MOST_COUNTED
    frame = Frame(
        title=text(lang, "measurement", "report_distribution"),
        unit=text(lang, "measurement", "report_persons_unit"),
        x_label=text(lang, "measurement", "report_score"),
        x_range=(bins[0].low, bins[-1].high),
        number=partial(_axis, lang=lang),
    )
    bars = [
        Bar(
            low=each.low,
            high=each.high,
            height=each.count,
            shown=str(each.count) if counted and each.count else "",
        )
        for each in bins
    ]
    return draw_bars(frame, bars)


def _model(findings: ExamFindings, model: ModelFigures, lang: Language) -> list[str]:
    words = partial(text, lang, "measurement")
    return [
        f"<h2>{escape(words('report_model', model=words(f'model_{model.model}')))}</h2>",
        _model_figures(model, lang),
        _map(findings, model, lang),
        '<div class="pair">',
        _information(model, lang),
        _csem(findings, model, lang),
        "</div>",
    ]


def _model_figures(model: ModelFigures, lang: Language) -> str:
    words = partial(text, lang, "measurement")
    spread = with_error(model.grid.mean, None, 2, lang), number(model.grid.sd, 2, lang)
    fit = f"{number(model.m2, 1, lang)}, {model.m2_df}, {probability(model.m2_p, lang)}"
    rows = {
        "report_convergence": words(
            "report_converged", iterations=model.iterations, gradient=f"{model.gradient_norm:.0e}"
        ),
        "report_loglik": number(model.loglik, 2, lang),
        "report_aic_bic": f"{number(model.aic, 1, lang)}; {number(model.bic, 1, lang)}",
        "report_ability": f"{spread[0]}; {spread[1]}",
        "report_marginal": number(model.marginal_reliability, 3, lang),
        "report_empirical": number(model.empirical_reliability, 3, lang),
        "report_m2": "–" if model.m2 is None else fit,
        "report_rmsea2": number(model.m2_rmsea, 3, lang),
        "report_srmsr": number(model.srmsr, 3, lang),
    }
    if model.link is not None:
        link = model.link
        slope = with_error(link.slope, link.slope_se, 3, lang)
        rows["report_link"] = f"{link.to}: {slope}; {with_error(link.intercept, link.intercept_se, 3, lang)}"
    return table(None, [(words(key), value) for key, value in rows.items()])


def _map(findings: ExamFindings, model: ModelFigures, lang: Language) -> str:
    words = partial(text, lang, "measurement")
    placed = [
        Placed(x=item.model.b, name=_short(item))
        for item in findings.items
        if item.model is not None and item.model.b is not None
    ]
    ends = (words("report_map_persons"), words("report_map_items"))
    return item_map(words("report_map"), model.persons, PERSON_EDGES, placed, ends)


def _information(model: ModelFigures, lang: Language) -> str:
    words = partial(text, lang, "measurement")
    curve = Curve(label="", points=list(zip(model.information.x, model.information.y, strict=True)))
    frame = Frame(
        title=words("report_information"), unit="", x_label="θ", x_range=(-4, 4),
        number=partial(_axis, lang=lang), width=404,
    )  # fmt: skip
    return draw(frame, [curve], [])


def _csem(findings: ExamFindings, model: ModelFigures, lang: Language) -> str:
    words = partial(text, lang, "measurement")
    curve = Curve(label="", points=list(zip(model.csem.x, model.csem.y, strict=True)))
    frame = Frame(
        title=words("report_csem"), unit="", x_label=words("report_score"),
        x_range=(0, float(findings.test.maximum)), number=partial(_axis, lang=lang), width=404,
    )  # fmt: skip
    return draw(frame, [curve], [])


def _classical_table(findings: ExamFindings, lang: Language) -> str:
    words = partial(text, lang, "measurement")
    keys = (
        "column_item", "column_n", "column_difficulty", "column_bounds", "column_discrimination",
        "column_bounds", "column_alpha_without", "column_omitted", "column_flags",
    )  # fmt: skip
    rows = [
        (
            item_label(item, lang),
            str(item.n),
            number(item.difficulty, 3, lang),
            interval(*share_bounds(item), 2, lang),
            number(item.discrimination, 3, lang),
            interval(item.discrimination_low, item.discrimination_high, 2, lang),
            number(item.alpha_without, 3, lang),
            number(item.omitted, 3, lang),
            words("report_void") if item.void else "; ".join(_flags(item, findings, lang)),
        )
        for item in findings.items
    ]
    return wide_table([words(key) for key in keys], rows)


def _model_table(findings: ExamFindings, lang: Language) -> str:
    words = partial(text, lang, "measurement")
    keys = (
        "column_item", "column_model", "column_a", "column_b", "column_c", "column_fit_p", "column_rmsea",
        "column_infit", "column_outfit",
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for item in findings.items:
        model = item.model
        if model is not None:
            error = model.parameters.se
            guessed = model.parameters.c if model.parameters.model == "3pl" else None
            rows.append(
                (
                    item_label(item, lang),
                    model.parameters.model.upper(),
                    with_error(model.parameters.a, model.a_se, 3, lang),
                    with_error(model.b, model.b_se, 3, lang),
                    with_error(guessed, None if error is None else error.c, 3, lang),
                    probability(model.fit_p, lang),
                    number(model.rmsea, 3, lang),
                    number(model.infit, 2, lang),
                    number(model.outfit, 2, lang),
                )
            )
    return table([words(key) for key in keys], rows)


def _contrasts(findings: ExamFindings, lang: Language) -> str:
    """Differential functioning, where groups were compared."""
    words = partial(text, lang, "measurement")
    rows = [
        (
            item_label(item, lang),
            f"{group_label(each.reference, lang)} ({each.n_reference})",
            f"{group_label(each.focal, lang)} ({each.n_focal})",
            with_error(each.delta, each.delta_se, 2, lang),
            each.category or "–",
            probability(each.p, lang),
        )
        for item in findings.items
        for each in item.contrasts
    ]
    if not rows:
        return ""
    keys = (
        "column_item", "column_reference", "column_focal", "column_delta", "column_category",
        "column_adjusted_p",
    )  # fmt: skip
    head = f"<h2>{escape(words('report_groups'))}</h2><p class=note>{escape(words('report_groups_note'))}</p>"
    return head + f'<div class="wide">{table([words(key) for key in keys], rows)}</div>'


def _sections(findings: ExamFindings, lang: Language) -> list[str]:
    """Every item by itself; two beside each other where nothing is known of options."""
    shown = [item_section(item, findings, lang) for item in findings.items if not item.void]
    if any(item.options for item in findings.items):
        return shown
    return ['<div class="pair">', *shown, "</div>"]


def _flags(item: ItemFindings, findings: ExamFindings, lang: Language) -> list[str]:
    return [flag.message for flag in flags(item, findings.items, lang)]


def _short(item: ItemFindings) -> str:
    """A name that has room in the map."""
    name = item.name if not item.part else f"{item.part.split()[-1]}.{item.number}"
    return name if len(name) <= _MAP_NAME else name[: _MAP_NAME - 1] + "…"


def _axis(value: float, lang: Language) -> str:
    return number(f"{value:.4g}" if "e" not in f"{value:.4g}" else f"{value:.0f}", 0, lang)
