"""Key corrections: proposed by one person, tried out on every script, made live by a second, rolled back by
any."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from exam_server.actions.coding import code_scripts, read_exam, read_papers, untold
from exam_server.actions.sanctions import checked_reason
from exam_server.core.coded_file import KeptResponses, kept_responses, unpack
from exam_server.core.key_change import (
    EffectivePaper,
    Happening,
    State,
    check_key,
    follow,
    with_changes,
    with_key,
)
from exam_server.core.results import PaperQuestion
from exam_server.core.sanction import shares_of
from exam_server.core.score_change import ScoreChanges, score_changes
from exam_server.core.scores import on_scale
from exam_server.errors import Conflict, Invalid, NotFound
from exam_server.protocol.measurement import (
    DifferenceCount,
    KeyChange,
    KeyChanges,
    KeyDecision,
    KeyPreview,
    LiveKey,
    NewKeyChange,
    ScoreChange,
    VoidRule,
)
from exam_server.protocol.staff import SanctionKind
from exam_server.rules import sanction_rules
from exam_server.store import audit, coded_exams, exams, key_changes, runs, sanctions
from exam_server.store.database import Connection, Database
from exam_server.store.key_changes import Decision, StoredKeyChange
from exam_server.store.staff import StaffMember
from item_bank.kinds import Key
from item_bank.marking import round_score
from item_bank.richtext import plain_text
from scoring.arrays import IntArray

PAGE = 200

CODED_AT_ONCE = 3_000
"""Most scripts that a worker codes for a preview; more wait for a scoring run, which keeps them coded."""


async def list_key_changes(database: Database, exam_id: int, caller: StaffMember) -> KeyChanges:
    """The corrections of an exam. Raises NotFound with code ``no_such_exam``."""
    async with database.connection() as connection:
        exam = await exams.select_optional_exam(connection, exam_id)
        if exam is None:
            raise NotFound("no_such_exam", exam=exam_id)
        paper, live = await read_papers(connection, exam_id)
        found = await key_changes.select_key_changes(connection, exam_id)
    return KeyChanges(
        exam=exam.title,
        changes=tuple(_body(change, paper, caller) for change in found),
        live=tuple(LiveKey(item=change.item, key=change.key) for change in live),
    )


async def propose_key_change(
    database: Database, exam_id: int, new: NewKeyChange, caller: StaffMember, now: datetime
) -> KeyChange:
    """Propose another key for an item of an exam, or to void it. Nothing changes yet.

    Raises NotFound with code ``no_such_exam`` or ``no_such_item``; Invalid without a reason, for a key that
    the item cannot have, or with ``key_unchanged``.
    """
    reason = checked_reason(new.reason)
    async with database.transaction() as connection:
        if await runs.lock_optional_exam(connection, exam_id) is None:
            raise NotFound("no_such_exam", exam=exam_id)
        own, live = await read_papers(connection, exam_id)
        old = _check_proposal(own, with_changes(own, live), new)
        row = key_changes.NewKeyChangeRow(
            exam_id=exam_id,
            item=new.item,
            old_key=old,
            new_key=new.key,
            reason=reason,
            proposed_by=caller.id,
            proposed_at=now,
        )
        change_id = await key_changes.insert_key_change(connection, row)
        detail = f"item {new.item}: {reason}"
        await audit.record_of(connection, caller, now, "key.propose", f"key change {change_id}", detail)
        return _body(await _change(connection, change_id), own, caller)


async def confirm_key_change(
    database: Database, change_id: int, body: KeyDecision, caller: StaffMember, now: datetime
) -> KeyChange:
    """Make a correction live, by another person than who proposed it.

    Raises NotFound with code ``not_found``; Conflict with ``key_change_<state>``, ``own_key_change``, or
    ``key_change_outdated`` when the item's key is no longer what it was at the proposal.
    """
    async with database.transaction() as connection:
        change, decision = await _deciding(connection, change_id, body, caller, now)
        state = follow(change.state, Happening.CONFIRMED)
        if change.proposed_by == caller.id:
            raise Conflict("own_key_change")
        own, live = await read_papers(connection, change.exam_id)
        if with_changes(own, live).key(change.item) != change.old_key:
            raise Conflict("key_change_outdated")
        before = await key_changes.select_optional_live_id(connection, change.exam_id, change.item)
        if before is not None:
            replaced = await _change(connection, before)
            after = follow(replaced.state, Happening.REPLACED)
            await key_changes.update_state(connection, before, after)
        await key_changes.update_confirmed(connection, change_id, state, decision, before)
        return await _decided(connection, change, decision, caller, "key.confirm")


async def withdraw_key_change(
    database: Database, change_id: int, body: KeyDecision, caller: StaffMember, now: datetime
) -> KeyChange:
    """Give up a proposal. Raises NotFound with code ``not_found``, Conflict with ``key_change_<state>``."""
    async with database.transaction() as connection:
        change, decision = await _deciding(connection, change_id, body, caller, now)
        state = follow(change.state, Happening.WITHDRAWN)
        await key_changes.update_decided(connection, change_id, state, decision)
        return await _decided(connection, change, decision, caller, "key.withdraw")


async def roll_back_key_change(
    database: Database, change_id: int, body: KeyDecision, caller: StaffMember, now: datetime
) -> KeyChange:
    """Take a live correction back: the key before it counts again.

    Raises NotFound with code ``not_found``, Conflict with ``key_change_<state>``.
    """
    async with database.transaction() as connection:
        change, decision = await _deciding(connection, change_id, body, caller, now)
        state = follow(change.state, Happening.ROLLED_BACK)
        await key_changes.update_decided(connection, change_id, state, decision)
        if change.replaces is not None:
            before = await _change(connection, change.replaces)
            restored = follow(before.state, Happening.RESTORED)
            await key_changes.update_state(connection, before.id, restored)
        return await _decided(connection, change, decision, caller, "key.roll_back")


async def preview_key_change(
    database: Database, change_id: int, caller: StaffMember, *, page: int
) -> KeyPreview:
    """Who gains and who loses by a correction, page ``page`` (from 1) of them.

    Raises NotFound with code ``not_found``; Conflict with ``coding_needed`` when there are many scripts and
    no scoring run has coded them yet.
    """
    async with database.snapshot() as connection:
        change = await _change(connection, change_id)
        own, live = await read_papers(connection, change.exam_id)
        paper = with_changes(own, live)
        kept = await _responses(connection, change.exam_id, own)
        in_force = await sanctions.select_in_force(connection, change.exam_id)
        rule = await _void_rule(connection, change.exam_id)
        found = await asyncio.to_thread(_compare, kept, paper, change, rule, in_force)
        rows = found.order[(page - 1) * PAGE : page * PAGE]
        sittings = kept.sittings[rows].tolist()
        people = {each.sitting: each for each in await coded_exams.select_people(connection, sittings)}
    changed = found.after - found.before
    return KeyPreview(
        change=_body(change, own, caller),
        gains=int((changed > 0).sum()),
        loses=int((changed < 0).sum()),
        same=int((changed == 0).sum()),
        mean_before=_mean(found.before),
        mean_after=_mean(found.after),
        differences=_differences(changed),
        rows=tuple(
            ScoreChange(
                sitting=sitting,
                number=people[sitting].number,
                name=people[sitting].name,
                class_name=people[sitting].class_name,
                before=str(on_scale(int(found.before[row]))),
                after=str(on_scale(int(found.after[row]))),
                difference=_signed(int(changed[row])),
            )
            for row, sitting in zip(rows.tolist(), sittings, strict=True)
        ),
        total=len(found.order),
        page_size=PAGE,
    )


def _compare(
    kept: KeptResponses,
    paper: EffectivePaper,
    change: StoredKeyChange,
    void_rule: VoidRule,
    in_force: dict[int, SanctionKind],
) -> ScoreChanges:
    shares = shares_of(kept.sittings.tolist(), in_force, sanction_rules().per_mille)
    papers = [with_key(paper, change.item, key) for key in (change.old_key, change.new_key)]
    return score_changes(kept, papers, change.item, void_rule, shares)


async def _responses(connection: Connection, exam_id: int, own: Sequence[PaperQuestion]) -> KeptResponses:
    """Those kept by the last run, or coded now where that is quick."""
    kept = await coded_exams.select_optional_coded_exam(
        connection, exam_id, await coded_exams.select_scripts_sha256(connection, exam_id)
    )
    if kept is not None:
        return await asyncio.to_thread(unpack, kept, [entry.question.id for entry in own])
    if await coded_exams.select_script_count(connection, exam_id) > CODED_AT_ONCE:
        raise Conflict("coding_needed")
    return kept_responses(await code_scripts(connection, await read_exam(connection, exam_id), untold))


async def _void_rule(connection: Connection, exam_id: int) -> VoidRule:
    """That of the latest run."""
    found = await runs.select_runs(connection, exam_id=exam_id)
    return found[0].settings.void_rule if found else "full_points"


def _check_proposal(own: Sequence[PaperQuestion], paper: EffectivePaper, new: NewKeyChange) -> Key | None:
    """The key that counts now, where the proposed one could take its place."""
    found = [entry.question for entry in own if entry.question.id == new.item]
    if not found:
        raise NotFound("no_such_item", place="item", item=new.item)
    if new.key is not None:
        check_key(found[0].content, new.key)
    old = paper.key(new.item)
    if old == new.key:
        raise Invalid("key_unchanged", place="key")
    return old


async def _change(connection: Connection, change_id: int) -> StoredKeyChange:
    found = await key_changes.select_optional_key_change(connection, change_id)
    if found is None:
        raise NotFound("not_found")
    return found


async def _deciding(
    connection: Connection, change_id: int, body: KeyDecision, caller: StaffMember, now: datetime
) -> tuple[StoredKeyChange, Decision]:
    """The correction, its exam held, and the decision about to be taken."""
    reason = checked_reason(body.reason)
    await runs.lock_optional_exam(connection, (await _change(connection, change_id)).exam_id)
    change = await _change(connection, change_id)
    return change, Decision(staff_id=caller.id, now=now, reason=reason)


async def _decided(
    connection: Connection, change: StoredKeyChange, decision: Decision, caller: StaffMember, action: str
) -> KeyChange:
    subject, detail = f"key change {change.id}", f"item {change.item}: {decision.reason}"
    await audit.record_of(connection, caller, decision.now, action, subject, detail)
    own, _ = await read_papers(connection, change.exam_id)
    return _body(await _change(connection, change.id), own, caller)


def _body(change: StoredKeyChange, paper: Sequence[PaperQuestion], caller: StaffMember) -> KeyChange:
    entry = next(entry for entry in paper if entry.question.id == change.item)
    return KeyChange(
        id=change.id,
        exam_id=change.exam_id,
        item=change.item,
        number=entry.number,
        part=entry.question.part,
        text=plain_text(entry.question.content.stem)[:200],
        old_key=change.old_key,
        new_key=change.new_key,
        reason=change.reason,
        state=change.state.value,
        proposed_by=change.proposed_name,
        proposed_at=change.proposed_at,
        decided_by=change.decided_name,
        decided_at=change.decided_at,
        may_confirm=change.state is State.PROPOSED and change.proposed_by != caller.id,
    )


def _differences(changed: IntArray) -> tuple[DifferenceCount, ...]:
    values, counts = np.unique(changed[changed != 0], return_counts=True)
    return tuple(
        DifferenceCount(difference=_signed(value), count=count)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True)
    )


def _mean(scores: IntArray) -> str | None:
    return str(round_score(on_scale(int(scores.sum())) / len(scores))) if len(scores) else None


def _signed(hundredths: int) -> str:
    return f"{on_scale(hundredths):+}"
