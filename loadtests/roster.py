"""Who sits: a CSV file with the columns ``number`` and ``pin``."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """A candidate number and its PIN."""

    number: str
    pin: str


def read_roster(path: Path) -> list[Login]:
    """The logins, in the file's order.

    Raises OSError when it cannot be read, ValueError naming the line when it is not such a file.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames is None or not {"number", "pin"} <= set(rows.fieldnames):
            raise ValueError("line 1: the columns must be number,pin")
        logins = [_login(row, rows.line_num) for row in rows]
    if len({login.number for login in logins}) < len(logins):
        raise ValueError("a number occurs twice")
    return logins


def _login(row: dict[str, str], line: int) -> Login:
    if not row["number"] or not row["pin"]:
        raise ValueError(f"line {line}: number or pin is missing")
    return Login(number=row["number"].strip(), pin=row["pin"].strip())
