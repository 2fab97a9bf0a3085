"""``khaothi analyse``: everything measurement can say of a test, as a page and tables."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from exam_server.cli.files import read_file
from exam_server.cli.measuring import Ignore, Step, measuring, number, progress, words, write_file
from exam_server.cli.options import Data, Json
from exam_server.cli.screen import screen
from exam_server.cli.words import LANGUAGE, say
from exam_server.clock import SystemClock
from exam_server.core.response_file import read_coded
from exam_server.core.response_table import ResponseTable, read_pairs, read_table
from exam_server.errors import Conflict, Invalid
from exam_server.protocol.measurement import ModelChoice

if TYPE_CHECKING:
    from exam_server.core.analysis.findings import ExamFindings
    from exam_server.core.analysis.scored_test import ScoredTest
    from scoring.responses import Responses as Coded

Responses = Annotated[
    Path | None, typer.Argument(metavar="RESPONSES", help=say("argument_responses"), show_default=False)
]
Exam = Annotated[int | None, typer.Option("--db", metavar="EXAM", help=say("option_analysis_exam"))]
Key = Annotated[Path | None, typer.Option("--key", metavar="KEY", help=say("option_key_file"))]
Model = Annotated[ModelChoice, typer.Option("--model", help=say("option_analysis_model"))]
Group = Annotated[str | None, typer.Option("--group", metavar="COLUMN", help=say("option_analysis_group"))]
Report = Annotated[Path, typer.Option("--out", metavar="REPORT", help=say("option_report_out"))]
Overwrite = Annotated[bool, typer.Option("--overwrite", help=say("option_overwrite"))]

PAGE = "report.html"


class _Source(msgspec.Struct, frozen=True, kw_only=True):
    """What is analysed: its name, the test, its persons, and the hash of the file or of which scripts are in;
    ``lowest``: what the file calls category 0."""

    name: str
    test: "ScoredTest"
    persons: tuple[str, ...]
    sha256: str
    lowest: dict[str, int]


class _Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What --json prints."""

    n: int
    items: int
    model: str | None
    alpha: float | None
    files: tuple[str, ...]
    remarks: tuple[str, ...]
    flags: dict[str, tuple[str, ...]]


def analyse(
    out: Report,
    responses: Responses = None,
    exam: Exam = None,
    key: Key = None,
    model: Model = "auto",
    group: Group = None,
    ignore: Ignore = None,
    overwrite: Overwrite = False,  # noqa: FBT002 -- typer makes it a flag
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
    data: Data = None,
) -> None:
    """Analyse, write the report, show what to know first."""
    from exam_server.core.analysis.exam_analysis import analyse_test
    from exam_server.core.analysis.settings import AnalysisSettings

    _check_free(out, overwrite=overwrite)
    began = SystemClock().now()
    with progress() as tell, measuring(str(responses or "--db")):
        tell("step_reading", 0.0)
        if exam is None and responses is not None:
            source = _read(responses, key, group, ignore or [])
        else:
            source = _of_exam(exam, data, tell, others=(responses, key, group, ignore))
        findings = analyse_test(source.test, AnalysisSettings(model=model), tell)
    seconds = (SystemClock().now() - began).total_seconds()
    written = _write(out, source, findings, seconds)
    if as_json:
        typer.echo(msgspec.json.encode(_outcome(findings, written)).decode())
    else:
        _show(findings, out)


def _check_free(out: Path, *, overwrite: bool) -> None:
    """A report that is there is not lost by mistake."""
    if out.exists() and not out.is_dir():
        raise Invalid("report_is_a_file", place=str(out), directory=str(out))
    if not overwrite and out.is_dir() and any(out.iterdir()):
        raise Conflict("report_exists", place=str(out), directory=str(out))


def _read(path: Path, key: Path | None, group: str | None, ignore: Sequence[str]) -> _Source:
    from exam_server.core.analysis.file_test import from_options, from_responses

    data = read_file(path)
    sha256 = hashlib.sha256(data).hexdigest()
    if key is None:
        file = read_coded(data, str(path), group=group, ignore=ignore)
        _check_answered(file.responses)
        return _Source(
            name=path.name,
            test=from_responses(file.responses, group),
            persons=file.persons,
            sha256=sha256,
            lowest=dict(zip(file.responses.names, file.lowest, strict=True)),
        )
    table = read_table(data, str(path), group=group, ignore=ignore)
    pairs = _key(key, table)
    return _Source(
        name=path.name,
        test=from_options(table, pairs, group),
        persons=table.persons,
        sha256=sha256,
        lowest={},
    )


def _check_answered(responses: "Coded") -> None:
    """A file without a single answer has nothing to analyse."""
    from scoring.errors import MeasurementError

    if not responses.administered.any():
        raise MeasurementError("item_without_answers", item=responses.names[0])


def _of_exam(exam: int | None, data: Path | None, tell: Step, *, others: Sequence[object]) -> _Source:
    """An exam's scripts under the keys that count; what describes a file has no meaning then."""
    if exam is None or any(others):
        raise typer.BadParameter(say("analyse_file_or_exam"), param_hint="--db")
    # Only who reads the database waits for what that needs.
    from exam_server.actions.coding import code_scripts, read_exam
    from exam_server.cli.session import Session, in_session
    from exam_server.core.analysis.scored_test import from_exam
    from exam_server.core.analysis.settings import AnalysisSettings
    from exam_server.core.coded_exam import mark

    async def work(session: Session) -> _Source:
        async with session.database.snapshot() as connection:
            stored = await read_exam(connection, exam)
            coded = await code_scripts(connection, stored, tell)
        return _Source(
            name=stored.exam.title,
            test=from_exam(coded, mark(coded), AnalysisSettings(void=stored.paper.void)),
            persons=tuple(script.number for script in stored.scripts),
            sha256=stored.scripts_sha256,
            lowest={},
        )

    return in_session(data, work)


def _key(path: Path, table: ResponseTable) -> Mapping[str, str]:
    """The key of every item of the table, and of nothing else."""
    pairs = dict(read_pairs(read_file(path), str(path)))
    missing = next((name for name in table.names if name not in pairs), None)
    if missing is not None:
        raise Invalid("key_lacks_item", place=str(path), column=missing)
    beyond = next((name for name in pairs if name not in table.names), None)
    if beyond is not None:
        raise Invalid("key_beyond_test", place=str(path), column=beyond)
    return pairs


def _write(out: Path, source: _Source, findings: "ExamFindings", seconds: float) -> tuple[str, ...]:
    """All files of the report; parameters only where there is a model."""
    from exam_server.core.analysis.abilities import abilities
    from exam_server.core.export.parameters import parameters_of
    from exam_server.core.export.persons import persons_table
    from exam_server.core.export.tables import as_csv, items_table, test_table
    from exam_server.core.parameter_file import write_parameters
    from exam_server.printout.analysis_report import analysis_report

    found = abilities(source.test, findings)
    files = {
        PAGE: analysis_report(source.name, findings, LANGUAGE).encode(),
        "items.csv": as_csv(items_table(findings)),
        "scores.csv": as_csv(persons_table(source.test, source.persons, found, findings)),
        "test.csv": as_csv(test_table(findings)),
    }
    parameters = parameters_of(findings, seconds=seconds, input_sha256=source.sha256, lowest=source.lowest)
    if parameters is not None:
        files["params.json"] = write_parameters(parameters)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid("cannot_write", place=str(out), file=str(out)) from error
    for file, data in files.items():
        write_file(out / file, data)
    return tuple(files)


def _outcome(findings: "ExamFindings", written: tuple[str, ...]) -> _Outcome:
    model = findings.model
    return _Outcome(
        n=findings.n,
        items=len(findings.items),
        model=None if model is None else model.model,
        alpha=findings.test.alpha,
        files=written,
        remarks=tuple(remark.code for remark in findings.remarks),
        flags={item.name: tuple(flag.code for flag in item.flags) for item in findings.items if item.flags},
    )


def _show(findings: "ExamFindings", out: Path) -> None:
    from exam_server.core.analysis_view import flags, item_label, notes

    console, test = screen(), findings.test
    console.print(words("report_lead", n=findings.n, items=len(findings.items)))
    if test.alpha is not None:
        bounds = (
            f" ({number(test.alpha_low, 3)} … {number(test.alpha_high, 3)})"
            if test.alpha_low is not None
            else ""
        )
        console.print(f"{words('report_alpha')}: {number(test.alpha, 3)}{bounds}")
    if findings.model is not None:
        console.print(words("report_model", model=words(f"model_{findings.model.model}")))
    for note in notes(findings, LANGUAGE):
        console.print(note.message)
    for item in findings.items:
        for flag in flags(item, findings.items, LANGUAGE):
            console.print(f"{item_label(item, LANGUAGE)}: {flag.message}")
    console.print(words("report_written", file=str(out / PAGE)))
