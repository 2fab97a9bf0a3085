"""Scoring runs: started by one member of the board, signed by another, read by who may."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

import msgspec

from exam_server.catalogue import Language, texts
from exam_server.catalogue import text as catalogue_text
from exam_server.core.access import Permission, allowed
from exam_server.core.analysis.findings import ItemFindings
from exam_server.core.run import Failure, Happening, RunSettings, Signature, State, check_signature, follow
from exam_server.core.run_record import changing_sha256
from exam_server.core.scores import as_points, on_scale
from exam_server.errors import Conflict, Invalid, NotFound
from exam_server.protocol.measurement import (
    CandidateScore,
    NewRun,
    Runs,
    Scores,
    ScoringRun,
    SignRun,
)
from exam_server.protocol.staff import PartScore
from exam_server.rules import sanction_rules
from exam_server.store import audit, coded_exams, exams, item_uses, key_changes, results, runs, sanctions
from exam_server.store.database import Connection, Database
from exam_server.store.staff import StaffMember

PAGE = 200

ScoreOrder = Literal["name", "number", "score", "theta"]


async def start_run(
    database: Database, exam_id: int, new: NewRun, caller: StaffMember, now: datetime, lang: Language
) -> ScoringRun:
    """Let an exam be scored; the computing itself is a process of its own.

    Raises NotFound with code ``no_such_exam``; Conflict with ``run_unfinished`` while another of the exam
    waits or is computed; Invalid with ``not_linkable`` for a run whose scale cannot be taken over.
    """
    async with database.transaction() as connection:
        exam = await runs.lock_optional_exam(connection, exam_id)
        if exam is None:
            raise NotFound("no_such_exam", exam=exam_id)
        if await runs.select_has_unfinished(connection, exam_id):
            raise Conflict("run_unfinished")
        linkable = {run.id for run in await runs.select_linkable(connection, exam_id)}
        if new.link_to is not None and new.link_to not in linkable:
            raise Invalid("not_linkable", place="link_to")
        settings = RunSettings(model=new.model, void_rule=new.void_rule, per_mille=sanction_rules().per_mille)
        run_id = await runs.insert_run(
            connection, exam_id, settings, link_to=new.link_to, staff_id=caller.id, now=now
        )
        detail = f"{exam.title}: {msgspec.json.encode(new).decode()}"
        await audit.record_of(connection, caller, now, "run.start", f"run {run_id}", detail)
        return run_body(await runs.select_run(connection, run_id), caller, lang)


async def list_runs(
    database: Database, exam_id: int, caller: StaffMember, now: datetime, lang: Language
) -> Runs:
    """The runs of an exam; a teacher whose pupils are in it sees the signed one.

    Raises NotFound with code ``no_such_exam``.
    """
    board = allowed(caller.role, Permission.SCORING_RUN)
    async with database.connection() as connection:
        exam = await exams.select_optional_exam(connection, exam_id)
        if exam is None or not (board or await _teaches(connection, exam_id, caller)):
            raise NotFound("no_such_exam", exam=exam_id)
        found = await runs.select_runs(connection, exam_id=exam_id, state=None if board else "signed")
        return Runs(
            exam=exam.title,
            release=exam.release,
            runs=tuple(run_body(run, caller, lang) for run in found),
            linkable=await runs.select_linkable(connection, exam_id) if board else (),
            unfinished=await runs.select_unfinished(connection, exam_id, now) if board else 0,
        )


async def show_run(database: Database, run_id: int, caller: StaffMember, lang: Language) -> ScoringRun:
    """A run. Raises NotFound with code ``not_found``."""
    async with database.connection() as connection:
        return run_body(await readable_run(connection, run_id, caller), caller, lang)


async def cancel_run(
    database: Database, run_id: int, caller: StaffMember, now: datetime, lang: Language
) -> ScoringRun:
    """Give a run up that waits or is being computed; its process notices within a second.

    Raises NotFound with code ``not_found``, Conflict with ``run_<state>``.
    """
    async with database.transaction() as connection:
        run = await _locked(connection, run_id)
        state = follow(run.state, Happening.CANCELLED)
        await runs.update_ended(connection, run_id, state, now, None)
        await audit.record_of(connection, caller, now, "run.cancel", f"run {run_id}", run.exam)
        return run_body(await runs.select_run(connection, run_id), caller, lang)


async def sign_run(
    database: Database, run_id: int, body: SignRun, caller: StaffMember, now: datetime, lang: Language
) -> ScoringRun:
    """Make a run's scores the exam's. What was signed before is superseded, and the items' statistics with
    it.

    Raises NotFound with code ``not_found``; Conflict with ``run_<state>``, ``own_run``, ``other_record``,
    ``run_outdated`` when scripts, keys or sanctions have changed since, or ``newer_run_signed``.
    """
    async with database.transaction() as connection:
        run = await _locked(connection, run_id)
        state = follow(run.state, Happening.SIGNED)
        signature = Signature(staff_id=caller.id, record_sha256=body.record_sha256)
        check_signature(run.requested_by, run.record_sha256, signature)
        if run.inputs_sha256 != await _changing(connection, run.exam_id):
            raise Conflict("run_outdated")
        await _supersede(connection, run)
        await runs.update_signed(connection, run_id, state, caller.id, now)
        findings = await runs.select_findings(connection, run_id)
        await item_uses.insert_item_uses(connection, _uses(run_id, findings.items))
        detail = f"{run.exam}: {run.record_sha256}"
        await audit.record_of(connection, caller, now, "run.sign", f"run {run_id}", detail)
        return run_body(await runs.select_run(connection, run_id), caller, lang)


async def show_scores(
    database: Database, run_id: int, caller: StaffMember, *, search: str, sort: ScoreOrder, page: int
) -> Scores:
    """Page ``page`` (from 1) of a run's candidates, a teacher's own pupils.

    Raises NotFound with code ``not_found``, also before the run is computed.
    """
    async with database.connection() as connection:
        run = await readable_run(connection, run_id, caller)
        rows, total = await runs.select_scores(
            connection,
            run_id,
            teacher_id=_only(caller),
            search=search,
            sort=sort,
            limit=PAGE,
            offset=(page - 1) * PAGE,
        )
    return Scores(scores=tuple(score_body(run, row) for row in rows), total=total, page_size=PAGE)


async def show_record(database: Database, run_id: int) -> bytes:
    """The record's bytes, whose hash is signed. Raises NotFound with code ``not_found`` where there is
    none."""
    async with database.connection() as connection:
        run = await runs.select_optional_run(connection, run_id)
        if run is None or run.record_sha256 is None:
            raise NotFound("not_found")
        return await runs.select_record(connection, run_id)


async def readable_run(connection: Connection, run_id: int, caller: StaffMember) -> runs.StoredRun:
    """A run that the caller may read: the board any, a teacher a signed one that pupils of theirs are in.

    Raises NotFound with code ``not_found``.
    """
    run = await runs.select_optional_run(connection, run_id)
    if run is None:
        raise NotFound("not_found")
    if allowed(caller.role, Permission.SCORING_RUN):
        return run
    if run.state != State.SIGNED or not await runs.select_own_count(connection, run_id, caller.id):
        raise NotFound("not_found")
    return run


def run_body(run: runs.StoredRun, caller: StaffMember, lang: Language) -> ScoringRun:
    """The run as the caller sees it."""
    signable = run.state == State.DONE and run.later_signed is None
    may_sign = signable and allowed(caller.role, Permission.SCORING_RUN)
    return ScoringRun(
        id=run.id,
        exam_id=run.exam_id,
        exam=run.exam,
        number=run.number,
        state=run.state,
        stage=run.stage,
        progress=run.progress,
        model=run.settings.model,
        void_rule=run.settings.void_rule,
        link_to=run.link_to,
        link_exam=run.link_exam,
        link_made=run.link_made,
        fitted_model=run.fitted_model,
        key_changes=run.key_changes,
        sanctions=run.sanctions,
        n=run.n,
        requested_by=run.requested_name,
        requested_at=run.requested_at,
        finished_at=run.finished_at,
        error=None if run.error is None else _sentence(run.error, lang),
        record_sha256=run.record_sha256,
        signed_by=run.signed_name,
        signed_at=run.signed_at,
        later_signed=run.later_signed,
        may_sign=may_sign and run.requested_by != caller.id,
    )


def score_body(run: runs.StoredRun, row: runs.StoredScore) -> CandidateScore:
    """A candidate of a run."""
    return CandidateScore(
        sitting=row.sitting,
        number=row.number,
        name=row.name,
        class_name=row.class_name,
        state=row.state,
        score=_score(row.score),
        raw_score=_score(row.raw_score),
        parts=part_scores(run, row),
        theta=row.theta,
        theta_se=row.theta_se,
        low=_score(row.low),
        high=_score(row.high),
        sanction=row.sanction,
    )


def part_scores(run: runs.StoredRun, row: runs.StoredScore) -> tuple[PartScore, ...]:
    """A candidate's points in the parts of the paper; none for who has no score."""
    parts = zip(run.part_labels, row.parts, run.part_points, strict=False)
    return tuple(
        PartScore(label=label, score=as_points(points), points=as_points(most))
        for label, points, most in parts
    )


def score_order(value: str) -> ScoreOrder:
    """An order of scores, by name where none is given. Raises Invalid with code ``bad_field``."""
    orders: tuple[ScoreOrder, ...] = get_args(ScoreOrder)
    if (value or "name") not in orders:
        raise Invalid("bad_field", place="sort", field="sort")
    return next(order for order in orders if order == (value or "name"))


async def _locked(connection: Connection, run_id: int) -> runs.StoredRun:
    run = await runs.lock_optional_run(connection, run_id)
    if run is None:
        raise NotFound("not_found")
    return run


async def _teaches(connection: Connection, exam_id: int, caller: StaffMember) -> bool:
    return bool(await results.select_script_heads(connection, exam_id, caller.id))


async def _changing(connection: Connection, exam_id: int) -> str:
    """The hash of what may have changed since a run was computed. The exam is held: nothing changes now."""
    await runs.lock_optional_exam(connection, exam_id)
    return changing_sha256(
        await coded_exams.select_scripts_sha256(connection, exam_id),
        await key_changes.select_live_keys(connection, exam_id),
        await sanctions.select_in_force(connection, exam_id),
    )


async def _supersede(connection: Connection, run: runs.StoredRun) -> None:
    before = await runs.select_optional_signed_run(connection, run.exam_id)
    if before is None:
        return
    if before.number > run.number:
        raise Conflict("newer_run_signed", number=before.number)
    await runs.update_state(connection, before.id, follow(before.state, Happening.REPLACED))


def _uses(run_id: int, items: Sequence[ItemFindings]) -> list[item_uses.NewItemUse]:
    return [_use(run_id, item) for item in items if not item.void]


def _use(run_id: int, item: ItemFindings) -> item_uses.NewItemUse:
    model = item.model
    parameters = None if model is None else model.parameters
    errors = None if parameters is None else parameters.se
    return item_uses.NewItemUse(
        item=item.item,
        run=run_id,
        n=item.n,
        difficulty=item.difficulty,
        difficulty_se=item.difficulty_se,
        discrimination=item.discrimination,
        model=None if parameters is None else parameters.model,
        a=None if parameters is None else parameters.a,
        a_se=None if model is None else model.a_se,
        b=None if model is None else model.b,
        b_se=None if model is None else model.b_se,
        c=None if parameters is None else parameters.c,
        c_se=None if errors is None else errors.c,
        parameters=None if parameters is None else msgspec.json.encode(parameters).decode(),
    )


def _only(caller: StaffMember) -> int | None:
    return None if allowed(caller.role, Permission.SCORING_RUN) else caller.id


def _score(hundredths: int | None) -> str | None:
    return None if hundredths is None else str(on_scale(hundredths))


def _sentence(failure: Failure, lang: Language) -> str:
    section = "errors" if failure.code in texts(lang, "errors") else "warnings"
    return catalogue_text(lang, section, failure.code, **failure.params)
