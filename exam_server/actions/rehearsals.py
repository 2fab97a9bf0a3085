"""The room test: a code for it, its made-up exam, the proofs, the verdict."""

import os
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from exam_server.actions.attempts import Limit, check_attempts, forget_wrong, remember_wrong
from exam_server.actions.roster import MAX_SEED, new_pin
from exam_server.core.form import NONCE_BYTES, compile_form, wrap_key
from exam_server.core.pin import pin_hmac
from exam_server.core.rehearsal import EVERY, SPARE, judge, lobby, rehearsal_form
from exam_server.core.timing import instant_ms
from exam_server.errors import Conflict, Invalid, NotFound
from exam_server.protocol.rehearsal import (
    Proofs,
    RehearsalCode,
    RehearsalEntry,
    RehearsalLogin,
    RehearsalPlan,
    RehearsalReport,
    Rehearsals,
    RehearsalVerdict,
)
from exam_server.secrets import Secrets
from exam_server.store import audit, exams, rehearsals
from exam_server.store.database import Connection, Database

CODE_LIFE = timedelta(days=7)
"""A school may test its rooms days before."""

NEAR = timedelta(minutes=30)
ABANDONED = timedelta(hours=1)

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 8
_MINUTE_MS = 60_000


async def make_rehearsal(database: Database, *, room: str, actor: str, now: datetime) -> RehearsalCode:
    """A code for one test of a room, good for a week.

    Raises Invalid with code ``bad_field`` without a room.
    """
    room = " ".join(room.split())
    if not room:
        raise Invalid("bad_field", place="room", field="room")
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    async with database.transaction() as connection:
        await _clear_abandoned(connection, now)
        number = await rehearsals.insert_rehearsal(
            connection,
            room=room,
            code_sha256=_digest(letters),
            made_by=actor,
            made_at=now,
            expires_at=now + CODE_LIFE,
        )
        await audit.record(
            connection,
            now=now,
            actor=actor,
            action="rehearsal.make",
            subject=f"rehearsal {number}",
            detail=room,
        )
    return RehearsalCode(code=f"{letters[:4]}-{letters[4:]}", room=room, expires_at=now + CODE_LIFE)


async def list_rehearsals(database: Database) -> Rehearsals:
    """The latest room tests with their verdicts."""
    async with database.connection() as connection:
        return Rehearsals(rehearsals=await rehearsals.select_rehearsals(connection))


async def play_rehearsal(
    database: Database, secrets_: Secrets, entry: RehearsalEntry, *, address: str, now: datetime
) -> RehearsalPlan:
    """Exchange a code for a made-up exam that begins within a minute.

    Raises NotFound with code ``no_such_rehearsal`` when the code is wrong, used or too old; TooMany after
    too many wrong ones; Conflict with ``exam_is_near`` while a real exam is sat or about to be.
    """
    code = "".join(entry.code.upper().split()).replace("-", "")
    limits = _limits(address)
    async with database.transaction() as connection:
        await check_attempts(connection, limits, now)
        found = await rehearsals.lock_optional_unplayed(connection, _digest(code), now)
        if found is None:
            await remember_wrong(connection, limits, now)
        else:
            await forget_wrong(connection, limits)
            return await _play(connection, secrets_, found, entry, address, now)
    raise NotFound("no_such_rehearsal")  # only now: the attempt must be committed


async def prove_rehearsal(database: Database, token: str) -> Proofs:
    """What the journals were chained from. Raises NotFound with code ``not_found``."""
    async with database.transaction() as connection:
        _, exam_id = await _playing(connection, token)
        return Proofs(proofs=await rehearsals.select_proofs(connection, exam_id))


async def end_rehearsal(database: Database, report: RehearsalReport, *, now: datetime) -> RehearsalVerdict:
    """Judge what was measured, keep the verdict, throw the made-up exam away.

    Raises NotFound with code ``not_found``.
    """
    async with database.transaction() as connection:
        found, exam_id = await _playing(connection, report.token)
        verdict = judge(report.measured, room=found.room, students=found.students)
        await rehearsals.update_report(connection, found.id, verdict)
        await rehearsals.delete_world(connection, exam_id)
        await audit.record(
            connection,
            now=now,
            actor="room test",
            action="rehearsal.end",
            subject=f"rehearsal {found.id}",
            detail="go" if verdict.go else "no go",
        )
    return verdict


async def _playing(connection: Connection, token: str) -> tuple[rehearsals.StoredRehearsal, int]:
    found = await rehearsals.lock_optional_played(connection, _digest(token))
    if found is None or found.exam_id is None:
        raise NotFound("not_found")
    return found, found.exam_id


async def _play(
    connection: Connection,
    secrets_: Secrets,
    found: rehearsals.StoredRehearsal,
    entry: RehearsalEntry,
    address: str,
    now: datetime,
) -> RehearsalPlan:
    if await rehearsals.select_exam_is_near(connection, now, NEAR):
        raise Conflict("exam_is_near", minutes=int(NEAR / timedelta(minutes=1)))
    await _clear_abandoned(connection, now)
    opens_at = now + lobby(entry.students)
    exam_id, shift_id = await _make_exam(connection, secrets_, found, entry, opens_at, now)
    students = await _seat(connection, secrets_, found.id, shift_id, entry.students)
    token = secrets.token_urlsafe(24)
    await rehearsals.update_played(
        connection, found.id, exam_id=exam_id, token_sha256=_digest(token), now=now
    )
    await audit.record(
        connection,
        now=now,
        actor=address,
        action="rehearsal.play",
        subject=f"rehearsal {found.id}",
        detail=f"{entry.students} students, {entry.minutes} minutes",
    )
    return RehearsalPlan(
        token=token,
        room=found.room,
        now_ms=instant_ms(now),
        opens_ms=instant_ms(opens_at),
        cut_ms=entry.minutes * _MINUTE_MS // 2,
        submit_ms=entry.minutes * _MINUTE_MS,
        every_ms=int(EVERY / timedelta(milliseconds=1)),
        students=students,
    )


async def _make_exam(
    connection: Connection,
    secrets_: Secrets,
    found: rehearsals.StoredRehearsal,
    entry: RehearsalEntry,
    opens_at: datetime,
    now: datetime,
) -> tuple[int, int]:
    title = f"Thử phòng thi {found.id}"
    minutes = entry.minutes + int(SPARE / timedelta(minutes=1))
    form_id = await exams.next_form_id(connection)
    key = secrets.token_bytes(32)
    blob = compile_form(rehearsal_form(form_id, title, minutes), key, os.urandom(NONCE_BYTES))
    world = rehearsals.NewWorld(
        title=title,
        room=found.room,
        minutes=minutes,
        opens_at=opens_at,
        form_id=form_id,
        sha256=sha256(blob).hexdigest(),
        blob=blob,
        wrapped_key=wrap_key(secrets_.master_key, key, os.urandom(NONCE_BYTES)),
        now=now,
    )
    return await rehearsals.insert_world(connection, world)


async def _seat(
    connection: Connection, secrets_: Secrets, rehearsal_id: int, shift_id: int, count: int
) -> tuple[RehearsalLogin, ...]:
    """Made-up candidates; their numbers are none that a real list has."""
    logins = [(f"THU-{rehearsal_id}-{place:03d}", new_pin()) for place in range(1, count + 1)]
    made = [
        rehearsals.NewStudent(
            number=number,
            name=f"Thí sinh thử {place}",
            seat=str(place),
            pin_hmac=pin_hmac(secrets_.pepper, shift_id, number, pin),
            seed=secrets.randbelow(MAX_SEED),
        )
        for place, (number, pin) in enumerate(logins, start=1)
    ]
    ids = await rehearsals.insert_students(connection, shift_id, made)
    return tuple(
        RehearsalLogin(sitting=sitting, number=number, pin=pin)
        for sitting, (number, pin) in zip(ids, logins, strict=True)
    )


async def _clear_abandoned(connection: Connection, now: datetime) -> None:
    for exam_id in await rehearsals.select_abandoned(connection, now - ABANDONED):
        await rehearsals.delete_world(connection, exam_id)


def _limits(address: str) -> tuple[Limit, ...]:
    return (
        Limit(subject=f"rehearsal @ {address}", most=10),
        Limit(subject="rehearsal", most=100),
    )


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
