"""Paper formats as data: parts, kinds and ladders. A new format is a row here and touches no other code.

THPT_2025: the upper-secondary graduation exam since 2025 (QĐ 764/QĐ-BGDĐT, 2024), and most term tests.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import msgspec

from item_bank.item import Ladder, Part


class TemplatePart(msgspec.Struct, frozen=True, kw_only=True):
    """One part: what it is called, what candidates are told, the usual number of items and their ladder."""

    part: Part
    label: str
    instruction: str
    kind: str
    items: int
    ladder: Ladder


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """The format of one subject's paper."""

    name: str
    minutes: int
    parts: tuple[TemplatePart, ...]


def _ladder(*points: str) -> Ladder:
    return tuple(Decimal(point) for point in points)


QUARTER = _ladder("0", "0.25")
HALF = _ladder("0", "0.5")
TRUE_FALSE = _ladder("0", "0.1", "0.25", "0.5", "1.0")


def _choices(items: int) -> TemplatePart:
    return TemplatePart(
        part="I",
        label="PHẦN I",
        instruction="Mỗi câu hỏi, thí sinh chỉ chọn một phương án.",
        kind="single_choice",
        items=items,
        ladder=QUARTER,
    )


def _true_false(items: int) -> TemplatePart:
    return TemplatePart(
        part="II",
        label="PHẦN II",
        instruction="Trong mỗi ý a), b), c), d) ở mỗi câu, thí sinh chọn đúng hoặc sai.",
        kind="true_false",
        items=items,
        ladder=TRUE_FALSE,
    )


def _short_answers(items: int, ladder: Ladder) -> TemplatePart:
    return TemplatePart(
        part="III",
        label="PHẦN III",
        instruction="Thí sinh ghi đáp số, tối đa bốn ký tự, dùng dấu phẩy cho số thập phân.",
        kind="short_answer",
        items=items,
        ladder=ladder,
    )


def _template(subject: str, minutes: int, *parts: TemplatePart) -> Template:
    return Template(name=f"thpt_2025_{subject}", minutes=minutes, parts=parts)


THPT_2025 = (
    _template("maths", 90, _choices(12), _true_false(4), _short_answers(6, HALF)),
    _template("physics", 50, _choices(18), _true_false(4), _short_answers(6, QUARTER)),
    _template("chemistry", 50, _choices(18), _true_false(4), _short_answers(6, QUARTER)),
    _template("biology", 50, _choices(18), _true_false(4), _short_answers(6, QUARTER)),
    _template("geography", 50, _choices(18), _true_false(4), _short_answers(6, QUARTER)),
    _template("history", 50, _choices(24), _true_false(4)),
    _template("economics_law", 50, _choices(24), _true_false(4)),
    _template("technology", 50, _choices(24), _true_false(4)),
    _template("informatics", 50, _choices(24), _true_false(4)),
    _template("foreign_language", 50, _choices(40)),
)

TEMPLATES: Mapping[str, Template] = MappingProxyType({template.name: template for template in THPT_2025})
"""Every template by name."""
