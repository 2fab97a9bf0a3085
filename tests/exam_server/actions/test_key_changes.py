"""Key corrections: tried out by hand-made numbers, made live by a second person, taken back."""

from decimal import Decimal

import pytest

from exam_server.actions import key_changes, results, runs, sanctions
from exam_server.actions.scoring import compute_run
from exam_server.clock import FakeClock
from exam_server.errors import Conflict, Invalid, NotFound
from exam_server.protocol.measurement import (
    KeyChange,
    KeyDecision,
    LiveKey,
    NewKeyChange,
    NewRun,
    NewSanction,
    SignRun,
)
from exam_server.protocol.sitting import Response
from exam_server.secrets import Secrets
from exam_server.simulation.world import World
from exam_server.store.database import Database
from exam_server.store.staff import StaffMember
from item_bank.kinds import Key
from item_bank.kinds.short_answer import ShortAnswerKey
from item_bank.kinds.single_choice import SingleChoiceKey
from item_bank.kinds.true_false import TrueFalseKey
from tests.exam_server.scripts import add_board_member, hand_in, make_exam

REASON = KeyDecision(reason="Đã thống nhất với tổ ra đề")
GRADED = (True, False, False, True)


@pytest.fixture
async def exam(database: Database, secrets: Secrets, clock: FakeClock) -> World:
    """Three items: choice (key A, 0.25), graded (1 point), short ("0,5", 0.5 points); four scripts."""
    world = await make_exam(database, secrets, clock)
    choice, graded, short = world.items
    scripts: list[dict[int, Response]] = [
        {choice: "A", graded: GRADED, short: "0,5"},
        {choice: "B", graded: GRADED, short: "0.50"},
        {choice: "B", graded: (True, False, True, False), short: "7"},
        {},
    ]
    for student, answers in zip(world.students, scripts, strict=True):
        await hand_in(database, student.sitting, answers)
    return world


@pytest.fixture
async def first(database: Database) -> StaffMember:
    return await add_board_member(database, "an")


@pytest.fixture
async def second(database: Database) -> StaffMember:
    return await add_board_member(database, "binh")


async def propose(
    database: Database, exam: World, place: int, key: Key | None, by: StaffMember, clock: FakeClock
) -> KeyChange:
    new = NewKeyChange(item=exam.items[place], key=key, reason="Đáp án sai")
    return await key_changes.propose_key_change(database, exam.exam, new, by, clock.now())


async def scores(database: Database, exam: World, by: StaffMember, clock: FakeClock) -> list[str | None]:
    found = await results.show_results(database, exam.exam, by, clock.now())
    return [row.score for row in sorted(found.scripts, key=lambda row: row.number)]


B = SingleChoiceKey(option="B")


async def test_a_preview_by_hand(
    database: Database, exam: World, first: StaffMember, clock: FakeClock
) -> None:
    # 1.75; 1 (the short answer "0.50" is none of the accepted); 0.25; 0 of 1.75 points.
    assert await scores(database, exam, first, clock) == ["10.00", "5.71", "1.43", "0.00"]
    change = await propose(database, exam, 0, B, first, clock)
    found = await key_changes.preview_key_change(database, change.id, first, page=1)
    assert (found.gains, found.loses, found.same, found.total) == (2, 1, 1, 3)
    rows = {row.sitting: (row.before, row.after, row.difference) for row in found.rows}
    one, two, three, _ = (student.sitting for student in exam.students)
    assert rows == {
        one: ("10.00", "8.57", "-1.43"),
        two: ("5.71", "7.14", "+1.43"),
        three: ("1.43", "2.86", "+1.43"),
    }
    assert [(each.difference, each.count) for each in found.differences] == [("-1.43", 1), ("+1.43", 2)]
    # 17.14 / 4 and 18.57 / 4, halves up.
    assert (found.mean_before, found.mean_after) == ("4.29", "4.64")
    # Nothing has changed by looking.
    assert await scores(database, exam, first, clock) == ["10.00", "5.71", "1.43", "0.00"]


async def test_voiding_an_item_gains_for_all_who_had_it_wrong(
    database: Database, exam: World, first: StaffMember, clock: FakeClock
) -> None:
    change = await propose(database, exam, 1, None, first, clock)
    found = await key_changes.preview_key_change(database, change.id, first, page=1)
    assert [row.difference for row in found.rows] == ["+5.71", "+4.28"]
    assert (found.gains, found.loses, found.same) == (2, 0, 2)


async def test_a_preview_is_the_same_from_the_kept_codes_and_with_sanctions(
    database: Database, exam: World, first: StaffMember, clock: FakeClock
) -> None:
    new = NewSanction(number=exam.students[1].number, kind="warning", reason="Trao đổi bài")
    await sanctions.record_sanction(database, exam.exam, new, first, clock.now())
    change = await propose(database, exam, 0, B, first, clock)
    fresh = await key_changes.preview_key_change(database, change.id, first, page=1)
    run = await runs.start_run(database, exam.exam, NewRun(), first, clock.now(), "vi")
    assert await compute_run(database, clock, run.id)
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM journal")
    kept = await key_changes.preview_key_change(database, change.id, first, page=1)
    assert kept == fresh
    halved = next(row for row in kept.rows if row.sitting == exam.students[1].sitting)
    assert (halved.before, halved.after) == ("2.86", "3.57")


async def test_a_second_person_makes_it_live_and_any_takes_it_back(
    database: Database, exam: World, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    change = await propose(database, exam, 0, B, first, clock)
    assert (change.state, change.may_confirm, change.old_key) == (
        "proposed",
        False,
        SingleChoiceKey(option="A"),
    )
    with pytest.raises(Conflict, match="own_key_change"):
        await key_changes.confirm_key_change(database, change.id, REASON, first, clock.now())
    empty = KeyDecision(reason=" ")
    with pytest.raises(Invalid, match="bad_field"):
        await key_changes.confirm_key_change(database, change.id, empty, second, clock.now())
    live = await key_changes.confirm_key_change(database, change.id, REASON, second, clock.now())
    assert (live.state, live.decided_by) == ("live", second.name)
    assert await scores(database, exam, first, clock) == ["8.57", "7.14", "2.86", "0.00"]
    back = await key_changes.roll_back_key_change(database, change.id, REASON, first, clock.now())
    assert back.state == "rolled_back"
    assert await scores(database, exam, first, clock) == ["10.00", "5.71", "1.43", "0.00"]
    with pytest.raises(Conflict, match="key_change_rolled_back"):
        await key_changes.confirm_key_change(database, change.id, REASON, second, clock.now())
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT actor, action, detail FROM audit ORDER BY id")
        key = await connection.fetchval("SELECT key FROM item_key WHERE item_id = $1", exam.items[0])
    assert [(row["actor"], row["action"]) for row in rows] == [
        ("staff:an", "key.propose"),
        ("staff:binh", "key.confirm"),
        ("staff:an", "key.roll_back"),
    ]
    assert REASON.reason in rows[1]["detail"]
    assert '"A"' in key


async def test_a_later_correction_replaces_an_earlier_one_and_a_rollback_restores_it(
    database: Database, exam: World, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    one = await propose(database, exam, 0, B, first, clock)
    await key_changes.confirm_key_change(database, one.id, REASON, second, clock.now())
    two = await propose(database, exam, 0, None, second, clock)
    assert two.old_key == B
    await key_changes.confirm_key_change(database, two.id, REASON, first, clock.now())
    listed = await key_changes.list_key_changes(database, exam.exam, first)
    assert [(change.id, change.state) for change in listed.changes] == [
        (two.id, "live"),
        (one.id, "superseded"),
    ]
    assert listed.live == (LiveKey(item=one.item, key=None),)
    await key_changes.roll_back_key_change(database, two.id, REASON, second, clock.now())
    listed = await key_changes.list_key_changes(database, exam.exam, first)
    assert [change.state for change in listed.changes] == ["rolled_back", "live"]
    assert listed.live == (LiveKey(item=one.item, key=B),)
    assert await scores(database, exam, first, clock) == ["8.57", "7.14", "2.86", "0.00"]


async def test_a_proposal_that_others_overtook_is_refused(
    database: Database, exam: World, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    one = await propose(database, exam, 0, B, first, clock)
    two = await propose(database, exam, 0, None, first, clock)
    await key_changes.confirm_key_change(database, one.id, REASON, second, clock.now())
    with pytest.raises(Conflict, match="key_change_outdated"):
        await key_changes.confirm_key_change(database, two.id, REASON, second, clock.now())
    withdrawn = await key_changes.withdraw_key_change(database, two.id, REASON, first, clock.now())
    assert withdrawn.state == "withdrawn"


async def test_keys_that_cannot_be(
    database: Database, exam: World, first: StaffMember, clock: FakeClock
) -> None:
    for place, key, code in (
        (0, SingleChoiceKey(option="A"), "key_unchanged"),
        (0, SingleChoiceKey(option="H"), "key_outside_options"),
        (0, ShortAnswerKey(accept=("1",)), "key_of_other_kind"),
        (1, TrueFalseKey(values=(True,)), "key_length_differs"),
        (2, ShortAnswerKey(accept=("mười",)), "key_not_a_number"),
    ):
        with pytest.raises(Invalid, match=code):
            await propose(database, exam, place, key, first, clock)
    new = NewKeyChange(item=10**6, key=None, reason="Sai")
    with pytest.raises(NotFound, match="no_such_item"):
        await key_changes.propose_key_change(database, exam.exam, new, first, clock.now())


async def test_a_signed_run_keeps_its_keys_until_the_next(
    database: Database, exam: World, first: StaffMember, second: StaffMember, clock: FakeClock
) -> None:
    async def score_anew() -> None:
        run = await runs.start_run(
            database, exam.exam, NewRun(void_rule="leave_out"), first, clock.now(), "vi"
        )
        assert await compute_run(database, clock, run.id)
        done = await runs.show_run(database, run.id, second, "vi")
        body = SignRun(record_sha256=done.record_sha256 or "")
        await runs.sign_run(database, run.id, body, second, clock.now(), "vi")

    await score_anew()
    change = await propose(database, exam, 1, None, first, clock)
    await key_changes.confirm_key_change(database, change.id, REASON, second, clock.now())
    assert await scores(database, exam, first, clock) == ["10.00", "5.71", "1.43", "0.00"]
    await score_anew()
    # Without the graded item: 0.75, 0, 0, 0 of 0.75 points.
    assert await scores(database, exam, first, clock) == ["10.00", "0.00", "0.00", "0.00"]
    found = await results.show_results(database, exam.exam, first, clock.now())
    assert (found.total_points, found.run is None) == ("0.75", False)
    assert [Decimal(part.points) for part in found.scripts[0].parts] == [Decimal("0.75")]


async def test_many_scripts_wait_for_a_run(
    database: Database, exam: World, first: StaffMember, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_changes, "CODED_AT_ONCE", 3)
    change = await propose(database, exam, 0, B, first, clock)
    with pytest.raises(Conflict, match="coding_needed"):
        await key_changes.preview_key_change(database, change.id, first, page=1)
