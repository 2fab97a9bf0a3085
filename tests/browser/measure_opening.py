"""Measures how fast a 50-question paper opens on a slow PC: ``python -m tests.browser.measure_opening``.

Prints JSON: milliseconds from the key's arrival to the first question on the screen, with the CPU slowed
down, and the sizes of what the student's page loads.
"""

import argparse
import asyncio
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec
from playwright.async_api import Browser, async_playwright

from exam_server.logging import configure_logging
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from exam_server.web.static import STATIC
from tests.browser.chromium import ARGUMENTS, chromium_path
from tests.browser.day import Day, exam_day, own_postgres
from tests.browser.papers import whole_paper
from tests.browser.student import Student, skip_time
from tests.browser.visitor import open_visitor
from tests.browser.world import BANK, TITLE, World, import_paper, make_exam, seat_class

CHOICES, TRUE_FALSE, SHORT_ANSWERS = 34, 8, 8
LIMIT_MS = 1_000
LIMIT_BYTES = 150 * 1024

# Notes when the key comes in over the socket, and when the first question has been painted.
_WATCH = """
(() => {
  const Real = WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (data.includes('"form_key":"')) window.__key_ms ??= performance.now();
      });
    }
  };
  const watch = new MutationObserver(() => {
    if (document.querySelector("article.question .stem") === null) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.__painted_ms = performance.now(); }));
  });
  watch.observe(document, { childList: true, subtree: true });
})();
"""

_TOOK = """
new Promise((resolve) => {
  const look = () =>
    window.__painted_ms === undefined ? setTimeout(look, 20) : resolve(window.__painted_ms - window.__key_ms);
  look();
})
"""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured. ``first_load_bytes`` is HTML, scripts and styles, compressed, without fonts."""

    questions: int
    slowdown: int
    open_ms: Sequence[float]
    median_ms: float
    worst_ms: float
    limit_ms: int
    first_load_bytes: int
    limit_bytes: int
    files: Mapping[str, int]


async def measure(slowdown: int, rounds: int) -> Opening:
    """Open the paper at ``rounds`` bells, each in a fresh window."""
    times: list[float] = []
    with own_postgres() as postgres:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
            for number in range(rounds):
                async with exam_day(postgres, f"opening_{number}", _long_paper) as day:
                    times.append(await _open(browser, day, slowdown))
            await browser.close()
    files = _first_load()
    return Opening(
        questions=CHOICES + TRUE_FALSE + SHORT_ANSWERS,
        slowdown=slowdown,
        open_ms=times,
        median_ms=median(times),
        worst_ms=max(times),
        limit_ms=LIMIT_MS,
        first_load_bytes=sum(files.values()),
        limit_bytes=LIMIT_BYTES,
        files=files,
    )


async def _long_paper(database: Database, secrets: Secrets) -> World:
    paper = whole_paper(CHOICES, TRUE_FALSE, SHORT_ANSWERS)
    bank, source = await import_paper(database, BANK, "dai.docx", paper)
    exam, shift = await make_exam(database, secrets, bank=bank, source=source, title=TITLE)
    candidates = await seat_class(database, secrets, shift)
    return World(bank=bank, exam=exam, practice=exam, shift=shift, source=source, candidates=candidates)


async def _open(browser: Browser, day: Day, slowdown: int) -> float:
    visitor = await open_visitor(browser, day.site.url, day.clock)
    await visitor.page.add_init_script(_WATCH)
    student = Student(visitor)
    await student.log_in(day.world.candidates[0])
    await student.expect_waiting()
    session = await visitor.context.new_cdp_session(visitor.page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    await skip_time(day.site, day.clock, [visitor], minutes=30)
    await student.expect_paper()
    took = await visitor.page.evaluate(_TOOK)
    await visitor.context.close()
    return round(float(took), 1)


def _first_load() -> dict[str, int]:
    """Compressed bytes by file, from what the page's HTML names."""
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|href)="/(assets/[^"]+\.(?:js|css))"', page)
    return {name: _compressed(STATIC / name) for name in ["index.html", *named]}


def _compressed(path: Path) -> int:
    return path.with_name(f"{path.name}.br").stat().st_size


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slowdown", type=int, default=4, help="how many times slower the CPU")
    parser.add_argument("--rounds", type=int, default=5, help="how often")
    options = parser.parse_args()
    configure_logging()  # to standard error: standard output is for the figures
    opening = asyncio.run(measure(options.slowdown, options.rounds))
    print(msgspec.json.format(msgspec.json.encode(opening)).decode())  # noqa: T201 -- this is a command


if __name__ == "__main__":
    main()
