import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from scoring.multiplicity import adjust

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30).map(np.array)


def test_the_example_of_benjamini_and_hochberg() -> None:
    # Their 15 p values (1995, section 3.2): four are rejected at q = 0.05, by Holm's method three.
    p = np.array(
        [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
         0.6528, 0.7590, 1.0000]
    )  # fmt: skip
    assert np.count_nonzero(adjust(p) <= 0.05) == 4
    assert np.count_nonzero(adjust(p, "holm") <= 0.05) == 3
    assert_allclose(adjust(p)[:4], [0.0015, 0.0030, 0.0095, 0.035625])
    assert_allclose(adjust(p, "holm")[:4], [0.0015, 0.0056, 0.0247, 0.1140])


@settings(deadline=None)
@given(P_VALUES)
def test_bh_lies_between_the_raw_and_holm(p: np.ndarray) -> None:
    bh, holm = adjust(p), adjust(p, "holm")
    assert (p <= bh + 1e-15).all()
    assert (bh <= holm + 1e-12).all()
    assert (holm <= 1).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(bh[order]) >= 0).all()
    assert (np.diff(holm[order]) >= 0).all()


@settings(deadline=None)
@given(P_VALUES)
def test_what_is_not_known_does_not_count(p: np.ndarray) -> None:
    with_gaps = np.concatenate([[np.nan], p, [np.nan]])
    assert_allclose(adjust(with_gaps)[1:-1], adjust(p))
    assert np.isnan(adjust(with_gaps)[[0, -1]]).all()
    assert_allclose(adjust(p[::-1], "holm")[::-1], adjust(p, "holm"))


def test_nothing_to_adjust() -> None:
    assert len(adjust(np.array([]))) == 0
    assert np.isnan(adjust(np.array([np.nan]), "holm")).all()
