"""The board's work over HTTP: banks, Word files, exams, shifts, rosters."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import msgspec
import pytest
from openpyxl import Workbook

from exam_server.core.access import Role
from exam_server.core.form import open_form, unwrap_key
from exam_server.demo.school import roster_file
from exam_server.protocol.staff import ExamDetail, ImportReview, ItemDetail, Items, RosterReview, ShiftRow
from tests.exam_server.school import SAMPLE, School, problem
from tests.item_bank.formats.docx_builder import UNDERLINE, docx, p, run

WORD = SAMPLE.read_bytes()
ONE_WITHOUT_KEY = docx(
    p("PHẦN I."),
    p("Câu 1. Một?"),
    *(p(run(f"{letter}.", UNDERLINE if letter == "A" else ""), f" {letter}{letter}") for letter in "ABCD"),
    p("Câu 2. Hai?"),
    *(p(f"{letter}. {letter}{letter}") for letter in "ABCD"),
)


def roster_of(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["STT", "SBD", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Lớp"])
    for place, row in enumerate(rows, start=1):
        sheet.append([place, *row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


async def test_a_word_file_is_reviewed_then_stored_once(school: School) -> None:
    board = await school.staff(Role.BOARD)
    bank = await (await board.post("/api/banks", json={"name": " Toán  11 "})).json()
    assert bank == {"id": bank["id"], "name": "Toán 11", "items": 0}
    assert (await problem(await board.post("/api/banks", json={"name": "Toán 11"}), 409))[
        "code"
    ] == "bank_exists"

    async def send(dry_run: int, name: str = "de.docx") -> ImportReview:
        query = {"name": name, "dry_run": str(dry_run)}
        reply = await board.post(f"/api/banks/{bank['id']}/import", params=query, data=WORD)
        assert reply.status == 200, await reply.text()
        return msgspec.json.decode(await reply.read(), type=ImportReview)

    review = await send(1)
    assert (review.stored, len(review.items)) == (False, 22)
    assert all(url.startswith("data:image/png;base64,") for url in review.pictures.values())
    assert review.pictures
    assert (await (await board.get(f"/api/banks/{bank['id']}/items")).json())["total"] == 0
    assert (await send(0)).stored
    again = await board.post(
        f"/api/banks/{bank['id']}/import", params={"name": "khac.docx", "dry_run": "1"}, data=WORD
    )
    refused = await problem(again, 409)
    assert (refused["code"], "de.docx" in refused["message"]) == ("already_imported", True)


async def test_what_is_no_word_file_is_refused_in_words(school: School) -> None:
    board = await school.staff(Role.BOARD)
    query = {"name": "x.docx", "dry_run": "1"}
    for data, code in ((b"hello", "not_docx"), (WORD[: len(WORD) // 2], None)):
        reply = await board.post("/api/banks/1/import", params=query, data=data)
        body = await problem(reply, 422)
        assert code in (None, body["code"])
        assert body["place"] == "x.docx"
        assert "{" not in body["message"]
    for bad in ({"name": "x.docx"}, {"name": "x.docx", "dry_run": "yes"}, {"name": "", "dry_run": "1"}):
        assert (await problem(await board.post("/api/banks/1/import", params=bad, data=WORD), 422))[
            "code"
        ] == "bad_field"


async def test_items_are_found_with_and_without_diacritics(school: School) -> None:
    board = await school.staff(Role.BOARD)
    bank = (await (await board.get("/api/banks")).json())["banks"][0]
    assert (bank["name"], bank["items"]) == ("Toán 12", 22)

    async def found(search: str, page: int = 1) -> Items:
        reply = await board.get(
            f"/api/banks/{bank['id']}/items", params={"search": search, "page": str(page)}
        )
        return msgspec.json.decode(await reply.read(), type=Items)

    everything = await found("")
    assert (everything.total, len(everything.items)) == (22, 22)
    assert [item.part for item in everything.items] == ["I"] * 12 + ["II"] * 4 + ["III"] * 6
    assert all(item.has_key for item in everything.items)
    assert (await found("", page=2)).items == ()
    plain, exact = await found("HAM SO"), await found("Hàm Số")
    assert 0 < exact.total <= plain.total < 22
    assert "hàm số" in exact.items[0].text.lower()
    assert (await found("hám số")).total == 0
    assert (await found("%")).total == sum("%" in item.text for item in everything.items)


async def test_an_item_with_its_pictures(school: School) -> None:
    board = await school.staff(Role.BOARD)
    async with school.database.connection() as connection:
        item_id, picture = await connection.fetchrow("SELECT item_id, sha256 FROM item_asset LIMIT 1")
    item = msgspec.json.decode(await (await board.get(f"/api/items/{item_id}")).read(), type=ItemDetail)
    assert item.key is not None
    reply = await board.get(f"/api/assets/{picture}")
    assert sha256(await reply.read()).hexdigest() == picture
    assert reply.content_type == "image/png"
    assert "private" in reply.headers["Cache-Control"]
    invigilator = await school.staff(Role.INVIGILATOR)
    assert (await invigilator.get(f"/api/items/{item_id}")).status == 403


async def test_an_exam_needs_keys(school: School) -> None:
    board = await school.staff(Role.BOARD)
    query = {"name": "thieu.docx", "dry_run": "0"}
    assert (await board.post("/api/banks/1/import", params=query, data=ONE_WITHOUT_KEY)).status == 200
    exam = {
        "title": "Thiếu",
        "subject": "Toán",
        "bank": 1,
        "source": "thieu.docx",
        "template": "thpt_2025_maths",
        "minutes": 45,
    }
    body = await problem(await board.post("/api/exams", json=exam), 422)
    assert body["code"] == "items_without_key"
    assert "I.2" in body["message"]
    for change, status, code in (
        ({"source": "khong.docx"}, 404, "no_such_source"),
        ({"template": "thpt_1900"}, 404, "no_such_template"),
        ({"title": " "}, 422, "bad_field"),
        ({"minutes": 601}, 422, "bad_field"),
        ({"title": "Giữa kỳ 1", "source": SAMPLE.name}, 409, "exam_exists"),
    ):
        assert (await problem(await board.post("/api/exams", json={**exam, **change}), status))[
            "code"
        ] == code


async def test_the_exam_as_made(school: School) -> None:
    board = await school.staff(Role.BOARD)
    reply = await board.get(f"/api/exams/{school.shift.exam_id}")
    exam = msgspec.json.decode(await reply.read(), type=ExamDetail)
    assert exam.total_points == "10"
    assert [item.number for item in exam.paper] == [*range(1, 13), *range(1, 5), *range(1, 7)]
    assert {item.points for item in exam.paper} == {"0.25", "1", "0.5"}
    [row] = (await (await board.get("/api/exams")).json())["exams"]
    assert (row["items"], row["shifts"], row["candidates"]) == (22, 1, 24)


async def test_a_shift_has_a_form_of_its_own_that_only_its_key_opens(school: School) -> None:
    board = await school.staff(Role.BOARD)
    opens = school.clock.now() + timedelta(hours=1)
    new = {"name": "Ca chiều", "room": "P2", "opens_at": opens.isoformat()}
    url = f"/api/exams/{school.shift.exam_id}/shifts"
    shift = msgspec.json.decode(await (await board.post(url, json=new)).read(), type=ShiftRow)
    assert (shift.opens_at, shift.candidates, shift.minutes) == (opens, 0, 90)
    assert shift.closes_at - opens >= timedelta(minutes=90 + 15)
    assert (await problem(await board.post(url, json=new), 409))["code"] == "shift_exists"
    async with school.database.connection() as connection:
        forms = await connection.fetch("SELECT id, sha256, wrapped_key FROM form ORDER BY id")
    assert len({form["sha256"] for form in forms}) == 2
    blob = await (await school.browser().get(f"/forms/{forms[1]['sha256']}.bin")).read()
    assert sha256(blob).hexdigest() == forms[1]["sha256"]
    keys = [unwrap_key(school.secrets.master_key, form["wrapped_key"]) for form in forms]
    form = open_form(blob, keys[1])
    assert (form.id, [len(part.items) for part in form.parts]) == (forms[1]["id"], [12, 4, 6])
    assert form.assets
    assert b'"key"' not in msgspec.json.encode(form)
    with pytest.raises(ValueError, match="wrong key"):
        open_form(blob, keys[0])


async def test_a_form_is_for_any_cache_to_keep(school: School) -> None:
    async with school.database.connection() as connection:
        sha = await connection.fetchval("SELECT sha256 FROM form")
    reply = await school.browser().get(f"/forms/{sha}.bin")
    assert "immutable" in reply.headers["Cache-Control"]
    assert (await school.browser().get(f"/forms/{'0' * 64}.bin")).status == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"opens_at": "2020-01-01T08:00:00Z"}, "opens_in_past"),
        ({"opens_at": "2026-06-26T08:00:00"}, "bad_field"),
        ({"name": ""}, "bad_field"),
        ({"room": " "}, "bad_field"),
        ({"late_minutes": -1}, "bad_field"),
        ({"admission": "nobody"}, "bad_field"),
    ],
)
async def test_bad_shifts(school: School, change: dict[str, object], code: str) -> None:
    board = await school.staff(Role.BOARD)
    new = {
        "name": "Ca 9",
        "room": "P1",
        "opens_at": (school.clock.now() + timedelta(hours=1)).isoformat(),
        **change,
    }
    reply = await board.post(f"/api/exams/{school.shift.exam_id}/shifts", json=new)
    assert (await problem(reply, 422))["code"] == code


async def test_a_roster_is_stored_whole_or_not_at_all(school: School) -> None:
    board = await school.staff(Role.BOARD)
    opens = school.clock.now() + timedelta(hours=5)
    new = {"name": "Ca 2", "room": "P1", "opens_at": opens.isoformat()}
    shift = (await (await board.post(f"/api/exams/{school.shift.exam_id}/shifts", json=new)).json())["id"]

    async def send(data: bytes, dry_run: int, name: str = "ds.xlsx") -> RosterReview:
        query = {"name": name, "dry_run": str(dry_run)}
        reply = await board.post(f"/api/shifts/{shift}/roster", params=query, data=data)
        assert reply.status == 200, await reply.text()
        return msgspec.json.decode(await reply.read(), type=RosterReview)

    async def listed() -> int:
        return len((await (await board.get(f"/api/shifts/{shift}/candidates")).json())["candidates"])

    bad = await send(roster_of(("1", None, "An", "A"), ("1", None, "Bình", "A"), ("3", None, "", "A")), 0)
    assert not bad.stored
    assert [(line.line, line.code) for line in bad.problems] == [
        (2, "duplicate_number"),
        (3, "duplicate_number"),
        (4, "name_missing"),
    ]
    assert all(line.message and "{" not in line.message for line in bad.problems)
    assert await listed() == 0

    rows = (("01", "0100000001", "Lê An", "12B"), ("02", "0100000002", "Võ Bình", "12B"))
    dry = await send(roster_of(*rows), 1)
    assert (dry.stored, [row.pin for row in dry.candidates], await listed()) == (False, [None, None], 0)
    done = await send(roster_of(*rows), 0)
    assert (done.stored, [row.number for row in done.candidates], await listed()) == (True, ["01", "02"], 2)
    assert all(row.pin is not None and len(row.pin) == 6 and row.pin.isdigit() for row in done.candidates)
    again = await send(roster_of(("02", None, "Khác", "12B"), ("03", "0100000001", "Lê An", "12B")), 0)
    assert [(line.line, line.code) for line in again.problems] == [(2, "number_taken"), (3, "pupil_taken")]
    assert await listed() == 2
    school.clock.advance(hours=4)
    assert (await school.candidate("01", done.candidates[0].pin)).status == 200
    text = await (await board.get(f"/api/shifts/{shift}/candidates")).text()
    assert done.candidates[0].pin is not None
    assert done.candidates[0].pin not in text


async def test_numbers_are_given_by_the_order_of_names(school: School) -> None:
    board = await school.staff(Role.BOARD)
    new = {"name": "Ca 3", "room": "P1", "opens_at": (school.clock.now() + timedelta(hours=5)).isoformat()}
    shift = (await (await board.post(f"/api/exams/{school.shift.exam_id}/shifts", json=new)).json())["id"]
    csv = "Họ và tên;Lớp\nTrần Văn Ổi;A\nLê Thị Ánh;A\nVõ Đức An;A\n".encode()
    reply = await board.post(
        f"/api/shifts/{shift}/roster", params={"name": "ds.csv", "dry_run": "0"}, data=csv
    )
    review = msgspec.json.decode(await reply.read(), type=RosterReview)
    names = [(row.number, row.name) for row in review.candidates]
    assert names == [("0001", "Võ Đức An"), ("0002", "Lê Thị Ánh"), ("0003", "Trần Văn Ổi")]


async def test_the_same_pupil_in_two_shifts_is_one_person(school: School) -> None:
    board = await school.staff(Role.BOARD)
    new = {"name": "Ca 4", "room": "P1", "opens_at": (school.clock.now() + timedelta(hours=5)).isoformat()}
    shift = (await (await board.post(f"/api/exams/{school.shift.exam_id}/shifts", json=new)).json())["id"]
    query = {"name": "ds.xlsx", "dry_run": "0"}
    reply = await board.post(f"/api/shifts/{shift}/roster", params=query, data=roster_file())
    assert (await reply.json())["stored"]
    async with school.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM candidate") == 24
        assert await connection.fetchval("SELECT count(*) FROM sitting") == 48
        assert await connection.fetchval("SELECT count(DISTINCT pin_hmac) FROM sitting") == 48
        assert await connection.fetchval("SELECT count(DISTINCT seed) FROM sitting") == 48


async def test_what_was_done_is_on_record(school: School) -> None:
    async with school.database.connection() as connection:
        rows = await connection.fetch("SELECT actor, action, subject, detail FROM audit ORDER BY id")
    assert [row["action"] for row in rows] == [
        *["staff.add"] * 3,
        *("bank.create", "items.import", "exam.create", "shift.create", "roster.import"),
        *["staff.assign"] * 2,
    ]
    assert {row["actor"] for row in rows} == {"demo"}
    board = await school.staff(Role.BOARD)
    await board.post("/api/banks", json={"name": "Lý 12"})
    async with school.database.connection() as connection:
        last = await connection.fetchrow("SELECT actor, action, subject FROM audit ORDER BY id DESC LIMIT 1")
    assert tuple(last) == ("staff:hoidong", "bank.create", "Lý 12")
