"""A run against a server that is there: what its students are shown afterwards is the check."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from exam_server.errors import Invalid
from exam_server.load.order import Order
from exam_server.load.report import LoadReport
from exam_server.load.run import Phase, run_against, run_alone
from exam_server.load.target import Target, knock, read_logins
from tests.exam_server.load.shift import open_shift, ring_when_all_wait

pytestmark = pytest.mark.slow

STUDENTS = 4


def order() -> Order:
    return Order(scenario="steady", students=STUDENTS, seconds=2, outage_s=60, processes=1, workers=1, seed=1)


async def test_against_a_server_that_is_there(tmp_path: Path) -> None:
    phases: list[Phase] = []
    async with open_shift(STUDENTS) as shift:
        target = Target(address=shift.address, roster=shift.roster)
        first = read_logins(shift.roster)[0]
        await knock(target, first)
        with pytest.raises(Invalid) as wrong:
            await knock(target, msgspec.structs.replace(first, pin="no pin"))
        report, _ = await asyncio.gather(
            run_against(order(), target, tmp_path, lambda phase, done, total: phases.append(phase)),
            ring_when_all_wait(shift),
        )
    assert (wrong.value.code, wrong.value.place) == ("load_login_refused", f"{shift.roster}:2")
    assert report.passed
    assert (report.checked, report.against) == ("server", shift.address)
    assert report.verdict.students == STUDENTS
    assert report.verdict.acknowledged == report.verdict.journalled > 0
    assert report.latencies["submit"].count == STUDENTS
    assert {"arriving", "leaving", "checking"} <= set(phases)


async def test_on_a_server_of_its_own(tmp_path: Path) -> None:
    report = await run_alone(order(), tmp_path, lambda phase, done, total: None)
    assert report.passed
    assert report.checked == "database"
    assert report.failures == {}
    assert report.latencies["bell"].count == report.latencies["submit"].count == STUDENTS
    assert report.verdict.acknowledged == report.verdict.journalled > 0
    assert {"server", "postgres", "load"} == set(report.cpu_s)
    assert all(seconds > 0 for seconds in report.cpu_s.values())
    assert max(moment.connections or 0 for moment in report.moments) == STUDENTS
    assert msgspec.json.decode(msgspec.json.encode(report), type=LoadReport) == report
