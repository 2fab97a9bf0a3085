"""Random order that a seed reproduces for as long as a script can be appealed."""

from numpy.random import Generator


def permutation(n: int, rng: Generator) -> list[int]:
    """The numbers 0 to n−1 in random order.

    Drawn from raw 64-bit words: NumPy keeps a bit generator's stream between versions (NEP 19), but not what
    ``Generator.permutation`` makes of it.
    """
    words = rng.bit_generator.random_raw(n).tolist()
    return sorted(range(n), key=words.__getitem__)
