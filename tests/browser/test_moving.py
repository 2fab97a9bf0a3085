"""Reload, another tab, another PC: the sitting goes where the student goes."""

import re

from playwright.async_api import expect

from exam_server.protocol.sitting import Answer
from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.record import Record
from tests.browser.site import Site
from tests.browser.student import Student, opened_paper, words
from tests.browser.world import World

# How many depends on whether the first visit was acknowledged before the line was cut.
UNSAVED = re.compile(re.escape(words("superseded_unsaved", count="N")).replace("N", r"[12]"))


async def test_a_reload_returns_to_the_same_question(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    await student.choose(1)
    await student.go_to(2)
    await student.choose(2)
    await student.button("flag_on").click()
    await student.expect_saved(2)
    item = await student.item()
    await student.page.reload()
    await student.expect_paper()
    assert await student.item() == item
    await expect(student.page.locator(".option input").nth(2)).to_be_checked()
    await expect(student.button("flag_off")).to_be_visible()
    await student.expect_saved(2)


async def test_another_pc_takes_over_and_the_old_tab_says_so(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    old = await opened_paper(await visit(), candidate, site, clock)
    await old.choose(0)
    await old.expect_saved(1)

    new = Student(await visit())
    await new.log_in(candidate)
    await new.expect_paper()
    await new.expect_saved(1)
    await expect(old.title("superseded_title")).to_be_visible()
    await expect(old.rail).to_be_hidden()
    await new.go_to(1)
    await new.choose(1)
    await new.expect_saved(2)

    await old.button("superseded_continue").click()
    await old.expect_paper()
    await old.expect_saved(2)
    await expect(new.title("superseded_title")).to_be_visible()
    paper = await record.paper(candidate)
    assert await record.answers(candidate) == {
        paper[0].id: paper[0].choices[0],
        paper[1].id: paper[1].choices[1],
    }


async def test_what_the_old_pc_still_held_becomes_evidence(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    old = await opened_paper(await visit(), candidate, site, clock)
    old.visitor.expect_lost_line()
    await old.visitor.context.set_offline(True)
    await old.choose(0)
    await expect(old.page.get_by_text(old.words("saved", saved=0, answered=1))).to_be_visible()

    new = Student(await visit())
    await new.log_in(candidate)
    await new.expect_paper()
    await new.choose(3)
    await new.expect_saved(1)

    await old.visitor.context.set_offline(False)
    await expect(old.title("superseded_title")).to_be_visible()
    await expect(old.page.get_by_text(UNSAVED)).to_be_visible()
    await old.button("superseded_continue").click()
    await old.expect_paper()
    await expect(old.page.locator(".option input").nth(3)).to_be_checked()
    [shown, *_] = await record.paper(candidate)
    assert await record.answers(candidate) == {shown.id: shown.choices[3]}
    [kept] = [event for event in await record.evidence(candidate) if isinstance(event, Answer)]
    assert (kept.item, kept.response) == (shown.id, shown.choices[0])


async def test_a_second_tab_of_the_same_browser_takes_over(
    visit: Visit, world: World, site: Site, clock: ExamClock
) -> None:
    first = await opened_paper(await visit(), world.candidates[0], site, clock)
    await first.choose(0)
    await first.expect_saved(1)
    second = await first.visitor.context.new_page()
    await second.goto(first.visitor.url)
    await expect(second.get_by_text(first.words("saved", saved=1, answered=1))).to_be_visible()
    await expect(first.title("superseded_title")).to_be_visible()
