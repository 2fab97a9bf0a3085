"""``khaothi bench calibrate`` at sizes a test can wait for: the process, the measurement, the report."""

import msgspec
import pytest

from exam_server.bench.calibrate import CASES, LEAST_SHARE, run_calibrate
from exam_server.bench.calibrating import Measured, measure
from exam_server.catalogue import languages, texts

SMALL = tuple(
    msgspec.structs.replace(case, persons=200, items=12, forms=min(case.forms, 3)) for case in CASES
)


async def test_every_case_is_measured_and_reported() -> None:
    told: list[tuple[str, dict[str, str | int]]] = []
    report = await run_calibrate(lambda key, **params: told.append((key, params)), SMALL)
    assert set(report.figures) == {case.figure for case in CASES} | {"unconverged"}
    assert all(
        value >= 0 for value in [*report.figures.values(), *report.limits.values(), *report.ratios.values()]
    )
    assert report.figures["unconverged"] == 0
    assert [key for key, _ in told] == ["calibrating"] * len(CASES)
    assert told[-1][1] == {"persons": 200, "items": 12, "model": "EAP"}
    for lang in languages():
        words = texts(lang, "bench")
        assert not {report.name, *report.figures, *report.limits, *report.ratios} - words.keys()


def test_the_floors_are_those_promised() -> None:
    floors = {(case.trial, case.model, case.persons, case.items): case.floor_s for case in CASES}
    assert floors == {
        ("calibrate", "2pl", 5_000, 40): 0.2,
        ("calibrate", "3pl", 20_000, 60): 1.5,
        ("calibrate", "2pl", 100_000, 60): 1.0,
        ("calibrate", "grm", 3_000, 20): 0.2,
        ("calibrate", "gpcm", 3_000, 20): 0.2,
        ("calibrate", "2pl", 1_000, 30): 5.0,
        ("eap", "2pl", 100_000, 60): 0.3,
    }
    assert [case.ratio for case in CASES if case.general] == ["share_3pl_20000x60", "share_2pl_100000x60"]
    assert LEAST_SHARE == 0.5


@pytest.mark.parametrize("case", [SMALL[0], SMALL[5]], ids=["one form", "linked forms"])
def test_what_is_measured_takes_longer_than_its_arithmetic_alone(case: object) -> None:
    found = measure(case)  # type: ignore[arg-type]
    assert isinstance(found, Measured)
    assert found.converged
    assert 0 < found.limit_s < found.cpu_s
