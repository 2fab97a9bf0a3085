"""What every item kind provides. Kinds do not know each other."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from numpy.random import Generator

from item_bank.permutation import permutation
from item_bank.richtext import RichText


class ContentBase(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """The public side of an item: what a candidate may see before release."""

    stem: RichText


class KeyBase(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The secret side of an item."""


C = TypeVar("C", bound=ContentBase)
K = TypeVar("K", bound=KeyBase)
R = TypeVar("R")


class Kind(ABC, Generic[C, K, R]):
    """Behaviour of one item kind: everything the rest of the system asks of it."""

    name: ClassVar[str]
    content_type: type[C]
    key_type: type[K]
    response_type: Any

    @abstractmethod
    def problems(self, content: C, key: K | None) -> tuple[str, ...]:
        """Codes of what is wrong with the item by itself, such as ``missing_option``.

        A key of None checks the content alone.
        """

    @abstractmethod
    def normalise(self, content: C, response: R) -> R:
        """The response in canonical form.

        Raises ValueError when the response does not fit the content.
        """

    @abstractmethod
    def count_right(self, content: C, key: K, response: R | None) -> int:
        """Number of scored prompts answered right, 0 to ``prompts(content)``; None counts as all empty."""

    @abstractmethod
    def prompts(self, content: C) -> int:
        """Number of scored prompts: 4 for a True/False item with four statements, else 1."""

    @abstractmethod
    def is_answered(self, content: C, response: R | None) -> bool:
        """Whether the response is complete enough to count as answered."""

    @abstractmethod
    def shuffle(self, content: C, rng: Generator) -> tuple[str, ...]:
        """All ids of the options or statements in the order to show; () for the order of the content.

        What is fixed keeps its place.
        """

    @abstractmethod
    def tallies(self, content: C, response: R | None) -> tuple[str, ...]:
        """The labels this response adds to in option counts, such as ``B``, ``a:true`` or the typed text."""

    @abstractmethod
    def labels(self, content: C) -> tuple[str, ...]:
        """Every label that ``tallies`` can give, in the order of the content;
        () where candidates make them up."""

    @abstractmethod
    def right_labels(self, content: C, key: K) -> frozenset[str]:
        """The labels of ``tallies`` that are right."""


def permuted(ids: Sequence[str], movable: Sequence[bool], rng: Generator) -> tuple[str, ...]:
    """All ids in a new order; only the movable ones change places. () when fewer than two can move."""
    places = [place for place, moves in enumerate(movable) if moves]
    if len(places) < 2:
        return ()
    order: list[str] = list(ids)
    for place, source in zip(places, permutation(len(places), rng), strict=True):
        order[place] = ids[places[source]]
    return tuple(order)
