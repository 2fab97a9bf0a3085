"""The arrays that all of measurement speaks."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
CodeArray = NDArray[np.int8]
"""Response categories 0, 1, …; −1 where the item was not administered."""
