"""The staff pages, each as its own role uses it."""

import re

from playwright.async_api import FilePayload, Locator, expect

from exam_server.catalogue import text
from tests.browser.classmates import classmates
from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.papers import contradicting_paper
from tests.browser.record import Record
from tests.browser.roster_files import NAMES, OWN_CLASS, clean_roster, roster_with_bad_rows
from tests.browser.site import Site
from tests.browser.staff import Commander, Staff
from tests.browser.student import opened_paper, skip_time
from tests.browser.world import World

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def test_a_wrong_password_gets_a_clear_message(visit: Visit) -> None:
    board = Staff(await visit())
    board.visitor.expect(r"401 POST /api/login")
    await board.visitor.open("/staff")
    await board.page.get_by_label(board.words("username")).fill("board")
    await board.page.get_by_label(board.words("password")).fill("khong-dung")
    await board.button("log_in").click()
    await expect(board.page.get_by_role("alert")).to_contain_text(
        text("vi", "errors", "wrong_username_or_password")
    )


async def test_the_board_finds_items_with_and_without_diacritics(visit: Visit, world: World) -> None:
    board = Staff(await visit())
    await board.log_in("board", f"/staff/banks/{world.bank}")
    rows = board.page.locator("tbody tr")
    await expect(rows.first).to_be_visible()
    everything = await rows.count()
    search = board.page.get_by_label(board.words("filter_search"))
    for typed in ("hàm số", "ham so", "HÀM SỐ"):
        await search.fill(typed)
        await expect(rows.first).to_contain_text(re.compile("hàm số", re.IGNORECASE))
        await expect(rows).not_to_have_count(everything)
    await search.fill("không có câu nào như thế")
    await expect(board.page.get_by_text(board.words("items_none_match"))).to_be_visible()


async def test_the_board_sees_an_item_with_its_key(visit: Visit, world: World) -> None:
    board = Staff(await visit())
    await board.log_in("board", f"/staff/banks/{world.bank}")
    await board.page.locator(".row-open").first.click()
    preview = board.page.locator(".item-card")
    await expect(preview.locator(".option")).to_have_count(4)
    await expect(preview.locator(".option-right")).to_have_count(1)
    await board.page.keyboard.press("ArrowDown")
    await expect(preview.locator(".stem")).to_be_visible()
    await board.page.keyboard.press("Escape")
    await expect(preview).to_be_hidden()


async def test_an_import_is_reviewed_before_it_is_stored(visit: Visit, world: World) -> None:
    board = Staff(await visit())
    await board.log_in("board", f"/staff/banks/{world.bank}/import")
    file = FilePayload(name="mâu thuẫn.docx", mimeType=WORD_TYPE, buffer=contradicting_paper())
    await board.page.locator("input[type=file]").set_input_files(file)
    await expect(board.page.get_by_text(board.words("review_no_key", count=1))).to_be_visible()
    doubtful = board.page.locator(".review-no_key")
    await expect(doubtful).to_contain_text(board.words("no_key_no_score"))
    await expect(doubtful).to_contain_text(text("vi", "warnings", "two_keys"))
    await board.button("import_store", items=board.words("items_many", count=2)).click()
    await expect(board.page.get_by_text(board.words("import_stored_next"))).to_be_visible()
    await board.button("bank_open").click()
    await expect(board.page.get_by_text(board.words("mark_no_key"))).to_be_visible()


async def test_a_file_that_is_no_word_file_is_refused_in_words(visit: Visit, world: World) -> None:
    board = Staff(await visit())
    board.visitor.expect(r"4\d\d POST /api/banks/\d+/import")
    await board.log_in("board", f"/staff/banks/{world.bank}/import")
    file = FilePayload(name="anh.docx", mimeType=WORD_TYPE, buffer=b"not a zip at all")
    await board.page.locator("input[type=file]").set_input_files(file)
    await expect(board.page.get_by_role("alert")).to_contain_text(re.compile("Word|docx"))


async def test_a_roster_with_bad_rows_stores_nothing_and_a_clean_one_gives_pins(
    visit: Visit, world: World, site: Site
) -> None:
    board = Staff(await visit())
    await board.log_in("board", f"/staff/exams/{world.exam}")
    await _add_shift(board)
    picker = board.page.locator("input[type=file]")
    await picker.set_input_files(
        FilePayload(name="lỗi.csv", mimeType="text/csv", buffer=roster_with_bad_rows())
    )
    problems = board.page.locator(".roster-problems li")
    await expect(problems).to_have_count(3)
    await expect(problems.nth(1)).to_contain_text(board.words("roster_line", line=3))
    await expect(problems.last).to_contain_text("31/02/2008")
    assert await _candidates(site) == len(NAMES)

    await picker.set_input_files(FilePayload(name="sạch.csv", mimeType="text/csv", buffer=clean_roster("13")))
    await board.button("roster_store", count=len(NAMES)).click()
    await expect(board.page.get_by_text(board.words("pins_once"))).to_be_visible()
    pins = board.page.locator("td.pin")
    await expect(pins).to_have_count(len(NAMES))
    await expect(pins.first).to_have_text(re.compile(r"^\d{6}$"))
    assert await _candidates(site) == 2 * len(NAMES)


async def test_the_invigilator_sees_the_room_live(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    invigilator = Staff(await visit())
    await invigilator.log_in("invigilator", f"/staff/rooms/{world.shift}")
    seat = _seat(invigilator, world, 0)
    await expect(seat).to_contain_text(invigilator.words("state_registered"))
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    await clock.show_in(invigilator.visitor.context)
    await expect(seat).to_contain_text(invigilator.words("state_running"))
    await student.choose(0)
    total = len(await record.paper(world.candidates[0]))
    await expect(seat).to_contain_text(f"1/{total}")
    student.visitor.expect_lost_line()
    await student.visitor.context.set_offline(True)
    await clock.show_in(invigilator.visitor.context)
    await skip_time(site, clock, [student.visitor, invigilator.visitor], seconds=40)
    await expect(seat).to_contain_text(re.compile(invigilator.words("problem_line_lost_short", time="")))


async def test_a_command_needs_a_reason_and_is_in_the_log(
    visit: Visit, world: World, site: Site, clock: ExamClock
) -> None:
    invigilator = Staff(await visit())
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    await invigilator.log_in("invigilator", f"/staff/rooms/{world.shift}")
    await _seat(invigilator, world, 0).click()
    await invigilator.act("pause").click()
    dialog = invigilator.page.get_by_role("dialog")
    await expect(dialog).to_contain_text(world.candidates[0].name)
    confirm = dialog.get_by_role("button", name=invigilator.words("command_pause"), exact=True)
    await expect(confirm).to_be_disabled()
    await dialog.get_by_label(invigilator.words("reason")).fill("Máy số 1 bị treo")
    await confirm.click()
    await expect(dialog).to_contain_text(invigilator.words("outcome_applied_one", count=1))
    await dialog.get_by_role("button", name=invigilator.words("done")).click()
    await expect(student.title("paused_title")).to_be_visible()
    await expect(_seat(invigilator, world, 0)).to_contain_text(invigilator.words("state_paused"))

    await invigilator.page.get_by_role("link", name=invigilator.words("room_log")).click()
    row = invigilator.page.locator("tbody tr", has_text=invigilator.words("log_paused")).first
    for shown in ("Máy số 1 bị treo", world.candidates[0].name, "Trần Quang Minh"):
        await expect(row).to_contain_text(shown)


async def test_collecting_scripts_needs_the_word_typed(
    visit: Visit, world: World, site: Site, clock: ExamClock
) -> None:
    invigilator = Staff(await visit())
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    await invigilator.log_in("invigilator", f"/staff/rooms/{world.shift}")
    await _seat(invigilator, world, 0).click()
    await invigilator.act("force_submit").click()
    dialog = invigilator.page.get_by_role("dialog")
    await dialog.get_by_label(invigilator.words("reason")).fill("Thí sinh xin nộp")
    confirm = dialog.get_by_role("button", name=invigilator.words("command_force_submit"), exact=True)
    await expect(confirm).to_be_disabled()
    word = invigilator.words("confirm_word_force_submit")
    await dialog.get_by_label(invigilator.words("confirm_type", word=word)).fill(word)
    await confirm.click()
    await expect(student.title("receipt_title_invigilator")).to_be_visible()


async def test_the_room_page_says_when_the_server_is_gone(visit: Visit, world: World, site: Site) -> None:
    invigilator = Staff(await visit())
    await invigilator.log_in("invigilator", f"/staff/rooms/{world.shift}")
    await expect(_seat(invigilator, world, 0)).to_be_visible()
    invigilator.visitor.expect_lost_line()
    await site.stop()
    lost = invigilator.page.get_by_text(invigilator.words("room_lost_why"))
    await expect(lost).to_be_visible(timeout=15_000)
    await site.start()
    await expect(lost).to_be_hidden(timeout=15_000)


async def test_the_teacher_sees_scores_and_items_of_the_own_class(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    async with classmates(site, record, world.candidates[OWN_CLASS - 8 : OWN_CLASS + 2]) as present:
        await skip_time(site, clock, [], minutes=30)
        for one in present:
            await one.running()
            await one.hand_in()
    commander = Commander(await visit(), world)
    await commander.log_in()
    await commander("end", reason="Hết giờ làm bài")
    teacher = Staff(await visit())
    await teacher.log_in("teacher", f"/staff/results/{world.exam}")
    rows = teacher.page.locator("table tbody tr", has_text=re.compile(r"12A[12]"))
    await expect(rows).to_have_count(OWN_CLASS)
    await expect(rows.filter(has_text="12A2")).to_have_count(0)
    one = world.candidates[OWN_CLASS - 1]
    score = await record.score(await record.answers(one))
    await expect(rows.filter(has_text=one.name)).to_contain_text(f"{score.points:.2f}".replace(".", ","))
    await teacher.page.get_by_role("link", name=teacher.words("results_items")).click()
    await expect(teacher.page.locator("svg[role=img]").first).to_be_visible()
    total = len(await record.paper(one))
    table = teacher.page.get_by_role("table", name=teacher.words("results_items"))
    await expect(table.locator("tbody tr")).to_have_count(total)


async def test_keys_stay_with_the_board_until_nobody_may_sit(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    teacher = Staff(await visit())
    await teacher.log_in("teacher", f"/staff/results/{world.exam}")
    commander = Commander(await visit(), world)
    await commander.log_in()
    async with classmates(site, record, world.candidates[:2]) as present:
        await skip_time(site, clock, [], minutes=30)
        for one in present:
            await one.running()
        await present[0].hand_in()
        assert await _texts_of_items(teacher, world) == {""}
        await commander("end", reason="Hết giờ làm bài")
    assert "" not in await _texts_of_items(teacher, world)


async def test_roles_do_not_open_each_others_pages(visit: Visit, world: World) -> None:
    walls = {
        "teacher": (
            f"/staff/rooms/{world.shift}",
            f"/staff/banks/{world.bank}",
            f"/staff/exams/{world.exam}",
        ),
        "invigilator": (f"/staff/results/{world.exam}", f"/staff/banks/{world.bank}"),
    }
    for username, paths in walls.items():
        staff = Staff(await visit())
        staff.visitor.expect(r"403 GET /api/")
        for path in paths:
            if path == paths[0]:
                await staff.log_in(username, path)
            else:
                await staff.visitor.open(path)
            await expect(staff.page.get_by_text(staff.words("not_allowed"))).to_be_visible()
        reply = await staff.visitor.context.request.get(f"{staff.visitor.url}/api/banks")
        assert reply.status == 403


async def test_an_invigilator_opens_only_the_own_room(visit: Visit, world: World, site: Site) -> None:
    async with site.database.transaction() as connection:
        await connection.execute("DELETE FROM invigilation")
    invigilator = Staff(await visit())
    invigilator.visitor.expect(r"403 GET /api/shifts/\d+/room")
    await invigilator.log_in("invigilator", f"/staff/rooms/{world.shift}")
    await expect(invigilator.page.get_by_role("alert")).to_contain_text(
        text("vi", "errors", "not_your_shift")
    )


async def test_logging_out_ends_the_session(visit: Visit) -> None:
    board = Staff(await visit())
    await board.log_in("board")
    await board.button("log_out").click()
    await expect(board.page.get_by_label(board.words("password"))).to_be_visible()
    reply = await board.visitor.context.request.get(f"{board.visitor.url}/api/me")
    assert reply.status == 401


async def _texts_of_items(teacher: Staff, world: World) -> set[str]:
    """What the server tells a teacher of the paper's questions."""
    reply = await teacher.visitor.context.request.get(f"{teacher.visitor.url}/api/exams/{world.exam}/results")
    return {item["text"] for item in (await reply.json())["items"]}


def _seat(staff: Staff, world: World, place: int) -> Locator:
    return staff.page.locator(f"button.seat[data-sitting='{world.candidates[place].sitting}']")


async def _add_shift(board: Staff) -> None:
    """A second shift, through the form."""
    await board.button("shift_create").click()
    await board.page.get_by_label(board.words("shift_name")).fill("Ca 2")
    await board.page.get_by_label(board.words("column_room")).fill("P102")
    await board.page.get_by_label(board.words("shift_day")).fill("2026-06-27")
    await board.page.get_by_label(board.words("shift_time")).fill("08:00")
    await board.button("shift_create").click()
    await expect(board.page.get_by_text(board.words("candidates_empty"))).to_be_visible()


async def _candidates(site: Site) -> int:
    async with site.database.connection() as connection:
        rows = await connection.fetch("SELECT id FROM sitting")
    return len(rows)
