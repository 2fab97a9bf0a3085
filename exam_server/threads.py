"""Linear algebra on one thread: sums come out the same to the last bit however many cores the machine has."""

from collections.abc import Mapping

ONE_THREAD: Mapping[str, str] = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""For the environment of a process, before it imports numpy."""
