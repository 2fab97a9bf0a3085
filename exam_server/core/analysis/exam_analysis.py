"""The analysis of an exam: everything measurement can say of it, with as much model as the data allow."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from exam_server.core.analysis.classic import (
    class_figures,
    empty_item,
    item_findings,
    reliability_of,
    test_figures,
)
from exam_server.core.analysis.contrasts import with_contrasts
from exam_server.core.analysis.dots import near_theta, theta_dots
from exam_server.core.analysis.findings import ExamFindings, ItemFindings, ModelFigures, Remark
from exam_server.core.analysis.fitted import Fitted, fit
from exam_server.core.analysis.model_choice import choose, prepare
from exam_server.core.analysis.model_figures import fit_of, item_model, model_figures
from exam_server.core.analysis.scored_test import ScoredTest, from_exam
from exam_server.core.analysis.settings import AnalysisSettings
from exam_server.core.coded_exam import CodedExam, Marks
from exam_server.core.item_flags import flags_of

Progress = Callable[[str, float], None]
"""Told the stage (a catalogue key of section measurement) and how far the whole is, 0 to 1."""

_FITTING, _FITTED, _COMPARED = 0.15, 0.7, 0.85


def analyse(coded: CodedExam, marks: Marks, settings: AnalysisSettings, progress: Progress) -> ExamFindings:
    """Analyse the scripts of an exam. The same scripts and settings give the same findings to the last
    bit."""
    return analyse_test(from_exam(coded, marks, settings), settings, progress)


def analyse_test(test: ScoredTest, settings: AnalysisSettings, progress: Progress) -> ExamFindings:
    """Analyse a test that is marked."""
    progress("step_classical", 0.0)
    if test.n == 0 or not test.items:
        return _nothing(test)
    reliability = reliability_of(test)
    items = item_findings(test, reliability)
    fitted, remarks = _fitted(test, settings, progress)
    model = None
    if fitted is not None:
        progress("step_fit", _FITTED)
        model, items = _with_model(test, fitted, items)
    progress("step_groups", _COMPARED)
    items = with_contrasts(test, items)
    pairs = () if model is None else model.dependent_pairs
    items = tuple(msgspec.structs.replace(item, flags=flags_of(item, pairs)) for item in items)
    return ExamFindings(
        n=test.n,
        test=test_figures(test, reliability),
        model=model,
        items=_in_order(test, items),
        classes=class_figures(test),
        remarks=(*_of_scores(test), *remarks),
    )


def _nothing(test: ScoredTest) -> ExamFindings:
    """Nobody's script is in, or every item is void."""
    code = "no_scripts" if test.n == 0 else "no_items_left"
    return ExamFindings(
        n=test.n,
        test=test_figures(test, None),
        model=None,
        items=_in_order(test, [empty_item(item, void=False) for item in test.items]),
        classes=(),
        remarks=(Remark(code=code, attention=True),),
    )


def _fitted(
    test: ScoredTest, settings: AnalysisSettings, progress: Progress
) -> tuple[Fitted | None, tuple[Remark, ...]]:
    """The model, where one can be had, and the remarks on it."""
    choice, remarks = choose(test, settings.model)
    modelled = None if choice == "classical" else prepare(test, choice)
    if modelled is None:
        return None, remarks if choice == "classical" else (Remark(code="constant_test"),)
    progress("step_model", _FITTING)

    def step(share: float) -> None:
        progress("step_model", _FITTING + share * (_FITTED - _FITTING))

    found = fit(test, modelled, settings.link, step)
    if isinstance(found, Remark):
        return None, (*remarks, found)
    return found, (*remarks, *modelled.remarks, *found.remarks)


def _with_model(
    test: ScoredTest, fitted: Fitted, items: Sequence[ItemFindings]
) -> tuple[ModelFigures, tuple[ItemFindings, ...]]:
    fit, near = fit_of(fitted), near_theta(test, fitted)
    columns = {place: column for column, place in enumerate(fitted.modelled.places)}
    return model_figures(test, fitted, fit), tuple(
        msgspec.structs.replace(
            item,
            model=item_model(test, fitted, fit, columns[place]),
            dots=theta_dots(test, fitted, near, columns[place]),
        )
        if place in columns
        else item
        for place, item in enumerate(items)
    )


def _in_order(test: ScoredTest, items: Sequence[ItemFindings]) -> tuple[ItemFindings, ...]:
    """The items of the paper in its order, void ones among them."""
    places = {item: place for place, item in enumerate(test.order)}
    void = [empty_item(item, void=True) for item in test.void]
    return tuple(sorted([*items, *void], key=lambda item: places[item.item]))


def _of_scores(test: ScoredTest) -> tuple[Remark, ...]:
    """What is to be said before any model: too few candidates, or all the same score."""
    if test.n < _FEW:
        return (Remark(code="few_candidates", params={"n": test.n, "needed": _FEW}),)
    if np.ptp(test.scores) == 0:
        return (Remark(code="same_score", params={"n": test.n}),)
    return ()


_FEW = 30
"""Below this statistics of items say little: the 95 % interval of a share is up to 0.34 wide (Wilson
1927)."""
