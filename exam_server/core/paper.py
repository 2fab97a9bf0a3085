"""A paper from a source's items and a template: parts, order and ladders, or why it cannot be."""

from collections.abc import Sequence

import msgspec

from exam_server.errors import Invalid
from exam_server.protocol.form import FormItem, FormPart
from item_bank.item import Ladder
from item_bank.kinds import Content, Key, kind_of
from item_bank.marking import Question
from item_bank.templates import Template, TemplatePart


class PaperCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """An item that may come into a paper; ``part`` and ``number`` as in its source."""

    id: int
    part: str | None
    number: int
    content: Content
    key: Key | None

    @property
    def place(self) -> str:
        """Where its source has it: "II.3"."""
        return f"{self.part}.{self.number}" if self.part else str(self.number)

    @property
    def is_sound(self) -> bool:
        """Whether it has a key and nothing is wrong with either."""
        return self.key is not None and not kind_of(self.content).problems(self.content, self.key)


class PaperPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part with its items, in order; all have one ladder."""

    label: str
    instruction: str
    ladder: Ladder
    items: tuple[int, ...]


def make_paper(
    items: Sequence[PaperCandidate], template: Template, *, skip_unsound: bool
) -> tuple[PaperPart, ...]:
    """Every item of the source in the part of its kind, with that part's ladder; parts without items are
    left out.

    Only sound items may be scored. Raises Invalid with code ``items_without_key``, ``kind_not_in_template``,
    ``ladder_does_not_fit`` or ``paper_empty``; the first three list the items in ``params``.
    """
    if not skip_unsound:
        _refuse("items_without_key", [item for item in items if not item.is_sound])
    sound = [item for item in items if item.is_sound]
    parts = {part.kind: part for part in template.parts}
    _refuse("kind_not_in_template", [item for item in sound if kind_of(item.content).name not in parts])
    _refuse(
        "ladder_does_not_fit", [item for item in sound if not _fits(item, parts[kind_of(item.content).name])]
    )
    if not sound:
        raise Invalid("paper_empty")
    made = (_part(part, sound) for part in template.parts)
    return tuple(part for part in made if part.items)


def form_parts(
    questions: Sequence[Question], instructions: dict[str, str], passages: dict[int, int]
) -> tuple[FormPart, ...]:
    """The parts of a form: the public side of the questions, which stand in paper order.

    ``instructions`` by part label, ``passages`` the passage id by item id.
    """
    return tuple(
        FormPart(
            label=label,
            instruction=instruction,
            items=tuple(
                FormItem(
                    id=question.id,
                    content=question.content,
                    points=f"{max(question.ladder).normalize():f}",
                    passage=passages.get(question.id),
                )
                for question in questions
                if question.part == label
            ),
        )
        for label, instruction in instructions.items()
    )


def _part(part: TemplatePart, items: Sequence[PaperCandidate]) -> PaperPart:
    ids = tuple(item.id for item in items if kind_of(item.content).name == part.kind)
    return PaperPart(label=part.label, instruction=part.instruction, ladder=part.ladder, items=ids)


def _fits(item: PaperCandidate, part: TemplatePart) -> bool:
    return len(part.ladder) == kind_of(item.content).prompts(item.content) + 1


def _refuse(code: str, items: Sequence[PaperCandidate]) -> None:
    if items:
        raise Invalid(code, items=", ".join(item.place for item in items), count=len(items))
