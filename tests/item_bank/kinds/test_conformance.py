"""What must hold for every item kind. A new kind adds its specimens below and nothing else."""

import string
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.kinds import KINDS, Content, Key, kind_of
from item_bank.kinds.base import Kind
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import Option, SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import Statement, TrueFalse, TrueFalseKey
from item_bank.richtext import Paragraph, RichText, Text


class Specimen(NamedTuple):
    """An item without problems, one response that fits it, and the response that is right throughout."""

    content: Content
    key: Key
    response: Any
    perfect: Any


def body(text: str) -> RichText:
    return (Paragraph(children=(Text(text=text),)),)


words = st.text(string.ascii_letters + "àđêơ ", min_size=1, max_size=20).map(lambda text: body(f"x{text}"))


@st.composite
def single_choices(draw: st.DrawFn) -> Specimen:
    letters = "ABCDEFGH"[: draw(st.integers(2, 8))]
    options = tuple(Option(id=letter, body=draw(words), fixed=draw(st.booleans())) for letter in letters)
    key = draw(st.sampled_from(letters))
    content = SingleChoice(stem=draw(words), options=options)
    return Specimen(content, SingleChoiceKey(option=key), draw(st.sampled_from(letters)), key)


@st.composite
def true_falses(draw: st.DrawFn) -> Specimen:
    letters = "abcdefgh"[: draw(st.integers(2, 8))]
    statements = tuple(Statement(id=letter, body=draw(words)) for letter in letters)
    values = tuple(draw(st.booleans()) for _ in letters)
    response = tuple(draw(st.sampled_from((True, False, None))) for _ in letters)
    return Specimen(
        TrueFalse(stem=draw(words), statements=statements), TrueFalseKey(values=values), response, values
    )


@st.composite
def short_answers(draw: st.DrawFn) -> Specimen:
    numbers = st.from_regex(r"-?[0-9](,[0-9])?", fullmatch=True)
    accept = tuple(draw(st.lists(numbers, min_size=1, max_size=3)))
    typed = draw(
        st.from_regex(r" ?[-–−]?[0-9]{0,2}[.,]?[0-9]? ?", fullmatch=True).filter(
            lambda t: len(t.strip()) <= 4
        )
    )
    return Specimen(
        ShortAnswer(stem=draw(words)), ShortAnswerKey(accept=accept), typed, draw(st.sampled_from(accept))
    )


SPECIMENS: dict[str, st.SearchStrategy[Specimen]] = {
    "single_choice": single_choices(),
    "true_false": true_falses(),
    "short_answer": short_answers(),
}

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
AnyKind = Kind[Any, Any, Any]


def test_every_kind_has_specimens() -> None:
    assert SPECIMENS.keys() == KINDS.keys()


@every_kind
@given(data=st.data())
def test_specimens_have_no_problems(kind: AnyKind, data: st.DataObject) -> None:
    specimen = data.draw(SPECIMENS[kind.name])
    assert kind.problems(specimen.content, specimen.key) == ()
    assert kind.problems(specimen.content, None) == ()


@every_kind
@given(data=st.data())
def test_the_tag_leads_to_the_kind(kind: AnyKind, data: st.DataObject) -> None:
    assert kind_of(data.draw(SPECIMENS[kind.name]).content) is kind


@every_kind
@given(data=st.data())
def test_normalising_twice_changes_nothing(kind: AnyKind, data: st.DataObject) -> None:
    content, _, response, _ = data.draw(SPECIMENS[kind.name])
    once = kind.normalise(content, response)
    assert kind.normalise(content, once) == once


@every_kind
@given(data=st.data())
def test_right_prompts_stay_within_bounds(kind: AnyKind, data: st.DataObject) -> None:
    content, key, response, _ = data.draw(SPECIMENS[kind.name])
    assert 0 <= kind.count_right(content, key, kind.normalise(content, response)) <= kind.prompts(content)


@every_kind
@given(data=st.data())
def test_a_response_counts_the_same_before_it_is_normalised(kind: AnyKind, data: st.DataObject) -> None:
    content, key, response, _ = data.draw(SPECIMENS[kind.name])
    normal = kind.normalise(content, response)
    assert kind.count_right(content, key, normal) == kind.count_right(content, key, response)
    assert kind.tallies(content, normal) == kind.tallies(content, response)
    assert kind.is_answered(content, normal) == kind.is_answered(content, response)


@every_kind
@given(data=st.data())
def test_none_is_empty(kind: AnyKind, data: st.DataObject) -> None:
    content, key, _, _ = data.draw(SPECIMENS[kind.name])
    assert kind.count_right(content, key, None) == 0
    assert not kind.is_answered(content, None)
    assert kind.tallies(content, None) == ()


@every_kind
@given(data=st.data())
def test_a_perfect_response_has_every_prompt_right(kind: AnyKind, data: st.DataObject) -> None:
    content, key, _, perfect = data.draw(SPECIMENS[kind.name])
    assert kind.normalise(content, perfect) == perfect
    assert kind.count_right(content, key, perfect) == kind.prompts(content)
    assert kind.is_answered(content, perfect)
    assert len(kind.tallies(content, perfect)) == kind.prompts(content)


@every_kind
@given(data=st.data())
def test_the_right_labels_are_those_of_a_perfect_response(kind: AnyKind, data: st.DataObject) -> None:
    content, key, response, perfect = data.draw(SPECIMENS[kind.name])
    right, labels = kind.right_labels(content, key), kind.labels(content)
    assert set(kind.tallies(content, perfect)) <= right
    assert len(set(labels)) == len(labels)
    if labels:
        assert right <= set(labels)
        assert set(kind.tallies(content, response)) <= set(labels)


@every_kind
@given(data=st.data())
def test_labels_cover_the_tallies_and_those_of_a_perfect_response_are_right(
    kind: AnyKind, data: st.DataObject
) -> None:
    content, key, response, perfect = data.draw(SPECIMENS[kind.name])
    labels, right = kind.labels(content), kind.right_labels(content, key)
    assert set(kind.tallies(content, perfect)) <= right
    assert len(set(labels)) == len(labels)
    if labels:
        assert {*kind.tallies(content, kind.normalise(content, response)), *right} <= set(labels)
    given_right = [label for label in kind.tallies(content, response) if label in right]
    assert len(given_right) == kind.count_right(content, key, response)


@every_kind
@given(data=st.data(), seed=st.integers(0, 2**63 - 1))
def test_a_shuffle_is_a_repeatable_permutation(kind: AnyKind, data: st.DataObject, seed: int) -> None:
    content = data.draw(SPECIMENS[kind.name]).content
    order = kind.shuffle(content, np.random.default_rng(seed))
    assert order == kind.shuffle(content, np.random.default_rng(seed))
    movable = getattr(content, "options", getattr(content, "statements", ()))
    if order:
        assert sorted(order) == sorted(part.id for part in movable)
    for shown, part in zip(order, movable, strict=False):
        assert shown == part.id or not getattr(part, "fixed", False)


@every_kind
@given(data=st.data())
def test_content_key_and_response_survive_json(kind: AnyKind, data: st.DataObject) -> None:
    content, key, response, _ = data.draw(SPECIMENS[kind.name])
    normal = kind.normalise(content, response)
    assert msgspec.json.decode(msgspec.json.encode(content), type=Content) == content
    assert msgspec.json.decode(msgspec.json.encode(key), type=Key) == key
    assert msgspec.json.decode(msgspec.json.encode(normal), type=kind.response_type) == normal


@every_kind
@given(data=st.data())
def test_the_content_has_no_field_of_the_key(kind: AnyKind, data: st.DataObject) -> None:
    content, key, _, _ = data.draw(SPECIMENS[kind.name])
    written = msgspec.json.decode(msgspec.json.encode(content))
    assert not set(names_in(written)) & set(key.__struct_fields__)


@every_kind
@given(data=st.data())
def test_the_content_has_known_fields_only(kind: AnyKind, data: st.DataObject) -> None:
    content = data.draw(SPECIMENS[kind.name]).content
    written = msgspec.json.decode(msgspec.json.encode(content))
    allowed = {"kind", *content.__struct_fields__, "id", "body", "fixed", "t", "children", "text"}
    assert set(names_in(written)) <= allowed


def names_in(value: Any) -> list[str]:
    """Every object field name anywhere in a JSON value."""
    if isinstance(value, dict):
        return [*value, *(name for inner in value.values() for name in names_in(inner))]
    if isinstance(value, list):
        return [name for inner in value for name in names_in(inner)]
    return []
