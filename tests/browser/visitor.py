"""A browser window that notices everything that goes wrong in it."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
)

from tests.browser.clock import ExamClock

AXE = Path(__file__).parents[2] / "client_web" / "node_modules" / "axe-core" / "axe.min.js"

PATIENCE_MS = 20_000
"""How long a page may take on a machine with other work; what is there sooner is not waited for."""

LAB_PC = ViewportSize(width=1366, height=768)
SMALL_PC = ViewportSize(width=1024, height=768)

# Asking "who am I" is answered 401 before a login.
_ALWAYS_EXPECTED = (r"401 GET /api/candidate/me$", r"401 GET /api/me$")

# Chromium writes these beside events that are watched anyway.
_SEEN_OTHERWISE = re.compile(r"^Failed to load resource: ")


class Visitor:
    """One window of its own: cookies, storage, clock. ``troubles`` lists what went wrong unexpectedly."""

    def __init__(self, context: BrowserContext, page: Page, url: str) -> None:
        self.context = context
        self.page = page
        self.url = url
        self._expected = [re.compile(pattern) for pattern in _ALWAYS_EXPECTED]
        self._seen: list[str] = []
        for opened in (page,):
            self._watch(opened)
        context.on("page", self._watch)

    @property
    def troubles(self) -> list[str]:
        """Console errors, page errors, refused or failed requests that nobody expected."""
        return [line for line in self._seen if not any(pattern.search(line) for pattern in self._expected)]

    def expect(self, *patterns: str) -> None:
        """Take troubles that match as part of the test, such as ``401 POST /api/candidate/login``."""
        self._expected += [re.compile(pattern) for pattern in patterns]

    def expect_lost_line(self) -> None:
        """The test cuts the line: failed requests and sockets are its point."""
        self.expect(r"^failed ", r"WebSocket connection to .* failed", r"^closed early")

    async def open(self, path: str = "/") -> None:
        """Go to a page of the server."""
        await self.page.goto(f"{self.url}{path}")

    def _watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._seen.append(f"page error: {error}"))
        page.on("response", self._response)
        page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _SEEN_OTHERWISE.match(message.text):
            self._seen.append(f"console {message.type}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            path = urlsplit(response.url).path
            self._seen.append(f"{response.status} {response.request.method} {path}")

    def _failed(self, request: Request) -> None:
        # A page that is left gives up on what it was asking for.
        if request.failure != "net::ERR_ABORTED":
            self._seen.append(f"failed {request.method} {urlsplit(request.url).path}: {request.failure}")


async def open_visitor(
    browser: Browser, url: str, clock: ExamClock, *, language: str = "vi", viewport: ViewportSize = LAB_PC
) -> Visitor:
    """A fresh window with the exam's clock and a language."""
    context = await browser.new_context(viewport=viewport, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    context.set_default_timeout(PATIENCE_MS)
    await clock.show_in(context)
    await context.add_cookies([{"name": "lang", "value": language, "url": url}])
    page = await context.new_page()
    return Visitor(context, page, url)


async def serious_findings(page: Page, *, contrast: bool = True) -> list[str]:
    """What axe finds of serious or critical impact on the page as it stands. ``contrast``: colours too, the
    slowest part."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(_AXE_RUN, contrast)
    return [str(line) for line in found]


_AXE_RUN = """
async (contrast) => {
  const rules = { "color-contrast": { enabled: contrast } };
  const { violations } = await axe.run(document, { resultTypes: ["violations"], rules });
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  const why = (node) => [...node.any, ...node.all, ...node.none][0]?.message;
  const told = (node) => `${node.html.slice(0, 160)} (${why(node)})`;
  return serious.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map(told).join(" | ")}`);
}
"""
