"""Faults as a suite: each test is a scenario, run with seeds and rounds, and judged by the checker.

``--faults=long`` is what ``make faults`` runs; ``--faults-seed N`` repeats one seed; ``--json FILE`` writes
the table.
"""

import resource
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import numpy as np
import pytest

from exam_server.simulation.checker import Verdict
from tests.faults.report import Row, row, table, write_json
from tests.faults.stage import Stage, staged

SEEDS = {"short": (1,), "long": (1, 2, 3)}
OPEN_FILES = 8_192

ROWS = pytest.StashKey[list[Row]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--faults", choices=tuple(SEEDS), default="short", help="how long the scenarios last")
    group.addoption("--faults-seed", type=int, help="repeat one seed")
    group.addoption("--json", type=Path, help="write the table of scenarios")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "rounds(short, long): how often a scenario strikes")
    config.stash[ROWS] = []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", _seeds(metafunc.config), ids=lambda seed: f"seed{seed}")


def _length(config: pytest.Config) -> str:
    return str(config.getoption("--faults", "short"))


def _seeds(config: pytest.Config) -> Sequence[int]:
    one = config.getoption("--faults-seed", None)
    return SEEDS[_length(config)] if one is None else (int(one),)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash[ROWS]
    if not rows:
        return
    terminalreporter.section("faults")
    for line in table(rows):
        terminalreporter.write_line(line)
    if (path := config.getoption("--json", None)) is not None:
        write_json(path, rows)


class Scenario:
    """One run: its chance, its rounds, and where its verdict goes."""

    def __init__(self, name: str, seed: int, rounds: int, rows: list[Row]) -> None:
        self.name = name
        self.seed = seed
        self.rounds = rounds
        self.rng = np.random.default_rng([seed, *name.encode()])
        self._rows = rows
        self._began = time.monotonic()

    def judge(self, verdict: Verdict, *, reconnections: int) -> None:
        """Note the verdict; nothing may be wrong."""
        self._rows.append(
            row(
                self.name,
                self.seed,
                self.rounds,
                verdict=verdict,
                reconnections=reconnections,
                seconds=time.monotonic() - self._began,
            )
        )
        assert verdict.passed, verdict


@pytest.fixture
def scenario(request: pytest.FixtureRequest, seed: int) -> Scenario:
    """The run of this test: same seed, same chance."""
    # A parameter's mark comes after its test's.
    marks = [mark.kwargs for mark in request.node.iter_markers("rounds")]
    rounds = marks[-1][_length(request.config)] if marks else 1
    if not rounds:
        pytest.skip("in the long form only: make faults")
    return Scenario(_name(request.node), seed, rounds, request.config.stash[ROWS])


def _name(test: pytest.Function) -> str:
    """The test's name as words, with what it is about."""
    about = [str(value) for name, value in test.callspec.params.items() if name != "seed"]
    return " ".join([test.originalname.removeprefix("test_"), *about]).replace("_", " ")


def enough_files() -> None:
    """Room for the crowds, as far as the machine allows it; the server inherits it."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now not in (resource.RLIM_INFINITY, most) and now < OPEN_FILES:
        allowed = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))


@pytest.fixture(scope="package")
async def common_stage() -> AsyncGenerator[Stage]:
    """One stage for all scenarios."""
    enough_files()
    async with staged() as up:
        yield up


@pytest.fixture
async def stage(common_stage: Stage) -> Stage:
    """The stage, which each scenario finds up and leaves up; what a failed one left is cleared away."""
    await common_stage.mend()
    return common_stage
