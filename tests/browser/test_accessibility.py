"""axe finds nothing serious on any page, in both languages."""

import pytest
from playwright.async_api import Browser, Page

from exam_server.catalogue import Language
from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.record import Record
from tests.browser.scenes import whole_day
from tests.browser.site import Site
from tests.browser.tour import Tour
from tests.browser.visitor import SMALL_PC, serious_findings
from tests.browser.world import World


async def test_the_check_itself_finds_faults(visit: Visit) -> None:
    page = (await visit()).page
    await page.set_content("<html lang=vi><title>x</title><img src=data:,><p style='color:#ddd'>Nhạt</p>")
    assert {line.split(":")[0] for line in await serious_findings(page)} == {"image-alt", "color-contrast"}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_axe_finds_nothing_serious_on_any_page(
    browser: Browser, site: Site, clock: ExamClock, world: World, record: Record, language: Language
) -> None:
    found: list[str] = []
    checked: list[str] = []

    async def check(page: Page, name: str) -> None:
        checked.append(name)
        # Colours do not depend on the language.
        lines = await serious_findings(page, contrast=language == "vi")
        found.extend(f"{name}: {line}" for line in lines)

    await whole_day(
        Tour(
            browser=browser,
            site=site,
            clock=clock,
            world=world,
            record=record,
            show=check,
            language=language,
            viewport=SMALL_PC,
        )
    )
    assert found == []
    assert len(checked) > 40
