"""The arrays that all of measurement speaks."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
CodeArray = NDArray[np.int8]
"""Response categories 0, 1, …; −1 where the item was not administered."""


def quotient(above: FloatArray | IntArray | float, below: FloatArray | IntArray) -> FloatArray:
    """The quotient of what broadcasts together, NaN where the divisor is 0."""
    divisor = np.asarray(below, dtype=np.float64)
    out = np.full(np.broadcast_shapes(np.shape(above), divisor.shape), np.nan)
    return np.divide(above, divisor, out=out, where=divisor != 0)
