"""What an invigilator may do to a room, over a real database."""

from datetime import timedelta

import numpy as np
import pytest

from exam_server.actions import sit
from exam_server.actions.command import Invigilator, Outcome, PinMaker, command_room
from exam_server.clock import FakeClock
from exam_server.core.pin import pin_hmac
from exam_server.core.sitting import State
from exam_server.errors import Conflict, Invalid, NotFound
from exam_server.protocol.staff import Command
from exam_server.secrets import Secrets
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database
from tests.exam_server.arrivals import arrival

REASON = "Theo lệnh hội đồng"


@pytest.fixture
async def world(database: Database, clock: FakeClock, secrets: Secrets) -> World:
    """Three students of whom two have come."""
    plan = Plan(opens_at=clock.now() + timedelta(minutes=10), students=3)
    async with database.transaction() as connection:
        made = await make_world(connection, plan, secrets, np.random.default_rng(1))
    for student in made.students[:2]:
        await sit.enter(database, [arrival(student.sitting)], worker=1, now=clock.now())
    return made


async def give(database: Database, world: World, clock: FakeClock, command: Command) -> Outcome:
    return await command_room(
        database,
        world.shift,
        command,
        by=Invigilator(staff_id=world.staff, actor="staff:ha"),
        pins=PinMaker(draw=lambda: "246810", pepper=b"p" * 32),
        now=clock.now(),
    )


async def states(database: Database, world: World) -> list[State]:
    stored = await sit.reload(database, [student.sitting for student in world.students])
    return [one.sitting.state for one in stored]


async def test_starting_early_rings_the_bell_for_all_who_wait(
    database: Database, clock: FakeClock, world: World
) -> None:
    outcome = await give(database, world, clock, Command(command="start", reason=REASON))
    assert outcome.applied == tuple(student.sitting for student in world.students[:2])
    assert await states(database, world) == [State.RUNNING, State.RUNNING, State.REGISTERED]
    again = await give(database, world, clock, Command(command="start", reason=REASON))
    assert again == Outcome(applied=())


async def test_one_alone_cannot_start_before_the_bell(
    database: Database, clock: FakeClock, world: World
) -> None:
    first = world.students[0].sitting
    outcome = await give(database, world, clock, Command(command="start", reason=REASON, sittings=(first,)))
    assert outcome.applied == ()
    assert [(sitting, error.code) for sitting, error in outcome.refused] == [(first, "bell_not_rung")]


async def test_a_command_to_all_passes_by_whom_it_does_not_concern_and_a_named_one_is_told(
    database: Database, clock: FakeClock, world: World
) -> None:
    await give(database, world, clock, Command(command="start", reason=REASON))
    everyone = await give(database, world, clock, Command(command="pause", reason=REASON))
    assert (len(everyone.applied), everyone.refused) == (2, ())
    absent = world.students[2].sitting
    named = await give(database, world, clock, Command(command="pause", reason=REASON, sittings=(absent,)))
    assert [(sitting, error.code) for sitting, error in named.refused] == [(absent, "sitting_registered")]


async def test_every_act_is_logged_with_its_reason_and_who_did_it(
    database: Database, clock: FakeClock, world: World
) -> None:
    sitting_id = world.students[0].sitting
    for command in (
        Command(command="start", reason="Đủ thí sinh"),
        Command(command="add_time", reason="Vào muộn", minutes=5, sittings=(sitting_id,)),
        Command(command="message", reason="Nhắc", text="Giữ trật tự", sittings=(sitting_id,)),
        Command(command="force_submit", reason="Vi phạm", sittings=(sitting_id,)),
        Command(command="void", reason="Biên bản số 1", sittings=(sitting_id,)),
    ):
        outcome = await give(database, world, clock, command)
        assert sitting_id in outcome.applied
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT kind, reason, detail FROM sitting_event "
            "WHERE sitting_id = $1 AND actor = 'staff:ha' ORDER BY n",
            sitting_id,
        )
        audited = await connection.fetchval("SELECT count(*) FROM audit WHERE actor = 'staff:ha'")
    assert [tuple(row) for row in rows] == [
        ("started", "Đủ thí sinh", ""),
        ("extended", "Vào muộn", "300000"),
        ("message", "Nhắc", "Giữ trật tự"),
        ("closed", "Vi phạm", "invigilator"),
        ("voided", "Biên bản số 1", "invigilator"),
    ]
    assert audited == 5


async def test_a_new_pin_replaces_the_old_and_its_sessions(
    database: Database, clock: FakeClock, world: World
) -> None:
    student = world.students[0]
    command = Command(command="reset_pin", reason=REASON, sittings=(student.sitting,))
    assert (await give(database, world, clock, command)).pins == {student.sitting: "246810"}
    async with database.connection() as connection:
        row = await connection.fetchrow(
            "SELECT pin_hmac, login_version FROM sitting WHERE id = $1", student.sitting
        )
    assert row is not None
    assert row["pin_hmac"] == pin_hmac(b"p" * 32, world.shift, student.number, "246810")
    assert row["login_version"] == 2


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Command(command="pause", reason="  "), "reason_needed"),
        (Command(command="pause", reason="x" * 501), "reason_too_long"),
        (Command(command="add_time", reason=REASON), "bad_minutes"),
        (Command(command="add_time", reason=REASON, minutes=601), "bad_minutes"),
        (Command(command="message", reason=REASON), "text_needed"),
        (Command(command="message", reason=REASON, text="x" * 1001), "text_too_long"),
        (Command(command="pause", reason=REASON, sittings=(10**9,)), "other_shift"),
        (Command(command="reset_pin", reason=REASON), "sittings_needed"),
    ],
)
async def test_a_malformed_command_changes_nothing(
    database: Database, clock: FakeClock, world: World, command: Command, code: str
) -> None:
    before = await states(database, world)
    with pytest.raises(Invalid, match=code):
        await give(database, world, clock, command)
    assert await states(database, world) == before
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM audit") == 0


async def test_the_bell_does_not_ring_after_the_closing_time(
    database: Database, clock: FakeClock, world: World
) -> None:
    clock.advance(hours=3)
    with pytest.raises(Conflict, match="shift_over"):
        await give(database, world, clock, Command(command="start", reason=REASON))


async def test_there_must_be_such_a_shift(database: Database, clock: FakeClock, world: World) -> None:
    with pytest.raises(NotFound, match="no_shift"):
        await command_room(
            database,
            10**9,
            Command(command="pause", reason=REASON),
            by=Invigilator(staff_id=world.staff, actor="staff:ha"),
            pins=PinMaker(draw=str, pepper=b""),
            now=clock.now(),
        )


async def test_ending_the_shift_collects_what_is_open_and_lets_nobody_in(
    database: Database, clock: FakeClock, world: World
) -> None:
    end = Command(command="end", reason=REASON)
    with pytest.raises(Conflict) as early:
        await give(database, world, clock, end)
    assert early.value.code == "bell_not_rung"
    await give(database, world, clock, Command(command="start", reason=REASON))
    with pytest.raises(Invalid) as named:
        await give(
            database,
            world,
            clock,
            Command(command="end", reason=REASON, sittings=(world.students[0].sitting,)),
        )
    assert named.value.code == "whole_shift_only"
    outcome = await give(database, world, clock, end)
    assert outcome.applied == tuple(student.sitting for student in world.students[:2])
    assert await states(database, world) == [State.CLOSED, State.CLOSED, State.REGISTERED]
    clock.advance(seconds=1)
    await sit.enter(database, [arrival(world.students[2].sitting)], worker=1, now=clock.now())
    assert (await states(database, world))[2] is State.REGISTERED
