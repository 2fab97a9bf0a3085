"""Graded True/False (câu hỏi Đúng/Sai): one stem, statements a) to d), each true or false."""

import msgspec
from numpy.random import Generator

from item_bank.kinds.base import ContentBase, KeyBase, Kind, permuted
from item_bank.richtext import RichText, is_blank

LETTERS = "abcdefgh"

TrueFalseResponse = tuple[bool | None, ...]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement; ``id`` is its letter in the source, a to h."""

    id: str
    body: RichText


class TrueFalse(ContentBase, frozen=True, kw_only=True, tag="true_false"):
    """Stem and statements."""

    statements: tuple[Statement, ...]


class TrueFalseKey(KeyBase, frozen=True, kw_only=True, tag="true_false"):
    """The truth of each statement, in the order of the content."""

    values: tuple[bool, ...]


class TrueFalseKind(Kind[TrueFalse, TrueFalseKey, TrueFalseResponse]):
    """Behaviour of graded True/False. The response: per statement, true, false or None (empty)."""

    name = "true_false"
    content_type = TrueFalse
    key_type = TrueFalseKey
    response_type = TrueFalseResponse

    def problems(self, content: TrueFalse, key: TrueFalseKey | None) -> tuple[str, ...]:
        ids = [statement.id for statement in content.statements]
        blank = any(is_blank(statement.body) for statement in content.statements)
        found = {
            "missing_statement": len(ids) < 2 or blank or not set(LETTERS[: len(ids)]) <= set(ids),
            "duplicate_statement": len(set(ids)) < len(ids),
            "too_many_statements": len(ids) > len(LETTERS),
            "key_length_differs": key is not None and len(key.values) != len(ids),
        }
        return tuple(code for code, wrong in found.items() if wrong)

    def normalise(self, content: TrueFalse, response: TrueFalseResponse) -> TrueFalseResponse:
        if len(response) != len(content.statements):
            raise ValueError("one value per statement")
        return tuple(response)

    def count_right(self, content: TrueFalse, key: TrueFalseKey, response: TrueFalseResponse | None) -> int:
        if response is None:
            return 0
        return sum(given is truth for given, truth in zip(response, key.values, strict=True))

    def prompts(self, content: TrueFalse) -> int:
        return len(content.statements)

    def is_answered(self, content: TrueFalse, response: TrueFalseResponse | None) -> bool:
        return response is not None and None not in response

    def shuffle(self, content: TrueFalse, rng: Generator) -> tuple[str, ...]:
        ids = [statement.id for statement in content.statements]
        return permuted(ids, [True] * len(ids), rng)

    def tallies(self, content: TrueFalse, response: TrueFalseResponse | None) -> tuple[str, ...]:
        pairs = zip(content.statements, response or (), strict=response is not None)
        return tuple(
            f"{statement.id}:{str(given).lower()}" for statement, given in pairs if given is not None
        )

    def labels(self, content: TrueFalse) -> tuple[str, ...]:
        return tuple(
            f"{statement.id}:{truth}" for statement in content.statements for truth in ("true", "false")
        )

    def right_labels(self, content: TrueFalse, key: TrueFalseKey) -> frozenset[str]:
        return frozenset(self.tallies(content, key.values))
