"""``khaothi bench`` as people run it: few students, but every part real."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from exam_server.bench.report import BenchReport
from exam_server.catalogue import languages, texts
from exam_server.cli.main import app

BENCHES = {
    "open": ("answers", "--students", "20", "--rate", "40", "--seconds", "1"),
    "closed": ("answers", "--students", "20", "--closed", "--window", "2", "--seconds", "1"),
    "bell": ("bell", "--students", "20"),
    "deadline": ("deadline", "--students", "20", "--seconds", "1", "--workers", "2"),
    "reconnect": ("reconnect", "--students", "20"),
}
NOTHING = ("unacknowledged", "refused", "lost", "wrong")


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What a bench printed."""

    code: int | None
    report: BenchReport
    progress: str


@pytest.fixture(scope="module")
async def benches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """All of them, side by side."""
    directory = tmp_path_factory.mktemp("bench")
    async with asyncio.TaskGroup() as group:
        runs = {name: group.create_task(run(directory, given)) for name, given in BENCHES.items()}
    return {name: ran.result() for name, ran in runs.items()}


async def run(directory: Path, arguments: tuple[str, ...]) -> Ran:
    process = await start(directory, *arguments, "--json")
    try:
        async with asyncio.timeout(240):
            out, err = await process.communicate()
    except BaseException:
        process.terminate()
        await process.communicate()
        raise
    assert out, err.decode()
    report = msgspec.json.decode(out, type=BenchReport)
    return Ran(code=process.returncode, report=report, progress=err.decode())


async def start(directory: Path, *arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "exam_server", "bench", *arguments),
        env={**os.environ, "KHAOTHI_LANG": "en", "KHAOTHI_DATA": str(directory)},
        stdout=PIPE,
        stderr=PIPE,
    )


@pytest.mark.slow
@pytest.mark.parametrize("bench", BENCHES)
def test_nothing_is_lost_and_all_is_told(benches: dict[str, Ran], bench: str) -> None:
    ran = benches[bench]
    report = ran.report
    assert report.name == BENCHES[bench][0]
    assert [report.figures[name] for name in NOTHING] == [0, 0, 0, 0]
    assert report.settings["students"] == 20
    assert set(NOTHING) <= set(report.bounds)
    assert ran.code == (1 if report.broken else 0)
    assert all(value >= 0 for value in [*report.figures.values(), *report.limits.values()])
    assert report.figures["server_cpu_s"] + report.figures["postgres_cpu_s"] > 0 or bench == "bell"
    assert "20 simulated students" in ran.progress
    for lang in languages():
        words = texts(lang, "bench")
        assert not {report.name, *report.figures, *report.limits, *report.ratios} - words.keys()


@pytest.mark.slow
def test_what_each_measured(benches: dict[str, Ran]) -> None:
    figures = {name: ran.report.figures for name, ran in benches.items()}
    assert figures["open"]["sent"] == 40
    assert figures["open"]["ack_p50_ms"] <= figures["open"]["ack_p99_ms"] <= figures["open"]["ack_max_ms"]
    assert figures["closed"]["sent"] > 40
    assert figures["bell"]["begun_first_ms"] <= figures["bell"]["begun_last_ms"]
    assert figures["deadline"]["receipts"] == 20
    assert figures["deadline"]["without_receipt"] == 0
    assert figures["reconnect"]["sent"] == 20 * (4 + 2)
    assert benches["open"].report.limits["lone_commit_p99_ms"] > 0
    assert benches["open"].report.limits["raw_insert_us_per_row"] > 0
    assert benches["closed"].report.bounds["acks_per_s"].least == 8_000
    assert benches["reconnect"].report.limits["bare_connect_total_us"] > 0


@pytest.mark.parametrize(
    "arguments", [["--closed", "--rate", "5"], ["--window", "2"], ["--students", "0"], ["--rate", "-1"]]
)
def test_what_cannot_be_measured(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["bench", "answers", *arguments])
    assert done.exit_code == 2
    assert "Traceback" not in done.output
