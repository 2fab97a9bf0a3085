"""Scoring runs: computed apart, the same to the byte, taken over from the dead, signed by a second person."""

import asyncio
import os
import signal
from datetime import timedelta
from hashlib import sha256

import msgspec
import pytest

from exam_server.actions import results, runs, sanctions
from exam_server.actions.coding import coded_exam
from exam_server.actions.scoring import compute_run
from exam_server.clock import FakeClock, SystemClock
from exam_server.computing import start_computing
from exam_server.core.coded_exam import mark
from exam_server.core.run import MAX_CLAIMS
from exam_server.core.run_record import RunRecord
from exam_server.errors import Conflict, Invalid, NotFound
from exam_server.protocol.measurement import NewRun, NewSanction, ScoringRun, SignRun
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from exam_server.store.runs import lock_optional_exam, select_claimables
from exam_server.store.sanctions import insert_sanction
from exam_server.store.staff import StaffMember
from tests.exam_server.scripts import add_board_member, hand_in, make_exam, questions_of, right, sit_class


@pytest.fixture
async def exam(database: Database, secrets: Secrets, clock: FakeClock) -> int:
    """An exam with three items, four candidates, all of them in."""
    world = await make_exam(database, secrets, clock)
    await sit_class(database, world.exam)
    return world.exam


@pytest.fixture
async def first(database: Database) -> StaffMember:
    return await add_board_member(database, "an")


@pytest.fixture
async def second(database: Database) -> StaffMember:
    return await add_board_member(database, "binh")


async def start(database: Database, exam: int, by: StaffMember, clock: FakeClock, **new: object) -> int:
    body = msgspec.convert(new, NewRun)
    return (await runs.start_run(database, exam, body, by, clock.now(), "vi")).id


async def computed(
    database: Database, exam: int, by: StaffMember, clock: FakeClock, **new: object
) -> ScoringRun:
    run = await start(database, exam, by, clock, **new)
    assert await compute_run(database, clock, run)
    return await runs.show_run(database, run, by, "vi")


async def computed_apart(database: Database, exam: int, by: StaffMember, clock: FakeClock) -> ScoringRun:
    """Computed in a process of its own, an hour after the last."""
    clock.advance(hours=1)
    run = await start(database, exam, by, clock)
    process = await start_computing(run, database.url)
    assert await process.wait() == 0
    return await runs.show_run(database, run, by, "vi")


async def sign(database: Database, run: ScoringRun, by: StaffMember, clock: FakeClock) -> ScoringRun:
    body = SignRun(record_sha256=run.record_sha256 or "")
    return await runs.sign_run(database, run.id, body, by, clock.now(), "vi")


async def scores(database: Database, run: int, by: StaffMember) -> list[str | None]:
    found = await runs.show_scores(database, run, by, search="", sort="number", page=1)
    return [each.score for each in found.scores]


async def test_a_run_is_computed_and_its_record_hashes_to_what_is_shown(
    database: Database, exam: int, first: StaffMember, clock: FakeClock
) -> None:
    run = await computed(database, exam, first, clock)
    assert (run.state, run.stage, run.progress, run.n, run.error) == ("done", "step_done", 1.0, 4, None)
    data = await runs.show_record(database, run.id)
    assert sha256(data).hexdigest() == run.record_sha256
    record = msgspec.json.decode(data, type=RunRecord)
    assert set(record.libraries) == {"khaothi", "numpy", "scipy"}
    coded = await coded_exam(database, exam)
    points = mark(coded).points.sum(axis=1)
    # 0.25 + 1 + 0.5 points; the scale is 10.
    assert [line.raw_score for line in record.scores] == [
        (2_000 * int(each) + 1_750) // 3_500 for each in points
    ]


async def test_the_same_inputs_give_the_same_bytes(
    database: Database, secrets: Secrets, first: StaffMember, clock: FakeClock
) -> None:
    world = await make_exam(database, secrets, clock, students=60, items=4)
    await sit_class(database, world.exam)
    one, two = [await computed_apart(database, world.exam, first, clock) for _ in range(2)]
    assert (one.number, two.number, two.state) == (1, 2, "done")
    assert one.record_sha256 == two.record_sha256
    assert await runs.show_record(database, one.id) == await runs.show_record(database, two.id)


async def test_another_input_is_another_record(
    database: Database, exam: int, first: StaffMember, clock: FakeClock
) -> None:
    one = await computed(database, exam, first, clock)
    two = await computed(database, exam, first, clock, void_rule="leave_out")
    assert one.record_sha256 != two.record_sha256


async def test_only_a_second_person_signs_what_was_read(
    database: Database, exam: int, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    run = await start(database, exam, first, clock)
    waiting = await runs.show_run(database, run, second, "vi")
    with pytest.raises(Conflict, match="run_queued"):
        await sign(database, waiting, second, clock)
    await compute_run(database, clock, run)
    done = await runs.show_run(database, run, second, "vi")
    assert done.may_sign
    assert not (await runs.show_run(database, run, first, "vi")).may_sign
    with pytest.raises(Conflict, match="own_run"):
        await sign(database, done, first, clock)
    with pytest.raises(Conflict, match="other_record"):
        await sign(database, msgspec.structs.replace(done, record_sha256="0" * 64), second, clock)
    signed = await sign(database, done, second, clock)
    assert (signed.state, signed.signed_by, signed.may_sign) == ("signed", second.name, False)
    with pytest.raises(Conflict, match="run_signed"):
        await sign(database, signed, second, clock)
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT actor, action, subject, detail FROM audit ORDER BY id")
    assert [(row["actor"], row["action"]) for row in rows] == [
        ("staff:an", "run.start"),
        ("scoring", "run.compute"),
        ("staff:binh", "run.sign"),
    ]
    assert rows[2]["subject"] == f"run {run}"
    assert signed.record_sha256 is not None
    assert signed.record_sha256 in rows[2]["detail"]


async def test_signing_supersedes_with_the_items_statistics(
    database: Database, exam: int, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    one = await computed(database, exam, first, clock)
    two = await computed(database, exam, first, clock, void_rule="leave_out")
    await sign(database, one, second, clock)
    await sign(database, two, second, clock)
    listed = await runs.list_runs(database, exam, first, clock.now(), "vi")
    assert [(run.number, run.state) for run in listed.runs] == [(2, "signed"), (1, "superseded")]
    [question, *_] = await questions_of(database, exam)
    async with database.connection() as connection:
        from exam_server.store.item_uses import select_history

        [use] = await select_history(connection, question.id)
        assert use.run == two.id
        # The day is that of the exam, not of the signature.
        assert use.at == await connection.fetchval("SELECT min(opens_at) FROM shift WHERE exam_id = $1", exam)
        bell = use.at + timedelta(minutes=5)
        await connection.execute("UPDATE shift SET started_at = $2 WHERE exam_id = $1", exam, bell)
        assert [use.at for use in await select_history(connection, question.id)] == [bell]
        assert await connection.fetchval("SELECT count(*) FROM item_use") == 6


async def test_an_older_run_does_not_replace_a_newer_one(
    database: Database, exam: int, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    one = await computed(database, exam, first, clock)
    two = await computed(database, exam, first, clock)
    await sign(database, two, second, clock)
    with pytest.raises(Conflict, match="newer_run_signed"):
        await sign(database, one, second, clock)
    listed = await runs.list_runs(database, exam, second, clock.now(), "vi")
    assert [(run.number, run.later_signed, run.may_sign) for run in listed.runs] == [
        (2, None, False),
        (1, 2, False),
    ]


async def test_what_changed_since_cannot_be_signed(
    database: Database, exam: int, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    run = await computed(database, exam, first, clock)
    found = await runs.show_scores(database, run.id, first, search="", sort="number", page=1)
    new = NewSanction(number=found.scores[0].number, kind="warning", reason="Mang điện thoại")
    await sanctions.record_sanction(database, exam, new, first, clock.now())
    with pytest.raises(Conflict, match="run_outdated"):
        await sign(database, run, second, clock)
    await sign(database, await computed(database, exam, first, clock), second, clock)


async def test_two_signatures_at_once_are_one(
    database: Database, exam: int, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    run = await computed(database, exam, first, clock)
    third = await add_board_member(database, "chi")
    signing = (sign(database, run, member, clock) for member in (second, third))
    found = await asyncio.gather(*signing, return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["Conflict", "ScoringRun"]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM audit WHERE action = 'run.sign'") == 1
        assert await connection.fetchval("SELECT count(*) FROM item_use") == 3


async def test_a_sanction_recorded_while_a_run_is_being_signed_comes_first(
    database: Database, exam: int, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    run = await computed(database, exam, first, clock)
    [sitting, *_] = (await runs.show_scores(database, run.id, first, search="", sort="number", page=1)).scores
    async with database.transaction() as recording:
        await lock_optional_exam(recording, exam)
        signing = asyncio.create_task(sign(database, run, second, clock))
        while not await is_anyone_blocked(database):
            pass
        await insert_sanction(recording, sitting.sitting, "warning", "Mang tài liệu", first.id, clock.now())
    with pytest.raises(Conflict, match="run_outdated"):
        await signing


async def is_anyone_blocked(database: Database) -> bool:
    async with database.connection() as connection:
        return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"))


async def test_a_sanction_is_applied_and_the_raw_score_stays(
    database: Database, secrets: Secrets, first: StaffMember, clock: FakeClock
) -> None:
    world = await make_exam(database, secrets, clock, students=2)
    questions = await questions_of(database, world.exam)
    for student in world.students:
        await hand_in(database, student.sitting, {each.id: right(each) for each in questions})
    new = NewSanction(number=world.students[1].number, kind="reprimand", reason="Nhìn bài bạn")
    await sanctions.record_sanction(database, world.exam, new, first, clock.now())
    run = await computed(database, world.exam, first, clock)
    found = await runs.show_scores(database, run.id, first, search="", sort="number", page=1)
    assert [(each.score, each.raw_score, each.sanction) for each in found.scores] == [
        ("10.00", "10.00", None),
        ("7.50", "10.00", "reprimand"),
    ]
    assert run.sanctions == 1
    # At once: the results page has it too.
    shown = await results.show_results(database, world.exam, first, clock.now())
    assert [row.score for row in shown.scripts] == ["10.00", "7.50"]


async def test_who_is_not_in_is_listed_without_a_score(
    database: Database, secrets: Secrets, first: StaffMember, clock: FakeClock
) -> None:
    world = await make_exam(database, secrets, clock, students=3)
    await sit_class(database, world.exam, but=[world.students[0].sitting, world.students[1].sitting])
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE sitting SET state = 'voided' WHERE id = $1", world.students[1].sitting
        )
    run = await computed(database, world.exam, first, clock)
    assert (run.n, (await scores(database, run.id, first))[:2]) == (1, [None, None])
    listed = await runs.list_runs(database, world.exam, first, clock.now(), "vi")
    assert listed.unfinished == 1


async def test_an_exam_nobody_has_sat_is_scored_too(
    database: Database, secrets: Secrets, first: StaffMember, clock: FakeClock
) -> None:
    world = await make_exam(database, secrets, clock, students=1)
    run = await computed(database, world.exam, first, clock)
    assert (run.state, run.n, await scores(database, run.id, first)) == ("done", 0, [None])


async def test_one_run_at_a_time(database: Database, exam: int, first: StaffMember, clock: FakeClock) -> None:
    run = await start(database, exam, first, clock)
    with pytest.raises(Conflict, match="run_unfinished"):
        await start(database, exam, first, clock)
    cancelled = await runs.cancel_run(database, run, first, clock.now(), "vi")
    assert cancelled.state == "cancelled"
    assert not await compute_run(database, clock, run)
    with pytest.raises(Conflict, match="run_cancelled"):
        await runs.cancel_run(database, run, first, clock.now(), "vi")
    await start(database, exam, first, clock)
    with pytest.raises(NotFound, match="no_such_exam"):
        await start(database, exam + 1, first, clock)


async def test_a_cancelled_run_stores_nothing(
    database: Database, exam: int, first: StaffMember, clock: FakeClock
) -> None:
    run = await start(database, exam, first, clock)
    async with database.transaction() as holding:
        await holding.execute("LOCK TABLE candidate IN ACCESS EXCLUSIVE MODE")
        computing = asyncio.create_task(compute_run(database, clock, run))
        while await state_of(database, run) == "queued":
            pass
        await runs.cancel_run(database, run, first, clock.now(), "vi")
    assert not await computing
    assert await state_of(database, run) == "cancelled"
    async with database.connection() as connection:
        assert not await connection.fetchval("SELECT count(*) FROM run_score")
        assert not await connection.fetchval("SELECT count(*) FROM audit WHERE action = 'run.compute'")


async def state_of(database: Database, run: int) -> str:
    async with database.connection() as connection:
        return str(await connection.fetchval("SELECT state FROM scoring_run WHERE id = $1", run))


async def test_a_killed_process_is_relieved(
    database: Database, exam: int, first: StaffMember, clock: FakeClock
) -> None:
    run = await start(database, exam, first, clock)
    async with database.transaction() as holding:
        await holding.execute("LOCK TABLE candidate IN ACCESS EXCLUSIVE MODE")
        process = await start_computing(run, database.url)
        while await state_of(database, run) == "queued":
            pass
        os.kill(process.pid, signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL
    # While its lease lasts, nobody else has the run.
    assert not await compute_run(database, SystemClock(), run)
    assert await waiting(database) == []
    await expire(database)
    assert await waiting(database) == [run]
    assert await compute_run(database, clock, run)
    assert await state_of(database, run) == "done"


async def test_what_a_process_finds_out_after_losing_its_run_is_not_stored(
    database: Database, exam: int, first: StaffMember, clock: FakeClock
) -> None:
    run = await start(database, exam, first, clock)
    async with database.transaction() as holding:
        await holding.execute("LOCK TABLE candidate IN ACCESS EXCLUSIVE MODE")
        slow = asyncio.create_task(compute_run(database, clock, run))
        while await state_of(database, run) == "queued":
            pass
        await expire(database)
        async with database.transaction() as connection:
            # Another process has it now.
            await connection.execute("UPDATE scoring_run SET lease = lease + 1 WHERE id = $1", run)
    assert not await slow
    assert await state_of(database, run) == "running"


async def test_a_run_that_ends_its_process_each_time_fails_at_last(
    database: Database, exam: int, first: StaffMember, clock: FakeClock
) -> None:
    run = await start(database, exam, first, clock)
    async with database.transaction() as connection:
        await connection.execute("UPDATE scoring_run SET state = 'running', lease = $1", MAX_CLAIMS)
    await expire(database)
    assert not await compute_run(database, clock, run)
    found = await runs.show_run(database, run, first, "en")
    async with database.connection() as connection:
        assert (
            await connection.fetchval("SELECT detail FROM audit WHERE action = 'run.fail'")
            == "run_keeps_failing"
        )
    assert (found.state, found.error) == (
        "failed",
        "The computing process ended early 5 times. Look at the server's log and memory, then start again.",
    )


async def waiting(database: Database) -> list[int]:
    async with database.connection() as connection:
        return await select_claimables(connection)


async def expire(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("UPDATE scoring_run SET lease_until = clock_timestamp() - interval '1 s'")


async def test_the_scale_of_a_run_with_shared_items_is_taken_over(
    database: Database, secrets: Secrets, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    one = await make_exam(database, secrets, clock, students=120, items=3, name="Đợt một")
    two = await make_exam(database, secrets, clock, students=120, items=3, name="Đợt hai")
    async with database.transaction() as connection:
        # The second paper is the first one's items.
        await connection.execute(
            """UPDATE exam_item SET item_id = mine.item_id FROM exam_item AS mine
            WHERE exam_item.exam_id = $2 AND mine.exam_id = $1 AND mine.position = exam_item.position""",
            one.exam,
            two.exam,
        )
    await sit_class(database, one.exam, seed=1)
    await sit_class(database, two.exam, seed=2)
    base = await computed(database, one.exam, first, clock, model="rasch")
    with pytest.raises(Invalid, match="not_linkable"):
        await start(database, two.exam, first, clock, link_to=base.id)
    await sign(database, base, second, clock)
    listed = await runs.list_runs(database, two.exam, first, clock.now(), "vi")
    assert [(run.id, run.exam, run.shared) for run in listed.linkable] == [(base.id, "Đợt một", 9)]
    linked = await computed(database, two.exam, first, clock, model="rasch", link_to=base.id)
    record = msgspec.json.decode(await runs.show_record(database, linked.id), type=RunRecord)
    assert record.link is not None
    assert record.link.record_sha256 == base.record_sha256
    assert record.findings.model is not None
    link = record.findings.model.link
    assert link is not None
    assert link.slope == pytest.approx(1, abs=0.5)
    assert (linked.link_exam, linked.link_made, linked.fitted_model) == ("Đợt một", True, "rasch")
    assert (base.link_exam, base.link_made) == (None, False)
    thetas = [line.theta for line in record.scores]
    assert all(theta is not None for theta in thetas)
    ranges = [(each.low, each.score, each.high) for each in record.scores]
    assert all(low is not None and high is not None and low <= score <= high for low, score, high in ranges)


async def test_pages_of_scores(database: Database, exam: int, first: StaffMember, clock: FakeClock) -> None:
    async with database.transaction() as connection:
        for sitting, name in enumerate(["Đỗ Văn Ánh", "Lê An", "Trần Bình", "Võ Ăn"], start=1):
            await connection.execute(
                """UPDATE candidate SET name = $2 FROM sitting
                WHERE candidate_id = candidate.id AND sitting.id = $1""",
                sitting,
                name,
            )
    run = await computed(database, exam, first, clock)

    async def names(search: str = "", sort: runs.ScoreOrder = "name", page: int = 1) -> list[str]:
        found = await runs.show_scores(database, run.id, first, search=search, sort=sort, page=page)
        return [each.name for each in found.scores]

    assert await names() == ["Lê An", "Đỗ Văn Ánh", "Võ Ăn", "Trần Bình"]
    assert await names("an") == ["Lê An", "Đỗ Văn Ánh", "Võ Ăn", "Trần Bình"]
    assert await names("ánh") == ["Đỗ Văn Ánh"]
    assert await names("do van") == ["Đỗ Văn Ánh"]
    assert await names("00003") == ["Trần Bình"]
    assert await names(page=2) == []
    by_score = await runs.show_scores(database, run.id, first, search="", sort="score", page=1)
    given = [float(each.score or 0) for each in by_score.scores]
    assert given == sorted(given, reverse=True)
    with pytest.raises(Invalid, match="bad_field"):
        runs.score_order("height")
