"""Saves a picture of every page in every important state: ``python -m tests.browser.pictures --out DIR``."""

import argparse
import asyncio
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from exam_server.catalogue import Language, languages
from exam_server.store.embedded import EmbeddedPostgres
from tests.browser.chromium import ARGUMENTS, chromium_path
from tests.browser.day import exam_day, own_postgres
from tests.browser.scenes import whole_day
from tests.browser.tour import Tour
from tests.browser.visitor import LAB_PC, SMALL_PC
from tests.browser.world import make_world

ZOOMED = ViewportSize(width=683, height=384)
"""What a 1366×768 screen holds at 200 % zoom."""

SIZES = (LAB_PC, SMALL_PC, ZOOMED)


async def take_pictures(out: Path, asked: tuple[Language, ...], sizes: tuple[ViewportSize, ...]) -> None:
    """One exam day for each language and size."""
    with own_postgres() as postgres:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
            for language in asked:
                for size in sizes:
                    await _one_day(browser, postgres, out, language, size)
            await browser.close()


async def _one_day(
    browser: Browser, postgres: EmbeddedPostgres, out: Path, language: Language, size: ViewportSize
) -> None:
    folder = out / f"{language}-{size['width']}"
    folder.mkdir(parents=True, exist_ok=True)

    async def show(page: Page, scene: str) -> None:
        await page.evaluate("document.fonts.ready")
        path = folder / f"{scene}.png"
        await page.screenshot(path=path, animations="disabled")
        print(path)  # noqa: T201 -- this is a command

    async with exam_day(postgres, f"pictures_{language}_{size['width']}", make_world) as day:
        await whole_day(
            Tour(
                browser=browser,
                site=day.site,
                clock=day.clock,
                world=day.world,
                record=day.record,
                show=show,
                language=language,
                viewport=size,
            )
        )


def main() -> None:
    """Read the options and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--language", choices=languages(), help="only this language")
    parser.add_argument("--width", type=int, help="only this width; 683 is 200 %% zoom")
    options = parser.parse_args()
    asked = (options.language,) if options.language else languages()
    sizes = tuple(size for size in SIZES if options.width in (None, size["width"]))
    asyncio.run(take_pictures(options.out, asked, sizes))


if __name__ == "__main__":
    main()
