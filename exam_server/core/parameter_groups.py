"""The distributions of θ that a parameter file holds, at nodes."""

from math import inf, isfinite

import numpy as np

from exam_server.core.parameter_file import GroupFigures, ParameterFile
from exam_server.errors import Invalid
from scoring.arrays import FloatArray
from scoring.quadrature import Nodes, make_nodes, normal_weights


def nodes_of(parameters: ParameterFile, place: str) -> Nodes:
    """The file's nodes. Raises Invalid with code ``score_bad_nodes`` for fewer than 5, or no range."""
    count, limit = parameters.nodes.count, parameters.nodes.range
    if count < 5 or not 0 < limit < inf:
        raise Invalid("score_bad_nodes", place=place)
    return make_nodes(count, limit)


def check_groups(parameters: ParameterFile, place: str) -> None:
    """Refuse a group that has no distribution. Raises Invalid with code ``score_bad_group`` (``group``)."""
    bad = next((group.name for group in parameters.groups if not _is_sound(group, parameters)), None)
    if bad is not None:
        raise Invalid("score_bad_group", place=place, group=bad)


def group_weights(group: GroupFigures, nodes: Nodes) -> FloatArray:
    """The group's distribution at the file's nodes, shape (n_nodes,), summing to 1."""
    if group.weights is None:
        return normal_weights(nodes, group.mean, group.sd)
    return np.array(group.weights) / sum(group.weights)


def _is_sound(group: GroupFigures, parameters: ParameterFile) -> bool:
    weights = group.weights
    fitting = weights is None or (
        len(weights) == parameters.nodes.count and min(weights) >= 0 and 0 < sum(weights) < inf
    )
    return 0 < group.sd < inf and isfinite(group.mean) and fitting
