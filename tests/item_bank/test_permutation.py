import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import PCG64, Generator

from item_bank.permutation import permutation


@given(st.integers(0, 60), st.integers(0, 2**63 - 1))
def test_it_is_a_permutation_that_the_seed_repeats(n: int, seed: int) -> None:
    order = permutation(n, Generator(PCG64(seed)))
    assert sorted(order) == list(range(n))
    assert order == permutation(n, Generator(PCG64(seed)))


def test_a_seed_gives_this_order_for_ever() -> None:
    assert permutation(10, Generator(PCG64(2026))) == [7, 0, 9, 4, 3, 2, 1, 8, 5, 6]


def test_every_order_is_equally_likely() -> None:
    rng = Generator(PCG64(1))
    counts = np.zeros((4, 4))
    for _ in range(4000):
        for place, thing in enumerate(permutation(4, rng)):
            counts[place, thing] += 1
    # Each cell is binomial(4000, 1/4): standard deviation 27; five of them.
    assert np.abs(counts - 1000).max() < 137
