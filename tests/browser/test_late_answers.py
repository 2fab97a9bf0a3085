"""What came too late does not count, and the student is told just what, and that the rest does."""

from playwright.async_api import expect

from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.record import Record
from tests.browser.site import Site
from tests.browser.staff import Commander
from tests.browser.student import Student, opened_paper, skip_time
from tests.browser.visitor import serious_findings
from tests.browser.world import World

COME_BACK_MS = 20_000
"""Within this a page whose line is back has its receipt."""


async def _cut_with_two_unsent(student: Student) -> None:
    """One answer saved, one changed and one given without a line."""
    student.visitor.expect_lost_line()
    await student.choose(1)
    await student.expect_saved(1)
    await student.visitor.context.set_offline(True)
    await student.choose(2)
    await student.go_to(2)
    await student.choose(0)
    await expect(student.page.get_by_text(student.words("saved", saved=0, answered=2))).to_be_visible()


def _questions(student: Student) -> str:
    part = student.words("part", number="I")
    return "; ".join(student.words("question_in_part", number=number, part=part) for number in (1, 3))


async def test_answers_that_come_after_the_end_are_named_on_the_receipt(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), candidate, site, clock)
    paper = await record.paper(candidate)
    await _cut_with_two_unsent(student)
    await skip_time(site, clock, [student.visitor], minutes=91)
    await expect(student.note("time_over_offline")).to_be_visible()
    await student.visitor.context.set_offline(False)
    await expect(student.title("receipt_title_server")).to_be_visible(timeout=COME_BACK_MS)
    told = student.page.get_by_role("status").filter(has_text=student.words("receipt_kept"))
    await expect(told).to_contain_text(student.words("receipt_late", questions=_questions(student)))
    assert await record.answers(candidate) == {paper[0].id: paper[0].choices[1]}
    assert await serious_findings(student.page) == []


async def test_answers_that_come_after_the_script_was_collected_are_named_too(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    invigilator = Commander(await visit(), world)
    await invigilator.log_in()
    student = await opened_paper(await visit(), candidate, site, clock)
    await _cut_with_two_unsent(student)
    await invigilator("force_submit", reason="Vi phạm quy chế", sittings=[candidate.sitting])
    await student.visitor.context.set_offline(False)
    await expect(student.title("receipt_title_invigilator")).to_be_visible(timeout=COME_BACK_MS)
    told = student.words("receipt_collected", questions=_questions(student))
    await expect(student.page.get_by_text(told)).to_be_visible()


async def test_a_receipt_with_nothing_late_says_nothing_of_it(
    visit: Visit, world: World, site: Site, clock: ExamClock
) -> None:
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    await student.choose(0)
    await student.submit()
    await expect(student.title("receipt_title")).to_be_visible()
    await expect(student.page.get_by_text(student.words("receipt_kept"))).to_have_count(0)
