"""A bench counts what happens and finds what is wrong: on a real server and PostgreSQL of its own."""

from collections.abc import AsyncGenerator

import pytest

from exam_server.bench.losses import losses
from exam_server.bench.orders import AnswerClosed, AnswerOpen, Reconnect, Submit
from exam_server.bench.stage import Size, Stage, staged
from exam_server.errors import Unavailable

pytestmark = pytest.mark.slow

STUDENTS = 5


def silent(_: str, /, **__: str | int) -> None:
    """Nobody watches."""


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with staged(Size(students=STUDENTS), silent) as stage:
        await stage.gather()
        yield stage


async def test_all_is_counted(stage: Stage) -> None:
    await stage.open_papers()
    opened = await stage.order(AnswerOpen(rate=50.0, seconds=1.0))
    assert (opened.sent, opened.acknowledged, opened.spread.count) == (50, 50, 50)
    closed = await stage.order(AnswerClosed(window=2, seconds=0.5))
    assert closed.spread.count == closed.acknowledged - 50 >= 2 * STUDENTS
    back = await stage.order(Reconnect(resend=2))
    assert (back.spread.count, back.lines_lost) == (2 * STUDENTS, 0)
    submitted = await stage.order(Submit(seconds=0.5))
    assert (submitted.receipts, submitted.spread.count) == (STUDENTS, STUDENTS)
    assert await stage.flush_rows() >= 1
    verdict = await stage.close()
    assert verdict.passed, verdict.findings
    assert (verdict.students, verdict.acknowledged) == (STUDENTS, submitted.sent)


async def test_students_survive_a_killed_server_and_a_lost_answer_is_found(stage: Stage) -> None:
    await stage.open_papers()
    await stage.order(AnswerOpen(rate=50.0, seconds=0.5))
    stage.server.kill_workers()
    done = await stage.order(AnswerOpen(rate=50.0, seconds=0.5))
    assert done.lines_lost >= STUDENTS
    await erase(stage, "DELETE FROM journal WHERE seq = 10 AND sitting_id = $1")
    figures = losses(done, await stage.close())
    assert (figures["unacknowledged"], figures["refused"], figures["lost"]) == (0, 0, 1)


async def test_a_student_turned_away_ends_the_bench(stage: Stage) -> None:
    await erase(stage, "UPDATE sitting SET login_version = 2 WHERE id = $1")
    stage.server.kill_workers()
    with pytest.raises(Unavailable, match="bench_students_refused reason=4401"):
        await stage.open_papers()


async def erase(stage: Stage, statement: str) -> None:
    """Do harm to the first student."""
    async with stage.database.connection() as connection:
        await connection.execute(statement, stage.world.students[0].sitting)
