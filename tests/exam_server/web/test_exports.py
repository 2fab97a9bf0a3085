"""Files of a run over HTTP: what is in them, and who may have them."""

import csv
import json
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook

from exam_server.core.access import Role
from exam_server.core.export.gradebook import HEADER_ROW, term_mean
from exam_server.protocol.measurement import Scores
from tests.exam_server.school import School, problem
from tests.exam_server.scripts import sit_class, sittings_of
from tests.exam_server.web.test_scoring import Browser, computed, read, signed

EXPORTS = (
    "gradebook.xlsx?column=gk",
    "scores.csv",
    "items.csv",
    "run.json",
    "candidates.html",
    "school.html",
)


async def fetch(browser: Browser, path: str) -> bytes:
    reply = await browser.get(path)
    assert reply.status == 200, await reply.text()
    return await reply.read()


async def sheet_of(browser: Browser, run: int, query: str) -> Any:
    data = await fetch(browser, f"/api/runs/{run}/export/gradebook.xlsx?{query}")
    return load_workbook(BytesIO(data)).worksheets[0]


async def test_the_score_sheet_has_the_scores_of_the_run(school: School) -> None:
    await sit_class(school.database, school.shift.exam_id)
    run = await signed(school)
    teacher = await school.staff(Role.TEACHER)
    scores = await read(teacher, f"/api/runs/{run.id}/scores", Scores)
    sheet = await sheet_of(teacher, run.id, "column=ck")
    rows = list(sheet.iter_rows(min_row=HEADER_ROW + 1))
    assert [row[3].value for row in rows] == [score.name for score in scores.scores]
    assert [f"{row[11].value:.2f}" for row in rows] == [score.score for score in scores.scores]
    assert {row[10].value for row in rows} == {None}
    assert [row[13].value for row in rows] == [term_mean(row[0].row) for row in rows]
    assert {row[2].data_type for row in rows if row[2].value} == {"s"}
    async with school.database.connection() as connection:
        own = await connection.fetchval("SELECT class_id FROM teaching LIMIT 1")
    assert (await sheet_of(teacher, run.id, f"column=tx1&class={own}")).max_row == HEADER_ROW + 24
    path = f"/api/runs/{run.id}/export/gradebook.xlsx"
    assert (await problem(await teacher.get(f"{path}?column=N"), 422))["place"] == "column"
    assert (await problem(await teacher.get(f"{path}?column=gk&class=99"), 404))["code"] == "not_found"


async def test_tables_and_json_agree_with_the_run(school: School) -> None:
    given = await sit_class(school.database, school.shift.exam_id)
    run = await signed(school)
    board = await school.staff(Role.BOARD)
    raw = await fetch(board, f"/api/runs/{run.id}/export/scores.csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 24
    scores = await read(board, f"/api/runs/{run.id}/scores?sort=name", Scores)
    assert [line["Điểm"].replace(",", ".") for line in lines] == [each.score for each in scores.scores]
    items = (await fetch(board, f"/api/runs/{run.id}/export/items.csv")).decode("utf-8-sig")
    assert len(items.splitlines()) == 1 + len(next(iter(given.values())))
    everything = json.loads(await fetch(board, f"/api/runs/{run.id}/export/run.json"))
    assert everything["run"]["record_sha256"] == run.record_sha256
    assert everything["findings"]["n"] == 24
    assert [each["score"] for each in everything["candidates"]] == [each.score for each in scores.scores]


async def test_reports_are_pages_that_run_nothing(school: School) -> None:
    await sit_class(school.database, school.shift.exam_id)
    run = await signed(school)
    teacher = await school.staff(Role.TEACHER)
    reply = await teacher.get(f"/api/runs/{run.id}/export/candidates.html")
    assert "script-src" not in reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    page = await reply.text()
    scores = await read(teacher, f"/api/runs/{run.id}/scores", Scores)
    assert page.count("<section") == 24
    assert all(each.name in page for each in scores.scores)
    first = scores.scores[0]
    one = await fetch(teacher, f"/api/runs/{run.id}/export/candidates.html?sitting={first.sitting}")
    assert one.decode().count("<section") == 1
    assert first.score is not None
    assert first.score.replace(".", ",") in one.decode()
    found = (await fetch(teacher, f"/api/runs/{run.id}/export/school.html")).decode()
    assert "&lt; 10" in found
    assert "12A1" in found


async def test_who_may_have_a_file(school: School) -> None:
    sittings = await sittings_of(school.database, school.shift.exam_id)
    await sit_class(school.database, school.shift.exam_id, but=sittings[:20])
    board, teacher = await school.staff(Role.BOARD), await school.staff(Role.TEACHER)
    invigilator = await school.staff(Role.INVIGILATOR)
    run = await computed(school, board)
    for path in EXPORTS:
        address = f"/api/runs/{run.id}/export/{path}"
        assert (await board.get(address)).status == 200, path
        # Not signed yet: the teacher knows nothing of it.
        assert (await problem(await teacher.get(address), 404))["code"] == "not_found"
        assert (await invigilator.get(address)).status == 403
        assert (await school.browser().get(address)).status == 401
        assert (await board.get(f"/api/runs/{run.id + 1}/export/{path}")).status == 404


async def test_pupils_of_others_are_in_no_file(school: School) -> None:
    await sit_class(school.database, school.shift.exam_id)
    run = await signed(school)
    teacher = await school.staff(Role.TEACHER)
    async with school.database.transaction() as connection:
        other = await connection.fetchval(
            "INSERT INTO class (school_id, name) VALUES (1, '12A2') RETURNING id"
        )
        name = await connection.fetchval(
            "UPDATE run_score SET class_id = $1 WHERE number = '120001' RETURNING name", other
        )
        sitting = await connection.fetchval("SELECT sitting_id FROM run_score WHERE number = '120001'")
    for path in ("scores.csv", "candidates.html", "run.json"):
        assert name not in (await fetch(teacher, f"/api/runs/{run.id}/export/{path}")).decode()
    for query in (f"class={other}", f"sitting={sitting}"):
        reply = await teacher.get(f"/api/runs/{run.id}/export/candidates.html?{query}")
        assert (await problem(reply, 404))["code"] == "not_found"


async def test_keys_stay_secret_while_the_exam_may_be_sat(school: School) -> None:
    await sit_class(school.database, school.shift.exam_id)
    run = await signed(school)
    teacher = await school.staff(Role.TEACHER)
    path = f"/api/runs/{run.id}/export/run.json"
    items = json.loads(await fetch(teacher, path))["findings"]["items"]
    assert all(item["options"] == [] and item["flags"] == [] for item in items)
    board = json.loads(await fetch(await school.staff(Role.BOARD), path))["findings"]["items"]
    assert any(item["options"] for item in board)
