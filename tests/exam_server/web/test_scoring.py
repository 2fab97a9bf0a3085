"""Scoring over HTTP: who may do what, and what teachers see when."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import TestClient

from exam_server.actions.scoring import compute_run
from exam_server.actions.staff import add_staff
from exam_server.core.access import Role
from exam_server.protocol import measurement
from exam_server.protocol.measurement import (
    ItemAnalysis,
    KeyChange,
    KeyChanges,
    KeyPreview,
    Runs,
    Sanction,
    Sanctions,
    Scores,
    ScoringRun,
)
from exam_server.protocol.staff import ExamDetail, ItemDetail, Results
from tests.exam_server.school import School, problem
from tests.exam_server.scripts import hand_in, questions_of, sit_class, sittings_of

Browser = TestClient[Any, Any]


async def second_member(school: School) -> Browser:
    """The browser of another member of the board."""
    login = {"username": "binh", "password": "mat-khau-khac"}
    await add_staff(
        school.database, **login, name="Cô Bình", role=Role.BOARD, actor="test", now=school.clock.now()
    )
    browser = school.browser("second")
    assert (await browser.post("/api/login", json=login)).status == 200
    return browser


async def read(browser: Browser, path: str, kind: Any, status: int = 200) -> Any:
    reply = await browser.get(path)
    assert reply.status == status, await reply.text()
    return msgspec.json.decode(await reply.read(), type=kind)


async def send(browser: Browser, path: str, body: Mapping[str, Any], kind: Any, status: int = 200) -> Any:
    reply = await browser.post(path, json=body)
    assert reply.status == status, await reply.text()
    return msgspec.json.decode(await reply.read(), type=kind)


async def release_when_signed(school: School) -> None:
    async with school.database.transaction() as connection:
        await connection.execute("UPDATE exam SET release = 'signed'")


async def computed(school: School, board: Browser, **new: Any) -> ScoringRun:
    body = {"model": "auto", "void_rule": "full_points", "link_to": None, **new}
    run = await send(board, f"/api/exams/{school.shift.exam_id}/runs", body, ScoringRun, 201)
    # Here or in the process that the server starts: whoever is first.
    await compute_run(school.database, school.clock, run.id)
    while run.state in ("queued", "running"):
        run = await read(board, f"/api/runs/{run.id}", ScoringRun)
    return run


async def signed(school: School) -> ScoringRun:
    run = await computed(school, await school.staff(Role.BOARD))
    body = {"record_sha256": run.record_sha256}
    return await send(await second_member(school), f"/api/runs/{run.id}/sign", body, ScoringRun)


async def test_the_server_starts_a_process_for_a_run(school: School) -> None:
    await sit_class(school.database, school.shift.exam_id)
    board = await school.staff(Role.BOARD)
    body = {"model": "classical", "void_rule": "leave_out", "link_to": None}
    run = await send(board, f"/api/exams/{school.shift.exam_id}/runs", body, ScoringRun, 201)
    assert (run.state, run.stage, run.may_sign) == ("queued", "step_queued", False)
    while run.state in ("queued", "running"):
        run = await read(board, f"/api/runs/{run.id}", ScoringRun)
    assert (run.state, run.n, run.model, run.void_rule) == ("done", 24, "classical", "leave_out")


async def test_from_the_start_to_the_teachers_page(school: School) -> None:
    exam = school.shift.exam_id
    await release_when_signed(school)
    await sit_class(school.database, exam)
    teacher = await school.staff(Role.TEACHER)
    for path in ("results", "results.csv"):
        refused = await problem(await teacher.get(f"/api/exams/{exam}/{path}"), 409)
        assert refused["code"] == "scores_not_released"
    board = await school.staff(Role.BOARD)
    assert (await read(board, f"/api/exams/{exam}/results", Results)).run is None
    run = await computed(school, board)
    assert (await problem(await teacher.get(f"/api/runs/{run.id}"), 404))["code"] == "not_found"
    assert (await read(teacher, f"/api/exams/{exam}/runs", Runs)).runs == ()
    body = {"record_sha256": run.record_sha256}
    assert (await problem(await board.post(f"/api/runs/{run.id}/sign", json=body), 409))["code"] == "own_run"
    second = await second_member(school)
    assert (await read(second, f"/api/runs/{run.id}", ScoringRun)).may_sign
    assert (await send(second, f"/api/runs/{run.id}/sign", body, ScoringRun)).state == "signed"

    found = await read(teacher, f"/api/exams/{exam}/runs", Runs)
    assert ([each.id for each in found.runs], found.linkable, found.release) == ([run.id], (), "signed")
    results = await read(teacher, f"/api/exams/{exam}/results", Results)
    scores = await read(teacher, f"/api/runs/{run.id}/scores?sort=number", Scores)
    assert results.run == run.id
    assert {row.number: row.score for row in results.scripts} == {
        row.number: row.score for row in scores.scores
    }
    assert (scores.total, scores.page_size) == (24, 200)


async def test_a_teacher_sees_own_pupils_of_signed_runs_alone(school: School) -> None:
    await sit_class(school.database, school.shift.exam_id)
    run = await signed(school)
    teacher = await school.staff(Role.TEACHER)
    async with school.database.transaction() as connection:
        # One pupil goes to a class that is not the teacher's.
        other = await connection.fetchval(
            "INSERT INTO class (school_id, name) VALUES (1, '12A2') RETURNING id"
        )
        await connection.execute("UPDATE run_score SET class_id = $1 WHERE number = '120001'", other)
    assert (await read(teacher, f"/api/runs/{run.id}/scores", Scores)).total == 23
    assert (await read(await school.staff(Role.BOARD), f"/api/runs/{run.id}/scores", Scores)).total == 24
    async with school.database.transaction() as connection:
        await connection.execute("DELETE FROM teaching")
    for path in ("", "/scores", "/analysis"):
        assert (await problem(await teacher.get(f"/api/runs/{run.id}{path}"), 404))["code"] == "not_found"
    invigilator = await school.staff(Role.INVIGILATOR)
    assert (await invigilator.get(f"/api/runs/{run.id}")).status == 403


async def test_statistics_come_in_words_and_without_keys_until_the_exam_is_over(school: School) -> None:
    await sit_class(school.database, school.shift.exam_id)
    run = await signed(school)
    item = (await questions_of(school.database, school.shift.exam_id))[0].id
    board, teacher = await school.staff(Role.BOARD), await school.staff(Role.TEACHER)
    whole = await read(board, f"/api/runs/{run.id}/analysis", measurement.TestAnalysis)
    assert (whole.n, whole.model, len(whole.items), whole.run.id) == (24, None, 22, run.id)
    assert whole.notes
    assert all(line.text for line in whole.items)
    assert all(line.class_difficulty is None for line in whole.items)
    async with school.database.transaction() as connection:
        # Somebody may still sit it.
        await connection.execute("UPDATE sitting SET state = 'running' WHERE number = '120001'")
    before = await read(teacher, f"/api/runs/{run.id}/analysis", measurement.TestAnalysis)
    assert {line.text for line in before.items} == {""}
    refused = await problem(await teacher.get(f"/api/runs/{run.id}/items/{item}"), 409)
    assert refused["code"] == "exam_not_over"
    async with school.database.transaction() as connection:
        await connection.execute("UPDATE sitting SET state = 'submitted' WHERE number = '120001'")
        await connection.execute("UPDATE shift SET closes_at = opens_at, started_at = opens_at")
    school.clock.advance(hours=8)
    teacher = await school.staff(Role.TEACHER)
    after = await read(teacher, f"/api/runs/{run.id}/analysis", measurement.TestAnalysis)
    assert all(line.text for line in after.items)
    # All candidates are of the one class.
    assert [line.class_difficulty for line in after.items] == pytest.approx(
        [line.difficulty for line in after.items], abs=1e-4
    )
    assert sum(each.count for each in after.class_distribution) == 24
    page = await read(teacher, f"/api/runs/{run.id}/items/{item}", ItemAnalysis)
    assert sum(option.count for option in page.options) == 24
    assert [use.run for use in page.history] == [run.id]
    assert (await teacher.get(f"/api/runs/{run.id}/items/999999")).status == 404
    detail = await read(teacher, f"/api/items/{item}", ItemDetail)
    assert detail.history == page.history


async def test_an_item_that_another_exam_will_have_stays_secret(school: School) -> None:
    await sit_class(school.database, school.shift.exam_id)
    run = await signed(school)
    secret, other = [question.id for question in await questions_of(school.database, school.shift.exam_id)][
        :2
    ]
    school.clock.advance(hours=8)
    teacher = await school.staff(Role.TEACHER)
    async with school.database.transaction() as connection:
        await connection.execute("UPDATE shift SET closes_at = opens_at, started_at = opens_at")
        later = await connection.fetchval(
            "INSERT INTO exam (title, subject, minutes, created_at)"
            " SELECT 'Cuối kỳ', subject, minutes, created_at FROM exam RETURNING id"
        )
        await connection.execute("INSERT INTO exam_part VALUES ($1, 1, 'I', '')", later)
        await connection.execute("INSERT INTO exam_item VALUES ($1, $2, 1, 1, '{0,0.25}')", later, secret)
        await connection.execute(
            "INSERT INTO shift (exam_id, form_id, name, room, opens_at, closes_at, late_minutes, admission)"
            " SELECT $1, form_id, name, room, $2::timestamptz, $2 + interval '1 day', late_minutes, admission"
            " FROM shift",
            later,
            school.clock.now(),
        )
    refused = await problem(await teacher.get(f"/api/runs/{run.id}/items/{secret}"), 409)
    assert refused["code"] == "exam_not_over"
    assert (await teacher.get(f"/api/runs/{run.id}/items/{other}")).status == 200
    found = await read(teacher, f"/api/runs/{run.id}/analysis", measurement.TestAnalysis)
    assert [line.item for line in found.items if not line.text] == [secret]
    results = await read(teacher, f"/api/exams/{school.shift.exam_id}/results", Results)
    assert [item.item for item in results.items if not item.text] == [secret]
    assert [item.item for item in results.items if not item.counts] == [secret]
    assert not results.keys_released
    everything = await (await teacher.get(f"/api/runs/{run.id}/export/run.json")).json()
    assert [item["item"] for item in everything["findings"]["items"] if not item["options"]] == [secret]


async def test_before_it_is_computed_a_run_has_no_statistics(school: School) -> None:
    board = await school.staff(Role.BOARD)
    body = {"model": "auto", "void_rule": "full_points", "link_to": None}
    async with school.database.transaction() as connection:
        await connection.execute("LOCK TABLE candidate IN ACCESS EXCLUSIVE MODE")
        run = await send(board, f"/api/exams/{school.shift.exam_id}/runs", body, ScoringRun, 201)
        assert (await board.get(f"/api/runs/{run.id}/analysis")).status == 404
        cancelled = await send(board, f"/api/runs/{run.id}/cancel", {}, ScoringRun)
    assert cancelled.state == "cancelled"


async def test_what_the_items_of_a_paper_promise(school: School) -> None:
    board, exam = await school.staff(Role.BOARD), school.shift.exam_id
    before = (await read(board, f"/api/exams/{exam}", ExamDetail)).expectation
    assert (before.items, before.known, before.mean) == (22, 0, None)
    await sit_class(school.database, exam)
    run = await signed(school)
    expected = (await read(board, f"/api/exams/{exam}", ExamDetail)).expectation
    analysis = await read(board, f"/api/runs/{run.id}/analysis", measurement.TestAnalysis)
    assert (expected.known, expected.mean) == (22, analysis.mean)


async def test_a_correction_over_http(school: School) -> None:
    exam = school.shift.exam_id
    [question, *_] = await questions_of(school.database, exam)
    [sitting, *_] = await sittings_of(school.database, exam)
    await hand_in(school.database, sitting, {question.id: "D"})
    board, second = await school.staff(Role.BOARD), await second_member(school)
    key = {"kind": "single_choice", "option": "D" if question.key.option != "D" else "C"}  # type: ignore[union-attr]
    new = {"item": question.id, "key": key, "reason": "In nhầm"}
    change = await send(board, f"/api/exams/{exam}/key-changes", new, KeyChange, 201)
    preview = await read(second, f"/api/key-changes/{change.id}/preview", KeyPreview)
    assert (preview.gains + preview.loses, preview.change.may_confirm) == (1, True)
    url = f"/api/key-changes/{change.id}"
    assert (await problem(await board.post(f"{url}/confirm", json={"reason": "x"}), 409))[
        "code"
    ] == "own_key_change"
    assert (await send(second, f"{url}/confirm", {"reason": "Đúng"}, KeyChange)).state == "live"
    assert (await send(board, f"{url}/rollback", {"reason": "Lại sai"}, KeyChange)).state == "rolled_back"
    assert (await problem(await board.post(f"{url}/withdraw", json={"reason": "x"}), 409))[
        "code"
    ] == "key_change_rolled_back"
    listed = await read(board, f"/api/exams/{exam}/key-changes", KeyChanges)
    assert [each.id for each in listed.changes] == [change.id]
    assert (await (await school.staff(Role.TEACHER)).get(f"/api/exams/{exam}/key-changes")).status == 403


async def test_sanctions_over_http(school: School) -> None:
    board, exam = await school.staff(Role.BOARD), school.shift.exam_id
    url = f"/api/exams/{exam}/sanctions"
    new = {"number": " 120002 ", "kind": "warning", "reason": "Trao đổi bài"}
    made = await send(board, url, new, Sanction, 201)
    assert (made.number, made.share, made.revoked_at) == ("120002", "0.5", None)
    assert (await problem(await board.post(url, json=new), 409))["code"] == "sanction_in_force"
    for change, status, code in (
        ({"number": "999999"}, 404, "no_such_candidate"),
        ({"reason": "  "}, 422, "bad_field"),
        ({"kind": "flogging"}, 422, "bad_field"),
    ):
        reply = await board.post(url, json={**new, **change})
        assert (await problem(reply, status))["code"] == code
    revoke = f"/api/sanctions/{made.id}/revoke"
    assert (await send(board, revoke, {"reason": "Nhầm người"}, Sanction)).revoked_at is not None
    assert (await problem(await board.post(revoke, json={"reason": "x"}), 409))["code"] == "sanction_revoked"
    again = await send(board, url, {**new, "kind": "expulsion"}, Sanction, 201)
    listed = await read(board, url, Sanctions)
    assert [each.id for each in listed.sanctions] == [again.id, made.id]
    assert listed.shares == {"reprimand": "0.25", "warning": "0.5", "expulsion": "1"}
    async with school.database.connection() as connection:
        rows = await connection.fetch("SELECT action FROM audit WHERE action LIKE 'sanction.%' ORDER BY id")
    assert [row["action"] for row in rows] == ["sanction.record", "sanction.revoke", "sanction.record"]
    for role in (Role.TEACHER, Role.INVIGILATOR):
        assert (await (await school.staff(role)).post(url, json=new)).status == 403
