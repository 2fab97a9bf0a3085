"""Who had the same items: what needs whole rows is computed form by form and added up."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.errors import MeasurementError
from scoring.responses import Responses

MIN_PERSONS = 50
"""Forms that fewer persons had (rows left incomplete, not designed so) are left out."""

MIN_ITEMS = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Form:
    """Persons of one group with the same items: ``rows`` and ``places`` (columns) in rising order. ``n`` is
    their total weight."""

    group: int
    rows: IntArray
    places: IntArray
    n: float


def forms(responses: Responses) -> tuple[Form, ...]:
    """Every group's forms of ``MIN_ITEMS`` or more that ``MIN_PERSONS`` rows or more had; by group, then by
    first row.

    With one form and one group however few persons there are. Raises MeasurementError with code
    ``no_whole_form`` (``n``: how many rows a form needs) when no form has enough.
    """
    keys = np.column_stack([responses.groups, np.packbits(responses.administered, axis=1)])
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    order = np.lexsort((first, responses.groups[first]))
    sizes = np.bincount(inverse.ravel(), minlength=len(first))
    long = responses.administered[first].sum(axis=1) >= MIN_ITEMS
    kept = [place for place in order if long[place] and (sizes[place] >= MIN_PERSONS or len(first) == 1)]
    if not kept:
        raise MeasurementError("no_whole_form", n=MIN_PERSONS)
    return tuple(_form(responses, np.flatnonzero(inverse.ravel() == place)) for place in kept)


def by_group(weights: FloatArray, responses: Responses) -> FloatArray:
    """The weights of the nodes for each group, shape (n_groups, n_nodes); ``weights`` (n_nodes,) are for
    all."""
    return np.broadcast_to(np.atleast_2d(weights), (len(responses.group_names), weights.shape[-1]))


def _form(responses: Responses, rows: IntArray) -> Form:
    places = np.flatnonzero(responses.administered[rows[0]])
    weight = float(responses.weights[rows].sum())
    return Form(group=int(responses.groups[rows[0]]), rows=rows, places=places, n=weight)
