"""DIF by calibration of both groups."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.arrays import BoolArray
from scoring.calibration import Settings, calibrate
from scoring.dif import likelihood_ratio, lord, wald
from scoring.dif.split import comparable, split
from scoring.errors import MeasurementError
from scoring.items import Model
from scoring.quadrature import make_nodes
from scoring.responses import MISSING, Responses, make_responses
from tests.scoring.dif.groups import harder, two_groups
from tests.scoring.fit.simulated import draw_items

SETTINGS = Settings(nodes=make_nodes(31, 5.0), tolerance=1e-6)
TWO_PL: list[Model] = ["2pl"] * 8


def shifted(seed: int, by: float) -> tuple[Responses, BoolArray]:
    """Item 2 is harder for a focal group that is weaker, too."""
    rng = np.random.default_rng(seed)
    items = draw_items(rng, 8)
    moved = [*items[:2], harder(items[2], by), *items[3:]]
    return two_groups(rng, items, moved, 800, impact=0.4)


def all_but(place: int) -> BoolArray:
    return np.arange(8) != place


def test_the_item_that_differs_is_found_by_all_three() -> None:
    responses, focal = shifted(3, 0.7)
    ratio = likelihood_ratio(responses, focal, TWO_PL, SETTINGS, all_but(2))
    assert int(np.argmax(ratio.chi2)) == 2
    assert ratio.p[2] < 1e-6
    assert ratio.difference[2] < -0.08
    assert np.delete(ratio.p, 2).min() > 0.01
    assert ratio.df.tolist() == [2] * 8
    single = wald(responses, focal, TWO_PL, all_but(2), SETTINGS)
    assert single.chi2[2] == pytest.approx(ratio.chi2[2], rel=0.15)
    assert single.difference[2] == pytest.approx(ratio.difference[2], abs=1e-5)
    assert np.isnan(np.delete(single.p, 2)).all()
    parts = [
        calibrate(responses.of_persons(rows), TWO_PL, replace(SETTINGS, errors="oakes"))
        for rows in (~focal, focal)
    ]
    apart = lord(parts[0], parts[1], 1.0, -0.4)
    assert int(np.argmax(apart.chi2)) == 2
    assert apart.df.tolist() == [2] * 8
    assert apart.difference[2] == pytest.approx(ratio.difference[2], abs=0.04)


def test_without_a_difference_the_ratio_is_chi_square() -> None:
    ratios = [likelihood_ratio(*shifted(seed, 0.0), TWO_PL, SETTINGS).chi2 for seed in (5, 6)]
    # 16 values of mean 2.
    assert np.mean(ratios) == pytest.approx(2.0, abs=1.2)


def test_lord_does_not_depend_on_the_scale_it_is_given() -> None:
    responses, focal = shifted(7, 0.5)
    settings = replace(SETTINGS, errors="oakes")
    here, there = (calibrate(responses.of_persons(rows), TWO_PL, settings) for rows in (~focal, focal))
    same = lord(here, there, 1.2, -0.3)
    turned = lord(there, here, 1 / 1.2, 0.3 / 1.2)
    assert_allclose(same.chi2, turned.chi2, rtol=1e-9)


def test_graded_items_have_a_parameter_for_every_step() -> None:
    rng = np.random.default_rng(8)
    items = draw_items(rng, 6, 3)
    responses, focal = two_groups(rng, items, [harder(items[0], 0.6), *items[1:]], 600)
    anchor = np.arange(6) != 0
    found = wald(responses, focal, ["grm"] * 6, anchor, SETTINGS)
    assert found.df[0] == 3
    assert found.p[0] < 1e-4
    assert found.difference[0] < -0.1


def test_a_split_item_is_two_columns_that_miss_each_other() -> None:
    responses, focal = shifted(9, 0.0)
    parts = split(responses, focal, TWO_PL, np.arange(8) == 2)
    assert parts.responses.names[2:4] == ("3@reference", "3@focal")
    assert parts.columns[2:4] == ((2, 3), (4, 4))
    codes = parts.responses.codes
    assert (codes[focal, 2] == MISSING).all()
    assert (codes[~focal, 3] == MISSING).all()
    assert_allclose(np.where(focal, codes[:, 3], codes[:, 2]), responses.codes[:, 2])


def test_what_one_group_shows_too_little_of_is_left_out() -> None:
    responses, focal = shifted(10, 0.0)
    codes = responses.codes.copy()
    codes[focal, 5] = 1
    one_sided = make_responses(codes)
    assert comparable(one_sided, focal).tolist() == [place != 5 for place in range(8)]
    found = wald(one_sided, focal, TWO_PL, np.arange(8) < 4, SETTINGS)
    assert np.isnan(found.p[5])
    assert found.df[5] == 0
    rest = [0, 1, 2, 3, 4, 6, 7]
    without = wald(responses.of_items(rest), focal, TWO_PL[:7], np.arange(7) < 4, SETTINGS)
    assert_allclose(found.chi2[rest], without.chi2)
    ratio = likelihood_ratio(one_sided.of_items([0, 1, 2, 3, 5]), focal, TWO_PL[:5], SETTINGS)
    assert np.isfinite(ratio.p).tolist() == [True] * 4 + [False]


def test_something_must_hold_the_scale() -> None:
    responses, focal = shifted(11, 0.0)
    with pytest.raises(MeasurementError, match="dif_no_anchor"):
        wald(responses, focal, TWO_PL, np.zeros(8, dtype=np.bool_), SETTINGS)
    with pytest.raises(MeasurementError, match="dif_no_anchor"):
        likelihood_ratio(responses.of_items([0]), focal, TWO_PL[:1], SETTINGS)
    plain = calibrate(responses, TWO_PL, SETTINGS)
    with pytest.raises(MeasurementError, match="dif_no_errors"):
        lord(plain, plain, 1.0, 0.0)


def test_the_only_anchor_is_not_studied() -> None:
    responses, focal = shifted(12, 0.0)
    few = responses.of_items([0, 1, 2])
    found = likelihood_ratio(few, focal, TWO_PL[:3], SETTINGS, np.arange(3) == 0)
    assert np.isfinite(found.p).tolist() == [False, True, True]
