import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import kstest, nbinom, poisson

from scoring.arrays import FloatArray, IntArray
from scoring.errors import MeasurementError
from scoring.forensics.changes import Change, _count_tail, person_changes, room_changes
from scoring.forensics.jumps import CentreScores, score_jumps
from scoring.forensics.rapid import rapid_guessing

NAN = float("nan")


def test_the_threshold_is_a_tenth_of_the_mean_and_ten_seconds_at_most() -> None:
    seconds = np.array([[20.0, 300.0, NAN], [1.9, 9.9, NAN], [38.1, 90.1, NAN]])
    found = rapid_guessing(
        seconds, np.array([[True, True, False], [True, False, False], [False, True, False]])
    )
    assert_allclose(found.thresholds, [2.0, 10.0, NAN])
    assert_array_equal(found.rapid, [[False] * 3, [True, True, False], [False] * 3])
    assert_allclose(found.effort, [1.0, 0.0, 1.0])
    assert_array_equal(found.person_right, [0, 1, 0])
    assert_allclose(found.right_rapid, [1.0, 0.0, NAN])
    assert_allclose(found.right_other, [0.5, 1.0, NAN])


def test_who_rushes_through_half_the_test_shows() -> None:
    rng = np.random.default_rng(1)
    seconds = rng.lognormal(4.0, 0.5, (200, 40))
    right = rng.random((200, 40)) < 0.7
    seconds[0, :20], right[0, :20] = 1.5, rng.random(20) < 0.25
    found = rapid_guessing(seconds, right)
    assert found.effort[0] == pytest.approx(0.5)
    assert found.effort[1:].min() > 0.95
    assert found.right_rapid[:20][found.counts[:20] == 1].mean() < 0.6


def test_a_negative_time_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        rapid_guessing(np.array([[-1.0]]), np.array([[True]]))


def drawn_changes(n: int, seed: int) -> tuple[IntArray, FloatArray]:
    """Changes of one answer in ten; of wrong ones more than half become right, the more the abler."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=n)
    chance = 1 / (1 + np.exp(-(0.3 + 0.6 * ability[:, None] + rng.normal(0, 0.5, 30))))
    gained = np.where(rng.random((n, 30)) < chance, Change.WRONG_TO_RIGHT, Change.WRONG_TO_WRONG)
    kind = np.where(rng.random((n, 30)) < 0.75, gained, Change.RIGHT_TO_WRONG)
    return np.where(rng.random((n, 30)) < 0.1, kind, Change.SAME).astype(np.int64), ability


def test_honest_changes_are_as_surprising_as_chance_has_it() -> None:
    changes, ability = drawn_changes(3_000, 1)
    found = person_changes(changes, ability)
    assert found is not None
    assert found.expected.sum() == pytest.approx(found.wrong_right.sum(), rel=0.01)
    known = found.p[~np.isnan(found.p)]
    for level in (0.01, 0.05, 0.1):
        assert np.mean(known <= level) <= level + 0.005
        assert np.mean(found.p_count <= level) <= level + 0.02
    assert_array_equal(np.isnan(found.p), found.wrong_right + found.wrong_wrong == 0)


def test_a_sheet_that_was_put_right_afterwards_shows() -> None:
    changes, ability = drawn_changes(500, 2)
    ability[9] = -1.0
    changes[9] = Change.SAME
    changes[9, :14] = Change.WRONG_TO_RIGHT
    found = person_changes(changes, ability)
    assert found is not None
    assert int(np.nanargmin(found.p)) == 9
    assert found.p[9] < 1e-4
    assert found.wrong_right[9] == 14
    assert found.p_count[9] < 1e-3
    assert int(np.argmin(found.p_count)) == 9


def test_too_few_changes_say_nothing() -> None:
    changes, ability = drawn_changes(10, 3)
    assert person_changes(changes, ability) is None


def test_a_room_that_was_put_right_shows_and_the_others_do_not() -> None:
    changes, ability = drawn_changes(600, 4)
    rooms = np.arange(600) // 20
    found = room_changes(changes, ability, rooms, 30)
    assert found.p.min() > 0.001
    assert found.expected.sum() == pytest.approx(found.wrong_right.sum())
    changes[rooms == 5, :6] = Change.WRONG_TO_RIGHT
    found = room_changes(changes, ability, rooms, 30)
    assert int(np.argmin(found.p)) == 5
    assert found.p[5] < 1e-3
    assert np.delete(found.p, 5).min() > 0.01


def test_the_tail_of_a_count() -> None:
    count, mean = np.array([0.0, 3.0, 8.0]), np.array([2.0, 2.0, 2.0])
    assert_allclose(_count_tail(count, mean, 1.0), poisson.sf(count - 1, mean))
    assert_allclose(_count_tail(count, mean, 1.5), nbinom.sf(count - 1, 2 / 0.5, 1 / 1.5))


def centres(seed: int, n: int = 200) -> tuple[CentreScores, CentreScores]:
    rng = np.random.default_rng(seed)
    size = rng.integers(20, 400, n)
    true = rng.normal(6.0, 0.6, n)
    before = CentreScores(mean=true + rng.normal(0, 1.4 / np.sqrt(size)), sd=np.full(n, 1.4), n=size)
    now = 0.5 + 0.95 * before.mean + rng.normal(0, 0.15, n) + rng.normal(0, 1.5 / np.sqrt(size))
    return before, CentreScores(mean=now, sd=np.full(n, 1.4), n=size)


def test_honest_centres_are_as_surprising_as_chance_has_it() -> None:
    before, after = centres(1, 500)
    found = score_jumps(before, after)
    assert kstest(found.p, "uniform").pvalue > 0.001
    assert found.slope == pytest.approx(0.95, abs=0.03)
    assert (np.abs(found.shrunken) <= np.abs(found.residual)).all()


def test_a_small_centre_s_jump_is_believed_less() -> None:
    before, after = centres(2)
    after.mean[:2] = 0.5 + 0.95 * before.mean[:2] + 0.8
    after.n[:2] = before.n[:2] = [10, 400]
    found = score_jumps(before, after)
    assert found.residual[0] == pytest.approx(found.residual[1], abs=0.02)
    assert found.shrunken[1] > 2 * found.shrunken[0]
    assert found.p[1] < 0.01 < found.p[0]


def test_centres_that_jumped_do_not_hide_each_other() -> None:
    before, after = centres(3)
    plain = score_jumps(before, after)
    after.mean[:20] += 3.0
    found = score_jumps(before, after)
    assert found.spread < 2.5 * plain.spread
    assert found.p[:20].max() < 1e-4


def test_what_cannot_be_regressed_is_refused() -> None:
    few = CentreScores(mean=np.arange(3.0), sd=np.ones(3), n=np.full(3, 10))
    with pytest.raises(MeasurementError, match="too_few_centres"):
        score_jumps(few, few)
    alike = CentreScores(mean=np.ones(12), sd=np.ones(12), n=np.full(12, 10))
    with pytest.raises(MeasurementError, match="centres_alike"):
        score_jumps(alike, alike)
