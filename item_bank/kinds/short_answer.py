"""Short answer (trả lời ngắn): at most four characters out of digits, a leading "-" and one decimal comma."""

import re
import unicodedata

from numpy.random import Generator

from item_bank.kinds.base import ContentBase, KeyBase, Kind

MAX_BOXES = 20

_MINUS_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-", ".": ","}
)
# What stands in the boxes may be unfinished, such as "-" or "1,": it is kept, and simply not right.
_TYPED = re.compile("-?[0-9]*,?[0-9]*")
_NUMBER = re.compile("-?[0-9]+(,[0-9]+)?")


class ShortAnswer(ContentBase, frozen=True, kw_only=True, tag="short_answer"):
    """Stem and the number of boxes on the answer sheet."""

    max_length: int = 4


class ShortAnswerKey(KeyBase, frozen=True, kw_only=True, tag="short_answer"):
    """Every accepted normalised text, such as ("0,5", "0,50")."""

    accept: tuple[str, ...]


class ShortAnswerKind(Kind[ShortAnswer, ShortAnswerKey, str]):
    """Behaviour of short answer. The response is text, compared as normalised text and never as a float."""

    name = "short_answer"
    content_type = ShortAnswer
    key_type = ShortAnswerKey
    response_type = str

    def problems(self, content: ShortAnswer, key: ShortAnswerKey | None) -> tuple[str, ...]:
        accept = [] if key is None else [_canonical(text) for text in key.accept]
        found = {
            "bad_answer_length": not 1 <= content.max_length <= MAX_BOXES,
            "key_empty": key is not None and not accept,
            "key_not_a_number": any(_NUMBER.fullmatch(text) is None for text in accept),
            "key_too_long": any(len(text) > content.max_length for text in accept),
        }
        return tuple(code for code, wrong in found.items() if wrong)

    def normalise(self, content: ShortAnswer, response: str) -> str:
        text = _canonical(response)
        if len(text) > content.max_length:
            raise ValueError("longer than the boxes")
        if _TYPED.fullmatch(text) is None:
            raise ValueError("only digits, one leading minus and one comma")
        return text

    def count_right(self, content: ShortAnswer, key: ShortAnswerKey, response: str | None) -> int:
        return int(response is not None and _canonical(response) in map(_canonical, key.accept))

    def prompts(self, content: ShortAnswer) -> int:
        return 1

    def is_answered(self, content: ShortAnswer, response: str | None) -> bool:
        return response is not None and any(character.isdigit() for character in response)

    def shuffle(self, content: ShortAnswer, rng: Generator) -> tuple[str, ...]:
        return ()

    def tallies(self, content: ShortAnswer, response: str | None) -> tuple[str, ...]:
        text = _canonical(response or "")
        return (text,) if text else ()

    def labels(self, content: ShortAnswer) -> tuple[str, ...]:
        return ()

    def right_labels(self, content: ShortAnswer, key: ShortAnswerKey) -> frozenset[str]:
        return frozenset(map(_canonical, key.accept))


def _canonical(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().translate(_MINUS_SIGNS)
