"""Standard errors of difficulties."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.calibration import Settings, calibrate
from scoring.difficulty_errors import difficulty_errors
from scoring.items import Item
from tests.scoring.simulated import answers, two_pl


def test_the_delta_method() -> None:
    """Against the spread of b under draws from the estimates' own distribution."""
    rng = np.random.default_rng(1)
    items = (
        *two_pl(rng, 6),
        Item(name="graded", model="grm", slope=1.4, intercepts=np.array([1.2, 0.0, -1.0])),
        Item(name="partial", model="gpcm", slope=0.9, intercepts=np.array([0.8, 0.5])),
    )
    responses = answers(items, rng.normal(size=3000), rng)
    found = calibrate(responses, [item.model for item in items], Settings(errors="oakes"))
    errors = difficulty_errors(found)
    assert found.covariance is not None
    estimates = {
        f"{item.name}:{name}": value
        for item in found.items
        for name, value in [
            ("slope", item.slope),
            *(
                ("intercept" if item.categories == 2 else f"intercept{step}", float(d))
                for step, d in enumerate(item.intercepts, start=1)
            ),
        ]
    }
    drawn = rng.multivariate_normal([estimates[label] for label in found.labels], found.covariance, size=4000)
    columns = {label: drawn[:, place] for place, label in enumerate(found.labels)}
    for place in (0, 6, 7):
        item, error = found.items[place], errors[place]
        steps = (
            ["intercept"]
            if item.categories == 2
            else [f"intercept{k + 1}" for k in range(item.categories - 1)]
        )
        slopes = columns[f"{item.name}:slope"]
        intercepts = np.column_stack([columns[f"{item.name}:{step}"] for step in steps])
        difficulties = [
            replace(item, slope=slope, intercepts=row).difficulties
            for slope, row in zip(slopes, intercepts, strict=True)
        ]
        assert error is not None
        np.testing.assert_allclose(error, np.std(difficulties, axis=0), rtol=0.08)


def test_without_errors_there_are_none() -> None:
    rng = np.random.default_rng(2)
    items = two_pl(rng, 4)
    responses = answers(items, rng.normal(size=400), rng)
    found = calibrate(responses, ["rasch"] * 4)
    assert difficulty_errors(found) == (None,) * 4
    sure = calibrate(responses, ["rasch"] * 4, Settings(errors="oakes"))
    for item, error, known in zip(sure.items, difficulty_errors(sure), sure.errors, strict=True):
        assert item.slope == 1.0
        assert error is not None
        assert known.intercepts is not None
        assert error == pytest.approx(known.intercepts)
