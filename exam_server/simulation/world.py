"""A made-up shift with its paper and candidates, for tests, load and fault runs."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from numpy.random import Generator

from exam_server.core.form import compile_form, wrap_key
from exam_server.core.pin import pin_hmac
from exam_server.protocol.form import Form, FormItem, FormPart
from exam_server.secrets import Secrets
from exam_server.store.database import Connection, fetch_existing, read_queries
from item_bank.kinds import Content, Key
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import Option, SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import Statement, TrueFalse, TrueFalseKey
from item_bank.richtext import Paragraph, RichText, Text

SQL = read_queries(__file__)

_LADDERS = {
    "single_choice": (Decimal(0), Decimal("0.25")),
    "true_false": (Decimal(0), Decimal("0.1"), Decimal("0.25"), Decimal("0.5"), Decimal(1)),
    "short_answer": (Decimal(0), Decimal("0.5")),
}


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate's login, and the sitting it opens."""

    sitting: int
    number: str
    pin: str


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What was made. ``items`` are ids in the order of the paper."""

    exam: int
    shift: int
    staff: int
    form: Form
    form_key: bytes
    items: tuple[int, ...]
    students: tuple[Student, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The shift to make; ``items`` of each kind."""

    opens_at: datetime
    students: int = 1
    items: int = 2
    minutes: int = 45
    spare_minutes: int = 60
    late_minutes: int = 15
    admission: str = "automatic"
    name: str = "Ca mô phỏng"


async def make_world(connection: Connection, plan: Plan, secrets: Secrets, rng: Generator) -> World:
    """Make the shift, in the caller's transaction; chance gives PINs, seeds and keys, fit for simulation
    only."""
    contents = [made for number in range(plan.items) for made in _three_kinds(number)]
    exam = await _insert(connection, "insert_exam", plan.name, "Toán", plan.minutes, plan.opens_at)
    items = await _make_items(connection, plan, exam, contents, rng)
    form = _form(exam, plan, items, [content for content, _ in contents])
    key = rng.bytes(32)
    shift = await _make_shift(connection, plan, exam, form, key, secrets, rng)
    staff = await _insert(connection, "insert_staff", f"giam-thi-{shift}", "Giám thị mô phỏng")
    await connection.execute(SQL["insert_invigilation"], staff, shift)
    students = await _make_students(connection, plan, shift, secrets, rng)
    return World(
        exam=exam, shift=shift, staff=staff, form=form, form_key=key, items=tuple(items), students=students
    )


async def _make_items(
    connection: Connection, plan: Plan, exam: int, contents: Sequence[tuple[Content, Key]], rng: Generator
) -> list[int]:
    bank = await _insert(connection, "insert_bank", f"{plan.name} {exam}")
    source = await _insert(connection, "insert_source", bank, plan.name, rng.bytes(32).hex(), plan.opens_at)
    await connection.execute(SQL["insert_part"], exam, 1, "PHẦN I")
    items: list[int] = []
    for number, (content, key) in enumerate(contents, start=1):
        kind, text = _kind(content), msgspec.json.encode(content).decode()
        item = await _insert(connection, "insert_item", source, number, "I", kind, text)
        await connection.execute(SQL["insert_key"], item, msgspec.json.encode(key).decode())
        await connection.execute(SQL["insert_exam_item"], exam, item, 1, number, _LADDERS[kind])
        items.append(item)
    return items


async def _make_shift(
    connection: Connection, plan: Plan, exam: int, form: Form, key: bytes, secrets: Secrets, rng: Generator
) -> int:
    blob = compile_form(form, key, rng.bytes(12))
    wrapped = wrap_key(secrets.master_key, key, rng.bytes(12))
    digest = hashlib.sha256(blob).hexdigest()
    form_id = await _insert(connection, "insert_form", exam, digest, blob, wrapped, plan.opens_at)
    closes_at = plan.opens_at + timedelta(minutes=plan.minutes + plan.spare_minutes)
    return await _insert(
        connection,
        "insert_shift",
        exam,
        form_id,
        plan.name,
        "P1",
        plan.opens_at,
        closes_at,
        plan.late_minutes,
        plan.admission,
    )


async def _make_students(
    connection: Connection, plan: Plan, shift: int, secrets: Secrets, rng: Generator
) -> tuple[Student, ...]:
    numbers = [f"{shift:04d}{place:05d}" for place in range(1, plan.students + 1)]
    pins = [f"{int(rng.integers(10**6)):06d}" for _ in numbers]
    people = await connection.fetch(SQL["insert_candidates"], [f"Thí sinh {number}" for number in numbers])
    rows = await connection.fetch(
        SQL["insert_sittings"],
        shift,
        [row["id"] for row in people],
        numbers,
        [str(place) for place in range(1, plan.students + 1)],
        [pin_hmac(secrets.pepper, shift, number, pin) for number, pin in zip(numbers, pins, strict=True)],
        [int(rng.integers(2**62)) for _ in numbers],
    )
    return tuple(
        Student(sitting=row["id"], number=number, pin=pin)
        for row, number, pin in zip(rows, numbers, pins, strict=True)
    )


async def _insert(connection: Connection, query: str, *arguments: object) -> int:
    return (await fetch_existing(connection, SQL[query], *arguments))[0]


def _form(exam: int, plan: Plan, items: Sequence[int], contents: Sequence[Content]) -> Form:
    rows = zip(items, contents, strict=True)
    return Form(
        id=exam,
        title=plan.name,
        subject="Toán",
        minutes=plan.minutes,
        parts=(
            FormPart(
                label="PHẦN I",
                instruction="",
                items=tuple(
                    FormItem(id=item, content=content, points=str(_LADDERS[_kind(content)][-1]))
                    for item, content in rows
                ),
            ),
        ),
    )


def _kind(content: Content) -> str:
    return str(content.__struct_config__.tag)


def _three_kinds(number: int) -> tuple[tuple[Content, Key], ...]:
    stem = _text(f"Câu mô phỏng số {number}")
    options = tuple(Option(id=letter, body=_text(f"Phương án {letter}")) for letter in "ABCD")
    statements = tuple(Statement(id=letter, body=_text(f"Mệnh đề {letter}")) for letter in "abcd")
    return (
        (SingleChoice(stem=stem, options=options), SingleChoiceKey(option="ABCD"[number % 4])),
        (TrueFalse(stem=stem, statements=statements), TrueFalseKey(values=(True, False, False, True))),
        (ShortAnswer(stem=stem), ShortAnswerKey(accept=("0,5",))),
    )


def _text(text: str) -> RichText:
    return (Paragraph(children=(Text(text=text),)),)
