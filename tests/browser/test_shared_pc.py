"""The room's PCs are old and shared: a failing disk keeps nobody out, a page left open harms nobody."""

import pytest
from playwright.async_api import expect

from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.record import Record
from tests.browser.site import Site
from tests.browser.student import Student, skip_time
from tests.browser.world import World

NO_STORE = "Object.defineProperty(window, 'indexedDB', { value: undefined })"
FULL_DISK = """
IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
"""


@pytest.mark.parametrize("failing", [NO_STORE, FULL_DISK])
async def test_a_disk_that_keeps_nothing_is_told_and_the_paper_opens(
    visit: Visit, world: World, site: Site, clock: ExamClock, failing: str
) -> None:
    student = Student(await visit())
    student.visitor.expect("kept on this PC")
    await student.visitor.context.add_init_script(failing)
    await student.log_in(world.candidates[0])
    await student.expect_waiting()
    await expect(student.page.get_by_text(student.words("check_storage_bad"))).to_be_visible()
    await skip_time(site, clock, [student.visitor], minutes=30)
    await student.expect_paper()
    await expect(student.note("storage_strip")).to_be_visible()
    await student.choose(0)
    await student.expect_saved(1)


async def test_a_page_left_open_does_not_speak_for_the_next_candidate(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    former, following = world.candidates[:2]
    student = Student(await visit())
    student.visitor.expect_lost_line()
    await student.log_in(former)
    await student.expect_waiting()
    await skip_time(site, clock, [student.visitor], minutes=30)
    await student.expect_paper()
    login = {"number": following.number, "pin": following.pin}
    await student.visitor.context.request.post(f"{student.visitor.url}/api/candidate/login", data=login)

    await student.visitor.context.set_offline(True)
    await student.choose(0)
    await student.visitor.context.set_offline(False)
    await expect(student.page.get_by_text(student.words("login_again"))).to_be_visible(timeout=20_000)
    assert await record.events(following) == []
    assert await record.answers(former) == {}

    await student.page.get_by_label(student.words("login_number"), exact=True).fill(former.number)
    await student.page.get_by_label(student.words("login_pin"), exact=True).fill(former.pin)
    await student.button("login_button").click()
    await student.expect_saved(1)
