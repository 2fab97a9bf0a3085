"""Saves a picture of every page in every important state: ``python -m tests.browser.pictures --out DIR``."""

import argparse
import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

import exam_server.store
from exam_server.catalogue import Language
from exam_server.secrets import Secrets
from exam_server.store.database import open_database
from exam_server.store.embedded import EmbeddedPostgres
from tests.browser.chromium import ARGUMENTS, chromium_path
from tests.browser.clock import ExamClock
from tests.browser.record import Record
from tests.browser.scenes import Tour, whole_day
from tests.browser.site import running_site
from tests.browser.visitor import LAB_PC, SMALL_PC
from tests.browser.world import make_world

SCHEMA = Path(exam_server.store.__file__).parent / "schema.sql"
LANGUAGES: tuple[Language, ...] = ("vi", "en")
SIZES = (LAB_PC, SMALL_PC)
ZOOMED = ViewportSize(width=683, height=384)
"""What a 1366×768 screen holds at 200 % zoom."""


async def take_pictures(out: Path, languages: tuple[Language, ...], sizes: tuple[ViewportSize, ...]) -> None:
    """One exam day for each language and size."""
    with TemporaryDirectory(prefix="khaothi-pictures-") as directory:
        postgres = EmbeddedPostgres(Path(directory) / "postgres")
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
                for language in languages:
                    for size in sizes:
                        await _one_day(browser, postgres, out, language, size)
                await browser.close()
        finally:
            postgres.stop()


async def _one_day(
    browser: Browser, postgres: EmbeddedPostgres, out: Path, language: Language, size: ViewportSize
) -> None:
    folder = out / f"{language}-{size['width']}"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"pictures_{language}_{size['width']}"
    await _command(postgres.url, f"CREATE DATABASE {name}")
    await _command(postgres.url_of(name), SCHEMA.read_text(encoding="utf-8"))
    secrets = Secrets(pepper=b"p" * 32, cookie_key=b"c" * 32, master_key=b"m" * 32)

    async def show(page: Page, scene: str) -> None:
        await page.evaluate("document.fonts.ready")
        path = folder / f"{scene}.png"
        await page.screenshot(path=path, animations="disabled")
        print(path)  # noqa: T201 -- this is a command

    async with open_database(postgres.url_of(name)) as database:
        world = await make_world(database, secrets)
        clock = ExamClock()
        async with running_site(database, secrets, clock) as site:
            await whole_day(
                Tour(
                    browser=browser,
                    site=site,
                    clock=clock,
                    world=world,
                    record=Record(site, world),
                    show=show,
                    language=language,
                    viewport=size,
                )
            )


async def _command(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def main() -> None:
    """Read the options and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--language", choices=LANGUAGES, help="only this language")
    parser.add_argument("--width", type=int, help="only this width; 683 is 200 %% zoom")
    options = parser.parse_args()
    languages = (options.language,) if options.language else LANGUAGES
    sizes = tuple(size for size in (*SIZES, ZOOMED) if options.width in (None, size["width"]))
    asyncio.run(take_pictures(options.out, languages, sizes))


if __name__ == "__main__":
    main()
