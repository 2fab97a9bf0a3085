"""A student sits the paper, from the login to the receipt."""

from playwright.async_api import expect

from exam_server.catalogue import text
from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.student import Student, skip_time
from tests.browser.world import World


async def test_a_wrong_pin_gets_a_clear_message(visit: Visit, world: World) -> None:
    student = Student(await visit())
    student.visitor.expect(r"401 POST /api/candidate/login")
    await student.log_in(world.candidates[0], pin="000000")
    await expect(student.page.get_by_role("alert")).to_contain_text(
        text("vi", "errors", "wrong_number_or_pin")
    )
    await student.log_in(world.candidates[0])
    await student.expect_waiting()


async def test_the_bell_opens_the_paper(visit: Visit, world: World, site: Site, clock: ExamClock) -> None:
    student = Student(await visit())
    await student.log_in(world.candidates[0])
    await student.expect_waiting()
    await skip_time(site, clock, [student.visitor], minutes=30)
    await student.expect_paper()
