"""The states of runs and of key corrections, and who may sign."""

import pytest

from exam_server.catalogue import texts
from exam_server.core import key_change, run
from exam_server.core.key_change import AppliedKey, check_key, with_changes, with_key
from exam_server.core.run import Signature, check_signature
from exam_server.errors import Conflict, Invalid
from item_bank.kinds.short_answer import ShortAnswerKey
from item_bank.kinds.single_choice import SingleChoiceKey
from item_bank.kinds.true_false import TrueFalseKey
from tests.exam_server.core.test_results import CHOICE, GRADED, PAPER, SHORT


def test_every_state_of_a_run_has_its_line_and_its_refusal() -> None:
    assert run.TRANSITIONS.keys() == set(run.State)
    for state in run.State:
        allowed = run.TRANSITIONS[state]
        assert f"run_{state}" in texts("vi", "errors")
        for happening in set(run.Happening) - set(allowed):
            with pytest.raises(Conflict, match=f"run_{state}"):
                run.follow(state, happening)


def test_only_what_is_computed_can_be_signed() -> None:
    signable = [state for state in run.State if run.Happening.SIGNED in run.TRANSITIONS[state]]
    assert signable == [run.State.DONE]


def test_every_state_of_a_correction_has_its_line_and_its_refusal() -> None:
    assert key_change.TRANSITIONS.keys() == set(key_change.State)
    for state in key_change.State:
        assert f"key_change_{state}" in texts("vi", "errors")
        for happening in set(key_change.Happening) - set(key_change.TRANSITIONS[state]):
            with pytest.raises(Conflict, match=f"key_change_{state}"):
                key_change.follow(state, happening)


def test_a_signature_needs_a_second_person_who_read_the_record() -> None:
    check_signature(1, "abc", Signature(staff_id=2, record_sha256="abc"))
    with pytest.raises(Conflict, match="own_run"):
        check_signature(1, "abc", Signature(staff_id=1, record_sha256="abc"))
    with pytest.raises(Conflict, match="other_record"):
        check_signature(1, "abc", Signature(staff_id=2, record_sha256="abd"))


def test_a_paper_with_corrections() -> None:
    changes = [AppliedKey(item=1, key=SingleChoiceKey(option="C")), AppliedKey(item=3, key=None)]
    paper = with_changes(PAPER, changes)
    assert [paper.key(item) for item in (1, 2, 3)] == [SingleChoiceKey(option="C"), GRADED.key, None]
    assert PAPER[0].question.key == CHOICE.key
    back = with_key(with_key(paper, 3, SHORT.key), 1, None)
    assert [back.key(item) for item in (1, 2, 3)] == [None, GRADED.key, SHORT.key]


def test_a_key_fits_its_item() -> None:
    check_key(CHOICE.content, SingleChoiceKey(option="A"))
    for content, key, code in (
        (CHOICE.content, SingleChoiceKey(option="Z"), "key_outside_options"),
        (CHOICE.content, ShortAnswerKey(accept=("1",)), "key_of_other_kind"),
        (GRADED.content, TrueFalseKey(values=(True,)), "key_length_differs"),
        (SHORT.content, ShortAnswerKey(accept=()), "key_empty"),
    ):
        with pytest.raises(Invalid, match=code):
            check_key(content, key)
