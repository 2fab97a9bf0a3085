"""Room tests that were played before, for the board's page of them."""

from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from exam_server.core.rehearsal import judge
from exam_server.protocol.rehearsal import RehearsalMeasured
from exam_server.store import rehearsals
from exam_server.store.database import Database

STUDENTS = 50
GOOD = RehearsalMeasured(
    logged_in=STUDENTS,
    papers=STUDENTS,
    started=STUDENTS,
    reconnected=STUDENTS,
    receipts=STUDENTS,
    proved=STUDENTS,
    breaks=0,
    sent=1_200,
    acknowledged=1_200,
    refused=0,
    bell_ms=310,
    ack_p50_ms=6,
    ack_p99_ms=38,
    reconnect_ms=2_100,
)
BAD = msgspec.structs.replace(GOOD, papers=47, started=47, bell_ms=3_400, ack_p99_ms=700)


async def pretend_room_tests(database: Database, now: datetime) -> None:
    """One room passed, one did not, the test of one broke off; two codes were not used, one is too old."""
    await _played(database, "Phòng máy 1", GOOD, now - timedelta(hours=20))
    await _played(database, "Phòng máy 2", BAD, now - timedelta(hours=19))
    await _played(database, "Phòng máy 3", None, now - timedelta(hours=18))
    await _made(database, "Phòng máy 4", now - timedelta(days=9))
    await _made(database, "Phòng máy 5", now - timedelta(hours=1))


async def _made(database: Database, room: str, at: datetime) -> int:
    async with database.transaction() as connection:
        return await rehearsals.insert_rehearsal(
            connection,
            room=room,
            code_sha256=sha256(room.encode()).digest(),
            made_by="board",
            made_at=at,
            expires_at=at + timedelta(days=7),
        )


async def _played(database: Database, room: str, measured: RehearsalMeasured | None, at: datetime) -> None:
    number = await _made(database, room, at)
    async with database.transaction() as connection:
        await connection.execute("UPDATE rehearsal SET played_at = $2 WHERE id = $1", number, at)
        if measured is not None:
            verdict = judge(measured, room=room, students=STUDENTS)
            await rehearsals.update_report(connection, number, verdict)
