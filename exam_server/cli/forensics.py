"""``khaothi forensics``: what in an exam's answers is worth looking into."""

import csv
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.table import Table

from exam_server.cli.files import read_file
from exam_server.cli.measuring import (
    Ignore,
    ResponseFile,
    Step,
    load_parameters,
    load_responses,
    measuring,
    number,
    progress,
    words,
    write_file,
)
from exam_server.cli.options import MAX_ID, Data, Json
from exam_server.cli.screen import screen
from exam_server.cli.words import say
from exam_server.core.evidence import ChangeEvidence, Evidence, JumpEvidence, PairEvidence, RapidEvidence
from exam_server.errors import Invalid

if TYPE_CHECKING:
    from exam_server.core.forensic_file import Given
    from exam_server.core.forensics import Sheets
    from scoring.items import Item

SHOWN = 20
"""Most rows of a table on the screen; files and --json have all."""

COMPARED = 5
"""Rows that are shown although chance explains them, lest what is beyond it stands alone."""

Responses_ = Annotated[Path | None, typer.Argument(metavar="RESPONSES", help=say("argument_responses"))]
Exam = Annotated[
    int | None, typer.Option("--db", metavar="EXAM", min=1, max=MAX_ID, help=say("option_forensics_db"))
]
Shift = Annotated[
    int | None,
    typer.Option("--shift", metavar="SHIFT", min=1, max=MAX_ID, help=say("option_forensics_shift")),
]
Seats = Annotated[Path | None, typer.Option("--seats", metavar="SEATS", help=say("option_seats"))]
Times = Annotated[Path | None, typer.Option("--times", metavar="TIMES", help=say("option_times"))]
Items = Annotated[Path | None, typer.Option("--items", metavar="PARAMS", help=say("option_items"))]
Key = Annotated[Path | None, typer.Option("--key", metavar="KEY", help=say("option_forensics_key"))]
Room = Annotated[str | None, typer.Option("--room", metavar="COLUMN", help=say("option_forensics_room"))]
Previous = Annotated[Path | None, typer.Option("--previous", metavar="CENTRES", help=say("option_previous"))]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help=say("option_forensics_out"))]


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """The files of one call, and what is said of them."""

    responses: Path | None = None
    seats: Path | None = None
    times: Path | None = None
    items: Path | None = None
    key: Path | None = None
    previous: Path | None = None
    room: str | None = None
    ignore: tuple[str, ...] = ()


def forensics(
    responses: Responses_ = None,
    exam: Exam = None,
    shift: Shift = None,
    seats: Seats = None,
    times: Times = None,
    items: Items = None,
    key: Key = None,
    room: Room = None,
    previous: Previous = None,
    ignore: Ignore = None,
    out: Out = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
    data: Data = None,
) -> None:
    """Look, print tables."""
    files = Files(
        responses=responses,
        seats=seats,
        times=times,
        items=items,
        key=key,
        previous=previous,
        room=room,
        ignore=tuple(ignore or ()),
    )
    _check(files, exam, shift)
    with progress() as tell:
        tell("step_reading", 0.0)
        found = _of_files(files, tell) if exam is None else _of_database(exam, shift, data, tell)
    if out is not None:
        _write(out, found)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        _show(found)


def _check(files: Files, exam: int | None, shift: int | None) -> None:
    """Either files or the database, and what belongs together."""
    from_file = files.responses is not None and exam is None and shift is None
    if not from_file and (exam is None or files != Files()):
        raise typer.BadParameter(say("forensics_file_or_db"), param_hint="RESPONSES")
    if files.items is not None and files.key is not None:
        raise typer.BadParameter(say("forensics_items_or_key"), param_hint="--key")
    if files.previous is not None and files.room is None:
        raise typer.BadParameter(say("forensics_previous_needs_room"), param_hint="--previous")


def _of_database(exam: int, shift: int | None, data: Path | None, tell: Step) -> Evidence:
    from exam_server.actions.forensics import exam_evidence
    from exam_server.cli.session import Session, in_session
    from exam_server.core.access import Role

    async def work(session: Session) -> Evidence:
        # Who may run commands on the server is the board.
        return await exam_evidence(session.database, exam, shift, Role.BOARD, tell)

    return in_session(data, work)


def _of_files(files: Files, tell: Step) -> Evidence:
    from exam_server.core.centre_jumps import centre_jumps
    from exam_server.core.forensic_file import read_previous
    from exam_server.core.forensics import find_evidence

    responses = files.responses or Path()
    with measuring(str(responses)):
        sheets, models = _read(responses, files, tell)
        tell("step_looking", 0.3)
        found = find_evidence(sheets, models)
        if files.previous is None:
            return found
        before = read_previous(read_file(files.previous), str(files.previous))
        return msgspec.structs.replace(found, jumps=centre_jumps(sheets, before))


def _read(responses: Path, files: Files, tell: Step) -> "tuple[Sheets, tuple[Item, ...] | None]":
    from exam_server.core.forensic_file import keyed_sheets, marked_sheets, modelled_sheets
    from exam_server.core.response_table import read_pairs, read_table

    place = str(responses)
    if files.key is not None:
        key = dict(read_pairs(read_file(files.key), str(files.key)))
        table = read_table(read_file(responses), place, group=files.room, ignore=files.ignore)
        given = _given(files, table.persons, table.names, table.groups)
        tell("step_calibrating", 0.1)
        return keyed_sheets(table, key, place, given)
    parameters = None if files.items is None else load_parameters(files.items)
    lowest = {} if parameters is None else {item.name: item.lowest for item in parameters.items}
    file = load_responses(responses, group=files.room, ignore=list(files.ignore), lowest=lowest)
    names = file.responses.group_names
    rooms = None if files.room is None else tuple(names[group] for group in file.responses.groups.tolist())
    given = _given(files, file.persons, file.responses.names, rooms)
    tell("step_calibrating", 0.1)
    if parameters is None:
        return marked_sheets(file.responses, place, given)
    known = {item.name: item.item() for item in parameters.items}
    return modelled_sheets(file.responses, _matched(file, known, files), given)


def _matched(file: ResponseFile, known: "dict[str, Item]", files: Files) -> "list[Item]":
    """The items of the columns, whose categories are all the items'."""
    names = file.responses.names
    extra = next((name for name in names if name not in known), None)
    if extra is not None:
        raise Invalid("score_extra_column", place=str(files.responses), column=extra, file=str(files.items))
    matched = [known[name] for name in names]
    for place, item in enumerate(matched):
        column, lowest = file.responses.codes[:, place], file.lowest[place]
        if column.max(initial=0) >= item.categories:
            raise Invalid(
                "score_wrong_code",
                place=str(files.responses),
                column=item.name,
                line=int((column >= item.categories).argmax()) + file.first_line,
                value=int(column[column >= item.categories][0]) + lowest,
                low=lowest,
                high=lowest + item.categories - 1,
            )
    return matched


def _given(
    files: Files, persons: tuple[str, ...], names: tuple[str, ...], rooms: tuple[str, ...] | None
) -> "Given":
    import numpy as np

    from exam_server.core.forensic_file import Given, read_seating, read_times

    room_names, places = np.unique(rooms or ("",) * len(persons), return_inverse=True)
    seats, times = files.seats, files.times
    return Given(
        persons=persons,
        rooms=places.astype(np.int64),
        room_names=tuple(str(name) for name in room_names),
        seats=(None,) * len(persons)
        if seats is None
        else read_seating(read_file(seats), str(seats), persons),
        seconds=None if times is None else read_times(read_file(times), str(times), persons, names),
    )


def _write(out: Path, found: Evidence) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid("cannot_write", place=str(out), file=str(out)) from error
    write_file(out / "evidence.json", msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    tables = {
        "pairs": () if found.pairs is None else found.pairs.rows,
        "rapid": () if found.rapid is None else found.rapid.rows,
        "changes": () if found.changes is None else found.changes.rows,
        "rooms": () if found.changes is None else found.changes.rooms,
        "centres": () if found.jumps is None else found.jumps.rows,
    }
    for name, rows in tables.items():
        if rows:
            write_file(out / f"{name}.csv", _csv(rows))


def _csv(rows: tuple[msgspec.Struct, ...]) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(rows[0].__struct_fields__)
    for row in rows:
        writer.writerow([_cell(getattr(row, field)) for field in row.__struct_fields__])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    """A text that a spreadsheet program will not run as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value


def _show(found: Evidence) -> None:
    console = screen()
    console.print(words("forensics_of", n=found.n, items=found.items))
    tables = (
        None if found.pairs is None else _pairs(found.pairs),
        None if found.rapid is None else _rapid(found.rapid),
        None if found.changes is None else _changes(found.changes),
        None if found.changes is None or not found.changes.rooms else _rooms(found.changes),
        None if found.jumps is None else _jumps(found.jumps),
    )
    for table in tables:
        if table is not None:
            console.print(table)
    if found.pairs or found.changes or found.jumps:
        console.print(words("forensics_bold"))
    for limit in found.limits:
        console.print(words(limit.code, n=limit.n, least=limit.least))
    console.print(words("forensics_is_no_verdict"))


def _pairs(found: PairEvidence) -> Table:
    title = words(
        "forensics_pairs",
        pairs=found.pairs,
        neighbours=found.neighbours,
        beyond=found.beyond,
        rate=_rate(found),
    )
    keys = ("room", "pair", "seats", "matches", "expected", "wrong_matches", "p", "q")
    table = _table(title, keys, text_columns=3)
    for row in found.rows[: _shown(found.beyond)]:
        table.add_row(
            row.room,
            f"{row.first} – {row.second}",
            f"{row.first_seat or '–'} / {row.second_seat or '–'}",
            f"{row.matches}/{row.common}",
            number(row.expected, 1),
            str(row.wrong_matches),
            _chance(row.p),
            _chance(row.q),
            style="bold" if row.q <= found.rate else None,
        )
    return table


def _rapid(found: RapidEvidence) -> Table:
    title = words("forensics_rapid", low=found.low, limit=number(found.limit, 2))
    table = _table(title, ("room", "person", "effort", "rapid", "rapid_right", "timed"), text_columns=2)
    for row in found.rows[:SHOWN]:
        figures = (number(row.effort, 2), *map(str, (row.rapid, row.rapid_right, row.timed)))
        table.add_row(row.room, row.person, *figures)
    return table


def _changes(found: ChangeEvidence) -> Table:
    title = words("forensics_changes", changes=found.changes, beyond=found.beyond, rate=_rate(found))
    keys = ("room", "person", "wrong_right", "usual", "q_count", "changed_wrong", "expected", "q")
    table = _table(title, keys, text_columns=2)
    for row in found.rows[: _shown(found.beyond)]:
        table.add_row(
            row.room,
            row.person,
            str(row.wrong_right),
            number(row.usual, 1),
            _chance(row.q_count),
            str(row.wrong_right + row.wrong_wrong),
            number(row.expected, 1),
            "–" if row.q is None else _chance(row.q),
            style="bold" if min(row.q_count, 1.0 if row.q is None else row.q) <= found.rate else None,
        )
    return table


def _rooms(found: ChangeEvidence) -> Table:
    title = words("forensics_rooms", beyond=found.rooms_beyond, rate=_rate(found))
    table = _table(title, ("room", "candidates", "wrong_right", "expected", "p", "q"), text_columns=1)
    for row in found.rooms[: _shown(found.rooms_beyond)]:
        figures = (str(row.n), str(row.wrong_right), number(row.expected, 1), _chance(row.p), _chance(row.q))
        table.add_row(row.room, *figures, style="bold" if row.q <= found.rate else None)
    return table


def _jumps(found: JumpEvidence) -> Table:
    title = words(
        "forensics_jumps",
        centres=found.centres,
        left_out=found.left_out,
        beyond=found.beyond,
        rate=_rate(found),
    )
    keys = ("centre", "candidates", "before", "after", "expected", "difference", "shrunken", "p", "q")
    table = _table(title, keys, text_columns=1)
    for row in found.rows[: _shown(found.beyond)]:
        scores = (row.before, row.after, row.expected, row.difference, row.shrunken)
        figures = (str(row.n), *(number(score, 2) for score in scores), _chance(row.p), _chance(row.q))
        table.add_row(row.centre, *figures, style="bold" if row.q <= found.rate else None)
    return table


def _table(title: str, keys: tuple[str, ...], *, text_columns: int) -> Table:
    table = Table(title=title, title_justify="left")
    for place, key in enumerate(keys):
        table.add_column(
            words(f"forensics_column_{key}"), justify="left" if place < text_columns else "right"
        )
    return table


def _shown(beyond: int) -> int:
    return min(SHOWN, max(beyond, COMPARED))


def _rate(found: PairEvidence | ChangeEvidence | JumpEvidence) -> str:
    return number(100 * found.rate, 0)


def _chance(p: float) -> str:
    """A chance, small ones as a bound."""
    return f"< {number(0.0001, 4)}" if p < 0.0001 else number(p, 4)
