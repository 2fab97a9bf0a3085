"""From what the students measured to a page: figures, plots, tables, verdict, in both languages."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from exam_server.bench.report import this_machine
from exam_server.catalogue import Language, languages, texts
from exam_server.load.figures import Measured, Spread, read_measured, spread
from exam_server.load.gauges import Sample
from exam_server.load.order import Name, Order
from exam_server.load.page import NAMES, verdict_words, write_page
from exam_server.load.report import LoadReport, make_report
from exam_server.load.run import Phase
from exam_server.simulation.checker import Finding, Kind, Verdict

BELL_S = 1_800_000_000.0
CLEAN = Verdict(students=2, acknowledged=4, journalled=4, unaccounted=0, counts={"lost": 0}, findings=())

every_language = pytest.mark.parametrize("lang", languages())


def order(scenario: Name = "outage") -> Order:
    return Order(scenario=scenario, students=2, seconds=10, outage_s=4, processes=1, workers=1, seed=1)


def report(verdict: Verdict = CLEAN, failures: dict[str, int] | None = None) -> LoadReport:
    counts = {
        int(BELL_S) - 2: {"login": {"12.0": 2}},
        int(BELL_S) + 1: {"ack": {"5.0": 3, "70.0": 1}},
        int(BELL_S) + 9: {"submit": {"8.0": 2}},
    }
    samples = [
        Sample(unix_s=BELL_S + second, cpu={"server": 0.5, "load": 0.1}, connections=2, queue_rows=second % 3)
        for second in range(-2, 12)
    ]
    return make_report(
        order(),
        Measured(counts=counts, failures=failures or {}),
        samples,
        verdict,
        bell_s=BELL_S,
        against=None,
        machine=this_machine(),
    )


def page(tmp_path: Path, lang: Language, made: LoadReport) -> str:
    write_page(made, lang, tmp_path / "report.html")
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_spread_is_of_all_figures() -> None:
    rows = [{"1.0": 50}, {"2.0": 45, "3.0": 4}, {"100": 1}]
    assert spread(rows) == Spread(count=100, p50_ms=1.0, p95_ms=2.0, p99_ms=3.0, max_ms=100.0)
    assert spread([]) == Spread(count=0, p50_ms=0.0, p95_ms=0.0, p99_ms=0.0, max_ms=0.0)


def test_what_the_generator_wrote_is_read_and_what_it_did_not_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "latencies.json"
    path.write_text('{"counts": {"1800000000": {"ack": {"0.42": 2}}}, "failures": {}}')
    assert read_measured(path).spread("ack").max_ms == 0.42
    assert read_measured(tmp_path / "none.json").names() == []


def test_moments_count_from_the_bell() -> None:
    moments = {moment.at_s: moment for moment in report().moments}
    assert list(moments) == list(range(-2, 12))
    assert moments[-2].done == {"login": 2}
    assert moments[1].ack == Spread(count=4, p50_ms=5.0, p95_ms=70.0, p99_ms=70.0, max_ms=70.0)
    assert moments[1].queue_rows == 1
    assert report().cpu_s == {"server": 7.0, "load": 1.4}
    assert report().bell_at == datetime.fromtimestamp(BELL_S, UTC)


def test_a_run_fails_on_any_finding_and_on_students_who_left_early() -> None:
    lost = Finding(kind="lost", number="1", seq=3)
    wrong = Verdict(
        students=2, acknowledged=4, journalled=3, unaccounted=0, counts={"lost": 1}, findings=(lost,)
    )
    assert report().passed
    assert not report(wrong).passed
    early = report(failures={"left: StudentError: superseded": 1})
    assert not early.passed
    assert texts("vi", "load")["left_early"].format(count=1) in verdict_words(early, "vi")
    assert report(failures={"reconnect: LineLostError: cannot connect": 3}).passed


def test_a_student_of_whom_nothing_was_heard_did_not_come_to_the_end() -> None:
    found = report(verdict=msgspec.structs.replace(CLEAN, students=1))
    assert (found.left_early, found.passed) == (1, False)


def test_a_generator_that_was_too_busy_is_told() -> None:
    made = report()
    busy = [
        msgspec.structs.replace(moment, cpu={"load": 0.9}) if moment.at_s in (3, 4) else moment
        for moment in made.moments
    ]
    assert made.generator_busy_s == 0
    told = msgspec.structs.replace(made, moments=tuple(busy))
    assert told.generator_busy_s == 2
    assert texts("en", "load")["generator_busy"].format(seconds=2) in verdict_words(told, "en")


class Tags(HTMLParser):
    """Opened and closed tags, and what the page would load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.foreign: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.foreign += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@every_language
def test_the_page_is_whole_and_needs_nothing_else(tmp_path: Path, lang: Language) -> None:
    text = page(tmp_path, lang, report())
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert tags.foreign == []
    assert tags.seen.count("svg") == 5
    assert texts(lang, "load")["passed"] in text
    assert ("1,4 s" if lang == "vi" else "1.4 s") in text


@every_language
def test_the_page_names_each_finding(tmp_path: Path, lang: Language) -> None:
    kinds: tuple[Kind, ...] = get_args(Kind)
    findings = tuple(
        Finding(kind=kind, number=f"<{place}>", seq=place, detail="&") for place, kind in enumerate(kinds)
    )
    counts: dict[Kind, int] = dict.fromkeys(kinds, 1)
    wrong = Verdict(students=2, acknowledged=4, journalled=3, unaccounted=1, counts=counts, findings=findings)
    text = page(tmp_path, lang, report(wrong, {"left: <b>": 1}))
    assert texts(lang, "load")["failed"] in text
    assert "&lt;0&gt;" in text
    assert "&lt;b&gt;" in text
    assert all(texts(lang, "load")[f"kind_{kind}"] in text for kind in kinds)


@every_language
def test_there_is_a_page_of_a_run_that_never_began(tmp_path: Path, lang: Language) -> None:
    empty = make_report(
        order(),
        Measured(counts={}, failures={}),
        [],
        CLEAN,
        bell_s=None,
        against="http://localhost",
        machine=this_machine(),
    )
    assert not empty.passed
    text = page(tmp_path, lang, empty)
    assert texts(lang, "load")["never_rang"] in text
    assert "<svg" not in text


@every_language
def test_every_name_scenario_and_phase_has_its_words(lang: Language) -> None:
    wanted = {f"name_{name}" for name in NAMES}
    wanted |= {f"scenario_{name}" for name in get_args(Name)}
    wanted |= {f"phase_{name}" for name in get_args(Phase)}
    wanted |= {f"cpu_{who}" for who in ("server", "postgres", "load")}
    assert wanted <= texts(lang, "load").keys()
