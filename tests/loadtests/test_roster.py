"""The roster of a load test."""

from pathlib import Path

import pytest

from loadtests.desk import Desk
from loadtests.roster import Login, read_roster


def test_logins_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("﻿pin,name,number\n123456,An,001\n654321,Bình,002\n", encoding="utf-8")
    assert read_roster(path) == [Login(number="001", pin="123456"), Login(number="002", pin="654321")]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1"),
        ("number;pin\n1;2\n", "line 1"),
        ("number,pin\n1,2\n3,\n", "line 3"),
        ("number,pin\n1,2\n1,3\n", "twice"),
    ],
)
def test_what_is_no_roster_is_refused_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        read_roster(path)


def test_the_desk_gives_each_login_once(tmp_path: Path) -> None:
    logins = [Login(number=str(number), pin="0") for number in range(3)]
    desk = Desk(logins, tmp_path / "record", pace=1)
    assert [desk.give() for _ in range(4)] == [*logins, None]
    for login in logins:
        assert not desk.finished
        desk.keep({"number": login.number})
    assert desk.finished
    assert len((tmp_path / "record" / "accounts.jsonl").read_text().splitlines()) == 3
