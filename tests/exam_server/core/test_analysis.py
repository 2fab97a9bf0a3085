"""The analysis of an exam: planted defects are found, small numbers get honest words, bytes do not change."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
import numpy as np
import pytest

from exam_server.catalogue import languages, texts
from exam_server.core.analysis.abilities import abilities, score_errors
from exam_server.core.analysis.exam_analysis import analyse
from exam_server.core.analysis.findings import ExamFindings, Remark
from exam_server.core.analysis.scored_test import from_exam
from exam_server.core.analysis.settings import AnalysisSettings, LinkTarget
from exam_server.core.analysis_view import analysis_of_item, analysis_of_test, notes
from exam_server.core.coded_exam import CodedExam, mark
from exam_server.core.item_flags import RULES
from exam_server.protocol.measurement import ModelChoice, ScoringRun
from exam_server.protocol.sitting import Response
from scoring.arrays import IntArray
from tests.exam_server.core.simulated_exam import (
    Defects,
    choice,
    coded,
    difficulty,
    graded,
    short,
    simulated_exam,
)

DEFECTS = Defects(wrong_key=6, useless=9, harder_for_girls=7)
RUN = ScoringRun(
    id=1, exam_id=1, exam="Giữa kỳ", number=1, state="done", stage="step_done", progress=1.0, model="auto",
    void_rule="full_points", link_to=None, link_exam=None, link_made=False, fitted_model=None, key_changes=0,
    sanctions=0, n=1, later_signed=None, requested_by="A",
    requested_at=msgspec.convert("2026-06-26T00:30:00Z", type=datetime),
    finished_at=None, error=None, record_sha256=None, signed_by=None, signed_at=None, may_sign=False,
)  # fmt: skip


def found_in(exam: CodedExam, model: ModelChoice = "auto", **settings: object) -> ExamFindings:
    chosen = AnalysisSettings(model=model, **settings)  # pyright: ignore[reportArgumentType] -- a test's short hand
    return analyse(exam, mark(exam), chosen, lambda stage, share: None)


def flagged(findings: ExamFindings) -> Mapping[int, list[str]]:
    return {item.number: [flag.code for flag in item.flags] for item in findings.items if item.flags}


@pytest.fixture(scope="module")
def large() -> ExamFindings:
    return found_in(simulated_exam(2_000, seed=3, defects=DEFECTS), "2pl")


def test_planted_defects_are_found_and_nothing_else(large: ExamFindings) -> None:
    assert flagged(large) == {6: ["option_attracts_best"], 7: ["dif"], 9: ["weak"]}
    item = large.items[6]
    assert [(each.split, each.category) for each in item.contrasts] == [("gender", "C"), ("school", "A")]
    assert item.contrasts[0].favours == "Nam"
    assert large.items[5].flags[0].params == {"option": "A", "key": "B"}


def test_a_class_of_the_same_paper_is_told_of_the_wrong_key_without_a_model() -> None:
    findings = found_in(simulated_exam(36, seed=5, defects=Defects(wrong_key=1)))
    assert findings.model is None
    assert [remark.code for remark in findings.remarks] == ["too_few_for_model"]
    assert flagged(findings)[1][0] in ("option_attracts_best", "key_beaten")


def test_the_model_is_of_the_truth(large: ExamFindings) -> None:
    model = large.model
    assert model is not None
    assert model.converged
    assert model.gradient_norm <= model.tolerance
    kinds = [item.model.parameters.model for item in large.items if item.model is not None]
    assert kinds == ["2pl"] * 12 + ["grm"] * 2 + ["2pl"] * 2
    sound = [item for item in large.items[:12] if item.number not in (6, 7, 9)]
    truth = [difficulty(item.number, 12) for item in sound]
    estimates = [item.model.b for item in sound if item.model is not None]
    np.testing.assert_allclose(np.array(estimates, dtype=float), truth, atol=0.2)
    assert 0.7 < (model.marginal_reliability or 0) < 0.95
    assert sum(model.persons) == 2_000


def test_dots_and_curves_agree_where_the_model_fits(large: ExamFindings) -> None:
    item = large.items[3]
    assert item.model is not None
    for dot in item.dots:
        expected = float(np.interp(dot.x, item.model.curve.x, item.model.curve.y))
        assert dot.low - 0.05 <= expected <= dot.high + 0.05
    assert item.model.band_low is not None
    assert all(low <= y for low, y in zip(item.model.band_low, item.model.curve.y, strict=True))
    assert sum(dot.n for dot in item.dots) == pytest.approx(2_000, rel=0.01)


def test_the_same_scripts_give_the_same_bytes_in_any_order_of_work() -> None:
    exam = simulated_exam(600, seed=11)
    first, second = (msgspec.json.encode(found_in(exam)) for _ in range(2))
    assert first == second
    assert msgspec.json.encode(msgspec.json.decode(first, type=ExamFindings)) == first


@pytest.mark.parametrize("n", [0, 1, 2, 24])
@pytest.mark.parametrize("model", ["auto", "3pl"])
def test_small_numbers_get_words_and_no_model(n: int, model: ModelChoice) -> None:
    exam = simulated_exam(n, seed=n) if n else _nobody()
    findings = found_in(exam, model)
    assert (findings.n, findings.model) == (n, None)
    assert findings.remarks
    for lang in languages():
        assert all(note.message for note in notes(findings, lang))
        assert len(notes(findings, lang)) == len(findings.remarks)


def test_what_a_newer_version_found_and_this_one_cannot_say_is_left_out(large: ExamFindings) -> None:
    newer = (
        Remark(code="of_tomorrow"),
        Remark(code="model_refused", params={"model": "5pl"}),
        Remark(code="not_linked", params={"error": "of_tomorrow"}),
        Remark(code="estimate", params={"remark": "of_tomorrow"}),
    )
    found = msgspec.structs.replace(large, remarks=(*newer, *large.remarks))
    for lang in languages():
        assert notes(found, lang) == notes(large, lang)


def test_one_is_said_in_the_singular(large: ExamFindings) -> None:
    moved = [Remark(code="anchor_moved", params={"n": n, "to": "Đợt trước"}) for n in (1, 2)]
    one, two = notes(msgspec.structs.replace(large, remarks=tuple(moved)), "en")
    assert one.message.startswith("1 question shared with")
    assert two.message.startswith("2 questions shared with")


def _nobody() -> CodedExam:
    exam = simulated_exam(2, seed=1)
    keep = np.zeros(2, dtype=bool)
    return CodedExam(
        paper=exam.paper, sittings=exam.sittings[keep], codes=exam.codes[keep], books=exam.books,
        classes=exam.classes[keep], class_names=exam.class_names, schools=exam.schools[keep],
        school_names=exam.school_names, genders=exam.genders[keep], gender_names=exam.gender_names,
        seconds=exam.seconds[keep],
    )  # fmt: skip


ALL_RIGHT: tuple[Response, ...] = (True,) * 4


@pytest.mark.parametrize("answers", ["perfect", "empty"])
def test_all_perfect_or_all_empty_is_no_model_but_a_remark(answers: str) -> None:
    codes = np.full(200, int(answers == "perfect"))
    columns: list[tuple[IntArray, tuple[Response, ...]]] = [
        (codes, (None, "A")), (codes, (None, "A")), (codes, (None, ALL_RIGHT)), (codes, (None, "7")),
    ]  # fmt: skip
    findings = found_in(coded([choice(1), choice(2), graded(3), short(4)], columns), "2pl")
    assert findings.model is None
    assert {remark.code for remark in findings.remarks} == {"same_score", "constant_test"}
    assert findings.test.mean == ("10.00" if answers == "perfect" else "0.00")
    assert findings.test.alpha is None
    codes_of = {flag.code for item in findings.items for flag in item.flags}
    assert ("many_empty" in codes_of) == (answers == "empty")


def test_a_void_item_is_out_of_everything_and_worth_what_the_rule_says() -> None:
    exam = simulated_exam(400, seed=4, defects=Defects(wrong_key=2))
    void = frozenset({102})
    given, left_out = (found_in(exam, void=void, void_rule=rule) for rule in ("full_points", "leave_out"))
    for findings in (given, left_out):
        assert findings.items[1].void
        assert (findings.items[1].n, findings.items[1].model, findings.items[1].flags) == (0, None, ())
        assert len(findings.classes[0].item_n) == 15
        assert flagged(findings) == {}
    assert (given.test.total_points, left_out.test.total_points) == ("6", "5.75")
    assert float(given.test.mean or 0) > float(left_out.test.mean or 0)
    without = found_in(simulated_exam(400, seed=4), void=void)
    assert msgspec.json.encode(without.model) == msgspec.json.encode(given.model)


def test_a_constant_item_and_a_step_nobody_reached_are_said() -> None:
    exam = simulated_exam(400, seed=8)
    exam.codes[:, 0] = 1
    exam.codes[exam.codes[:, 12] == 16, 12] = 15
    findings = found_in(exam, "rasch")
    remarks = {remark.code: remark.params for remark in findings.remarks}
    assert remarks == {"constant_item": {"item": 101}, "collapsed": {"item": 113, "steps": 1}}
    assert findings.items[0].model is None
    assert findings.items[12].model is not None
    assert findings.items[12].model.category_of == (0, 1, 2, 3, 3)


def test_abilities_and_ranges_follow_from_the_findings(large: ExamFindings) -> None:
    exam = simulated_exam(2_000, seed=3, defects=DEFECTS)
    test = from_exam(exam, mark(exam), AnalysisSettings())
    found = abilities(test, large)
    assert found is not None
    assert np.corrcoef(found.theta, test.scores)[0, 1] > 0.95
    assert abs(float(found.theta.mean())) < 0.02
    errors = score_errors(large, np.array([0.0, 5.0, 10.0]))
    assert errors is not None
    assert errors[1] == errors.max()
    assert 0.3 < errors[1] < 1.2


def test_a_linked_run_is_on_the_scale_of_the_other(large: ExamFindings) -> None:
    figures = {item.item: item.model.parameters for item in large.items if item.model is not None}
    other = found_in(
        simulated_exam(1_500, seed=12), "2pl", link=LinkTarget(to="Đợt trước", items=figures),
        void=frozenset({106, 107, 109}),
    )  # fmt: skip
    assert other.model is not None
    link = other.model.link
    assert link is not None
    assert link.to == "Đợt trước"
    assert link.slope == pytest.approx(1.0, abs=0.15)
    assert link.intercept == pytest.approx(0.0, abs=0.15)
    assert 0 < (link.slope_se or 0) < 0.1


def test_a_scale_that_cannot_be_taken_over_and_a_flat_item_are_said(large: ExamFindings) -> None:
    figures = {item.item: item.model.parameters for item in large.items[:1] if item.model is not None}
    other = found_in(simulated_exam(600, seed=5), "2pl", link=LinkTarget(to="Đợt trước", items=figures))
    assert other.model is not None
    assert other.model.link is None
    assert [remark.code for remark in other.remarks] == ["not_linked"]
    doubts = [remark.params["item"] for remark in large.remarks if remark.code == "estimate"]
    assert 106 in doubts
    for lang in languages():
        assert "Đợt trước" in notes(other, lang)[0].message
        assert all(note.message for note in notes(large, lang))


def test_the_view_has_every_sentence_in_both_languages(large: ExamFindings) -> None:
    stems = {item.item: "…" for item in large.items}
    for lang in languages():
        shown = analysis_of_test(RUN, "Toán", large, stems, large.classes[:1], lang)
        assert sum(each.count for each in shown.class_distribution) == large.classes[0].n
        assert shown.items[5].flags[0].code == "option_attracts_best"
        assert "A" in shown.items[5].flags[0].message
        assert shown.items[0].class_difficulty == pytest.approx(
            large.classes[0].item_sum[0] / large.classes[0].n, abs=1e-6
        )
        one = analysis_of_item(large, 107, "…", (), (), lang)
        assert (one.previous, one.next) == (106, 108)
        assert one.contrasts[0].category == "C"
        assert one.curve is not None
        known = texts(lang, "measurement")
        assert {f"flag_{code}" for code in RULES} <= known.keys()


def test_classes_add_up_to_the_whole() -> None:
    findings = found_in(simulated_exam(90, seed=2))
    assert sum(each.n for each in findings.classes) == 90
    total = sum(each.item_sum[0] for each in findings.classes)
    assert total / 90 == pytest.approx(findings.items[0].difficulty, abs=1e-5)
    bins = np.sum([each.counts for each in findings.classes], axis=0)
    assert bins.tolist() == [each.count for each in findings.test.distribution]
    assert {each.school for each in findings.classes} == {"THPT Chu Văn An", "THPT Lê Quý Đôn"}
