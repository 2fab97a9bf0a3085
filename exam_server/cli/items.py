"""``khaothi items``: Word files into item banks."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from exam_server.actions.items import WordFile, ensure_bank, import_items, read_word_file
from exam_server.catalogue import text
from exam_server.cli.files import read_file
from exam_server.cli.options import Data, DryRun, Json
from exam_server.cli.screen import screen
from exam_server.cli.session import ACTOR, Session, in_session
from exam_server.cli.words import LANGUAGE, kind_words, one_line, say
from item_bank.formats.report import ItemReport, draft_report

app = typer.Typer(no_args_is_help=True)

WordPath = Annotated[Path, typer.Argument(metavar="FILE", help=say("argument_word_file"))]
BankName = Annotated[str | None, typer.Option("--bank", metavar="NAME", help=say("option_bank"))]


@app.command("import", help=say("help_items_import"))
def import_(
    file: WordPath,
    bank: BankName = None,
    dry_run: DryRun = False,  # noqa: FBT002 -- typer makes it a flag
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
    data: Data = None,
) -> None:
    """Read a Word file, show what was understood, and store it unless it is a dry run,
    which needs no database."""
    if bank is None and not dry_run:
        raise typer.BadParameter(say("bank_needed"), param_hint="--bank")
    word = asyncio.run(read_word_file(file.name, read_file(file)))
    if bank is not None and not dry_run:
        in_session(data, partial(_store, word=word, bank=bank))
    _show(word, bank if not dry_run else None, as_json=as_json)


async def _store(session: Session, *, word: WordFile, bank: str) -> None:
    now = session.clock.now()
    bank_id = await ensure_bank(session.database, name=bank, actor=ACTOR, now=now)
    await import_items(session.database, bank_id, word, dry_run=False, actor=ACTOR, now=now)


def _show(word: WordFile, bank: str | None, *, as_json: bool) -> None:
    report = draft_report(word.draft)
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
        return
    console = screen()
    console.print(_table(word.name, report.items))
    for code in report.warnings:
        console.print(_warning(code), style="yellow")
    doubtful = sum(bool(item.warnings) for item in report.items)
    console.print(say("items_read", count=len(report.items), doubtful=doubtful))
    console.print(say("items_stored", bank=bank) if bank is not None else say("items_not_stored"))


def _table(title: str, items: list[ItemReport] | tuple[ItemReport, ...]) -> Table:
    table = Table(title=title, show_lines=False)
    for key in (
        "column_part",
        "column_number",
        "column_kind",
        "column_stem",
        "column_key",
        "column_warnings",
    ):
        table.add_column(say(key))
    for item in items:
        warnings = "\n".join(map(_warning, item.warnings))
        kind, stem = kind_words(item.kind), one_line(item.stem)
        table.add_row(item.part or "", str(item.number), kind, stem, _key(item.key), warnings)
    return table


def _key(key: object) -> str:
    match key:
        case None:
            return "–"
        case str():
            return key
        case list() | tuple():
            return " ".join(_value(value) for value in key)
        case _:
            return str(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return say("true_letter" if value else "false_letter")
    return str(value)


def _warning(code: str) -> str:
    return text(LANGUAGE, "warnings", code)
