"""An exam's scripts as the matrix that calibration takes."""

from exam_server.actions.coding import Progress, code_scripts, read_exam
from exam_server.cli.measuring import ResponseFile
from exam_server.core.analysis.model_choice import prepare
from exam_server.core.analysis.scored_test import from_exam
from exam_server.core.analysis.settings import AnalysisSettings
from exam_server.core.coded_exam import mark
from exam_server.errors import Invalid
from exam_server.store.database import Database


async def read_exam_responses(
    database: Database, exam: int, tell: Progress
) -> tuple[ResponseFile, tuple[str, ...]]:
    """Every script that is in, by how many prompts of each item are right under the keys that count; items
    are called by their ids, persons by their sittings'. And the items that are left out because all answered
    them alike. Void items are left out too; a category that nobody is in counts as the next lower.

    Raises NotFound with code ``no_such_exam``; Invalid with ``exam_not_calibrable`` when fewer than three
    items are left.
    """
    async with database.snapshot() as connection:
        stored = await read_exam(connection, exam)
        coded = await code_scripts(connection, stored, tell)
    test = from_exam(coded, mark(coded), AnalysisSettings(void=stored.paper.void))
    modelled = prepare(test, "2pl")
    if modelled is None:
        raise Invalid("exam_not_calibrable", place="--db", exam=exam)
    file = ResponseFile(
        responses=modelled.responses,
        persons=tuple(str(coded.sittings[row]) for row in modelled.rows.tolist()),
        lowest=(0,) * modelled.responses.n_items,
        first_line=1,
        sha256=stored.scripts_sha256,
    )
    return file, tuple(item.name for place, item in enumerate(test.items) if place not in modelled.places)
