"""The scenes of the exam window, for the tour of all pages."""

from playwright.async_api import expect

from tests.browser.scenes import Tour
from tests.browser.server_minutes import HOST, forget_minutes, pretend_minutes


async def exam_window(tour: Tour) -> None:
    """The window when all is well and when it is not, and the alarm in the room."""
    database = tour.site.database
    await pretend_minutes(database)
    board = await tour.staff("board", "/staff/window")
    await expect(board.page.locator("figure.time-plot")).to_have_count(7)
    await expect(board.page.get_by_text(board.words("window_all_well"))).to_be_visible()
    await tour.show(board.page, "board_window")
    await pretend_minutes(database, troubled=True)
    await board.visitor.open("/staff/window")
    await expect(board.page.locator("tr.worker.worker-lost")).to_contain_text(HOST)
    await tour.show(board.page, "board_window_trouble")
    await board.visitor.open(f"/staff/rooms/{tour.world.shift}")
    await expect(board.page.get_by_role("alert")).to_be_visible()
    await tour.show(board.page, "room_alarm")
    await forget_minutes(database)
    await board.visitor.context.close()
