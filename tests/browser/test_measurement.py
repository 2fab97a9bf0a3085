"""The pages of measurement, each as its own role uses it."""

import re

from playwright.async_api import Page, expect

from exam_server.catalogue import text
from tests.browser.conftest import Visit
from tests.browser.past_exams import CANDIDATES, ITEMS_OF_A_KIND, past_exam, scored
from tests.browser.site import Site
from tests.browser.staff import Staff
from tests.browser.student import skip_time
from tests.browser.world import World
from tests.exam_server.scripts import sit_class


async def test_statistics_lead_from_the_test_to_an_item(visit: Visit, site: Site) -> None:
    past = await past_exam(site)
    board = Staff(await visit())
    await board.log_in("board", f"/staff/results/{past.exam}/test")
    page = board.page
    figures = page.get_by_role("region", name=board.words("test_figures"))
    await expect(figures).to_contain_text(str(CANDIDATES))
    for plot in ("distribution_help", "csem_help", "information_help"):
        await expect(page.get_by_role("img", name=board.words(plot))).to_be_visible()
    places = page.get_by_role("group", name=board.words("person_map_help")).get_by_role("link")
    await expect(places).to_have_count(3 * ITEMS_OF_A_KIND)

    await page.get_by_role("link", name=board.words("results_items"), exact=True).click()
    rows = page.get_by_role("table", name=board.words("items_measured_caption")).locator("tbody tr")
    await expect(rows).to_have_count(3 * ITEMS_OF_A_KIND)
    await board.button("item_column_discrimination").click()
    assert await _rises(page)
    await board.button("group_model").click()
    await board.button("item_column_b").click()
    assert await _rises(page)
    await rows.first.locator(".row-link").focus()
    await page.keyboard.press("ArrowDown")
    await expect(rows.nth(1).locator(".row-link")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("img", name=board.words("item_curve_help"))).to_be_visible()
    await expect(page.get_by_role("img", name=board.words("option_help"))).to_be_visible()
    history = page.get_by_role("region", name=board.words("history"))
    await expect(history.locator("tbody tr")).to_have_count(1)
    here = page.url
    step = "ArrowLeft" if await board.button("item_after").is_disabled() else "ArrowRight"
    await page.keyboard.press(step)
    await expect(page).not_to_have_url(here)
    await expect(board.button("item_after" if step == "ArrowLeft" else "item_before")).to_be_enabled()


async def test_one_starts_a_run_and_another_signs_it(visit: Visit, world: World, site: Site) -> None:
    await sit_class(site.database, world.exam)
    board = Staff(await visit())
    await board.log_in("board", f"/staff/results/{world.exam}/runs")
    await board.button("run_start").click()
    await board.page.get_by_role("radio", name=re.compile(re.escape(board.words("model_classical")))).check()
    await board.button("run_start_now").click()
    await expect(board.page.get_by_text(board.words("sign_obstacle_own"))).to_be_visible()
    await expect(board.button("sign")).to_be_hidden()

    second = Staff(await visit())
    await second.log_in("board2", f"/staff/results/{world.exam}/runs")
    await second.page.get_by_role("link", name=second.words("run_number", number=1)).click()
    await expect(second.page.get_by_role("table", name=second.words("scores_provisional"))).to_be_visible()
    await second.button("sign").click()
    dialog = second.page.get_by_role("dialog")
    count = len(world.candidates)
    await expect(dialog).to_contain_text(second.words("sign_releases_many", count=count))
    await second.button("sign_now").click()
    await expect(second.page.get_by_text(re.compile("Vũ Đức Long ký lúc")).first).to_be_visible()

    teacher = Staff(await visit())
    await teacher.log_in("teacher", f"/staff/results/{world.exam}")
    scores = teacher.page.get_by_role("table", name=teacher.words("scores"))
    await expect(scores.locator("tbody tr").first).to_be_visible()
    await teacher.page.get_by_label(teacher.words("filter_candidates")).fill(world.candidates[0].number)
    await expect(scores.locator("tbody tr")).to_have_count(1)
    await expect(scores).to_contain_text(world.candidates[0].name)


async def test_a_small_class_gets_words_instead_of_a_model(visit: Visit, world: World, site: Site) -> None:
    await sit_class(site.database, world.exam)
    await scored(site, world.exam, "auto")
    board = Staff(await visit())
    await board.log_in("board", f"/staff/results/{world.exam}/test")
    await expect(board.page.get_by_text(re.compile(board.words("run_not_signed", number=1)))).to_be_visible()
    words = board.page.locator(".banner-info", has_text=re.compile(r"\b100\b"))
    await expect(words).to_have_count(1)
    await expect(board.page.get_by_role("img", name=board.words("information_help"))).to_have_count(0)


async def test_scores_of_a_formal_exam_wait_for_the_signature(visit: Visit, world: World, site: Site) -> None:
    async with site.database.transaction() as connection:
        await connection.execute("UPDATE exam SET release = 'signed' WHERE id = $1", world.exam)
    await sit_class(site.database, world.exam)
    teacher = Staff(await visit())
    teacher.visitor.expect(r"409 GET /api/exams/\d+/results")
    await teacher.log_in("teacher", f"/staff/results/{world.exam}")
    await expect(teacher.page.get_by_text(teacher.words("scores_waiting"))).to_be_visible()
    await expect(teacher.page.get_by_text(text("vi", "errors", "scores_not_released"))).to_be_visible()


async def test_a_key_is_corrected_by_two_and_rolled_back(visit: Visit, world: World, site: Site) -> None:
    await sit_class(site.database, world.exam)
    await skip_time(site, site.clock, [], hours=4)
    board = Staff(await visit())
    await board.log_in("board", f"/staff/results/{world.exam}/keys")
    await board.button("key_propose").click()
    await board.page.get_by_label(board.words("item"), exact=True).select_option(index=1)
    wrong = board.page.locator(".option:not(.option-right)").first
    letter = await wrong.locator(".letter").inner_text()
    await wrong.click()
    await expect(board.page.get_by_role("status")).to_contain_text(f"→ {letter}")
    await board.page.get_by_label(board.words("reason")).fill("Phương án này cũng thỏa điều kiện")
    await board.button("key_propose_now").click()
    await expect(board.page.get_by_text(board.words("key_obstacle_own"))).to_be_visible()
    rows = board.page.get_by_role("table", name=board.words("key_rows")).locator("tbody tr")
    assert await rows.count() > 0
    path = re.sub(r"^\w+://[^/]+", "", board.page.url)

    second = Staff(await visit())
    await second.log_in("board2", path)
    await _decide(second, "key_confirm", "Đã kiểm tra lại lời giải")
    # The exam shows scores at once and none is signed.
    await expect(second.page.get_by_text(second.words("key_live_next_now"))).to_be_visible()
    right = second.page.locator(".option-right .letter")
    await expect(right).to_have_text(letter)
    await board.visitor.open(f"/staff/results/{world.exam}/keys")
    await board.button("key_propose").click()
    await board.page.get_by_label(board.words("item"), exact=True).select_option(index=1)
    await expect(board.page.get_by_text(text("vi", "staff", "key_unchanged", key=letter))).to_be_visible()
    await expect(board.page.locator(".option-right .letter")).to_have_text(letter)
    await _decide(second, "key_rollback", "Tổ chuyên môn giữ đáp án cũ")
    await expect(second.page.get_by_text(second.words("key_state_rolled_back"))).to_be_visible()
    await expect(right).not_to_have_text(letter)


async def test_a_sanction_says_what_it_takes_and_is_revoked(visit: Visit, world: World, site: Site) -> None:
    await sit_class(site.database, world.exam)
    board = Staff(await visit())
    await board.log_in("board", f"/staff/results/{world.exam}/sanctions")
    await board.button("sanction_add").click()
    await board.page.get_by_label(board.words("column_candidate_number")).fill(world.candidates[2].number)
    kind = board.page.get_by_role("radio", name=re.compile(re.escape(board.words("sanction_warning"))))
    await expect(kind.locator("xpath=..")).to_contain_text(re.compile(r"50"))
    await kind.check()
    await board.page.get_by_label(board.words("reason")).fill("Biên bản số 03")
    await board.button("sanction_add").click()
    row = board.page.get_by_role("table", name=board.words("sanctions")).locator("tbody tr")
    await expect(row).to_contain_text(world.candidates[2].name)
    await _decide(board, "sanction_revoke", "Ghi nhầm thí sinh")
    await expect(row).to_contain_text(re.compile("Nguyễn Thu Hương hủy lúc"))


async def _decide(staff: Staff, act: str, reason: str) -> None:
    """Press a button and give the reason that its dialog asks for."""
    await staff.button(act).click()
    dialog = staff.page.get_by_role("dialog")
    await dialog.get_by_label(staff.words("reason")).fill(reason)
    await dialog.get_by_role("button", name=staff.words(act), exact=True).click()
    await expect(dialog).to_be_hidden()


async def _rises(page: Page) -> bool:
    """Whether the figures of the column that orders the table stand in order."""
    heads = await page.locator("thead th").evaluate_all("all => all.map((head) => head.ariaSort)")
    place = heads.index("ascending") + 1
    cells = await page.locator(f"tbody tr td:nth-child({place})").all_inner_texts()
    figures = [float(cell.split("\n")[0].replace("−", "-").replace(",", ".")) for cell in cells]
    return figures == sorted(figures)
