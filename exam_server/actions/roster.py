"""The roster of a shift: a spreadsheet in, candidates with numbers and PINs out; all rows or none."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import msgspec

from exam_server.core.access import Permission, allowed
from exam_server.core.pin import PIN_DIGITS, pin_hmac
from exam_server.core.roster import Roster, RosterProblem, RosterRow, assign_candidate_numbers, read_roster
from exam_server.errors import Denied, Invalid, NotFound
from exam_server.protocol.staff import CandidateRow, Candidates
from exam_server.secrets import Secrets
from exam_server.store import audit, rosters, staff
from exam_server.store.database import Connection, Database
from exam_server.store.staff import StaffMember

NUMBER_DIGITS = 4
MAX_CANDIDATES = 2_000
MAX_SEED = 2**63


class ImportedRoster(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: the candidates with their PINs, or what is wrong. ``sitting`` is 0 in a dry run."""

    stored: bool
    candidates: tuple[CandidateRow, ...]
    problems: tuple[RosterProblem, ...]


def new_pin() -> str:
    """A random PIN, leading zeros kept."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


async def read_roster_file(name: str, data: bytes) -> Roster:
    """Read a spreadsheet away from the event loop, and number its rows when it does not.

    Raises what ``core.roster.read_roster`` raises; Invalid with code ``roster_too_long`` beyond 2,000 rows.
    """
    roster = await asyncio.to_thread(read_roster, data, name)
    if len(roster.rows) > MAX_CANDIDATES:
        raise Invalid("roster_too_long", place=name, limit=MAX_CANDIDATES)
    if roster.numbered or not roster.rows:
        return roster
    return msgspec.structs.replace(roster, rows=assign_candidate_numbers(roster.rows, 1, NUMBER_DIGITS))


async def import_roster(
    database: Database,
    secrets_: Secrets,
    shift_id: int,
    roster: Roster,
    *,
    school: str,
    dry_run: bool,
    actor: str,
    now: datetime,
    pin_of: Callable[[str], str] = lambda number: new_pin(),
) -> ImportedRoster:
    """Put the rows of a roster on a shift, or only look whether that would do.

    The PINs are in the answer and nowhere else; ``pin_of`` gives one for a candidate number, at random
    unless told. Classes belong to the school made first; ``school`` names
    it when
    there is none yet. Raises NotFound without such a shift.
    """
    async with database.transaction() as connection:
        if await rosters.lock_optional_shift(connection, shift_id) is None:
            raise NotFound("no_such_shift", shift=shift_id)
        problems = roster.problems or await _taken(connection, shift_id, roster.rows)
        if problems or dry_run:
            rows = () if problems else tuple(_candidate_row(0, row, None) for row in roster.rows)
            return ImportedRoster(stored=False, candidates=rows, problems=problems)
        classes = await _classes(connection, roster.rows, school)
        store = partial(_store_row, connection, secrets_.pepper, shift_id, classes)
        candidates = tuple([await store(row, pin_of(row.number or "")) for row in roster.rows])
        await audit.record(
            connection,
            now=now,
            actor=actor,
            action="roster.import",
            subject=f"shift {shift_id}",
            detail=f"{len(candidates)} candidates",
        )
    return ImportedRoster(stored=True, candidates=candidates, problems=())


async def list_candidates(database: Database, shift_id: int, caller: StaffMember) -> Candidates:
    """A shift's candidates. Raises NotFound without such a shift, Denied when it is not the caller's."""
    async with database.connection() as connection:
        await check_shift(connection, shift_id, caller)
        return Candidates(candidates=await rosters.select_candidates(connection, shift_id))


async def check_shift(connection: Connection, shift_id: int, caller: StaffMember) -> None:
    """Let only those at a shift who manage exams or invigilate it.

    Raises NotFound without such a shift, Denied with code ``not_your_shift``.
    """
    if await rosters.select_optional_shift(connection, shift_id) is None:
        raise NotFound("not_found")
    if allowed(caller.role, Permission.EXAMS_MANAGE):
        return
    if not await staff.select_invigilates(connection, caller.id, shift_id):
        raise Denied("not_your_shift")


async def _taken(
    connection: Connection, shift_id: int, rows: Sequence[RosterRow]
) -> tuple[RosterProblem, ...]:
    numbers = await rosters.select_taken_numbers(
        connection, shift_id, [row.number for row in rows if row.number]
    )
    codes = await rosters.select_taken_codes(
        connection, shift_id, [row.pupil_code for row in rows if row.pupil_code]
    )
    problems = [
        RosterProblem(line=row.line, column="", code="number_taken", params={"value": row.number or ""})
        for row in rows
        if row.number in numbers
    ]
    problems += [
        RosterProblem(line=row.line, column="", code="pupil_taken", params={"value": row.pupil_code or ""})
        for row in rows
        if row.pupil_code in codes
    ]
    return tuple(sorted(problems, key=lambda problem: problem.line))


async def _classes(connection: Connection, rows: Sequence[RosterRow], school: str) -> Mapping[str, int]:
    names = sorted({row.class_name for row in rows if row.class_name})
    if not names:
        return {}
    school_id = await rosters.select_optional_first_school(connection) or await rosters.ensure_school(
        connection, school
    )
    return {name: await rosters.ensure_class(connection, school_id, name) for name in names}


async def _store_row(
    connection: Connection, pepper: bytes, shift_id: int, classes: Mapping[str, int], row: RosterRow, pin: str
) -> CandidateRow:
    number = row.number or ""
    candidate_id = await rosters.ensure_candidate(
        connection,
        rosters.NewCandidate(
            name=row.name,
            birth_date=row.birth_date,
            gender=row.gender,
            pupil_code=row.pupil_code,
            class_id=classes[row.class_name] if row.class_name else None,
        ),
    )
    sitting_id = await rosters.insert_sitting(
        connection,
        rosters.NewSitting(
            shift_id=shift_id,
            candidate_id=candidate_id,
            number=number,
            seat=row.seat,
            pin_hmac=pin_hmac(pepper, shift_id, number, pin),
            seed=secrets.randbelow(MAX_SEED),
        ),
    )
    return _candidate_row(sitting_id, row, pin)


def _candidate_row(sitting_id: int, row: RosterRow, pin: str | None) -> CandidateRow:
    return CandidateRow(
        sitting=sitting_id,
        number=row.number or "",
        name=row.name,
        class_name=row.class_name,
        birth_date=row.birth_date.isoformat() if row.birth_date else None,
        seat=row.seat,
        state="registered",
        pin=pin,
    )
