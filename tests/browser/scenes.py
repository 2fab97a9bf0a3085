"""Every page in every important state, one after another: for pictures and for the accessibility check.

A tour is one role's way through an exam day. It calls ``show(page, name)`` at each scene.
"""

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack

from playwright.async_api import FilePayload, expect

from item_bank.kinds.short_answer import ShortAnswer
from item_bank.kinds.true_false import TrueFalse
from tests.browser.classmates import Classmate, classmates
from tests.browser.crowds import TOLD_MS, crowd_at_the_entrance, crowd_at_the_login
from tests.browser.measurement_scenes import measurement
from tests.browser.papers import contradicting_paper
from tests.browser.record import Shown
from tests.browser.room_tests import pretend_room_tests
from tests.browser.roster_files import NAMES, clean_roster, roster_with_bad_rows
from tests.browser.server_minutes import HOST, forget_minutes, pretend_minutes
from tests.browser.staff import Commander, Staff
from tests.browser.student import Student, skip_time
from tests.browser.tour import Tour

SITTER = 7
"""The candidate whose pages are shown; the others of the class are simulated."""


async def whole_day(tour: Tour) -> None:
    """All tours in the order of the day: queues, board, waiting room, room, student, results, measurement."""
    await queues(tour)
    await _lab(tour)
    await _board(tour)
    await _window(tour)
    async with AsyncExitStack() as stack:
        others = [one for place, one in enumerate(tour.world.candidates[:-1]) if place != SITTER]
        present = await stack.enter_async_context(classmates(tour.site, tour.record, others))
        student = await _waiting_room(tour)
        invigilator = await tour.staff("invigilator", "/staff/rooms")
        await tour.show(invigilator.page, "room_list")
        await invigilator.visitor.open(f"/staff/rooms/{tour.world.shift}")
        await tour.show(invigilator.page, "room_before_the_bell")
        await skip_time(tour.site, tour.clock, [student.visitor, invigilator.visitor], minutes=30)
        for place, one in enumerate(present):
            await one.running()
            await one.answer(place % 14)
        await _paper(tour, student)
        await _room(tour, student, invigilator, present)
        await _end(tour, student)
        for one in present[:-2]:
            if one.student.receipt is None:
                await one.hand_in()
        await student.visitor.context.close()
        await _results_before_the_end(tour)
        await Commander(invigilator.visitor, tour.world)("end", reason="Hết giờ làm bài")
        await invigilator.visitor.context.close()
    await _results(tour)
    await measurement(tour)


async def queues(tour: Tour) -> None:
    """A student in the crowd: at the login, on the way in, and on the way back."""
    student = Student(await tour.window(), tour.language)
    latecomer, neighbour = tour.world.candidates[-1], tour.world.candidates[-2]
    async with crowd_at_the_login(tour.site, 36):
        await student.log_in(latecomer)
        await expect(student.title("queue_title")).to_be_visible()
        await tour.show(student.page, "student_login_queue")
    await tour.site.stop()
    await tour.site.start()
    async with crowd_at_the_entrance(tour.site, neighbour):
        await student.log_in(latecomer)
        await expect(student.page.locator(".queue-number")).to_be_visible(timeout=TOLD_MS)
        await tour.show(student.page, "student_queue")
    await student.expect_waiting()
    async with crowd_at_the_entrance(tour.site, neighbour):
        await student.visitor.context.set_offline(True)
        await student.visitor.context.set_offline(False)
        place = student.page.locator(".countdown").get_by_role("status")
        await expect(place).to_be_visible(timeout=TOLD_MS)
        await tour.show(student.page, "student_waiting_queue")
    await student.visitor.context.close()


async def _waiting_room(tour: Tour) -> Student:
    student = Student(await tour.window(), tour.language)
    candidate = tour.world.candidates[SITTER]
    await student.visitor.open("/")
    await expect(student.title("login_title")).to_be_visible()
    await tour.show(student.page, "student_login")
    await student.log_in(candidate, pin="000000")
    await expect(student.page.get_by_role("alert")).to_be_visible()
    await tour.show(student.page, "student_login_wrong")
    await student.log_in(candidate)
    await student.expect_waiting()
    await expect(student.page.get_by_text(student.words("check_clock_ok"))).to_be_visible()
    await tour.show(student.page, "student_waiting")
    return student


async def _paper(tour: Tour, student: Student) -> None:
    await student.expect_paper()
    await tour.show(student.page, "student_first_question")
    paper = await tour.record.paper(tour.world.candidates[SITTER])
    await student.choose(1)
    await student.button("flag_on").click()
    for place in (1, 2, 4):
        await student.go_to(place)
        await student.choose(place % 4)
    await tour.show(student.page, "student_choice")
    await student.go_to(_place_of(paper, TrueFalse))
    for row, value in ((0, 0), (1, 1), (2, 0)):
        await student.page.locator(".statements tbody tr").nth(row).locator(".value").nth(value).click()
    await tour.show(student.page, "student_true_false")
    await student.go_to(_place_of(paper, ShortAnswer))
    await student.page.locator(".boxes-input").fill("-1,5")
    await tour.show(student.page, "student_short_answer")
    await _picture(tour, student, paper)
    await _displays(tour, student)
    await student.rail.get_by_role("button", name=student.words("review"), exact=True).click()
    await expect(student.title("review_title")).to_be_visible()
    await tour.show(student.page, "student_review")
    await student.button("submit").click()
    await tour.show(student.page, "student_submit_asked")
    await student.button("submit_cancel").click()
    await student.button("review_return").click()


async def _picture(tour: Tour, student: Student, paper: Sequence[Shown]) -> None:
    for place in range(len(paper)):
        await student.go_to(place)
        if await student.page.locator("article.question img").count() > 0:
            await tour.show(student.page, "student_picture")
            zoom = student.page.locator("article.question button:has(img)")
            if await zoom.count() > 0:
                await zoom.first.click()
                await tour.show(student.page, "student_picture_zoomed")
                await student.page.keyboard.press("Escape")
            return


async def _displays(tour: Tour, student: Student) -> None:
    await _open_display(student)
    await tour.show(student.page, "student_display")
    for theme in ("dark", "contrast"):
        await student.page.locator(f"input[name=display-theme] >> nth={1 if theme == 'dark' else 2}").check(
            force=True
        )
        await _close_dialog(student)
        await tour.show(student.page, f"student_{theme}")
        await _open_display(student)
    await student.page.locator("input[name=display-theme] >> nth=0").check(force=True)
    await student.page.locator("input[name=display-size] >> nth=2").check(force=True)
    await _close_dialog(student)
    await tour.show(student.page, "student_huge")
    await _open_display(student)
    await student.page.locator("input[name=display-size] >> nth=0").check(force=True)
    await student.page.locator("input[name=display-mode] >> nth=1").check(force=True)
    await _close_dialog(student)
    await tour.show(student.page, "student_all_on_one_page")
    await _open_display(student)
    await student.page.locator("input[name=display-mode] >> nth=0").check(force=True)
    await _close_dialog(student)
    await student.page.keyboard.press("?")
    await expect(student.page.get_by_role("dialog")).to_be_visible()
    await tour.show(student.page, "student_keys")
    await _close_dialog(student)


async def _open_display(student: Student) -> None:
    """Open the panel, and wait for it: its inputs lie under their labels, so that ``check`` must not wait for
    them."""
    await student.page.get_by_role("button", name=student.words("display")).click()
    await expect(student.page.locator("dialog[open]")).to_be_visible()


async def _close_dialog(student: Student) -> None:
    """Close it, and wait until the page knows: until then its keys are the dialog's."""
    await student.page.keyboard.press("Escape")
    await expect(student.page.locator("dialog .dialog-head")).to_have_count(0)


async def _room(tour: Tour, student: Student, invigilator: Staff, present: list[Classmate]) -> None:
    commander = Commander(invigilator.visitor, tour.world)
    candidates = tour.world.candidates
    await student.visitor.context.set_offline(True)
    await student.go_to(9)
    await student.choose(0)
    await expect(student.note("offline_strip")).to_be_visible()
    await expect(student.page.locator(".chip-waiting", has_text="/6")).to_be_visible()
    await tour.show(student.page, "student_without_a_line")
    present[3].student.lose_line()
    await commander("pause", reason="Máy tính bị treo", sittings=[candidates[4].sitting])
    await commander("add_time", reason="Sự cố máy tính", sittings=[candidates[5].sitting], minutes=5)
    for one in present[10:13]:
        await one.hand_in()
    await skip_time(tour.site, tour.clock, [student.visitor, invigilator.visitor], seconds=50)
    cut = invigilator.page.locator(f"[data-sitting='{candidates[SITTER].sitting}']")
    await expect(cut).to_have_class(re.compile("seat-(urgent|notice)"))
    await tour.show(invigilator.page, "room_live")
    await invigilator.page.locator(f"[data-sitting='{candidates[2].sitting}']").click()
    await tour.show(invigilator.page, "room_one_chosen")
    await invigilator.act("add_time").click()
    await tour.show(invigilator.page, "room_command")
    await invigilator.page.keyboard.press("Escape")
    await invigilator.act("force_submit").click()
    await tour.show(invigilator.page, "room_danger")
    await invigilator.page.keyboard.press("Escape")
    await invigilator.visitor.open(f"/staff/rooms/{tour.world.shift}/log")
    await expect(invigilator.page.locator("tbody tr").first).to_be_visible()
    await tour.show(invigilator.page, "room_log")
    await student.visitor.context.set_offline(False)
    await commander("message", message="Câu 3: đọc là “đồ thị (C)”.", reason="Đính chính đề")
    await expect(student.page.get_by_text("đồ thị (C)")).to_be_visible(timeout=20_000)
    await tour.show(student.page, "student_message")
    await commander("pause", reason="Mất điện phòng máy", sittings=[candidates[SITTER].sitting])
    await expect(student.title("paused_title")).to_be_visible()
    await tour.show(student.page, "student_paused")
    await commander("resume", reason="Đã có điện", sittings=[candidates[at].sitting for at in (4, SITTER)])
    await student.expect_paper()


async def _end(tour: Tour, student: Student) -> None:
    other = Student(await tour.window(), tour.language)
    await other.log_in(tour.world.candidates[SITTER])
    await other.expect_paper()
    await expect(student.title("superseded_title")).to_be_visible(timeout=20_000)
    await tour.show(student.page, "student_superseded")
    await other.visitor.context.close()
    await student.button("superseded_continue").click()
    await student.expect_paper()
    for left_s, name in ((240, "amber"), (50, "red")):
        shown_s = await student.seconds_left()
        await skip_time(tour.site, tour.clock, [student.visitor], seconds=shown_s - left_s)
        await expect(student.page.locator(f".timer-{name}")).to_be_visible()
        await tour.show(student.page, f"student_{name}")
    await student.submit()
    await expect(student.title("receipt_title")).to_be_visible(timeout=20_000)
    await tour.show(student.page, "student_receipt")


async def _lab(tour: Tour) -> None:
    visitor = await tour.window()
    await visitor.open("/check")
    await expect(visitor.page.locator(".lab-code")).to_be_visible()
    await tour.show(visitor.page, "lab_check")
    await visitor.open("/room-test")
    await expect(visitor.page.get_by_role("button").last).to_be_visible()
    await tour.show(visitor.page, "lab_room_test")
    await visitor.context.close()


async def _board(tour: Tour) -> None:
    world = tour.world
    visitor = await tour.window()
    await visitor.open("/staff")
    await expect(visitor.page.get_by_role("button").first).to_be_visible()
    await tour.show(visitor.page, "staff_login")
    await visitor.context.close()
    board = await tour.staff("board", "/staff/banks")
    page = board.page
    await expect(page.locator("tbody tr").first).to_be_visible()
    await tour.show(page, "board_banks")
    await board.visitor.open(f"/staff/banks/{world.bank}")
    await expect(page.locator("tbody tr").first).to_be_visible()
    await tour.show(page, "board_items")
    for place, name in ((0, "choice"), (13, "true_false"), (17, "short_answer")):
        rows = page.locator(".row-open")
        await rows.nth(min(place, await rows.count() - 1)).click()
        await expect(page.locator(".item-card")).to_be_visible()
        await tour.show(page, f"board_item_{name}")
    await board.visitor.open(f"/staff/banks/{world.bank}/import")
    await expect(page.locator("input[type=file]")).to_be_attached()
    await tour.show(page, "board_import")
    await page.locator("input[type=file]").set_input_files(
        FilePayload(name="de_thi_thu.docx", mimeType="application/zip", buffer=contradicting_paper())
    )
    await expect(page.locator(".review-no_key")).to_be_visible()
    await tour.show(page, "board_import_review")
    await board.visitor.open("/staff/exams")
    await expect(page.locator("tbody tr").first).to_be_visible()
    await tour.show(page, "board_exams")
    await board.visitor.open(f"/staff/exams/new?bank={world.bank}")
    await expect(page.get_by_label(board.words("exam_title"))).to_be_visible()
    await tour.show(page, "board_new_exam")
    await board.visitor.open(f"/staff/exams/{world.exam}")
    await expect(page.locator("tbody tr").first).to_be_visible()
    await tour.show(page, "board_exam")
    await board.visitor.open(f"/staff/exams/{world.practice}/shifts/new")
    await expect(page.get_by_label(board.words("shift_name"))).to_be_visible()
    await tour.show(page, "board_new_shift")
    await _rosters(tour, board)
    await board.visitor.context.close()


async def _rosters(tour: Tour, board: Staff) -> None:
    page = board.page
    await page.get_by_label(board.words("shift_name")).fill(f"Ca 2 {tour.language}{tour.viewport['width']}")
    await page.get_by_label(board.words("column_room")).fill("P102")
    await page.get_by_label(board.words("shift_day")).fill("2026-06-27")
    await board.button("shift_create").click()
    await expect(page.get_by_text(board.words("candidates_empty"))).to_be_visible()
    await tour.show(page, "board_roster_empty")
    picker = page.locator("input[type=file]")
    await picker.set_input_files(
        FilePayload(name="12A1.csv", mimeType="text/csv", buffer=roster_with_bad_rows())
    )
    await expect(page.locator(".roster-problems li").first).to_be_visible()
    await tour.show(page, "board_roster_faulty")
    await picker.set_input_files(
        FilePayload(name="12A1.csv", mimeType="text/csv", buffer=clean_roster("14", "12A3", "12A4"))
    )
    await expect(board.button("roster_store", count=len(NAMES))).to_be_visible()
    await tour.show(page, "board_roster_clean")
    await board.button("roster_store", count=len(NAMES)).click()
    await expect(page.locator("td.pin").first).to_be_visible()
    await tour.show(page, "board_pins")
    await board.button("pins_copy").click()
    await board.visitor.open(page.url.removeprefix(board.visitor.url))
    await expect(page.locator("tbody tr").first).to_be_visible()
    await tour.show(page, "board_roster")


async def _window(tour: Tour) -> None:
    database = tour.site.database
    await pretend_minutes(database)
    board = await tour.staff("board", "/staff/window")
    await expect(board.page.locator("figure.time-plot")).to_have_count(7)
    await expect(board.page.get_by_text(board.words("window_all_well"))).to_be_visible()
    await tour.show(board.page, "board_window")
    await pretend_minutes(database, troubled=True)
    await board.visitor.open("/staff/window")
    await expect(board.page.locator("tr.worker.worker-lost")).to_contain_text(HOST)
    await tour.show(board.page, "board_window_trouble")
    await board.visitor.open(f"/staff/rooms/{tour.world.shift}")
    await expect(board.page.get_by_role("alert")).to_be_visible()
    await tour.show(board.page, "room_alarm")
    await forget_minutes(database)
    await _room_tests(tour, board)
    await board.visitor.context.close()


async def _room_tests(tour: Tour, board: Staff) -> None:
    await board.visitor.open("/staff/window/room-tests")
    await expect(board.page.get_by_text(board.words("room_tests_empty"))).to_be_visible()
    await tour.show(board.page, "board_room_tests_empty")
    await pretend_room_tests(tour.site.database, tour.clock.now())
    await board.page.get_by_label(board.words("column_room")).fill("Phòng máy 6")
    await board.button("room_test_make").click()
    await expect(board.page.locator(".room-test-code")).to_be_visible()
    await expect(board.page.get_by_role("rowgroup").last.get_by_role("row")).to_have_count(6)
    await tour.show(board.page, "board_room_tests")


async def _results_before_the_end(tour: Tour) -> None:
    teacher = await tour.staff("teacher", f"/staff/results/{tour.world.exam}/items")
    await expect(teacher.page.get_by_role("table").last).to_be_visible()
    await tour.show(teacher.page, "teacher_items_withheld")
    await teacher.visitor.context.close()


async def _results(tour: Tour) -> None:
    teacher = await tour.staff("teacher", "/staff/results")
    page = teacher.page
    await expect(page.locator("tbody tr").first).to_be_visible()
    await tour.show(page, "teacher_exams")
    await teacher.visitor.open(f"/staff/results/{tour.world.exam}")
    await expect(page.locator("svg[role=img]").first).to_be_visible()
    await tour.show(page, "teacher_results")
    await teacher.visitor.open(f"/staff/results/{tour.world.exam}/items")
    await expect(page.locator("svg[role=img]").first).to_be_visible()
    await tour.show(page, "teacher_items")
    for place, name in ((2, "choice"), (13, "true_false"), (18, "short_answer")):
        await teacher.visitor.open(f"/staff/results/{tour.world.exam}/items")
        table = page.get_by_role("table", name=teacher.words("results_items"))
        links = table.locator("tbody a")
        await expect(links.first).to_be_visible()
        await links.nth(min(place, await links.count() - 1)).click()
        await expect(page.locator(".item").first).to_be_visible()
        await tour.show(page, f"teacher_item_{name}")
    await teacher.visitor.open("/staff/nothing-here")
    await tour.show(page, "staff_missing")
    await teacher.visitor.context.close()


def _place_of(paper: Sequence[Shown], kind: type) -> int:
    return next(place for place, shown in enumerate(paper) if isinstance(shown.content, kind))
