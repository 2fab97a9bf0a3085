"""Pause, more time, messages, the end: what the invigilator and the clock do, as the student sees it."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.record import Record
from tests.browser.site import Site
from tests.browser.staff import Commander
from tests.browser.student import Student, opened_paper, skip_time
from tests.browser.world import World

SLACK_S = 20


@pytest.fixture
async def command(visit: Visit, world: World) -> Commander:
    """The invigilator's commands."""
    commander = Commander(await visit(), world)
    await commander.log_in()
    return commander


async def test_a_pause_hides_the_paper_and_gives_the_time_back(
    visit: Visit, world: World, site: Site, clock: ExamClock, command: Commander
) -> None:
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    stem = (await student.page.locator(".stem").inner_text())[:20]
    await command("pause", reason="Mất điện phòng máy")
    await expect(student.title("paused_title")).to_be_visible()
    await expect(student.page.get_by_text("Mất điện phòng máy")).to_be_visible()
    assert stem not in await student.page.content()
    await skip_time(site, clock, [student.visitor], minutes=20)
    await command("resume")
    await student.expect_paper()
    assert 90 * 60 - SLACK_S < await student.seconds_left() <= 90 * 60


async def test_added_time_moves_the_timer(
    visit: Visit, world: World, site: Site, clock: ExamClock, command: Commander
) -> None:
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    await command("add_time", minutes=10, sittings=[world.candidates[0].sitting])
    await expect(student.timer).to_contain_text(re.compile(r"1:39:|1:40:"))


async def test_a_message_appears_and_is_kept(
    visit: Visit, world: World, site: Site, clock: ExamClock, command: Commander
) -> None:
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    await command("message", message="Câu 3: đọc là “đồ thị (C)”.")
    strip = student.page.locator(".strip", has_text="Câu 3: đọc là")
    await expect(strip).to_be_visible()
    await strip.get_by_role("button", name=student.words("message_read")).click()
    await expect(strip).to_be_hidden()
    await student.page.get_by_role("button", name=student.words("messages_count", count=1)).click()
    await expect(student.page.get_by_role("dialog")).to_contain_text("Câu 3: đọc là “đồ thị (C)”.")


async def test_a_collected_script_ends_with_a_receipt_that_says_who(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock, command: Commander
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), candidate, site, clock)
    await student.choose(0)
    await student.expect_saved(1)
    await command("force_submit", reason="Vi phạm quy chế", sittings=[candidate.sitting])
    await expect(student.title("receipt_title_invigilator")).to_be_visible()
    await expect(student.page.get_by_text("Vi phạm quy chế")).to_be_visible()
    assert len(await record.answers(candidate)) == 1


async def test_the_timer_turns_amber_then_red_and_cannot_be_hidden_then(
    visit: Visit, world: World, site: Site, clock: ExamClock
) -> None:
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    await expect(student.timer).to_have_class(re.compile("timer-calm"))
    await student.page.get_by_role("button", name=student.words("time_hide")).click()
    await expect(student.timer).to_contain_text(student.words("time_hidden"))
    await skip_time(site, clock, [student.visitor], minutes=86)
    await expect(student.timer).to_have_class(re.compile("timer-amber"))
    await expect(student.timer).to_contain_text(re.compile(r"0[34]:\d\d"))
    await skip_time(site, clock, [student.visitor], minutes=3, seconds=15)
    await expect(student.timer).to_have_class(re.compile("timer-red"))


async def test_at_the_deadline_the_script_is_collected(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), candidate, site, clock)
    await student.choose(1)
    await student.expect_saved(1)
    await skip_time(site, clock, [student.visitor], minutes=91)
    await expect(student.title("receipt_title_server")).to_be_visible()
    assert len(await record.answers(candidate)) == 1
    assert (await record.sitting(candidate)).sitting.state.value == "closed"


async def test_the_script_of_a_student_without_a_line_is_collected_too(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), candidate, site, clock)
    student.visitor.expect_lost_line()
    await student.choose(1)
    await student.expect_saved(1)
    await student.visitor.context.set_offline(True)
    await student.go_to(1)
    await student.choose(0)
    await skip_time(site, clock, [student.visitor], minutes=91)
    await expect(student.note("time_over_offline")).to_be_visible()
    assert (await record.sitting(candidate)).sitting.state.value == "closed"
    await student.visitor.context.set_offline(False)
    await expect(student.title("receipt_title_server")).to_be_visible(timeout=20_000)
    assert len(await record.answers(candidate)) == 1


async def test_an_early_bell_by_the_invigilator_starts_those_who_wait(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock, command: Commander
) -> None:
    student = Student(await visit())
    await student.log_in(world.candidates[0])
    await student.expect_waiting()
    await command("start", reason="Đã đủ thí sinh")
    await student.expect_paper()
    assert (await record.sitting(world.candidates[1])).sitting.state.value != "running"


async def test_a_voided_sitting_says_so(
    visit: Visit, world: World, site: Site, clock: ExamClock, command: Commander
) -> None:
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    await command("void", reason="Nhầm thí sinh", sittings=[world.candidates[0].sitting])
    await expect(student.title("voided_title")).to_be_visible()
    await expect(student.page.get_by_text("Nhầm thí sinh")).to_be_visible()
