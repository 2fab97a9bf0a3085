"""The pages of a lab PC: its check, and the room test against the real server."""

import pytest
from playwright.async_api import Page, expect

from exam_server.actions.rehearsals import list_rehearsals, make_rehearsal
from exam_server.catalogue import Language, languages, text
from exam_server.store.database import Database
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.visitor import LAB_PC, SMALL_PC, serious_findings
from tests.browser.world import World

every_language = pytest.mark.parametrize("language", languages())

ROOM_MS = 150_000
"""Arrival, a minute of answering, hand-in, with time for a busy machine."""


def words(language: Language, key: str, **params: str | int) -> str:
    return text(language, "lab", key, **params)


async def row(page: Page, name: str) -> str:
    heading = page.get_by_role("rowheader", name=name, exact=True)
    return await page.get_by_role("row").filter(has=heading).inner_text()


@every_language
async def test_a_pc_is_checked_without_a_login(visit: Visit, language: Language) -> None:
    visitor = await visit(language=language, viewport=SMALL_PC if language == "en" else LAB_PC)
    page = visitor.page
    await visitor.open("/check")
    await expect(page.locator(".lab-code")).to_contain_text("K0")
    for check in ("server", "socket", "clock", "storage", "screen", "browser", "math", "fonts"):
        assert words(language, "level_ok") in await row(page, words(language, f"pc_{check}"))
    await page.get_by_label(words(language, "pc_type", wanted="-3,5")).fill("-3,5")
    await expect(page.locator(".lab-code")).to_contain_text("K1")
    assert await serious_findings(page) == []


async def test_what_was_kept_is_found_at_the_next_check(visit: Visit) -> None:
    visitor = await visit()
    await visitor.open("/check")
    await expect(visitor.page.get_by_text(words("vi", "pc_storage_first"))).to_be_visible()
    await visitor.page.reload()
    start = words("vi", "pc_storage_kept", before="…").partition("…")[0]
    await expect(visitor.page.get_by_text(start)).to_be_visible()


async def test_without_a_socket_the_backup_line_is_named(visit: Visit, site: Site) -> None:
    site.lets_sockets_through = False
    visitor = await visit()
    visitor.expect(r"502 GET /ws/check", r"WebSocket connection to .* failed", r"^failed ")
    await visitor.open("/check")
    await expect(visitor.page.get_by_text(words("vi", "pc_socket_backup"))).to_be_visible()
    await expect(visitor.page.get_by_text(words("vi", "pc_verdict_caution"))).to_be_visible()


async def test_a_browser_that_keeps_nothing_is_not_ready(visit: Visit) -> None:
    visitor = await visit()
    await visitor.context.add_init_script("delete window.indexedDB; window.indexedDB = undefined")
    await visitor.open("/check")
    await expect(visitor.page.get_by_text(words("vi", "pc_storage_none"))).to_be_visible()
    await expect(visitor.page.get_by_text(words("vi", "pc_verdict_fail"))).to_be_visible()


@every_language
async def test_wrong_entries_are_refused_in_words(visit: Visit, site: Site, language: Language) -> None:
    visitor = await visit(language=language)
    page = visitor.page
    visitor.expect(r"404 POST /api/rehearsal$", r"409 POST /api/rehearsal$")
    await visitor.open("/room-test")
    start = page.get_by_role("button", name=words(language, "room_start"))
    await start.click()
    await expect(page.get_by_text(words(language, "room_code_missing"))).to_be_visible()
    assert await serious_findings(page) == []
    code = page.get_by_label(words(language, "room_code"))
    await code.fill("abcd-efgh")
    await page.get_by_label(words(language, "room_students")).fill("201")
    await start.click()
    await expect(page.get_by_text(words(language, "room_range", most=200))).to_be_visible()
    await page.get_by_label(words(language, "room_students")).fill("2")
    await start.click()
    await expect(page.get_by_text(text(language, "errors", "no_such_rehearsal"))).to_be_visible()
    await expect(code).to_have_value("ABCD-EFGH")
    # The morning's exam begins in half an hour.
    made = await make_rehearsal(site.database, room="P1", actor="test", now=site.clock.now())
    await code.fill(made.code)
    await start.click()
    await expect(page.get_by_text(text(language, "errors", "exam_is_near", minutes=30))).to_be_visible()


async def test_a_candidate_is_not_logged_out_by_a_room_test(visit: Visit, site: Site, world: World) -> None:
    visitor = await visit()
    candidate = world.candidates[0]
    await visitor.context.request.post(
        f"{site.url}/api/candidate/login", data={"number": candidate.number, "pin": candidate.pin}
    )
    await visitor.open("/room-test")
    await visitor.page.get_by_label(words("vi", "room_code")).fill("ABCD-EFGH")
    await visitor.page.get_by_role("button", name=words("vi", "room_start")).click()
    await expect(visitor.page.get_by_text(words("vi", "room_occupied"))).to_be_visible()


@pytest.mark.slow
async def test_a_browser_plays_a_room_and_the_server_says_go(
    visit: Visit, site: Site, database: Database
) -> None:
    site.clock.advance(hours=30)
    made = await make_rehearsal(database, room="Phòng máy 1", actor="test", now=site.clock.now())
    visitor = await visit()
    page = visitor.page
    await visitor.open("/room-test")
    await page.get_by_label(words("vi", "room_code")).fill(made.code.lower())
    await page.get_by_label(words("vi", "room_students")).fill("12")
    await page.get_by_label(words("vi", "room_minutes")).fill("1")
    await page.get_by_role("button", name=words("vi", "room_start")).click()
    await expect(page.get_by_text(words("vi", "room_go"), exact=True)).to_be_visible(timeout=ROOM_MS)
    for check in ("logins", "paper", "receipts"):
        assert "12" in await row(page, words("vi", f"room_{check}"))
    assert await serious_findings(page) == []
    [listed] = (await list_rehearsals(database)).rehearsals
    assert listed.verdict is not None
    assert (listed.verdict.go, listed.verdict.students) == (True, 12)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM exam WHERE rehearsal") == 0
