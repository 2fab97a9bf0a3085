"""Findings as the pages show them: sentences in a language, the caller's own classes beside the whole."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from exam_server.catalogue import Language, text, texts
from exam_server.catalogue.formats import format_number
from exam_server.core.analysis.findings import (
    BinCount,
    ClassFigures,
    ContrastFigures,
    DotFigures,
    ExamFindings,
    ItemFindings,
    ModelFigures,
    OptionFigures,
    Param,
    Points,
    Remark,
)
from exam_server.protocol.measurement import (
    Curve,
    Dot,
    GroupContrast,
    ItemAnalysis,
    ItemLine,
    ItemPair,
    ModelFindings,
    Note,
    OptionLine,
    ScoringRun,
    TestAnalysis,
)
from exam_server.protocol.staff import Bin, ItemUse


def analysis_of_test(
    run: ScoringRun,
    subject: str,
    findings: ExamFindings,
    stems: Mapping[int, str],
    own: Sequence[ClassFigures],
    lang: Language,
) -> TestAnalysis:
    """The analysis of an exam. ``stems``: by item id; ``own``: the caller's classes, none for who
    sees all."""
    test = findings.test
    return TestAnalysis(
        run=run,
        subject=subject,
        total_points=test.total_points,
        n=findings.n,
        mean=test.mean,
        median=test.median,
        sd=test.sd,
        alpha=test.alpha,
        alpha_low=test.alpha_low,
        alpha_high=test.alpha_high,
        omega=test.omega,
        split_half=test.split_half,
        sem=test.sem,
        distribution=tuple(_bin(each, each.count) for each in test.distribution),
        class_distribution=_class_distribution(test.distribution, own),
        model=None if findings.model is None else _model(findings.model),
        items=tuple(_line(findings, item, stems.get(item.item, ""), own, lang) for item in findings.items),
        notes=notes(findings, lang),
    )


def analysis_of_item(
    findings: ExamFindings,
    item_id: int,
    stem: str,
    own: Sequence[ClassFigures],
    history: tuple[ItemUse, ...],
    lang: Language,
) -> ItemAnalysis:
    """The analysis of one item. Raises LookupError when the exam has no such item."""
    place = next((place for place, item in enumerate(findings.items) if item.item == item_id), None)
    if place is None:
        raise LookupError(item_id)
    item, model = findings.items[place], findings.items[place].model
    ids = [each.item for each in findings.items]
    return ItemAnalysis(
        line=_line(findings, item, stem, own, lang),
        previous=ids[place - 1] if place else None,
        next=ids[place + 1] if place + 1 < len(ids) else None,
        curve=None if model is None else _curve(model.curve),
        curve_low=None if model is None else _edge(model.curve, model.band_low),
        curve_high=None if model is None else _edge(model.curve, model.band_high),
        dots=tuple(map(_dot, item.dots)),
        information=None if model is None else _curve(model.information),
        options=tuple(map(_option, item.options)),
        contrasts=tuple(_contrast(each, lang) for each in item.contrasts),
        history=history,
        s_x2=None if model is None else model.s_x2,
        s_x2_df=None if model is None else model.s_x2_df,
    )


def notes(findings: ExamFindings, lang: Language) -> tuple[Note, ...]:
    """What is to be known of the whole, as sentences."""
    return _notes("note", findings.remarks, findings.items, lang)


def flags(item: ItemFindings, items: Sequence[ItemFindings], lang: Language) -> tuple[Note, ...]:
    """An item's flags as sentences."""
    return _notes("flag", item.flags, items, lang)


def item_label(item: ItemFindings, lang: Language) -> str:
    """What people call the item: its number and part, or its name in a file."""
    if not item.part:
        return item.name
    part = item.part.replace("PHẦN", "phần")
    return text(lang, "measurement", "item_label", number=item.number, part=part)


def group_label(name: str, lang: Language) -> str:
    """A group's name; the schools beside the largest have none of their own."""
    return name or text(lang, "measurement", "other_schools")


def _notes(
    section: str, remarks: Sequence[Remark], items: Sequence[ItemFindings], lang: Language
) -> tuple[Note, ...]:
    """Without those that a newer version of the program found and that this one has no words for."""
    return tuple(
        _note(section, remark, items, lang) for remark in remarks if _has_words(section, remark, lang)
    )


def _has_words(section: str, remark: Remark, lang: Language) -> bool:
    words, params = texts(lang, "measurement"), remark.params
    return (
        f"{section}_{remark.code}" in words
        and ("model" not in params or f"model_{params['model']}" in words)
        and ("remark" not in params or f"remark_{params['remark']}" in words)
        and ("error" not in params or params["error"] in texts(lang, "errors"))
    )


def _note(section: str, remark: Remark, items: Sequence[ItemFindings], lang: Language) -> Note:
    words = {name: _word(name, value, items, lang) for name, value in remark.params.items()}
    if "error" in words:
        words["reason"] = text(lang, "errors", words["error"], **words)
    if "remark" in words:
        words["reason"] = text(lang, "measurement", f"remark_{words['remark']}", **words)
    sentence = text(lang, "measurement", _key(section, remark, lang), **words)
    return Note(
        code=remark.code,
        attention=remark.attention,
        # The name of an item, which may come first, is written as it is within a sentence.
        message=sentence[:1].upper() + sentence[1:],
    )


def _key(section: str, remark: Remark, lang: Language) -> str:
    """That of its singular, for one, where it has one."""
    key = f"{section}_{remark.code}"
    one = f"{key}_one"
    return one if remark.params.get("n") == 1 and one in texts(lang, "measurement") else key


def _word(name: str, value: Param, items: Sequence[ItemFindings], lang: Language) -> str:
    """A parameter of a sentence as people say it."""
    if name == "item" and isinstance(value, int):
        return item_label(next(item for item in items if item.item == value), lang)
    if name == "model":
        return text(lang, "measurement", f"model_{value}")
    if name == "favours":
        return group_label(str(value), lang)
    if isinstance(value, float):
        return format_number(Decimal(f"{value:#.2g}"), lang).replace("-", "−")
    return str(value)


def _line(
    findings: ExamFindings, item: ItemFindings, stem: str, own: Sequence[ClassFigures], lang: Language
) -> ItemLine:
    model = item.model
    return ItemLine(
        item=item.item,
        number=item.number,
        part=item.part,
        kind=item.kind,
        text=stem,
        points=item.points,
        void=item.void,
        n=item.n,
        difficulty=item.difficulty,
        class_difficulty=_class_difficulty(findings, item, own),
        share=item.share,
        low=item.low,
        high=item.high,
        discrimination=item.discrimination,
        discrimination_low=item.discrimination_low,
        discrimination_high=item.discrimination_high,
        alpha_without=item.alpha_without,
        omitted=item.omitted,
        a=None if model is None else model.parameters.a,
        b=None if model is None else model.b,
        c=model.parameters.c if model is not None and model.parameters.model in ("3pl", "4pl") else None,
        fit_p=None if model is None else model.fit_p,
        rmsea=None if model is None else model.rmsea,
        infit=None if model is None else model.infit,
        outfit=None if model is None else model.outfit,
        dif=item.dif,
        flags=flags(item, findings.items, lang),
    )


def _class_difficulty(
    findings: ExamFindings, item: ItemFindings, own: Sequence[ClassFigures]
) -> float | None:
    """The mean share of the points in the classes together. Their figures are of the items that are not
    void."""
    if item.void:
        return None
    place = [each.item for each in findings.items if not each.void].index(item.item)
    n = sum(figures.item_n[place] for figures in own)
    return sum(figures.item_sum[place] for figures in own) / n if n else None


def _class_distribution(bins: Sequence[BinCount], own: Sequence[ClassFigures]) -> tuple[Bin, ...]:
    if not own:
        return ()
    return tuple(_bin(each, sum(figures.counts[place] for figures in own)) for place, each in enumerate(bins))


def _bin(each: BinCount, count: int) -> Bin:
    return Bin(low=f"{each.low:g}", high=f"{each.high:g}", count=count)


def _model(model: ModelFigures) -> ModelFindings:
    link = model.link
    return ModelFindings(
        model=model.model,
        n=model.n,
        converged=model.converged,
        gradient_norm=model.gradient_norm,
        loglik=model.loglik,
        marginal_reliability=model.marginal_reliability,
        empirical_reliability=model.empirical_reliability,
        m2=model.m2,
        m2_df=model.m2_df,
        m2_p=model.m2_p,
        m2_rmsea=model.m2_rmsea,
        srmsr=model.srmsr,
        information=_curve(model.information),
        csem=_curve(model.csem),
        persons=model.persons,
        dependent_pairs=tuple(
            ItemPair(first=pair.first, second=pair.second, q3=pair.q3) for pair in model.dependent_pairs
        ),
        linked_to=None if link is None else link.to,
        link_slope=None if link is None else link.slope,
        link_intercept=None if link is None else link.intercept,
        link_slope_se=None if link is None else link.slope_se,
        link_intercept_se=None if link is None else link.intercept_se,
    )


def _curve(points: Points) -> Curve:
    return Curve(x=points.x, y=points.y)


def _edge(points: Points, edge: tuple[float, ...] | None) -> Curve | None:
    return None if edge is None else Curve(x=points.x, y=edge)


def _dot(dot: DotFigures) -> Dot:
    return Dot(x=dot.x, y=dot.y, low=dot.low, high=dot.high, n=round(dot.n))


def _option(option: OptionFigures) -> OptionLine:
    return OptionLine(
        label=option.label,
        right=option.right,
        count=option.count,
        fifths=option.fifths,
        total_correlation=option.correlation,
    )


def _contrast(contrast: ContrastFigures, lang: Language) -> GroupContrast:
    return GroupContrast(
        reference=group_label(contrast.reference, lang),
        focal=group_label(contrast.focal, lang),
        n_reference=contrast.n_reference,
        n_focal=contrast.n_focal,
        delta=contrast.delta,
        delta_se=contrast.delta_se,
        category=contrast.category,
        p=contrast.p,
    )
