"""Single choice (câu hỏi nhiều lựa chọn): one stem, two to eight options, one key."""

import msgspec
from numpy.random import Generator

from item_bank.kinds.base import ContentBase, KeyBase, Kind, permuted
from item_bank.richtext import RichText, is_blank

LETTERS = "ABCDEFGH"


class Option(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One option; ``id`` is its letter in the source, ``fixed`` keeps its place when options are shuffled."""

    id: str
    body: RichText
    fixed: bool = False


class SingleChoice(ContentBase, frozen=True, kw_only=True, tag="single_choice"):
    """Stem and options."""

    options: tuple[Option, ...]


class SingleChoiceKey(KeyBase, frozen=True, kw_only=True, tag="single_choice"):
    """The id of the correct option."""

    option: str


class SingleChoiceKind(Kind[SingleChoice, SingleChoiceKey, str]):
    """Behaviour of single choice. The response is an option id."""

    name = "single_choice"
    content_type = SingleChoice
    key_type = SingleChoiceKey
    response_type = str

    def problems(self, content: SingleChoice, key: SingleChoiceKey | None) -> tuple[str, ...]:
        ids = [option.id for option in content.options]
        blank = any(is_blank(option.body) for option in content.options)
        found = {
            "missing_option": len(ids) < 2 or blank or not set(LETTERS[: len(ids)]) <= set(ids),
            "duplicate_option": len(set(ids)) < len(ids),
            "too_many_options": len(ids) > len(LETTERS),
            "key_outside_options": key is not None and key.option not in ids,
        }
        return tuple(code for code, wrong in found.items() if wrong)

    def normalise(self, content: SingleChoice, response: str) -> str:
        if all(option.id != response for option in content.options):
            raise ValueError("no such option")
        return response

    def count_right(self, content: SingleChoice, key: SingleChoiceKey, response: str | None) -> int:
        return int(response == key.option)

    def prompts(self, content: SingleChoice) -> int:
        return 1

    def is_answered(self, content: SingleChoice, response: str | None) -> bool:
        return response is not None

    def shuffle(self, content: SingleChoice, rng: Generator) -> tuple[str, ...]:
        ids = [option.id for option in content.options]
        return permuted(ids, [not option.fixed for option in content.options], rng)

    def tallies(self, content: SingleChoice, response: str | None) -> tuple[str, ...]:
        return () if response is None else (response,)

    def labels(self, content: SingleChoice) -> tuple[str, ...]:
        return tuple(option.id for option in content.options)

    def right_labels(self, content: SingleChoice, key: SingleChoiceKey) -> frozenset[str]:
        return frozenset({key.option})
