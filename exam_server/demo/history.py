"""What the demo's school did before: a survey this autumn and one the year before, scored and signed."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from exam_server.actions import exams, staff
from exam_server.core.access import Role
from exam_server.demo.build import ACTOR, SECOND, USERNAMES, HistoryWords, Progress
from exam_server.demo.logins import Logins
from exam_server.demo.past import Survey, hold_survey, score_survey
from exam_server.errors import Conflict, NotFound
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from exam_server.store.staff import StaffMember, select_optional_credentials

_WEEKS_AGO = (60, 8)
_CLASSES = 14
_LETTERS = ("12B", "12A")
_FIRST_NUMBERS = (250_001, 260_001)
_SEED = 20_261_122


async def build_history(
    database: Database,
    secrets: Secrets,
    logins: Logins,
    paper: Path,
    words: HistoryWords,
    *,
    now: datetime,
    progress: Progress,
) -> None:
    """Hold and score what is not there yet. Chance is the same each time, so that every demo shows the
    same."""
    progress("demo_step_history")
    board = (await _member(database, USERNAMES[Role.BOARD]), await _second(database, logins, words, now))
    if words.elsewhere & {exam.title for exam in await exams.all_exams(database)}:
        return
    rng, link_to = np.random.default_rng(_SEED), None
    for place, title in enumerate(words.titles):
        held_at = (now - timedelta(weeks=_WEEKS_AGO[place])).replace(
            hour=0, minute=30, second=0, microsecond=0
        )
        survey = Survey(
            title=title,
            subject=words.subject,
            bank=words.bank,
            shift=words.shift,
            room=words.room,
            held_at=held_at,
            letter=_LETTERS[place],
            classes=_CLASSES,
            own_class=place == 1,
            first_number=_FIRST_NUMBERS[place],
            item_seed=_SEED,
        )
        exam_id = await hold_survey(database, secrets, paper, survey, rng)
        link_to = await score_survey(database, exam_id, board, link_to, held_at + timedelta(days=2))


async def _second(database: Database, logins: Logins, words: HistoryWords, now: datetime) -> StaffMember:
    with suppress(Conflict):  # from an earlier start
        await staff.add_staff(
            database,
            username=SECOND,
            name=words.second,
            role=Role.BOARD,
            password=logins.second,
            actor=ACTOR,
            now=now,
        )
    return await _member(database, SECOND)


async def _member(database: Database, username: str) -> StaffMember:
    async with database.connection() as connection:
        found = await select_optional_credentials(connection, username)
    if found is None:
        raise NotFound("no_such_user", username=username)
    return found.member
