"""The item kinds. A new kind is one file here, and its names in the lines below."""

from typing import Any

from item_bank.kinds.base import ContentBase, Kind
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey, ShortAnswerKind
from item_bank.kinds.single_choice import SingleChoice, SingleChoiceKey, SingleChoiceKind
from item_bank.kinds.true_false import TrueFalse, TrueFalseKey, TrueFalseKind, TrueFalseResponse

Content = SingleChoice | TrueFalse | ShortAnswer
Key = SingleChoiceKey | TrueFalseKey | ShortAnswerKey
Response = str | TrueFalseResponse

KINDS: dict[str, Kind[Any, Any, Any]] = {
    kind.name: kind for kind in (SingleChoiceKind(), TrueFalseKind(), ShortAnswerKind())
}


def kind_of(content: ContentBase) -> Kind[Any, Any, Any]:
    """The behaviour of the item's kind."""
    return KINDS[str(content.__struct_config__.tag)]
