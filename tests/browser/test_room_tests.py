"""The board makes codes for room tests on a page, and finds there what the tests said."""

from playwright.async_api import expect

from exam_server.catalogue import text
from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.room_tests import STUDENTS, pretend_room_tests
from tests.browser.site import Site
from tests.browser.staff import Staff
from tests.browser.visitor import serious_findings


async def test_the_board_makes_a_code_for_a_room(visit: Visit, site: Site) -> None:
    board = Staff(await visit())
    await board.log_in("board", "/staff/window")
    await board.page.get_by_role("link", name=board.words("room_tests"), exact=True).click()
    await expect(board.page.get_by_role("heading", level=1)).to_have_text(board.words("room_tests"))
    await expect(board.page.get_by_text(board.words("room_tests_empty"))).to_be_visible()
    await expect(board.button("room_test_make")).to_be_disabled()
    await board.page.get_by_label(board.words("column_room")).fill("Phòng máy 1")
    await board.button("room_test_make").click()
    code = await board.page.locator(".room-test-code").inner_text()
    row = board.page.get_by_role("row").filter(has_text="Phòng máy 1")
    await expect(row).to_contain_text(board.words("room_test_unused", until="").strip())
    assert await serious_findings(board.page) == []
    # The morning's exam is near, but only who knows a code learns of that.
    for asked, answer in ((code, "exam_is_near"), ("ABCD-EFGH", "no_such_rehearsal")):
        entry = {"code": asked, "students": 2, "minutes": 1}
        reply = await board.visitor.context.request.post(f"{site.url}/api/rehearsal", data=entry)
        assert (await reply.json())["code"] == answer


async def test_verdicts_are_listed_with_their_reasons(visit: Visit, site: Site, clock: ExamClock) -> None:
    await pretend_room_tests(site.database, clock.now())
    board = Staff(await visit(language="en"), "en")
    await board.log_in("board", "/staff/window/room-tests")
    rows = {room: board.page.get_by_role("row").filter(has_text=f"Phòng máy {room}") for room in range(1, 6)}
    await expect(rows[1]).to_contain_text(text("en", "lab", "room_go"))
    bad = text("en", "lab", "room_paper_measured", measured=47)
    need = board.words("room_test_need", need=text("en", "lab", "room_paper_need", bound=STUDENTS))
    await expect(rows[2]).to_contain_text(text("en", "lab", "room_no_go"))
    await expect(rows[2]).to_contain_text(f"{bad} {need}")
    await expect(rows[2]).to_contain_text(text("en", "lab", "room_paper_fail"))
    await expect(rows[3]).to_contain_text(board.words("room_test_broken_off"))
    await expect(rows[4]).to_contain_text(board.words("room_test_expired"))
    await expect(rows[5]).to_contain_text(board.words("room_test_unused", until="").strip())
    assert await serious_findings(board.page) == []


async def test_an_invigilator_has_no_room_tests(visit: Visit) -> None:
    invigilator = Staff(await visit())
    await invigilator.log_in("invigilator", "/staff/window/room-tests")
    await expect(invigilator.page.get_by_text(invigilator.words("not_allowed"))).to_be_visible()
