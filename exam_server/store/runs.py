"""Scoring runs and their results."""

import zlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from exam_server.core.analysis.findings import ClassFigures, ExamFindings, ItemFindings
from exam_server.core.key_change import AppliedKey
from exam_server.core.run import Failure, RunSettings, State
from exam_server.protocol.measurement import LinkableRun, RunState
from exam_server.protocol.sitting import SittingState
from exam_server.protocol.staff import Release, SanctionKind
from exam_server.store.database import Connection, fetch_existing, read_queries
from item_bank.vietnamese import search_key

SQL = read_queries(__file__)

LEASE_S = 15.0
"""How long a process has a run from its last sign of life."""


class LockedExam(msgspec.Struct, frozen=True, kw_only=True):
    """An exam whose runs may be changed."""

    id: int
    title: str
    release: Release


class StoredRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run without its results."""

    id: int
    exam_id: int
    exam: str
    number: int
    state: RunState
    stage: str
    progress: float
    settings: RunSettings
    link_to: int | None
    link_exam: str | None
    link_made: bool
    fitted_model: str | None
    key_changes: int
    sanctions: int
    n: int | None
    requested_by: int
    requested_name: str
    requested_at: datetime
    finished_at: datetime | None
    error: Failure | None
    applied_keys: tuple[AppliedKey, ...]
    inputs_sha256: str | None
    part_labels: tuple[str, ...]
    part_points: tuple[int, ...]
    record_sha256: str | None
    signed_name: str | None
    signed_at: datetime | None
    later_signed: int | None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A run that may be taken on; ``lease`` counts how often it was."""

    id: int
    exam_id: int
    state: RunState
    lease: int
    settings: RunSettings
    link_to: int | None


class ScoreRow(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate of a run about to be stored, in the order of the table's columns."""

    run_id: int
    sitting_id: int
    number: str
    name: str
    place: int
    search: str
    class_id: int | None
    class_name: str | None
    state: str
    score: int | None
    raw_score: int | None
    parts: tuple[int, ...]
    theta: float | None
    theta_se: float | None
    low: int | None
    high: int | None
    sanction: SanctionKind | None


class StoredScore(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate of a run."""

    sitting: int
    number: str
    name: str
    class_name: str | None
    state: SittingState
    score: int | None
    raw_score: int | None
    parts: tuple[int, ...]
    theta: float | None
    theta_se: float | None
    low: int | None
    high: int | None
    sanction: SanctionKind | None


class Computed(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to. ``record`` is compressed; ``classes`` are by class id."""

    finished_at: datetime
    n: int
    key_changes: int
    sanctions: int
    applied_keys: tuple[AppliedKey, ...]
    inputs_sha256: str
    part_labels: tuple[str, ...]
    part_points: tuple[int, ...]
    findings: ExamFindings
    classes: tuple[tuple[int, ClassFigures], ...]
    record: bytes
    record_sha256: str
    scores: tuple[ScoreRow, ...]


async def lock_optional_exam(connection: Connection, exam_id: int) -> LockedExam | None:
    """Hold an exam until the transaction ends."""
    row = await connection.fetchrow(SQL["lock_optional_exam"], exam_id)
    return None if row is None else LockedExam(**row)


async def select_has_unfinished(connection: Connection, exam_id: int) -> bool:
    """Whether a run of the exam waits or is being computed."""
    return bool(await connection.fetchval(SQL["select_has_unfinished"], exam_id))


async def insert_run(
    connection: Connection,
    exam_id: int,
    settings: RunSettings,
    *,
    link_to: int | None,
    staff_id: int,
    now: datetime,
) -> int:
    """Add a run that waits to be computed."""
    text = msgspec.json.encode(settings).decode()
    row = await fetch_existing(connection, SQL["insert_run"], exam_id, text, link_to, staff_id, now)
    return row[0]


async def select_runs(
    connection: Connection,
    *,
    exam_id: int | None = None,
    run_id: int | None = None,
    state: RunState | None = None,
) -> list[StoredRun]:
    """Runs, newest first; None means any."""
    return [_run(dict(row)) for row in await connection.fetch(SQL["select_runs"], exam_id, run_id, state)]


async def select_optional_run(connection: Connection, run_id: int) -> StoredRun | None:
    """A run."""
    found = await select_runs(connection, run_id=run_id)
    return found[0] if found else None


async def select_run(connection: Connection, run_id: int) -> StoredRun:
    """A run that must be there. Raises LookupError without it."""
    found = await select_optional_run(connection, run_id)
    if found is None:
        raise LookupError(run_id)
    return found


async def select_optional_signed_run(connection: Connection, exam_id: int) -> StoredRun | None:
    """The run whose scores are the exam's."""
    found = await select_runs(connection, exam_id=exam_id, state="signed")
    return found[0] if found else None


async def lock_optional_run(connection: Connection, run_id: int) -> StoredRun | None:
    """Hold a run until the transaction ends."""
    await connection.execute(SQL["lock_run_row"], run_id)
    return await select_optional_run(connection, run_id)


async def select_linkable(connection: Connection, exam_id: int) -> tuple[LinkableRun, ...]:
    """Signed runs of other exams whose scale may be taken over."""
    return tuple(LinkableRun(**row) for row in await connection.fetch(SQL["select_linkable"], exam_id))


async def select_unfinished(connection: Connection, exam_id: int, now: datetime) -> int:
    """How many candidates still sit or may."""
    return (await fetch_existing(connection, SQL["select_unfinished"], exam_id, now))[0]


async def select_claimables(connection: Connection) -> list[int]:
    """Runs that nobody computes, oldest first."""
    return [row[0] for row in await connection.fetch(SQL["select_claimables"])]


async def lock_optional_claimable(connection: Connection, run_id: int) -> Claim | None:
    """A run that nobody computes, held until the transaction ends."""
    row = await connection.fetchrow(SQL["lock_optional_claimable"], run_id)
    if row is None:
        return None
    settings = msgspec.json.decode(row["settings"], type=RunSettings)
    return Claim(**{**row, "settings": settings})  # pyright: ignore[reportArgumentType] -- the table's own types


async def update_lease(connection: Connection, run_id: int, state: State) -> int:
    """Give the run to this process for a while; the number of the lease."""
    row = await fetch_existing(connection, SQL["update_lease"], run_id, state.value, LEASE_S)
    return row[0]


async def update_progress(
    connection: Connection, run_id: int, lease: int, stage: str, progress: float
) -> bool:
    """Tell how far it is, and keep the lease; False when this process has it no more."""
    found = await connection.fetchval(SQL["update_progress"], run_id, lease, stage, progress, LEASE_S)
    return found is not None


async def lock_optional_leased(connection: Connection, run_id: int, lease: int) -> RunState | None:
    """The state of a run that this process still has, held until the transaction ends."""
    return await connection.fetchval(SQL["lock_optional_leased"], run_id, lease)


async def update_computed(connection: Connection, run_id: int, state: State, found: Computed) -> None:
    """Store the results of a run."""
    test = msgspec.structs.replace(found.findings, items=(), classes=())
    await connection.execute(
        SQL["update_computed"],
        run_id,
        state.value,
        found.finished_at,
        found.n,
        found.key_changes,
        found.sanctions,
        msgspec.json.encode(found.applied_keys).decode(),
        found.inputs_sha256,
        list(found.part_labels),
        list(found.part_points),
        msgspec.json.encode(test),
        found.record,
        found.record_sha256,
    )
    rows = [
        (run_id, item.item, position, msgspec.json.encode(item))
        for position, item in enumerate(found.findings.items, start=1)
    ]
    await connection.executemany(SQL["insert_item_findings"], rows)
    classes = [(run_id, class_id, msgspec.json.encode(figures)) for class_id, figures in found.classes]
    await connection.executemany(SQL["insert_class_findings"], classes)
    await connection.copy_records_to_table(
        "run_score", records=map(msgspec.structs.astuple, found.scores), columns=ScoreRow.__struct_fields__
    )


async def update_ended(
    connection: Connection, run_id: int, state: State, now: datetime, error: Failure | None
) -> None:
    """Note that a run failed or was cancelled."""
    text = None if error is None else msgspec.json.encode(error).decode()
    await connection.execute(SQL["update_ended"], run_id, state.value, now, text)


async def update_state(connection: Connection, run_id: int, state: State) -> None:
    """Give a run another state."""
    await connection.execute(SQL["update_state"], run_id, state.value)


async def update_signed(
    connection: Connection, run_id: int, state: State, staff_id: int, now: datetime
) -> None:
    """Note who signed a run."""
    await connection.execute(SQL["update_signed"], run_id, state.value, staff_id, now)


async def select_findings(
    connection: Connection, run_id: int, *, teacher_id: int | None = None
) -> ExamFindings:
    """What a run found out; of classes a teacher's own. Raises LookupError without such a run.

    The run must have been computed.
    """
    [test] = await fetch_existing(connection, SQL["select_findings"], run_id)
    items = await connection.fetch(SQL["select_item_findings"], run_id)
    classes = await connection.fetch(SQL["select_class_findings"], run_id, teacher_id)
    return msgspec.structs.replace(
        msgspec.json.decode(test, type=ExamFindings),
        items=tuple(msgspec.json.decode(row[0], type=ItemFindings) for row in items),
        classes=tuple(msgspec.json.decode(row[0], type=ClassFigures) for row in classes),
    )


async def select_record(connection: Connection, run_id: int) -> bytes:
    """The record's bytes. Raises LookupError without one."""
    return zlib.decompress((await fetch_existing(connection, SQL["select_record"], run_id))[0])


async def select_scores(
    connection: Connection,
    run_id: int,
    *,
    teacher_id: int | None = None,
    search: str = "",
    sort: str = "name",
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[StoredScore], int]:
    """A page of a run's candidates, a teacher's own, and how many there are in all.

    ``search`` is in names and numbers, and ignores case and diacritics unless it has some. ``sort``: name,
    number, score or theta, the latter two from the highest.
    """
    plain, exact = search_key(search), " ".join(search.lower().split())
    words = ("", exact) if plain != exact else (plain, "")
    if sort == "name":
        rows = await connection.fetch(SQL["select_scores_by_name"], run_id, teacher_id, *words, limit, offset)
    else:
        rows = await connection.fetch(SQL["select_scores"], run_id, teacher_id, *words, sort, limit, offset)
    total = await fetch_existing(connection, SQL["select_score_count"], run_id, teacher_id, *words)
    return [StoredScore(**row) for row in rows], total[0]


async def select_own_count(connection: Connection, run_id: int, teacher_id: int) -> int:
    """How many of a teacher's pupils are in a run."""
    return (await fetch_existing(connection, SQL["select_own_count"], run_id, teacher_id))[0]


async def select_outcomes(
    connection: Connection, run_id: int, sitting_ids: Sequence[int]
) -> dict[int, SanctionKind | None]:
    """The sanctions of those of the sittings that have a score in a run, None without one."""
    rows = await connection.fetch(SQL["select_outcomes"], run_id, sitting_ids)
    return {row["sitting_id"]: row["sanction"] for row in rows}


def _run(columns: dict[str, object]) -> StoredRun:
    decoded = {
        "settings": (RunSettings, columns["settings"]),
        "error": (Failure, columns["error"]),
        "applied_keys": (tuple[AppliedKey, ...], columns["applied_keys"]),
    }
    return StoredRun(
        **{
            **columns,
            **{
                name: None if text is None else msgspec.json.decode(str(text), type=type_)
                for name, (type_, text) in decoded.items()
            },
        }  # pyright: ignore[reportArgumentType] -- the table's own types
    )
