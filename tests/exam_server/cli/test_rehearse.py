"""``khaothi rehearse`` as people type it: wrong input, codes, the list, the page to keep."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from exam_server.catalogue import Language, languages, text
from exam_server.core.rehearsal import judge
from exam_server.protocol.rehearsal import RehearsalMeasured
from exam_server.rehearsal.play import Latency, Played
from exam_server.rehearsal.report import html_report
from exam_server.store.embedded import EmbeddedPostgres

Khaothi = Callable[..., "subprocess.CompletedProcess[str]"]
MEASURED = RehearsalMeasured(
    logged_in=2,
    papers=2,
    started=2,
    reconnected=2,
    receipts=2,
    proved=1,
    breaks=0,
    sent=3,
    acknowledged=3,
    refused=0,
    bell_ms=40.0,
    ack_p50_ms=8.0,
    ack_p99_ms=30.0,
    reconnect_ms=900.0,
)


@pytest.fixture
async def empty_url(cluster: EmbeddedPostgres) -> AsyncGenerator[str]:
    admin = await asyncpg.connect(cluster.url)
    await admin.execute("CREATE DATABASE room_tests")
    yield cluster.url_of("room_tests")
    await admin.execute("DROP DATABASE room_tests WITH (FORCE)")
    await admin.close()


@pytest.fixture
def khaothi(empty_url: str, tmp_path: Path) -> Khaothi:
    """Runs the program with an empty database."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "exam_server", "rehearse", *arguments],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("KHAOTHI")},
                "DATABASE_URL": empty_url,
                "KHAOTHI_DATA": str(tmp_path),
                "KHAOTHI_LANG": "vi",
                "COLUMNS": "300",
                "NO_COLOR": "1",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 2),
        (["--against", "http://127.0.0.1:1"], 2),
        (["--against", "127.0.0.1:1", "--code", "A"], 2),
        (["--against", "http://127.0.0.1:1", "--code", "A", "--students", "201"], 2),
        (["--against", "http://127.0.0.1:1", "--code", "A", "--minutes", "0"], 2),
        (["--against", "http://127.0.0.1:1", "--code", "A", "--html", "/no/such/place.html"], 2),
        (["--against", "http://127.0.0.1:1", "--code", "A"], 1),
        (["new"], 2),
        (["new", "--room", " "], 1),
        (["explode"], 2),
    ],
)
def test_used_wrongly(khaothi: Khaothi, arguments: list[str], code: int) -> None:
    done = khaothi(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_codes_are_made_and_listed(khaothi: Khaothi) -> None:
    assert json.loads(khaothi("list", "--json").stdout) == []
    made = json.loads(khaothi("new", "--room", "Phòng [1]", "--json").stdout)
    assert len(made["code"]) == 9
    [row] = json.loads(khaothi("list", "--json").stdout)
    assert (row["room"], row["played_at"], row["verdict"]) == ("Phòng [1]", None, None)
    shown = khaothi("list").stdout
    assert "Phòng [1]" in shown
    assert made["code"] not in shown


@pytest.mark.parametrize("lang", languages())
def test_the_page_to_keep(lang: Language) -> None:
    verdict = judge(MEASURED, room="<P&1>", students=2)
    latencies = (Latency(0.5, 12.0), Latency(11.0, 30.0), Latency(12.0, 20.0))
    played = Played(verdict=verdict, measured=MEASURED, latencies=latencies, cut_s=10.0)
    page = html_report(played, lang, datetime(2026, 6, 26, tzinfo=UTC))
    assert text(lang, "lab", "room_no_go") in page
    assert text(lang, "lab", "room_receipts_fail") in page
    assert "&lt;P&amp;1&gt;" in page
    assert page.count("<circle") == 3
    assert page.count("<tr>") == 1 + len(verdict.findings) + 1 + 2
