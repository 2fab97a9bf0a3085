"""What every tour of the pages needs."""

from collections.abc import Awaitable, Callable

import msgspec
from playwright.async_api import Browser, Page, ViewportSize

from exam_server.catalogue import Language
from tests.browser.clock import ExamClock
from tests.browser.record import Record
from tests.browser.site import Site
from tests.browser.staff import Staff
from tests.browser.visitor import LAB_PC, Visitor, open_visitor
from tests.browser.world import World

Show = Callable[[Page, str], Awaitable[None]]


class Tour(msgspec.Struct, frozen=True, kw_only=True):
    """What every tour needs."""

    browser: Browser
    site: Site
    clock: ExamClock
    world: World
    record: Record
    show: Show
    language: Language = "vi"
    viewport: ViewportSize = msgspec.field(default_factory=lambda: LAB_PC)

    async def window(self) -> Visitor:
        """A fresh window."""
        return await open_visitor(
            self.browser, self.site.url, self.clock, language=self.language, viewport=self.viewport
        )

    async def staff(self, username: str, path: str) -> Staff:
        """A member of staff at a page."""
        staff = Staff(await self.window(), self.language)
        await staff.log_in(username, path)
        return staff
