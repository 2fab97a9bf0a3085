"""The pages of measurement in every important state: the end of the day's tour."""

import re

from playwright.async_api import expect

from tests.browser.past_exams import past_exam, scored
from tests.browser.staff import Staff
from tests.browser.tour import Tour


async def measurement(tour: Tour) -> None:
    """A past exam's statistics; then the day's own exam is scored, signed, and its key corrected."""
    await _statistics(tour)
    board = await tour.staff("board", f"/staff/results/{tour.world.exam}/runs")
    await _runs(tour, board)
    await _keys(tour, board)
    await _sanctions(tour, board)
    await board.visitor.context.close()


async def _statistics(tour: Tour) -> None:
    past = await past_exam(tour.site)
    board = await tour.staff("board", f"/staff/results/{past.exam}/test")
    await expect(board.page.get_by_role("region", name=board.words("test_figures"))).to_be_visible()
    await tour.show(board.page, "board_test_statistics")
    await board.visitor.open(f"/staff/results/{past.exam}/items")
    table = board.page.get_by_role("table", name=board.words("items_measured_caption"))
    for group in ("basic", "model", "check"):
        await board.button(f"group_{group}").click()
        await expect(table).to_be_visible()
        await tour.show(board.page, f"board_items_{group}")
    await board.visitor.open(f"/staff/results/{past.exam}/items/{past.items[1]}")
    await expect(board.page.get_by_role("region", name=board.words("history"))).to_be_visible()
    await tour.show(board.page, "board_item_statistics")
    await board.visitor.open(f"/staff/results/{past.exam}")
    await expect(board.page.get_by_role("table", name=board.words("scores"))).to_be_visible()
    await tour.show(board.page, "board_official_scores")
    await board.visitor.context.close()


async def _runs(tour: Tour, board: Staff) -> None:
    await expect(board.page.get_by_text(board.words("runs_empty"))).to_be_visible()
    await tour.show(board.page, "board_runs_empty")
    await board.button("run_start").click()
    await tour.show(board.page, "board_run_new")
    run = await scored(tour.site, tour.world.exam, "auto")
    await board.visitor.open(f"/staff/results/{tour.world.exam}/runs")
    await expect(board.page.get_by_role("table", name=board.words("runs"))).to_be_visible()
    await tour.show(board.page, "board_runs")
    second = await tour.staff("board2", f"/staff/results/{tour.world.exam}/runs/{run.id}")
    await expect(second.page.get_by_role("table", name=second.words("scores_provisional"))).to_be_visible()
    await tour.show(second.page, "board_run")
    await second.button("sign").click()
    await tour.show(second.page, "board_run_sign")
    await second.visitor.context.close()


async def _keys(tour: Tour, board: Staff) -> None:
    await board.visitor.open(f"/staff/results/{tour.world.exam}/keys/new")
    await board.page.get_by_label(board.words("item"), exact=True).select_option(index=1)
    await board.page.locator(".option:not(.option-right)").first.click()
    await tour.show(board.page, "board_key_new")
    await board.page.get_by_label(board.words("reason")).fill("Phương án này cũng thỏa điều kiện")
    await board.button("key_propose_now").click()
    await expect(board.page.get_by_text(board.words("key_obstacle_own"))).to_be_visible()
    await tour.show(board.page, "board_key")
    await board.visitor.open(f"/staff/results/{tour.world.exam}/keys")
    await expect(board.page.get_by_role("table", name=board.words("keys"))).to_be_visible()
    await tour.show(board.page, "board_keys")


async def _sanctions(tour: Tour, board: Staff) -> None:
    await board.visitor.open(f"/staff/results/{tour.world.exam}/sanctions")
    await board.button("sanction_add").click()
    kind = board.page.get_by_role("radio", name=re.compile(re.escape(board.words("sanction_reprimand"))))
    await kind.check()
    await tour.show(board.page, "board_sanction")
