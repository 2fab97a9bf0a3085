"""Results: from the journal of every script, never from a stored score."""

import asyncio
import csv
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import StringIO

from exam_server.actions.coding import read_papers
from exam_server.catalogue import Language, text
from exam_server.catalogue.formats import format_number
from exam_server.core.access import Permission, allowed
from exam_server.core.key_change import with_changes
from exam_server.core.results import Rules, ScriptInput, make_results, withhold_keys
from exam_server.core.script import read_script
from exam_server.errors import Conflict, NotFound
from exam_server.protocol.staff import Results, ScriptRow
from exam_server.rules import sanction_rules
from exam_server.store import exams, results, runs, sanctions
from exam_server.store.database import Connection, Database
from exam_server.store.journal import select_payloads
from exam_server.store.staff import StaffMember

MOST_SCRIPTS = 5_000
"""Beyond these a worker would be kept from those who sit an exam: a scoring run has the pages for it."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def show_results(database: Database, exam_id: int, caller: StaffMember, now: datetime) -> Results:
    """Scores and statistics of an exam, those of its signed run where there is one; a teacher's own classes
    only, and of an item no option counts until nobody may sit it any more.

    Raises NotFound with code ``not_found`` without such an exam, or when no class of the teacher sits it;
    Conflict with ``scores_not_released`` for a teacher while the run that releases them is not signed, or
    ``too_many_scripts``.
    """
    only = None if allowed(caller.role, Permission.EXAMS_MANAGE) else caller.id
    # One snapshot for all: a script handed in meanwhile is either in, with its answers, or out.
    async with database.snapshot() as connection:
        exam = await exams.select_optional_exam(connection, exam_id)
        heads = await results.select_script_heads(connection, exam_id, only)
        if exam is None or (only is not None and not heads):
            raise NotFound("not_found")
        run = await runs.select_optional_signed_run(connection, exam_id)
        if only is not None and exam.release == "signed" and run is None:
            raise Conflict("scores_not_released")
        if len(heads) > MOST_SCRIPTS:
            raise Conflict("too_many_scripts", most=MOST_SCRIPTS)
        own, live = await read_papers(connection, exam_id)
        paper = with_changes(own, live if run is None else run.applied_keys)
        sittings = [head.sitting for head in heads]
        rules = await _rules(connection, exam_id, run, paper.void, sittings)
        payloads = await select_payloads(connection, sittings)
        unreleased = await unreleased_items(connection, exam_id, caller, now)

    def compute() -> Results:
        scripts = [_script(head, payloads.get(head.sitting, [])) for head in heads]
        number = None if run is None else run.id
        found = make_results(exam.title, exam.subject, paper.questions, scripts, rules, number)
        return withhold_keys(found, unreleased)

    return await asyncio.to_thread(compute)


async def _rules(
    connection: Connection,
    exam_id: int,
    run: runs.StoredRun | None,
    void: frozenset[int],
    sittings: Sequence[int],
) -> Rules:
    """How points become scores: as in the signed run, else by what is in force now."""
    per_mille = sanction_rules().per_mille
    if run is None:
        in_force = await sanctions.select_in_force(connection, exam_id)
        return Rules(void=void, sanctions=in_force, per_mille=per_mille)
    outcomes = await runs.select_outcomes(connection, run.id, sittings)
    return Rules(
        void=void,
        void_rule=run.settings.void_rule,
        sanctions={sitting: kind for sitting, kind in outcomes.items() if kind is not None},
        per_mille=run.settings.per_mille,
        scored=frozenset(outcomes),
    )


async def unreleased_items(
    connection: Connection, exam_id: int, caller: StaffMember, now: datetime
) -> frozenset[int]:
    """The items of an exam whose keys the caller may not see yet: somebody may still sit them, in this exam
    or another. None for who may read keys."""
    if allowed(caller.role, Permission.KEYS_READ):
        return frozenset()
    return await results.select_unreleased_items(connection, exam_id, now)


def results_csv(found: Results, lang: Language) -> str:
    """The class table for a spreadsheet: numbers as the language writes them,
    texts that cannot be formulas."""
    separator = ";" if lang == "vi" else ","
    out = StringIO()
    writer = csv.writer(out, delimiter=separator)
    labels = _part_labels(found.scripts)
    keys = ("csv_number", "csv_name", "csv_class", "csv_state", "csv_score")
    writer.writerow([*(text(lang, "cli", key) for key in keys), *labels])
    for script in found.scripts:
        points = {part.label: part.score for part in script.parts}
        writer.writerow(
            [
                _cell(script.number),
                _cell(script.name),
                _cell(script.class_name or ""),
                text(lang, "cli", f"state_{script.state}"),
                _score(script.score, lang),
                *(_score(points.get(label), lang) for label in labels),
            ]
        )
    return out.getvalue()


def _script(head: results.ScriptHead, payloads: Sequence[bytes]) -> ScriptInput:
    return ScriptInput(
        sitting=head.sitting,
        number=head.number,
        name=head.name,
        class_name=head.class_name,
        state=head.state,
        answers=read_script(payloads).answers,
    )


def _part_labels(scripts: Sequence[ScriptRow]) -> list[str]:
    return next(([part.label for part in script.parts] for script in scripts if script.parts), [])


def _score(score: str | None, lang: Language) -> str:
    return "" if score is None else format_number(Decimal(score), lang)


def _cell(value: str) -> str:
    """A text that a spreadsheet program will not run as a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value
