"""The line drops, the server restarts, the page is reloaded: the student goes on, nothing is lost."""

import re

from playwright.async_api import expect

from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.record import Record
from tests.browser.site import Site
from tests.browser.student import Student, opened_paper, words
from tests.browser.world import World

RECONNECTED_MS = 20_000

# Two answers and a visit, and the first visit when it was not acknowledged before the line was cut.
KEPT = re.compile(re.escape(words("connecting_kept", count="N")).replace("N", "[34]"))


async def test_a_pulled_cable_loses_nothing(
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
    for place in (1, 2):
        await student.go_to(place)
        await student.choose(place)
        await expect(
            student.page.get_by_text(student.words("saved", saved=1, answered=place + 1))
        ).to_be_visible()
    assert await record.answers(candidate) == {paper[0].id: paper[0].choices[0]}

    await student.visitor.context.set_offline(False)
    await expect(student.note("offline_strip")).to_be_hidden()
    await student.expect_saved(3)
    await _expect_journal(record, world, {paper[place].id: paper[place].choices[place] for place in range(3)})


async def test_a_reload_while_the_socket_is_refused_keeps_the_answers(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), candidate, site, clock)
    student.visitor.expect_lost_line()
    student.visitor.expect(r"WebSocket connection")
    paper = await record.paper(candidate)
    site.lets_sockets_through = site.lets_posts_through = False
    student.visitor.expect("502 POST /api/sitting/line")
    await student.visitor.context.set_offline(True)
    await student.visitor.context.set_offline(False)
    await student.choose(3)
    await student.go_to(1)
    await student.choose(0)
    await expect(student.page.get_by_text(student.words("saved", saved=0, answered=2))).to_be_visible()

    await student.page.reload()
    await expect(student.page.get_by_text(KEPT)).to_be_visible()
    assert await record.answers(candidate) == {}
    site.lets_sockets_through = site.lets_posts_through = True
    await expect(student.rail).to_be_visible(timeout=RECONNECTED_MS)
    await student.expect_saved(2)
    assert await student.item() == paper[1].id
    await _expect_journal(record, world, {paper[0].id: paper[0].choices[3], paper[1].id: paper[1].choices[0]})


async def test_a_server_restart_is_survived_without_a_reload(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), candidate, site, clock)
    student.visitor.expect_lost_line()
    paper = await record.paper(candidate)
    await student.choose(0)
    await site.stop()
    await expect(student.note("offline_strip")).to_be_visible()
    await student.go_to(1)
    await student.choose(1)
    await site.start()
    await expect(student.note("offline_strip")).to_be_hidden(timeout=RECONNECTED_MS)
    await student.expect_saved(2)
    await _expect_journal(record, world, {paper[place].id: paper[place].choices[place] for place in range(2)})


async def test_handing_in_without_a_line_waits_for_it(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), candidate, site, clock)
    student.visitor.expect_lost_line()
    await student.visitor.context.set_offline(True)
    await student.choose(2)
    await student.submit()
    await expect(student.page.get_by_text(student.words("submitting_offline"))).to_be_visible()
    await student.visitor.context.set_offline(False)
    await expect(student.title("receipt_title")).to_be_visible(timeout=RECONNECTED_MS)
    paper = await record.paper(candidate)
    await _expect_journal(record, world, {paper[0].id: paper[0].choices[2]})


async def test_a_paper_can_be_fetched_late(visit: Visit, world: World, site: Site, clock: ExamClock) -> None:
    """The student comes after the bell: paper and key in one go."""
    clock.advance(minutes=40)
    await site.tick()
    student = Student(await visit())
    await student.log_in(world.candidates[5])
    await student.expect_paper()
    assert 89 * 60 < await student.seconds_left() <= 90 * 60


async def _expect_journal(record: Record, world: World, answers: dict[int, str]) -> None:
    """Just these answers, and every event once, in order."""
    events = await record.events(world.candidates[0])
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert len({(type(event), getattr(event, "item", None), event.at_ms) for event in events}) == len(events)
    assert await record.answers(world.candidates[0]) == answers
