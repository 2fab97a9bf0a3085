"""The exam window as the board's technician sees it, and its alarm in the room."""

import re

import pytest
from playwright.async_api import expect

from exam_server.catalogue import Language
from tests.browser.conftest import Visit
from tests.browser.server_minutes import HOST, LIVE, LOST, pretend_minutes
from tests.browser.site import Site
from tests.browser.staff import Staff
from tests.browser.visitor import serious_findings
from tests.browser.world import World


async def test_the_technician_sees_that_all_is_well(visit: Visit, site: Site) -> None:
    await pretend_minutes(site.database)
    board = Staff(await visit())
    await board.log_in("board", "/staff")
    await board.job("window").click()
    await expect(board.page.get_by_role("heading", level=1)).to_have_text(board.words("nav_window"))
    await expect(board.page.get_by_text(board.words("window_all_well"))).to_be_visible()
    plots = board.page.locator("figure.time-plot")
    await expect(plots).to_have_count(7)
    for plot in await plots.all():
        await expect(plot.locator("path.line").first).to_have_attribute("d", re.compile("^M"))
    numbers = board.page.get_by_role("table", name=board.words("window_numbers"))
    row = numbers.get_by_role("row").filter(has_text=board.words("figure_connections"))
    await expect(row.get_by_role("cell").first).to_have_text(re.compile(r"^5\d\d$"))
    table = board.page.get_by_role("table", name=board.words("window_workers"))
    await expect(table.get_by_text(f"{HOST} · {LIVE}")).to_be_visible()
    await expect(board.page.get_by_text(re.compile("312.MB"))).to_be_visible()


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_what_is_wrong_is_said_with_what_to_do(visit: Visit, site: Site, language: Language) -> None:
    await pretend_minutes(site.database, troubled=True)
    board = Staff(await visit(language=language), language)
    await board.log_in("board", "/staff/window")
    alerts = board.page.get_by_role("alert")
    await expect(alerts.first).to_contain_text(board.words("window_danger"))
    await expect(board.page.get_by_text(board.words("window_worker_lost_do", host=HOST))).to_be_visible()
    await expect(board.page.get_by_text(board.words("window_disk_filling_do"))).to_be_visible()
    await expect(board.page.get_by_text(board.words("window_ack_slow_do"))).to_be_visible()
    lost = board.page.locator("tr.worker.worker-lost")
    await expect(lost).to_contain_text(f"{HOST} · {LOST}")
    assert await serious_findings(board.page) == []


async def test_a_pause_holds_the_figures(visit: Visit, site: Site) -> None:
    await pretend_minutes(site.database)
    board = Staff(await visit())
    await board.log_in("board", "/staff/window")
    lost = board.page.locator("tr.worker.worker-lost")
    await expect(board.page.get_by_text(f"{HOST} · {LIVE}")).to_be_visible()
    await board.button("window_pause").click()
    await pretend_minutes(site.database, troubled=True)
    for _ in range(2):
        async with board.page.expect_response(re.compile("/api/window")):
            pass
    await expect(lost).to_have_count(0)
    await board.button("window_resume").click()
    await expect(lost).to_have_count(1)


async def test_one_shift_of_all(visit: Visit, site: Site, world: World) -> None:
    board = Staff(await visit())
    await board.log_in("board", "/staff/window")
    await board.page.get_by_label(board.words("window_shift")).select_option(str(world.shift))
    await expect(board.page.get_by_text(board.words("window_shift_whole"))).to_be_visible()


async def test_without_a_server_the_page_says_so_and_recovers(visit: Visit, site: Site) -> None:
    board = Staff(await visit())
    board.visitor.expect_lost_line()
    await board.log_in("board", "/staff/window")
    await expect(board.page.locator("tr.worker.worker-live")).to_have_count(1)
    await site.stop()
    await expect(board.page.get_by_text(board.words("window_lost_why"))).to_be_visible()
    await site.start()
    await expect(board.page.get_by_text(board.words("window_lost_why"))).to_be_hidden()
    await expect(board.page.locator("tr.worker.worker-live")).to_have_count(1)


async def test_a_disk_that_fills_is_an_alarm_in_the_room(visit: Visit, site: Site, world: World) -> None:
    await pretend_minutes(site.database, troubled=True)
    invigilator = Staff(await visit())
    await invigilator.log_in("invigilator", f"/staff/rooms/{world.shift}")
    alarm = invigilator.page.get_by_role("alert")
    await expect(alarm).to_have_text(invigilator.words("alarm_disk_filling", minutes=17))
    await expect(invigilator.job("window")).to_have_count(0)
    assert await serious_findings(invigilator.page) == []
