"""Equating two forms: by their items, or by how many candidates had each score."""

from collections.abc import Sequence

import numpy as np

from exam_server.core.equated_scores import (
    CommonMethod,
    EquatedScore,
    EquatingMethod,
    EquatingTable,
    ItemMethod,
    ScoreMethod,
)
from exam_server.core.parameter_file import ParameterFile
from exam_server.core.parameter_groups import check_groups, group_weights, nodes_of
from exam_server.errors import Invalid
from scoring.arrays import FloatArray, IntArray
from scoring.equating.common_items import chained, frequency_estimation
from scoring.equating.conversion import Scale, reported
from scoring.equating.equipercentile import equipercentile
from scoring.equating.errors import bootstrap_errors
from scoring.equating.irt import observed_score_equivalents, true_score_equivalents
from scoring.equating.linear import linear
from scoring.equating.presmoothing import smooth, smooth_joint
from scoring.items import Item
from scoring.linking.parameters import times
from scoring.quadrature import Nodes, make_nodes
from scoring.responses import Responses

REPLICATIONS = 500


def by_items(
    ours: ParameterFile, theirs: ParameterFile, method: ItemMethod, scale: Scale, d: float, place: str
) -> EquatingTable:
    """Equate two forms whose items are on one scale of θ, ``d`` being the D of their parameters; observed
    scores are for the first group of ``theirs``, whose file is ``place``.

    Raises MeasurementError with code ``equating_not_rising`` (``item``), Invalid with ``equating_no_group``
    or as ``check_groups`` and ``nodes_of``.
    """
    here, there = ([times(item.item(), d) for item in file.items] for file in (ours, theirs))
    if method == "true-score":
        equivalents = true_score_equivalents(here, there)
    else:
        nodes, weights = _population(theirs, place)
        equivalents = observed_score_equivalents(here, there, nodes, weights)
    return _table(equivalents, None, method, _most(there), 0, scale)


def _population(parameters: ParameterFile, place: str) -> tuple[Nodes, FloatArray]:
    """The first group's distribution of θ; a normal one on nodes that reach six SDs to both sides."""
    check_groups(parameters, place)
    if not parameters.groups:
        raise Invalid("equating_no_group", place=place)
    group = parameters.groups[0]
    reach = abs(group.mean) + 6.0 * group.sd
    nodes = make_nodes(121, reach) if group.weights is None else nodes_of(parameters, place)
    return nodes, group_weights(group, nodes)


def by_scores(
    ours: FloatArray, theirs: FloatArray, method: ScoreMethod, degree: int, scale: Scale,
    rng: np.random.Generator,
) -> EquatingTable:  # fmt: skip
    """Equate two forms taken by groups drawn alike, from how many had each score 0, 1, …; ``degree`` of
    log-linear presmoothing, 0 without. Standard errors by the bootstrap.

    Raises MeasurementError as ``smooth`` and ``linear`` do.
    """

    def equate(one: FloatArray, other: FloatArray) -> FloatArray:
        here, there = (_distribution(counts, degree) for counts in (one, other))
        return equipercentile(here, there) if method == "equipercentile" else linear(here, there, method)

    errors = bootstrap_errors(ours, theirs, equate, REPLICATIONS, rng)
    return _table(equate(ours, theirs), errors, method, len(theirs) - 1, degree, scale)


def by_common_items(
    ours: FloatArray,
    theirs: FloatArray,
    method: CommonMethod,
    degree: int,
    scale: Scale,
    rng: np.random.Generator,
) -> EquatingTable:
    """Equate two forms taken by groups that differ, from the joint counts of scores and common items' scores,
    shape (n_scores, n_common_scores); frequency estimation is for the two groups together, and
    has no standard errors unless smoothed. Else as ``by_scores``.

    Raises MeasurementError as ``smooth_joint`` and ``frequency_estimation`` do.
    """
    width = max(ours.shape[1], theirs.shape[1])
    here, there = (np.pad(counts, ((0, 0), (0, width - counts.shape[1]))) for counts in (ours, theirs))
    share = float(here.sum() / (here.sum() + there.sum()))

    def equate(one: FloatArray, other: FloatArray) -> FloatArray:
        first, second = (_joint_distribution(counts, degree) for counts in (one, other))
        if method == "chained":
            return chained(first, second)
        return equipercentile(*frequency_estimation(first, second, share))

    equivalents = equate(here, there)
    errors = (
        bootstrap_errors(here, there, equate, REPLICATIONS, rng) if degree or method == "chained" else None
    )
    return _table(equivalents, errors, method, len(theirs) - 1, degree, scale)


def counts_of(responses: Responses, lowest: Sequence[int], place: str) -> FloatArray:
    """How many persons had each sum of points, shape (most + 1,); ``lowest`` is what category 0 of each item
    is worth.

    Raises Invalid with code ``one_person`` (``n``) with fewer than two, or ``equating_incomplete`` (``row``)
    when an item was not administered to someone.
    """
    sums, most = _sums(responses, lowest, place)
    return np.bincount(sums, minlength=most + 1).astype(np.float64)


def joint_counts(
    responses: Responses, lowest: Sequence[int], common: Sequence[str], side: int, place: str
) -> FloatArray:
    """How many persons had each sum of points and of points on the common items, shape (most + 1, most common
    + 1). ``side``: which column of the table of common items names them, from 1.

    Raises Invalid with code ``link_no_item`` (``item``, ``column``), ``link_item_twice`` (``item``) or as
    ``counts_of``.
    """
    absent = next((name for name in common if name not in responses.names), None)
    if absent is not None:
        raise Invalid("link_no_item", place=place, item=absent, column=side)
    twice = next((name for at, name in enumerate(common) if name in common[:at]), None)
    if twice is not None:
        raise Invalid("link_item_twice", place=place, item=twice)
    places = [responses.names.index(name) for name in common]
    sums, most = _sums(responses, lowest, place)
    shared, most_shared = _sums(responses.of_items(places), [lowest[at] for at in places], place)
    counts = np.zeros((most + 1, most_shared + 1))
    np.add.at(counts, (sums, shared), 1.0)
    return counts


def _sums(responses: Responses, lowest: Sequence[int], place: str) -> tuple[IntArray, int]:
    """Each person's points, and the most that can be had as far as the answers tell."""
    if responses.n_persons < 2:
        raise Invalid("one_person", place=place, n=responses.n_persons)
    incomplete = np.flatnonzero(~responses.administered.all(axis=1))
    if len(incomplete):
        raise Invalid("equating_incomplete", place=place, row=int(incomplete[0]) + 1)
    highest = np.maximum(responses.codes.max(axis=0) + np.array(lowest, dtype=np.int64), 1)
    return responses.codes.sum(axis=1, dtype=np.int64) + sum(lowest), int(highest.sum())


def _joint_distribution(counts: FloatArray, degree: int) -> FloatArray:
    if not degree:
        return counts / counts.sum()
    seen = np.count_nonzero(counts.sum(axis=0)) - 1
    return smooth_joint(counts, degree, max(1, min(degree, int(seen)))).probabilities


def _distribution(counts: FloatArray, degree: int) -> FloatArray:
    return smooth(counts, degree).probabilities if degree else counts / counts.sum()


def _most(items: Sequence[Item]) -> int:
    return sum(item.categories - 1 for item in items)


def _table(
    equivalents: FloatArray,
    errors: FloatArray | None,
    method: EquatingMethod,
    base_most: int,
    degree: int,
    scale: Scale,
) -> EquatingTable:
    rows = zip(equivalents, reported(equivalents, base_most, scale), strict=True)
    return EquatingTable(
        method=method,
        most=len(equivalents) - 1,
        base_most=base_most,
        smooth=degree,
        scores=tuple(
            EquatedScore(
                score=score,
                equivalent=float(equivalent),
                reported=shown,
                se=None if errors is None else float(errors[score]),
            )
            for score, (equivalent, shown) in enumerate(rows)
        ),
    )
