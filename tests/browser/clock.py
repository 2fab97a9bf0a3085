"""A clock that runs like the real one and can be moved ahead, for the server and for the pages alike."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import BrowserContext

from exam_server.clock import SystemClock

MORNING = datetime(2026, 6, 26, 0, 30, tzinfo=UTC)
"""An exam morning: half past seven in Vietnam."""

# What runs in every page before its own code: its clocks show the server's time. `ahead` only grows, so that
# the order in which several of these scripts run does not matter.
_PAGE_SCRIPT = """
(() => {
  const first = window.__ahead_ms === undefined;
  window.__ahead_ms = Math.max(window.__ahead_ms ?? -Infinity, %d);
  if (!first) return;
  const RealDate = Date;
  const now = () => RealDate.now() + window.__ahead_ms;
  window.Date = class extends RealDate {
    constructor(...given) { given.length === 0 ? super(now()) : super(...given); }
    static now() { return now(); }
  };
  const origin = performance.timeOrigin;
  Object.defineProperty(performance, "timeOrigin", { get: () => origin + window.__ahead_ms });
})();
"""


class ExamClock:
    """The server's clock in these tests: real seconds pass, and ``advance`` skips more of them."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._real = SystemClock()
        self._ahead = start - self._real.now()

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return self._real.now() + self._ahead

    def advance(self, **duration: float) -> None:
        """Skip a ``timedelta(**duration)``, such as ``minutes=5``."""
        self._ahead += timedelta(**duration)

    async def show_in(self, context: BrowserContext) -> None:
        """Set the clocks of a browser context's pages, open ones and those to come."""
        ahead_ms = round(self._ahead / timedelta(milliseconds=1))
        await context.add_init_script(_PAGE_SCRIPT % ahead_ms)
        for page in context.pages:
            await page.evaluate(f"window.__ahead_ms = {ahead_ms}")
