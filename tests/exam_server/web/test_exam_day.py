"""The whole road over HTTP and websockets: the bell, a script, the room, the score."""

import asyncio
import csv
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from io import StringIO
from typing import Any

import aiohttp
import msgspec
from numpy.random import default_rng

from exam_server.core.access import Role
from exam_server.demo.classmates import Classmate, draw_class
from exam_server.protocol.sitting import Response
from exam_server.protocol.staff import CommandResult, Log, Results, RoomView, Seat
from exam_server.simulation.student import Student
from exam_server.store.exams import StoredQuestion, select_questions
from item_bank.kinds.short_answer import ShortAnswerKey
from item_bank.kinds.single_choice import SingleChoiceKey
from item_bank.kinds.true_false import TrueFalseKey
from tests.exam_server.school import LOGINS, School, problem

FIRST, SECOND = "120001", "120002"


def right(question: StoredQuestion) -> Response:
    match question.key:
        case SingleChoiceKey(option=option):
            return option
        case TrueFalseKey(values=values):
            return values
        case ShortAnswerKey(accept=accept):
            return accept[0]


def half_right(question: StoredQuestion) -> Response:
    """One statement of four wrong; everything else empty."""
    return (
        (not question.key.values[0], *question.key.values[1:])
        if isinstance(question.key, TrueFalseKey)
        else None
    )


@asynccontextmanager
async def at_desk(school: School, number: str) -> AsyncGenerator[Student]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        address = str(school.server.make_url("/"))
        student = Student(http, address, number, LOGINS.pins[number], clock=school.clock, rng=default_rng(1))
        running = asyncio.create_task(student.run())
        yield student
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def command(school: School, name: str, sittings: list[int] | None = None, **more: Any) -> CommandResult:
    invigilator = await school.staff(Role.INVIGILATOR)
    body = {"command": name, "reason": "theo kế hoạch", "sittings": sittings, **more}
    reply = await invigilator.post(f"/api/shifts/{school.shift.id}/commands", json=body)
    assert reply.status == 200, await reply.text()
    return msgspec.json.decode(await reply.read(), type=CommandResult)


async def room(school: School) -> RoomView:
    invigilator = await school.staff(Role.INVIGILATOR)
    reply = await invigilator.get(f"/api/shifts/{school.shift.id}/room")
    return msgspec.json.decode(await reply.read(), type=RoomView)


async def seat(school: School, number: str) -> Seat:
    return next(seat for seat in (await room(school)).seats if seat.number == number)


async def results(school: School, role: Role = Role.TEACHER) -> Results:
    browser = await school.staff(role)
    reply = await browser.get(f"/api/exams/{school.shift.exam_id}/results")
    assert reply.status == 200, await reply.text()
    return msgspec.json.decode(await reply.read(), type=Results)


async def paper(school: School) -> list[StoredQuestion]:
    async with school.database.connection() as connection:
        return await select_questions(connection, school.shift.exam_id)


async def test_from_the_bell_to_the_score(school: School) -> None:
    questions = await paper(school)
    async with at_desk(school, FIRST) as an, at_desk(school, SECOND) as bao:
        await an.until(lambda one: one.state == "waiting")
        await bao.until(lambda one: one.state == "waiting")
        assert an.form is None
        started = await command(school, "start")
        assert len(started.applied) == 2
        await an.until(lambda one: one.form is not None)
        await bao.until(lambda one: one.form is not None)
        for question in questions:
            an.visit(question.id)
            an.answer(question.id, right(question))
            if (response := half_right(question)) is not None:
                bao.answer(question.id, response)
        bao.flag(questions[0].id, on=True)
        an.submit()
        await an.until(lambda one: one.receipt is not None)
        await bao.until(lambda one: one.outbox.unsaved == 0)

        before = await results(school)
        assert (before.n, before.mean) == (1, "10.00")
        assert not before.keys_released
        assert {(item.text, item.counts) for item in before.items} == {("", ())}
        done = await seat(school, FIRST)
        assert (done.state, done.deadline_at, done.remaining_ms) == ("submitted", None, None)
        still = await seat(school, SECOND)
        assert (still.state, still.remaining_ms) == ("running", 90 * 60_000)
        school.clock.advance(minutes=30)
        assert (await seat(school, SECOND)).remaining_ms == 60 * 60_000

        added = await command(school, "add_time", [still.sitting], minutes=5)
        assert added.applied == (still.sitting,)
        assert (await seat(school, SECOND)).remaining_ms == 65 * 60_000
        refused = await command(school, "pause", [done.sitting])
        assert [(one.sitting, one.code) for one in refused.refused] == [(done.sitting, "sitting_submitted")]
        assert refused.refused[0].message == "Thí sinh đã nộp bài."
        await command(school, "force_submit", [still.sitting])
        await bao.until(lambda one: one.receipt is not None)

    assert not (await results(school)).keys_released, "a late comer may still be let in"
    school.clock.advance(minutes=60)
    after = await results(school)
    assert after.keys_released
    assert (after.n, after.total_points, after.mean) == (2, "10", "6.00")
    scripts = {row.number: row for row in after.scripts}
    assert [(part.label, part.score, part.points) for part in scripts[FIRST].parts] == [
        ("PHẦN I", "3", "3"),
        ("PHẦN II", "4", "4"),
        ("PHẦN III", "3", "3"),
    ]
    assert (scripts[FIRST].score, scripts[SECOND].score) == ("10.00", "2.00")
    assert (scripts[SECOND].answered, scripts["120003"].score) == (4, None)
    first, graded = after.items[0], after.items[12]
    assert (first.n, first.share, first.difficulty) == (2, 0.5, 0.5)
    assert {count.label: (count.count, count.right) for count in first.counts if count.count} == {
        str(right(questions[0])): (1, True),
        "": (1, False),
    }
    assert (graded.kind, graded.share, graded.difficulty) == ("true_false", 0.5, 0.75)
    log = msgspec.json.decode(
        await (await (await school.staff(Role.INVIGILATOR)).get(f"/api/shifts/{school.shift.id}/log")).read(),
        type=Log,
    )
    kinds = [row.kind for row in log.rows if row.number == SECOND]
    assert kinds[0] == "closed"
    assert {"started", "extended"} <= set(kinds)
    assert all(row.reason == "theo kế hoạch" for row in log.rows if row.actor == "staff:giamthi")


async def test_the_class_table_is_a_spreadsheet_in_the_reader_s_language(school: School) -> None:
    async with school.database.connection() as connection:
        await connection.execute("UPDATE sitting SET state = 'submitted' WHERE number = '120001'")
        await connection.execute(
            "UPDATE candidate SET name = '=HYPERLINK(1)' FROM sitting"
            " WHERE candidate.id = candidate_id AND number = '120024'"
        )
    teacher = await school.staff(Role.TEACHER)
    url = f"/api/exams/{school.shift.exam_id}/results.csv"
    reply = await teacher.get(url)
    data = await reply.read()
    assert data.startswith(b"\xef\xbb\xbf")
    assert reply.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == [
        "Số báo danh",
        "Họ và tên",
        "Lớp",
        "Trạng thái",
        "Điểm",
        "PHẦN I",
        "PHẦN II",
        "PHẦN III",
    ]
    assert len(rows) == 25
    assert ["120001", "Nguyễn Thị Hoài An", "12A1", "Đã nộp bài", "0,00", "0", "0", "0"] in rows
    assert any(row[1] == "'=HYPERLINK(1)" for row in rows)
    in_english = await teacher.get(url, headers={"Accept-Language": "en"})
    assert "120001,Nguyễn Thị Hoài An,12A1,Handed in,0.00,0,0,0" in await in_english.text()


async def test_a_command_needs_its_reason_and_its_minutes(school: School) -> None:
    invigilator = await school.staff(Role.INVIGILATOR)
    url = f"/api/shifts/{school.shift.id}/commands"
    for body, code in (
        ({"command": "start", "reason": " "}, "reason_needed"),
        ({"command": "add_time", "reason": "x"}, "bad_minutes"),
        ({"command": "message", "reason": "x"}, "text_needed"),
        ({"command": "pause", "reason": "x", "sittings": [999]}, "other_shift"),
        ({"command": "explode", "reason": "x"}, "bad_field"),
    ):
        assert (await problem(await invigilator.post(url, json=body), 422))["code"] == code


def test_classmates_are_drawn_in_order_of_number() -> None:
    drawn = draw_class(LOGINS.pins, 5, default_rng(3))
    assert [one.number for one in drawn] == sorted(LOGINS.pins)[:5]
    assert drawn == draw_class(LOGINS.pins, 5, default_rng(3))
    assert len({one.ability for one in drawn}) == 5
    assert all(isinstance(one, Classmate) and one.pin == LOGINS.pins[one.number] for one in drawn)
