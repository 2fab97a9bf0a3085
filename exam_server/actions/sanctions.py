"""Sanctions: recorded by the board, applied when the exam is scored, revoked with a reason."""

from datetime import datetime

from exam_server.core.scores import as_points
from exam_server.errors import Conflict, Invalid, NotFound
from exam_server.protocol.measurement import KeyDecision, NewSanction, Sanction, Sanctions
from exam_server.protocol.staff import SanctionKind
from exam_server.rules import sanction_rules
from exam_server.store import audit, exams, runs, sanctions
from exam_server.store.database import Connection, Database
from exam_server.store.staff import StaffMember

MAX_REASON = 500


async def list_sanctions(database: Database, exam_id: int) -> Sanctions:
    """The sanctions of an exam, and what each kind takes off. Raises NotFound with code ``no_such_exam``."""
    async with database.connection() as connection:
        if await exams.select_optional_exam(connection, exam_id) is None:
            raise NotFound("no_such_exam", exam=exam_id)
        found = await sanctions.select_sanctions(connection, exam_id)
    return Sanctions(
        sanctions=tuple(map(_body, found)),
        shares={kind: _share(kind) for kind in sanction_rules().per_mille},
    )


async def record_sanction(
    database: Database, exam_id: int, new: NewSanction, caller: StaffMember, now: datetime
) -> Sanction:
    """Record a sanction on a candidate of an exam.

    Raises Invalid without a reason; NotFound with code ``no_such_exam`` or ``no_such_candidate``; Conflict
    with ``sanction_in_force`` where one counts already.
    """
    reason = checked_reason(new.reason)
    async with database.transaction() as connection:
        exam = await runs.lock_optional_exam(connection, exam_id)
        if exam is None:
            raise NotFound("no_such_exam", exam=exam_id)
        sitting = await sanctions.lock_optional_sitting(connection, exam_id, new.number.strip())
        if sitting is None:
            raise NotFound("no_such_candidate", place="number", number=new.number)
        made = await sanctions.insert_sanction(connection, sitting.id, new.kind, reason, caller.id, now)
        if made is None:
            raise Conflict("sanction_in_force", place="number", number=sitting.number)
        detail = f"{sitting.number} {new.kind}: {reason}"
        await audit.record_of(connection, caller, now, "sanction.record", f"sanction {made}", detail)
        return await _shown(connection, made)


async def revoke_sanction(
    database: Database, sanction_id: int, body: KeyDecision, caller: StaffMember, now: datetime
) -> Sanction:
    """Let a sanction count no more.

    Raises Invalid without a reason; NotFound with code ``not_found``; Conflict with ``sanction_revoked``.
    """
    reason = checked_reason(body.reason)
    async with database.transaction() as connection:
        found = await sanctions.select_optional_sanction(connection, sanction_id)
        if found is None:
            raise NotFound("not_found")
        # Not while a run of the exam is being signed.
        await runs.lock_optional_exam(connection, found.exam_id)
        if not await sanctions.update_revoked(connection, sanction_id, caller.id, reason, now):
            raise Conflict("sanction_revoked")
        await audit.record_of(connection, caller, now, "sanction.revoke", f"sanction {sanction_id}", reason)
        return await _shown(connection, sanction_id)


def checked_reason(reason: str) -> str:
    """The reason in one line. Raises Invalid with code ``bad_field`` when empty or too long."""
    line = " ".join(reason.split())
    if not 0 < len(line) <= MAX_REASON:
        raise Invalid("bad_field", place="reason", field="reason")
    return line


async def _shown(connection: Connection, sanction_id: int) -> Sanction:
    found = await sanctions.select_optional_sanction(connection, sanction_id)
    if found is None:
        raise NotFound("not_found")
    return _body(found)


def _body(found: sanctions.StoredSanction) -> Sanction:
    return Sanction(
        id=found.id,
        sitting=found.sitting,
        number=found.number,
        name=found.name,
        kind=found.kind,
        share=_share(found.kind),
        reason=found.reason,
        recorded_by=found.recorded_by,
        recorded_at=found.recorded_at,
        revoked_by=found.revoked_by,
        revoked_at=found.revoked_at,
    )


def _share(kind: SanctionKind) -> str:
    return as_points(sanction_rules().per_mille[kind])
