"""What an import found, as plain data for a terminal or another program."""

from collections.abc import Iterator

import msgspec

from item_bank.formats.plain import to_text
from item_bank.item import Draft, DraftItem, Level, Part
from item_bank.kinds import Content, Key, kind_of
from item_bank.kinds.short_answer import ShortAnswerKey
from item_bank.kinds.single_choice import SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import TrueFalse, TrueFalseKey
from item_bank.richtext import RichText, images_of

ReportedKey = str | list[bool] | list[str] | None


class ItemReport(msgspec.Struct, frozen=True, kw_only=True):
    """One item. ``options`` only for single choice, ``statements`` only for True/False.

    ``kind`` names the item's kind, also where it is one that the bank does not hold yet ("matching",
    "essay").
    """

    number: int
    part: Part | None
    kind: str
    stem: str
    options: list[str] | msgspec.UnsetType = msgspec.UNSET
    statements: list[str] | msgspec.UnsetType = msgspec.UNSET
    key: ReportedKey
    level: Level | None
    images: int
    solution: str | None
    passage: int | None
    warnings: list[str]


class PassageReport(msgspec.Struct, frozen=True, kw_only=True):
    """One shared passage."""

    number: int
    text: str


class DraftReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a file gave."""

    items: list[ItemReport]
    passages: list[PassageReport]
    warnings: list[str]


def draft_report(draft: Draft) -> DraftReport:
    """The report of a draft."""
    return DraftReport(
        items=[_item_report(item) for item in draft.items],
        passages=[
            PassageReport(number=passage.number, text=to_text(passage.body)) for passage in draft.passages
        ],
        warnings=list(draft.warnings),
    )


def _item_report(item: DraftItem) -> ItemReport:
    content = item.content
    return ItemReport(
        number=item.number,
        part=item.part,
        kind=item.unsupported or kind_of(content).name,
        stem=to_text(content.stem),
        options=[to_text(option.body) for option in content.options]
        if isinstance(content, SingleChoice)
        else msgspec.UNSET,
        statements=[to_text(statement.body) for statement in content.statements]
        if isinstance(content, TrueFalse)
        else msgspec.UNSET,
        key=_key(item.key),
        level=item.level,
        images=sum(len(images_of(text)) for text in _texts(content)),
        solution=None if item.solution is None else to_text(item.solution),
        passage=item.passage,
        warnings=list(item.warnings),
    )


def _key(key: Key | None) -> ReportedKey:
    match key:
        case SingleChoiceKey():
            return key.option
        case TrueFalseKey():
            return list(key.values)
        case ShortAnswerKey():
            return list(key.accept)
        case None:
            return None


def _texts(content: Content) -> Iterator[RichText]:
    yield content.stem
    if isinstance(content, SingleChoice):
        yield from (option.body for option in content.options)
    if isinstance(content, TrueFalse):
        yield from (statement.body for statement in content.statements)
