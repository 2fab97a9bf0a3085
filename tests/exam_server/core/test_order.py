import string

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exam_server.core.order import form_order, generator
from exam_server.protocol.form import Form, FormItem, FormPart, FormPassage
from item_bank.kinds.short_answer import ShortAnswer
from item_bank.kinds.single_choice import Option, SingleChoice
from item_bank.kinds.true_false import Statement, TrueFalse

seeds = st.integers(0, 2**63 - 1)


@st.composite
def contents(draw: st.DrawFn) -> SingleChoice | TrueFalse | ShortAnswer:
    letters = string.ascii_uppercase[: draw(st.integers(2, 6))]
    options = tuple(Option(id=letter, body=(), fixed=draw(st.booleans())) for letter in letters)
    statements = tuple(Statement(id=letter.lower(), body=()) for letter in letters)
    return draw(
        st.sampled_from(
            (
                SingleChoice(stem=(), options=options),
                TrueFalse(stem=(), statements=statements),
                ShortAnswer(stem=()),
            )
        )
    )


@st.composite
def forms(draw: st.DrawFn) -> Form:
    parts: list[FormPart] = []
    number = 0
    for label in "I", "II", "III":
        passages = draw(st.lists(st.sampled_from((None, None, 1, 2)), max_size=8))
        items = tuple(
            FormItem(id=number + place, content=draw(contents()), points="0.25", passage=passage)
            for place, passage in enumerate(passages)
        )
        number += len(items)
        parts.append(FormPart(label=label, instruction="", items=items))
    bodies = tuple(FormPassage(id=passage, body=()) for passage in (1, 2))
    return Form(id=1, title="", subject="", minutes=50, parts=tuple(parts), passages=bodies)


@given(forms(), seeds)
def test_every_item_stays_in_its_part_and_comes_once(form: Form, seed: int) -> None:
    order = form_order(form, generator(seed))
    for part, shown in zip(form.parts, order.parts, strict=True):
        assert sorted(place.item for place in shown) == [item.id for item in part.items]


@given(forms(), seeds)
def test_items_of_a_passage_stand_together(form: Form, seed: int) -> None:
    order = form_order(form, generator(seed))
    for part, shown in zip(form.parts, order.parts, strict=True):
        passage_of = {item.id: item.passage for item in part.items}
        met = [passage_of[place.item] for place in shown]
        for passage in {passage for passage in met if passage is not None}:
            places = [place for place, found in enumerate(met) if found == passage]
            assert places == list(range(places[0], places[0] + len(places)))


@given(forms(), seeds)
def test_fixed_options_keep_their_place_and_no_choice_is_lost(form: Form, seed: int) -> None:
    items = {item.id: item for part in form.parts for item in part.items}
    for place in (place for part in form_order(form, generator(seed)).parts for place in part):
        content = items[place.item].content
        if isinstance(content, SingleChoice) and place.choices:
            assert sorted(place.choices) == [option.id for option in content.options]
            for shown, option in zip(place.choices, content.options, strict=True):
                assert shown == option.id or not option.fixed
        if isinstance(content, TrueFalse):
            assert sorted(place.choices) == [statement.id for statement in content.statements]
        if isinstance(content, ShortAnswer):
            assert place.choices == ()


@given(forms(), seeds)
def test_the_seed_alone_decides(form: Form, seed: int) -> None:
    assert form_order(form, generator(seed)) == form_order(form, generator(seed))


def test_a_seed_gives_this_order_for_ever() -> None:
    options = tuple(Option(id=letter, body=()) for letter in "ABCD")
    items = tuple(
        FormItem(id=number, content=SingleChoice(stem=(), options=options), points="0.25")
        for number in range(1, 5)
    )
    form = Form(
        id=1, title="", subject="", minutes=50, parts=(FormPart(label="I", instruction="", items=items),)
    )
    shown = [(place.item, "".join(place.choices)) for place in form_order(form, generator(764)).parts[0]]
    assert shown == [(4, "CBAD"), (3, "DCBA"), (2, "ABCD"), (1, "ACDB")]


def test_neighbours_differ() -> None:
    options = tuple(Option(id=letter, body=()) for letter in "ABCD")
    items = tuple(
        FormItem(id=number, content=SingleChoice(stem=(), options=options), points="0.25")
        for number in range(12)
    )
    form = Form(
        id=1, title="", subject="", minutes=50, parts=(FormPart(label="I", instruction="", items=items),)
    )
    orders = [form_order(form, generator(seed)) for seed in np.arange(24).tolist()]
    assert len({tuple(place.item for place in order.parts[0]) for order in orders}) == 24
