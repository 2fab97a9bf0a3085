"""The covariance of a calibration's parameters as a parameter file holds it: by each parameter's label the
row of the lower triangle up to its own variance, as numbers in a text."""

from collections.abc import Mapping, Sequence

import numpy as np

from exam_server.errors import Invalid
from scoring.arrays import FloatArray

MAX_PARAMETERS = 1_000
"""A file of more would be of more than ten megabytes."""


def covariance_rows(labels: Sequence[str], covariance: FloatArray | None) -> dict[str, str] | None:
    """The rows; None where nothing is known or there are too many."""
    if covariance is None or len(labels) > MAX_PARAMETERS:
        return None
    return {
        label: " ".join(f"{value:.7g}" for value in covariance[place, : place + 1])
        for place, label in enumerate(labels)
    }


def covariance_matrix(rows: Mapping[str, str], place: str) -> FloatArray:
    """The matrix in the order of ``rows``, shape (n_parameters, n_parameters).

    Raises Invalid with code ``parameters_covariance`` (``label``) at a row that is no row of a covariance.
    """
    matrix = np.zeros((len(rows), len(rows)))
    for number, (label, text) in enumerate(rows.items()):
        matrix[number, : number + 1] = _row(text, number, label, place)
    return matrix + np.tril(matrix, -1).T


def _row(text: str, number: int, label: str, place: str) -> FloatArray:
    try:
        values = np.array([float(value) for value in text.split()])
    except ValueError as error:
        raise Invalid("parameters_covariance", place=place, label=label) from error
    if len(values) != number + 1 or not np.isfinite(values).all() or values[-1] < 0:
        raise Invalid("parameters_covariance", place=place, label=label)
    return values
