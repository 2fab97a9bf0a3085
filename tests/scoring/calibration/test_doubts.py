"""Odd items are named, bad data refused, priors felt."""

import numpy as np
import pytest
from scipy.special import expit

from scoring.calibration import LogitNormalPrior, NormalPrior, Settings, calibrate
from scoring.errors import MeasurementError
from scoring.items import Item, Model
from scoring.quadrature import make_nodes
from scoring.responses import MISSING, Responses, make_responses
from tests.scoring.simulated import answers, two_pl


def _responses(n: int = 800, items: int = 10, seed: int = 21) -> Responses:
    rng = np.random.default_rng(seed)
    return answers(two_pl(rng, items), rng.standard_normal(n), rng)


def _remarks(
    responses: Responses, model: Model = "2pl", settings: Settings | None = None
) -> set[tuple[int, str]]:
    found = calibrate(responses, [model] * responses.n_items, settings)
    return {(remark.place, remark.remark) for remark in found.remarks}


def test_good_items_have_no_remarks() -> None:
    assert _remarks(_responses()) == set()


def test_flat_and_negative_items_are_named() -> None:
    responses = _responses()
    codes = responses.codes.copy()
    codes[:, 0] = np.random.default_rng(1).random(len(codes)) < 0.5
    codes[:, 1] = 1 - codes[:, 1]
    assert _remarks(make_responses(codes)) == {(0, "flat"), (1, "negative")}


def test_a_heywood_case_is_named() -> None:
    codes = _responses().codes.copy()
    codes[:, 3] = codes[:, 2]
    assert {(2, "runaway"), (3, "runaway")} <= _remarks(make_responses(codes))


def test_an_item_that_almost_all_solve_and_few_answers_are_named() -> None:
    codes = _responses().codes.copy()
    codes[:, 4] = 1
    codes[[1, 5], 4] = 0
    codes[150:, 5] = MISSING
    remarks = _remarks(make_responses(codes))
    assert (5, "few_answers") in remarks
    near = Settings(nodes=make_nodes(41, 4.0))
    assert (4, "extreme_difficulty") in _remarks(make_responses(codes), "1pl", near)


def test_guessing_that_nobody_low_shows_is_named() -> None:
    rng = np.random.default_rng(2)
    items = tuple(
        Item(name=str(b), model="3pl", slope=1.5, intercepts=np.array([-1.5 * b]), lower=0.2)
        for b in (-3.0, -1.0, 0.0, 0.5, 1.0, 1.5, 0.8, 0.2)
    )
    responses = answers(items, rng.standard_normal(3000), rng)
    prior = Settings(guessing_prior=LogitNormalPrior(mean=-1.4, sd=0.5))
    named = {
        place for place, remark in _remarks(responses, "3pl", prior) if remark == "guessing_undetermined"
    }
    assert 0 in named
    assert not named & {4, 5}


def test_priors_draw_estimates_towards_their_mean() -> None:
    responses = _responses(n=60)
    wide = calibrate(responses, ["2pl"] * 10, Settings(slope_prior=NormalPrior(mean=0.0, sd=5.0)))
    narrow = calibrate(responses, ["2pl"] * 10, Settings(slope_prior=NormalPrior(mean=0.0, sd=0.05)))
    spread = [np.std([np.log(item.slope) for item in found.items]) for found in (wide, narrow)]
    assert spread[1] < 0.1 * spread[0]
    assert narrow.loglik < wide.loglik
    close = calibrate(responses, ["2pl"] * 10, Settings(difficulty_prior=NormalPrior(mean=0.0, sd=0.01)))
    assert max(abs(float(item.difficulties[0])) for item in close.items) < 0.05


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda codes: codes.__setitem__((slice(None), 2), 1), "constant_item"),
        (lambda codes: codes.__setitem__((slice(None), 2), MISSING), "item_without_answers"),
        (lambda codes: codes.__setitem__(7, MISSING), "person_without_answers"),
    ],
)
def test_what_no_model_fits_is_refused(change: object, code: str) -> None:
    codes = _responses().codes.copy()
    assert callable(change)
    change(codes)
    with pytest.raises(MeasurementError) as refused:
        calibrate(make_responses(codes, categories=np.full(10, 2)), ["2pl"] * 10)
    assert refused.value.code == code


def test_one_person_is_refused() -> None:
    with pytest.raises(MeasurementError) as refused:
        calibrate(_responses().of_persons(np.array([0])), ["2pl"] * 10)
    assert refused.value.code == "one_person"


def test_three_categories_need_another_model() -> None:
    codes = _responses().codes.copy()
    codes[::3, 2] = 2
    with pytest.raises(MeasurementError) as refused:
        calibrate(make_responses(codes, names=tuple("abcdefghij")), ["2pl"] * 10)
    assert (refused.value.code, refused.value.params) == (
        "model_needs_two_categories",
        {"item": "c", "model": "2pl"},
    )


def test_an_anchor_of_another_kind_is_refused() -> None:
    anchor = Item(name="3", model="grm", slope=1.0, intercepts=np.array([1.0, 0.0]))
    with pytest.raises(MeasurementError) as refused:
        calibrate(_responses(), ["2pl"] * 10, Settings(anchors={3: anchor}))
    assert refused.value.code == "anchor_mismatch"


def test_groups_without_common_items_are_refused() -> None:
    codes = _responses().codes.copy()
    codes[:400, 5:] = MISSING
    codes[400:, :5] = MISSING
    groups = np.repeat([0, 1], 400)
    apart = make_responses(codes, groups=groups, group_names=("first", "second"))
    with pytest.raises(MeasurementError) as refused:
        calibrate(apart, ["2pl"] * 10)
    assert (refused.value.code, refused.value.params) == ("groups_not_linked", {"group": "second"})
    codes[400:, 4] = 1
    codes[400:600, 4] = 0
    joined = make_responses(codes, groups=groups, group_names=("first", "second"))
    assert calibrate(joined, ["2pl"] * 10).certificate.converged


def test_anchors_must_reach_every_group() -> None:
    rng = np.random.default_rng(21)
    items = two_pl(rng, 10)
    codes = answers(items, rng.standard_normal(800), rng).codes.copy()
    codes[:400, 5:] = MISSING
    codes[400:, :5] = MISSING
    apart = make_responses(codes, groups=np.repeat([0, 1], 400), group_names=("a", "b"))
    with pytest.raises(MeasurementError):
        calibrate(apart, ["2pl"] * 10, Settings(anchors={0: items[0]}))
    found = calibrate(apart, ["2pl"] * 10, Settings(anchors={k: items[k] for k in (0, 1, 5, 6)}))
    assert found.certificate.converged


def test_rare_categories_side_by_side_are_estimated() -> None:
    """Two graded categories that a handful reached, of thousands."""
    rng = np.random.default_rng(22)
    codes = answers(two_pl(rng, 8), rng.standard_normal(8000), rng).codes.copy()
    codes[:, 0] = np.where(np.arange(8000) % 2000 == 7, 2, codes[:, 0])
    codes[:, 0] = np.where(np.arange(8000) % 2000 == 11, 3, codes[:, 0])
    found = calibrate(make_responses(codes), ["grm"] + ["2pl"] * 7, Settings(strict=True))
    assert (np.diff(found.items[0].intercepts) < 0).all()


def test_a_shared_slope_has_its_prior_once() -> None:
    prior = NormalPrior(mean=0.3, sd=0.5)
    found = calibrate(_responses(), ["1pl"] * 10, Settings(slope_prior=prior, strict=True))
    z = (np.log(found.items[0].slope) - prior.mean) / prior.sd
    assert found.log_prior == pytest.approx(-0.5 * z**2 - np.log(prior.sd * np.sqrt(2 * np.pi)))


@pytest.mark.parametrize(("seed", "model"), [(5, "4pl"), (9, "3pl"), (11, "3pl"), (19, "3pl")])
def test_slopes_that_run_away_stay_finite(seed: int, model: Model) -> None:
    rng = np.random.default_rng(seed)
    persons, items = int(rng.integers(30, 300)), int(rng.integers(3, 8))
    theta = rng.normal(size=persons)
    chance = rng.random((persons, items))
    slopes, intercepts = rng.uniform(0.2, 4, items), rng.normal(0, 1.5, items)
    right = chance < expit(theta[:, None] * slopes + intercepts)
    prior = LogitNormalPrior(mean=-1.4, sd=0.5)
    found = calibrate(
        make_responses(right.astype(np.int8)), [model] * items, Settings(errors="oakes", guessing_prior=prior)
    )
    assert np.isfinite(found.loglik)
    assert found.certificate.converged
    assert "runaway" in {remark.remark for remark in found.remarks}
