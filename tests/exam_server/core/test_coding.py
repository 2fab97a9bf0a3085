"""Coding agrees with reading each script by itself, and does not depend on who came first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_server.core.coded_exam import NOT_ADMINISTERED, CodedExam, mark
from exam_server.core.coded_file import kept_responses, pack, unpack
from exam_server.core.coding import Candidate, Coder, class_ids
from exam_server.core.key_change import EffectivePaper, with_key
from exam_server.core.run_record import responses_sha256
from exam_server.core.run_result import score_scripts
from exam_server.core.score_change import score_changes
from exam_server.core.script import Journalled, read_script
from exam_server.protocol.measurement import VoidRule
from exam_server.protocol.sitting import Answer, Flag, Response, Submit, Visit
from item_bank.kinds import kind_of
from item_bank.kinds.single_choice import SingleChoiceKey
from item_bank.kinds.true_false import TrueFalseKey
from item_bank.marking import score_paper
from tests.exam_server.core.test_results import PAPER, RIGHT

TYPED = ["0,5", "0.50", "−3", "12", "", "-"]
STATEMENTS = st.tuples(*[st.sampled_from([True, False, None])] * 4)
RESPONSES = {
    1: st.one_of(st.none(), st.sampled_from("ABCD")),
    2: st.one_of(st.none(), STATEMENTS),
    3: st.one_of(st.none(), st.sampled_from(TYPED)),
}


@st.composite
def journals(draw: st.DrawFn) -> list[Journalled]:
    events: list[Journalled] = []
    at_ms = 1_000_000
    for seq in range(1, draw(st.integers(0, 12)) + 1):
        at_ms += draw(st.integers(-50, 5_000))
        item = draw(st.sampled_from([1, 2, 3]))
        match draw(st.sampled_from(["answer", "visit", "flag"])):
            case "answer":
                events.append(Answer(seq=seq, item=item, response=draw(RESPONSES[item]), at_ms=at_ms))
            case "visit":
                events.append(Visit(seq=seq, item=item, at_ms=at_ms))
            case _:
                events.append(Flag(seq=seq, item=item, on=True, at_ms=at_ms))
    return [*events, Submit(seq=len(events) + 1, at_ms=at_ms + 10)] if draw(st.booleans()) else events


def candidate(sitting: int, class_id: int | None = None, gender: str | None = None) -> Candidate:
    return Candidate(
        sitting=sitting,
        number=str(sitting),
        name="An",
        class_id=class_id,
        class_name=None if class_id is None else f"12A{class_id}",
        school_id=None if class_id is None else 1,
        school_name=None if class_id is None else "Trường",
        gender=gender,
        state="submitted",
    )


def code(scripts: Sequence[Sequence[Journalled]], order: Sequence[int] | None = None) -> CodedExam:
    coder = Coder(PAPER, len(scripts))
    for row in range(len(scripts)) if order is None else order:
        coder.add(row, msgspec.json.encode(scripts[row]))
    return coder.finish([candidate(sitting) for sitting in range(len(scripts))])


def response_of(coded: CodedExam, row: int) -> dict[int, Response]:
    return {
        entry.question.id: coded.books[place][coded.codes[row, place]]
        for place, entry in enumerate(coded.paper)
    }


@settings(deadline=None, max_examples=40)
@given(st.lists(journals(), min_size=1, max_size=5))
def test_coding_agrees_with_reading(scripts: list[list[Journalled]]) -> None:
    coded = code(scripts)
    marks = mark(coded)
    for row, events in enumerate(scripts):
        read = read_script([msgspec.json.encode(event) for event in events])
        assert {
            item: response for item, response in response_of(coded, row).items() if response is not None
        } == canonical(read.answers)
        spent = {entry.question.id: coded.seconds[row, place] for place, entry in enumerate(PAPER)}
        assert {item: round(seconds * 1_000) for item, seconds in spent.items() if seconds} == {
            item: ms for item, ms in read.item_ms.items() if ms
        }
        score = score_paper([entry.question for entry in PAPER], read.answers)
        assert marks.points[row].tolist() == [int(each.points * 1_000) for each in score.items.values()]
        assert marks.right[row].tolist() == [each.right for each in score.items.values()]


def canonical(answers: Mapping[int, Response]) -> dict[int, Response]:
    found: dict[int, Response] = {}
    for entry in PAPER:
        content, response = entry.question.content, answers.get(entry.question.id)
        kind = kind_of(content)
        if response is not None and kind.tallies(content, response):
            found[entry.question.id] = kind.normalise(content, response)
    return found


@settings(deadline=None, max_examples=40)
@given(st.lists(journals(), min_size=2, max_size=6), st.integers(0, 1_000))
def test_the_order_of_reading_leaves_no_trace(scripts: list[list[Journalled]], seed: int) -> None:
    rows = np.random.default_rng(seed).permutation(len(scripts)).tolist()
    first, second = code(scripts), code(scripts, rows)
    assert first.books == second.books
    assert (first.codes == second.codes).all()
    assert responses_sha256(first) == responses_sha256(second)


def test_another_response_is_another_hash() -> None:
    answers = [[Answer(seq=1, item=item, response=response, at_ms=0)] for item, response in RIGHT.items()]
    changed = [*answers[:2], [Answer(seq=1, item=3, response="1", at_ms=0)]]
    assert responses_sha256(code(answers)) != responses_sha256(code(changed))


def test_classes_schools_and_genders_have_places() -> None:
    people = [candidate(1, 7, "Nữ"), candidate(2), candidate(3, 4, "Nam"), candidate(4, 7, "Nam")]
    coded = Coder(PAPER, 4).finish(people)
    assert (coded.class_names, coded.classes.tolist()) == (("12A4", "12A7"), [1, -1, 0, 1])
    assert (coded.gender_names, coded.genders.tolist()) == (("Nam", "Nữ"), [1, -1, 0, 0])
    assert (coded.school_names, coded.schools.tolist()) == (("Trường",), [0, -1, 0, 0])
    assert class_ids(people) == (4, 7)


def test_a_response_that_is_none_of_the_items_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such option"):
        code([[Answer(seq=1, item=1, response="Z", at_ms=0)]])


@pytest.mark.parametrize("different", [2, 127, 128, 40_000])
def test_what_is_kept_comes_out_the_same(different: int) -> None:
    coded = code([[]] * (different + 1))
    codes = np.zeros((different + 1, 3), dtype=np.int32)
    codes[:, 2] = np.arange(-1, different)
    books = (*coded.books[:2], (None, *map(str, range(different - 1))))
    kept = kept_responses(replace(coded, codes=codes, books=books))
    back = unpack(pack(kept), kept.items)
    assert (np.stack(back.columns, axis=1) == codes).all()
    assert (back.books, back.sittings.tolist()) == (books, coded.sittings.tolist())
    with pytest.raises(ValueError, match="other items"):
        unpack(pack(kept), kept.items[:2])


@given(
    codes=st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 1), st.integers(-1, 1)), max_size=12),
    place=st.integers(0, 2),
    voids=st.frozensets(st.sampled_from([1, 2, 3])),
    void_rule=st.sampled_from(["full_points", "leave_out"]),
    share=st.sampled_from([0, 250, 1000]),
)
def test_a_change_of_one_key_is_what_marking_everything_twice_says(
    codes: list[tuple[int, int, int]], place: int, voids: frozenset[int], void_rule: VoidRule, share: int
) -> None:
    statements = (True, True, False, False)
    coded = replace(
        code([[]] * len(codes)),
        codes=np.array(codes, dtype=np.int32).reshape(-1, 3),
        books=((None, "A", "B", "C", "D"), (None, statements), (None, "0.5")),
    )
    keys = (SingleChoiceKey(option="C"), TrueFalseKey(values=statements), None)
    paper = EffectivePaper(questions=PAPER, void=voids)
    item = PAPER[place].question.id
    papers = (paper, with_key(paper, item, keys[place]))
    shares = np.full(len(codes), share)
    found = score_changes(kept_responses(coded), papers, item, void_rule, shares)
    for scores, each in zip((found.before, found.after), papers, strict=True):
        exam = replace(coded, paper=each.questions)
        assert (
            scores.tolist() == score_scripts(exam, mark(exam), each.void, void_rule, shares).scores.tolist()
        )
    changed = np.flatnonzero(found.before != found.after).tolist()
    assert sorted(found.order.tolist()) == changed
    sizes = np.abs(found.after - found.before)[found.order]
    assert (np.diff(sizes) <= 0).all()


def test_an_item_that_was_not_administered_earns_nothing() -> None:
    coded = code([[]])
    coded.codes[0, 1] = NOT_ADMINISTERED
    assert mark(coded).right.tolist() == [[0, NOT_ADMINISTERED, 0]]
    assert np.count_nonzero(mark(coded).points) == 0
