"""Computing a scoring run, in a process of its own: claimed with a lease, so that any process may die at any
moment and another takes over."""

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version

import numpy
import scipy

from exam_server.actions.coding import StoredExam, code_scripts, read_exam
from exam_server.clock import Clock
from exam_server.core.analysis.findings import ClassFigures, ExamFindings
from exam_server.core.analysis.settings import LinkTarget
from exam_server.core.coded_exam import CodedExam
from exam_server.core.coded_file import kept_responses, pack
from exam_server.core.coding import Candidate, class_ids
from exam_server.core.run import MAX_CLAIMS, Failure, Happening, follow
from exam_server.core.run_record import LinkSource, RecordedExam, RunRecord, changing_sha256, record_bytes
from exam_server.core.run_result import RunInputs, make_record
from exam_server.errors import KhaoThiError, Unavailable
from exam_server.protocol.measurement import RunState
from exam_server.store import audit, coded_exams, runs
from exam_server.store.database import AWAY, Connection, Database
from item_bank.vietnamese import search_key, sort_key

BEAT_S = 1.0
ACTOR = "scoring"

_READ, _ANALYSED = 0.4, 0.95
_COMPRESSION = 6


class RunLostError(Exception):
    """The run was cancelled, or another process has it."""


class Progress:
    """How far a run is. Told by the thread that computes, read by the loop that keeps the lease."""

    def __init__(self) -> None:
        self.stage = "step_reading"
        self.share = 0.0
        self.lost = False

    def reading(self, stage: str, share: float) -> None:
        """The journals' share of the whole. Raises RunLostError when the run is this process's no more."""
        self._tell(stage, _READ * share)

    def analysing(self, stage: str, share: float) -> None:
        """The analysis' share of the whole. Raises RunLostError likewise."""
        self._tell(stage, _READ + (_ANALYSED - _READ) * share)

    def writing(self) -> None:
        """All is computed. Raises RunLostError likewise."""
        self._tell("step_writing", _ANALYSED)

    def _tell(self, stage: str, share: float) -> None:
        if self.lost:
            raise RunLostError
        self.stage, self.share = stage, share


@dataclass(frozen=True, kw_only=True, eq=False)
class _Lease:
    """A run that this process has."""

    run: runs.Claim
    number: int


async def compute_run(database: Database, clock: Clock, run_id: int) -> bool:
    """Compute a run that waits or whose process is gone; False when there is nothing to do, or it was taken
    away or cancelled meanwhile."""
    lease = await _claim(database, clock, run_id)
    if lease is None:
        return False
    progress = Progress()
    beating = asyncio.create_task(_keep(database, lease, progress))
    try:
        return await _compute(database, clock, lease, progress)
    except RunLostError:
        return False
    except KhaoThiError as error:
        await _give_up(database, clock, lease, Failure(code=error.code, params=error.params))
        return True
    finally:
        beating.cancel()


async def _claim(database: Database, clock: Clock, run_id: int) -> _Lease | None:
    async with database.transaction() as connection:
        run = await runs.lock_optional_claimable(connection, run_id)
        if run is None:
            return None
        if run.lease >= MAX_CLAIMS:
            failure = Failure(code="run_keeps_failing", params={"times": run.lease})
            await _fail(connection, clock, run.id, run.state, failure)
            return None
        number = await runs.update_lease(connection, run.id, follow(run.state, Happening.CLAIMED))
    return _Lease(run=run, number=number)


async def _keep(database: Database, lease: _Lease, progress: Progress) -> None:
    """Tell once a second how far it is, for as long as the run is this process's."""
    while not progress.lost:
        # The database may be away for a moment: the lease outlasts some beats.
        with suppress(*AWAY, Unavailable):
            progress.lost = not await _beat(database, lease, progress)
        await asyncio.sleep(BEAT_S)


async def _beat(database: Database, lease: _Lease, progress: Progress) -> bool:
    async with database.transaction() as connection:
        return await runs.update_progress(
            connection, lease.run.id, lease.number, progress.stage, progress.share
        )


async def _compute(database: Database, clock: Clock, lease: _Lease, progress: Progress) -> bool:
    async with database.snapshot() as connection:
        stored = await read_exam(connection, lease.run.exam_id)
        link, target = await _link(connection, lease.run)
        coded = await code_scripts(connection, stored, progress.reading)
    inputs = RunInputs(
        exam=RecordedExam(id=stored.exam.id, title=stored.exam.title),
        own_paper=stored.own_paper,
        paper=stored.paper,
        changes=stored.changes,
        sanctions=stored.sanctions,
        settings=lease.run.settings,
        link=link,
        target=target,
        libraries=_libraries(),
    )
    found, packed = await asyncio.to_thread(_results, inputs, coded, stored, lease.run.id, clock, progress)
    async with database.transaction() as connection:
        state = await runs.lock_optional_leased(connection, lease.run.id, lease.number)
        if state is None:
            return False
        await coded_exams.upsert_coded_exam(connection, stored.exam.id, stored.scripts_sha256, packed)
        await runs.update_computed(connection, lease.run.id, follow(state, Happening.COMPUTED), found)
        await _record(connection, found.finished_at, "run.compute", lease.run.id, found.record_sha256)
    return True


def _results(
    inputs: RunInputs, coded: CodedExam, stored: StoredExam, run_id: int, clock: Clock, progress: Progress
) -> tuple[runs.Computed, bytes]:
    record = make_record(inputs, coded, stored.scripts, progress.analysing)
    progress.writing()
    data = record_bytes(record)
    found = runs.Computed(
        finished_at=clock.now(),
        n=len(stored.scripts),
        key_changes=len(stored.changes),
        sanctions=len(stored.sanctions),
        applied_keys=stored.changes,
        inputs_sha256=changing_sha256(stored.scripts_sha256, stored.changes, stored.sanctions),
        part_labels=record.part_labels,
        part_points=record.part_points,
        findings=record.findings,
        classes=_by_class(stored.scripts, record.findings),
        record=zlib.compress(data, _COMPRESSION),
        record_sha256=sha256(data).hexdigest(),
        scores=tuple(_rows(run_id, stored.candidates, record)),
    )
    return found, pack(kept_responses(coded))


def _by_class(scripts: Sequence[Candidate], findings: ExamFindings) -> tuple[tuple[int, ClassFigures], ...]:
    """Figures by class; none at all where no item is left to have some."""
    found = findings.classes
    return tuple(zip(class_ids(scripts), found, strict=True)) if found else ()


def _rows(run_id: int, candidates: Sequence[Candidate], record: RunRecord) -> list[runs.ScoreRow]:
    lines = {line.sitting: line for line in record.scores}
    ordered = sorted(candidates, key=lambda each: (sort_key(each.name), each.number, each.sitting))
    return [
        runs.ScoreRow(
            run_id=run_id,
            sitting_id=each.sitting,
            number=each.number,
            name=each.name,
            place=place,
            search=f"{search_key(each.name)} {search_key(each.number)}",
            class_id=each.class_id,
            class_name=each.class_name,
            state=each.state,
            score=None if line is None else line.score,
            raw_score=None if line is None else line.raw_score,
            parts=() if line is None else line.parts,
            theta=None if line is None else line.theta,
            theta_se=None if line is None else line.theta_se,
            low=None if line is None else line.low,
            high=None if line is None else line.high,
            sanction=None if line is None else line.sanction,
        )
        for place, each in enumerate(ordered, start=1)
        for line in (lines.get(each.sitting),)
    ]


async def _link(connection: Connection, run: runs.Claim) -> tuple[LinkSource | None, LinkTarget | None]:
    """The scale to take over, from the run whose it is."""
    if run.link_to is None:
        return None, None
    source = await runs.select_run(connection, run.link_to)
    findings = await runs.select_findings(connection, run.link_to)
    items = {item.item: item.model.parameters for item in findings.items if item.model is not None}
    return (
        LinkSource(run=source.id, record_sha256=source.record_sha256 or ""),
        LinkTarget(to=source.exam, items=items),
    )


async def _give_up(database: Database, clock: Clock, lease: _Lease, failure: Failure) -> None:
    async with database.transaction() as connection:
        state = await runs.lock_optional_leased(connection, lease.run.id, lease.number)
        if state is not None:
            await _fail(connection, clock, lease.run.id, state, failure)


async def _fail(connection: Connection, clock: Clock, run_id: int, state: RunState, failure: Failure) -> None:
    """The run, which is held, has failed."""
    now = clock.now()
    await runs.update_ended(connection, run_id, follow(state, Happening.FAILED), now, failure)
    await _record(connection, now, "run.fail", run_id, failure.code)


async def _record(connection: Connection, now: datetime, action: str, run_id: int, detail: str) -> None:
    await audit.record(
        connection, now=now, actor=ACTOR, action=action, subject=f"run {run_id}", detail=detail
    )


def _libraries() -> Mapping[str, str]:
    return {"khaothi": version("khaothi"), "numpy": numpy.__version__, "scipy": scipy.__version__}
