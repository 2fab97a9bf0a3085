"""One candidate's order of items and choices: a pure function of the form and a seeded generator."""

from itertools import chain
from typing import TypeVar

from numpy.random import PCG64, Generator

from exam_server.protocol.form import Form, FormItem, FormOrder, FormPart, ItemOrder
from item_bank.kinds import kind_of
from item_bank.permutation import permutation

T = TypeVar("T")


def generator(seed: int) -> Generator:
    """The generator of a sitting's stored seed, a non-negative integer."""
    return Generator(PCG64(seed))


def form_order(form: Form, rng: Generator) -> FormOrder:
    """A random order: items move within their part, options and statements within their item unless fixed.

    Items of one passage stay together, in random order among themselves.
    """
    return FormOrder(parts=tuple(_part_order(part, rng) for part in form.parts))


def _part_order(part: FormPart, rng: Generator) -> tuple[ItemOrder, ...]:
    blocks = _shuffled(_blocks(part), rng)
    items = chain.from_iterable(_shuffled(block, rng) for block in blocks)
    return tuple(
        ItemOrder(item=item.id, choices=kind_of(item.content).shuffle(item.content, rng)) for item in items
    )


def _blocks(part: FormPart) -> list[list[FormItem]]:
    """What moves as one: the items of one passage, or a single item."""
    blocks: dict[tuple[str, int], list[FormItem]] = {}
    for item in part.items:
        block = ("item", item.id) if item.passage is None else ("passage", item.passage)
        blocks.setdefault(block, []).append(item)
    return list(blocks.values())


def _shuffled(things: list[T], rng: Generator) -> list[T]:
    return [things[place] for place in permutation(len(things), rng)]
