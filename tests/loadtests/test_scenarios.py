"""Plans: fixed in advance, the same for the same seed, and what the scenario promises."""

from random import Random
from typing import get_args

import pytest

from exam_server.load.order import BY_DEADLINE, DEFAULT_SECONDS, Name
from loadtests.scenarios import LAST_S, SCENARIOS, Planned, plan

STUDENTS = 400
WORK_S = 60.0
OUTAGE_S = 30.0

every_scenario = pytest.mark.parametrize("name", SCENARIOS)


def plans(name: str) -> list[list[Planned]]:
    return [
        plan(SCENARIOS[name], WORK_S, OUTAGE_S, Random(number))  # noqa: S311 -- a plan
        for number in range(STUDENTS)
    ]


def test_the_command_knows_every_scenario() -> None:
    assert set(SCENARIOS) == set(get_args(Name)) == set(DEFAULT_SECONDS)
    assert {name for name, one in SCENARIOS.items() if one.by_deadline} == BY_DEADLINE
    assert {name: one.seconds for name, one in SCENARIOS.items()} == DEFAULT_SECONDS


@every_scenario
def test_a_plan_is_in_order_and_the_same_again(name: str) -> None:
    for one, again in zip(plans(name), plans(name), strict=True):
        assert one == again
        assert [deed.at_s for deed in one] == sorted(deed.at_s for deed in one)
        assert all(deed.at_s >= 0 for deed in one)
        assert sum(deed.deed == "submit" for deed in one) <= 1


@every_scenario
def test_nobody_works_after_handing_in(name: str) -> None:
    for one in plans(name):
        ends = [deed.at_s for deed in one if deed.deed == "submit"]
        assert all(deed.at_s <= end for end in ends for deed in one)


def test_at_the_deadline_all_who_are_there_submit_in_the_last_seconds() -> None:
    ends = [deed.at_s for one in plans("deadline") for deed in one if deed.deed == "submit"]
    assert len(ends) > 0.9 * STUDENTS
    assert all(WORK_S - LAST_S <= end < WORK_S for end in ends)
    away = [one for one in plans("deadline") if all(deed.deed != "submit" for deed in one)]
    assert away
    for one in away:
        (drop,) = [deed for deed in one if deed.deed == "drop"]
        assert drop.at_s < WORK_S < drop.at_s + drop.lasts_s


def test_in_an_outage_everyone_is_cut_at_the_same_moment() -> None:
    for one in plans("outage"):
        assert [(deed.at_s, deed.lasts_s) for deed in one if deed.deed == "drop"] == [(WORK_S / 2, OUTAGE_S)]
        assert one[-1].at_s >= WORK_S + OUTAGE_S


def test_a_day_has_some_of_everything() -> None:
    everything = plans("day")
    deeds = {deed.deed for one in everything for deed in one}
    assert deeds == {"visit", "answer", "change", "flag", "drop", "move", "submit"}
    left_to_the_server = sum(all(deed.deed != "submit" for deed in one) for one in everything)
    assert 0.04 < left_to_the_server / STUDENTS < 0.18
