"""Where no socket can be held, the student sits by POST and notices nothing; and goes back when one can."""

import pytest
from playwright.async_api import expect

from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.record import Record
from tests.browser.site import Site
from tests.browser.student import Student, opened_paper, skip_time
from tests.browser.visitor import Visitor
from tests.browser.world import World

FOUND_MS = 30_000
"""Within this a page has found the line that works."""

PROBED_MS = 70_000
"""Within this a page on the backup line has tried a socket again."""


def _expect_no_sockets(visitor: Visitor) -> None:
    visitor.expect(r"WebSocket connection to .* failed")


async def _expect_line(student: Student, key: str, timeout_ms: int = FOUND_MS) -> None:
    """The connection's detail names the line."""
    chip = student.page.locator(f".chip[title='{student.words(key)}']")
    await expect(chip).to_be_visible(timeout=timeout_ms)


async def test_a_student_behind_a_proxy_without_sockets_sits_the_whole_exam(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    site.lets_sockets_through = False
    student = Student(await visit())
    _expect_no_sockets(student.visitor)
    await student.log_in(candidate)
    await student.expect_waiting()
    await expect(student.page.get_by_text(student.words("check_clock_ok"))).to_be_visible()
    await skip_time(site, clock, [student.visitor], minutes=30)
    await student.expect_paper()
    await _expect_line(student, "link_backup")
    paper = await record.paper(candidate)
    for place in range(5):
        await student.go_to(place)
        await student.choose(place % 4)
    await student.expect_saved(5)
    await expect(student.page.locator(".strip")).to_have_count(0)

    await student.page.reload()
    await student.expect_paper()
    await student.expect_saved(5)
    await _expect_line(student, "link_backup")
    await student.submit()
    await expect(student.title("receipt_title")).to_be_visible()
    expected = {paper[place].id: paper[place].choices[place % 4] for place in range(5)}
    assert await record.answers(candidate) == expected
    events = await record.events(candidate)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


@pytest.mark.slow
async def test_sockets_that_fail_during_the_exam_and_work_again(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), candidate, site, clock)
    _expect_no_sockets(student.visitor)
    student.visitor.expect_lost_line()
    await student.choose(0)
    await student.expect_saved(1)
    await _expect_line(student, "link_main")

    site.lets_sockets_through = False
    await student.visitor.context.set_offline(True)
    await student.go_to(1)
    await student.choose(1)
    await student.visitor.context.set_offline(False)
    await _expect_line(student, "link_backup")
    await student.expect_saved(2)

    site.lets_sockets_through = True
    await student.go_to(2)
    await student.choose(2)
    await _expect_line(student, "link_main", PROBED_MS)
    await student.go_to(3)
    await student.choose(3)
    await student.expect_saved(4)
    paper = await record.paper(candidate)
    assert await record.answers(candidate) == {paper[at].id: paper[at].choices[at] for at in range(4)}
    events = await record.events(candidate)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert (await record.sitting(candidate)).sitting.state.value == "running"
