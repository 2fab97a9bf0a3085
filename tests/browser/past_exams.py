"""Exams that are over, with scoring runs, for the pages of measurement."""

import msgspec

from exam_server.actions import runs
from exam_server.actions.scoring import compute_run
from exam_server.protocol.measurement import NewRun, ScoringRun, SignRun
from exam_server.store.staff import StaffMember, select_optional_credentials
from tests.browser.site import Site
from tests.exam_server.scripts import make_exam, sit_class

CANDIDATES = 120
"""Enough for the Rasch model."""

ITEMS_OF_A_KIND = 4
TITLE = "Khảo sát đầu năm – Toán 12"


class PastExam(msgspec.Struct, frozen=True, kw_only=True):
    """An exam with a signed run by the Rasch model."""

    exam: int
    run: int
    items: tuple[int, ...]


async def past_exam(site: Site) -> PastExam:
    """Many candidates have sat it; one member of the board had it scored, another signed."""
    world = await make_exam(
        site.database, site.secrets, site.clock, students=CANDIDATES, items=ITEMS_OF_A_KIND, name=TITLE
    )
    await sit_class(site.database, world.exam)
    run = await scored(site, world.exam, "rasch")
    second, now = await _member(site, "board2"), site.clock.now()
    signature = SignRun(record_sha256=run.record_sha256 or "")
    await runs.sign_run(site.database, run.id, signature, second, now, "vi")
    return PastExam(exam=world.exam, run=run.id, items=world.items)


async def scored(site: Site, exam: int, model: str) -> ScoringRun:
    """A run that the first member of the board started, computed."""
    board = await _member(site, "board")
    new = msgspec.convert({"model": model}, NewRun)
    run = await runs.start_run(site.database, exam, new, board, site.clock.now(), "vi")
    assert await compute_run(site.database, site.clock, run.id)
    return await runs.show_run(site.database, run.id, board, "vi")


async def _member(site: Site, username: str) -> StaffMember:
    async with site.database.connection() as connection:
        found = await select_optional_credentials(connection, username)
    assert found is not None
    return found.member
