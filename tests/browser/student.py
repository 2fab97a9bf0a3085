"""A student at a PC: what they do, and what they can see."""

import re
from collections.abc import Sequence

from playwright.async_api import Locator, Page, expect

from exam_server.catalogue import Language, text
from tests.browser.clock import ExamClock
from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.browser.world import Candidate


def words(key: str, language: Language = "vi", **params: str | int) -> str:
    """A text of the student's page."""
    return text(language, "student", key, **params)


class Student:
    """Drives the student's page of one window."""

    def __init__(self, visitor: Visitor, language: Language = "vi") -> None:
        self.visitor = visitor
        self.language: Language = language

    @property
    def page(self) -> Page:
        """The window's page."""
        return self.visitor.page

    def words(self, key: str, **params: str | int) -> str:
        """A text of the student's page in the window's language."""
        return words(key, self.language, **params)

    def button(self, key: str, **params: str | int) -> Locator:
        """The button with just this text."""
        return self.page.get_by_role("button", name=self.words(key, **params), exact=True)

    async def log_in(self, candidate: Candidate, pin: str | None = None) -> None:
        """Open the page and give number and PIN."""
        await self.visitor.open("/")
        await self.page.get_by_label(self.words("login_number"), exact=True).fill(candidate.number)
        await self.page.get_by_label(self.words("login_pin"), exact=True).fill(pin or candidate.pin)
        await self.button("login_button").click()

    async def expect_waiting(self) -> None:
        """In the waiting room, the sealed paper on this PC."""
        await expect(self.page.get_by_text(self.words("check_paper_ok"))).to_be_visible()

    async def expect_paper(self) -> None:
        """The paper is open."""
        await expect(self.rail).to_be_visible()

    async def expect_saved(self, count: int) -> None:
        """The bar says that all answers so far are saved."""
        await expect(self.page.get_by_text(self.words("saved", saved=count, answered=count))).to_be_visible()

    @property
    def rail(self) -> Locator:
        """The list of question numbers."""
        return self.page.get_by_role("navigation", name=self.words("rail_title"))

    async def item(self) -> int:
        """The item in view."""
        heading = await self.page.locator("article.question h1").get_attribute("id")
        assert heading is not None
        return int(heading.removeprefix("question-"))

    async def choose(self, place: int) -> None:
        """Click the option at this place, from 0."""
        await self.page.locator(".option").nth(place).click()

    async def go_to(self, place: int) -> None:
        """Click the number at this place of the list, from 0."""
        await self.rail.locator("button.number").nth(place).click()
        await expect(self.rail.locator("button.number").nth(place)).to_have_attribute("aria-current", "true")

    def note(self, key: str, **params: str | int) -> Locator:
        """A strip between bar and paper."""
        return self.page.locator(".strip", has_text=self.words(key, **params))

    def title(self, key: str, **params: str | int) -> Locator:
        """A page's heading."""
        return self.page.get_by_role("heading", name=self.words(key, **params), exact=True)

    @property
    def timer(self) -> Locator:
        """The time left."""
        return self.page.locator(".timer")

    async def seconds_left(self) -> int:
        """What the timer shows."""
        shown = await self.timer.locator(".timer-time").inner_text()
        parts = [int(part) for part in re.findall(r"\d+", shown)]
        return sum(part * 60**power for power, part in enumerate(reversed(parts)))

    async def submit(self) -> None:
        """Through the review and the confirmation."""
        await self.rail.get_by_role("button", name=self.words("review"), exact=True).click()
        await self.button("submit").click()
        await self.button("submit_confirm").click()


async def skip_time(site: Site, clock: ExamClock, visitors: Sequence[Visitor], **duration: float) -> None:
    """Move every clock ahead, and let the server look at it."""
    clock.advance(**duration)
    for visitor in visitors:
        await clock.show_in(visitor.context)
    await site.tick()


async def opened_paper(visitor: Visitor, candidate: Candidate, site: Site, clock: ExamClock) -> Student:
    """A student whose paper the bell has just opened."""
    student = Student(visitor)
    await student.log_in(candidate)
    await student.expect_waiting()
    await skip_time(site, clock, [visitor], minutes=30)
    await student.expect_paper()
    return student
