"""Everyone comes at once: the login and the way back have a queue, and the student sees the place in it."""

from playwright.async_api import expect

from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.crowds import TOLD_MS, crowd_at_the_entrance, crowd_at_the_login
from tests.browser.record import Record
from tests.browser.site import Site
from tests.browser.student import Student, opened_paper
from tests.browser.visitor import serious_findings
from tests.browser.world import World

IN_FRONT = 36


async def test_a_crowd_at_the_login_waits_with_a_place_and_gets_in_by_itself(
    visit: Visit, world: World, site: Site
) -> None:
    student = Student(await visit())
    student.visitor.expect("503 POST /api/candidate/login")
    async with crowd_at_the_login(site, 2):
        await student.log_in(world.candidates[0])
        await expect(student.title("queue_title")).to_be_visible()
        await expect(student.page.locator(".queue-number")).to_have_text("3")
        await expect(student.page.get_by_role("status")).to_have_text(
            student.words("queue_place", position=3)
        )
        assert await serious_findings(student.page) == []
    await student.expect_waiting()


async def test_who_stops_waiting_finds_the_form_as_it_was(visit: Visit, world: World, site: Site) -> None:
    student = Student(await visit())
    student.visitor.expect("503 POST /api/candidate/login")
    tries: list[int] = []
    student.page.on(
        "response", lambda reply: tries.append(reply.status) if reply.url.endswith("/login") else None
    )
    async with crowd_at_the_login(site, IN_FRONT):
        await student.log_in(world.candidates[0])
        await expect(student.page.locator(".queue-number")).to_have_text(str(IN_FRONT + 1))
        await student.button("queue_stop").click()
        number = student.page.get_by_label(student.words("login_number"), exact=True)
        await expect(number).to_have_value(world.candidates[0].number)
    await student.button("login_button").click()
    await student.expect_waiting()
    assert tries == [503, 200]


async def test_a_student_on_the_way_back_sees_the_place_and_goes_on(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), candidate, site, clock)
    student.visitor.expect_lost_line()
    paper = await record.paper(candidate)
    await student.choose(0)
    await student.expect_saved(1)
    await student.visitor.context.set_offline(True)
    await expect(student.note("offline_strip")).to_be_visible()
    async with crowd_at_the_entrance(site, world.candidates[1]) as behind:
        await student.visitor.context.set_offline(False)
        await expect(student.note("queue_strip", position=behind).first).to_be_visible(timeout=TOLD_MS)
        await student.go_to(1)
        await student.choose(1)
        await expect(student.page.get_by_text(student.words("saved", saved=1, answered=2))).to_be_visible()
    await student.expect_saved(2)
    await expect(student.page.locator(".strip")).to_have_count(0)
    assert await record.answers(candidate) == {paper[at].id: paper[at].choices[at] for at in range(2)}
