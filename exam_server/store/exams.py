"""Exams: papers, encrypted forms, shifts."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from exam_server.core.paper import PaperPart
from exam_server.protocol.form import FormAsset, FormPassage
from exam_server.protocol.staff import ExamRow, PaperItem, Release, ShiftRow
from exam_server.store.banks import read_content, read_key
from exam_server.store.database import Connection, read_queries
from item_bank.item import Asset
from item_bank.kinds import Content, Key
from item_bank.marking import Question
from item_bank.richtext import RichText, plain_text

SQL = read_queries(__file__)


class ExamHead(msgspec.Struct, frozen=True, kw_only=True):
    """An exam without its paper."""

    id: int
    title: str
    subject: str
    minutes: int
    release: Release


class NewShiftRow(msgspec.Struct, frozen=True, kw_only=True):
    """A shift about to be stored."""

    exam_id: int
    form_id: int
    name: str
    room: str
    opens_at: datetime
    closes_at: datetime
    late_minutes: int
    admission: str


class StoredQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """An item as it stands in a paper: ``number`` counts from 1 in its part."""

    id: int
    number: int
    part: str
    instruction: str
    content: Content
    key: Key
    ladder: tuple[Decimal, ...]
    passage: int | None

    def question(self) -> Question:
        """For marking."""
        return Question(id=self.id, part=self.part, content=self.content, key=self.key, ladder=self.ladder)

    def text(self) -> str:
        """The stem's beginning as plain text."""
        return plain_text(self.content.stem)[:200]


async def insert_exam(
    connection: Connection, *, title: str, subject: str, minutes: int, release: Release, now: datetime
) -> int | None:
    """Add an exam and return the id; None when the title is taken."""
    return await connection.fetchval(SQL["insert_exam"], title, subject, minutes, release, now)


async def insert_paper(connection: Connection, exam_id: int, parts: Sequence[PaperPart]) -> None:
    """Store the paper of an exam that has none."""
    heads = [(exam_id, place, part.label, part.instruction) for place, part in enumerate(parts, start=1)]
    await connection.executemany(SQL["insert_exam_part"], heads)
    items = [(item, place, part) for place, part in enumerate(parts, start=1) for item in part.items]
    rows = [
        (exam_id, item, place, position, list(part.ladder))
        for position, (item, place, part) in enumerate(items, start=1)
    ]
    await connection.executemany(SQL["insert_exam_item"], rows)


async def select_exams(connection: Connection, teacher_id: int | None) -> tuple[ExamRow, ...]:
    """Every exam, newest first; for a teacher those a class of theirs sits,
    with the counts of these classes."""
    return tuple(ExamRow(**row) for row in await connection.fetch(SQL["select_exams"], teacher_id))


async def select_optional_exam(connection: Connection, exam_id: int) -> ExamHead | None:
    """An exam."""
    row = await connection.fetchrow(SQL["select_optional_exam"], exam_id)
    return None if row is None else ExamHead(**row)


async def select_questions(connection: Connection, exam_id: int) -> list[StoredQuestion]:
    """The paper in order, with keys."""
    return [
        StoredQuestion(
            id=row["id"],
            number=row["number"],
            part=row["part"],
            instruction=row["instruction"],
            content=read_content(row["content"]),
            key=_key(row["key"]),
            ladder=tuple(row["ladder"]),
            passage=row["passage"],
        )
        for row in await connection.fetch(SQL["select_questions"], exam_id)
    ]


def paper_item(question: StoredQuestion, kind: str) -> PaperItem:
    """The question as the board's table shows it."""
    return PaperItem(
        id=question.id,
        number=question.number,
        part=question.part,
        points=f"{max(question.ladder).normalize():f}",
        kind=kind,
        text=question.text(),
        has_key=True,
    )


async def select_form_passages(connection: Connection, exam_id: int) -> tuple[FormPassage, ...]:
    """The passages of an exam's items."""
    rows = await connection.fetch(SQL["select_form_passages"], exam_id)
    return tuple(
        FormPassage(id=row["id"], body=msgspec.json.decode(row["body"], type=RichText)) for row in rows
    )


async def select_assets(connection: Connection, pictures: Sequence[str]) -> list[Asset]:
    """The pictures of these hashes."""
    return [Asset(**row) for row in await connection.fetch(SQL["select_assets"], list(pictures))]


async def next_form_id(connection: Connection) -> int:
    """A fresh form id: it is inside the form, so it is needed before the form can be stored."""
    [(form_id,)] = await connection.fetch(SQL["next_form_id"])
    return form_id


async def insert_form(
    connection: Connection,
    *,
    form_id: int,
    exam_id: int,
    sha256: str,
    blob: bytes,
    wrapped_key: bytes,
    now: datetime,
) -> None:
    """Store an encrypted form."""
    await connection.execute(SQL["insert_form"], form_id, exam_id, sha256, blob, wrapped_key, now)


async def select_optional_wrapped_key(connection: Connection) -> bytes | None:
    """The wrapped key of the newest form, None while there is no form."""
    return await connection.fetchval(SQL["select_optional_wrapped_key"])


async def select_optional_form_blob(connection: Connection, sha256: str) -> bytes | None:
    """An encrypted form."""
    return await connection.fetchval(SQL["select_optional_form_blob"], sha256)


async def insert_shift(connection: Connection, shift: NewShiftRow) -> int | None:
    """Add a shift and return the id; None when the exam has one of this name in this room."""
    return await connection.fetchval(SQL["insert_shift"], *msgspec.structs.astuple(shift))


async def select_shifts(
    connection: Connection,
    *,
    exam_id: int | None = None,
    shift_id: int | None = None,
    staff_id: int | None = None,
) -> tuple[ShiftRow, ...]:
    """Shifts with their counts, by opening: of an exam, one alone, or those an invigilator has;
    None means any."""
    rows = await connection.fetch(SQL["select_shifts"], exam_id, shift_id, staff_id)
    return tuple(
        ShiftRow(**{**row, "states": msgspec.json.decode(row["states"], type=dict[str, int])})  # pyright: ignore[reportArgumentType] -- the table's CHECK lists the states
        for row in rows
    )


def form_asset(asset: Asset, data: str) -> FormAsset:
    """A picture inside a form; ``data`` is base64."""
    return FormAsset(sha256=asset.sha256, media_type=asset.media_type, data=data)


def _key(text: str) -> Key:
    key = read_key(text)
    if key is None:
        raise ValueError("an item in a paper has no key")
    return key
