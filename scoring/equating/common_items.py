"""Equating groups that differ, through scores on common items.

A joint distribution is of a form's scores and the anchor's, shape (n_scores, n_anchor_scores), summing to 1.
"""

import numpy as np

from scoring.arrays import FloatArray
from scoring.equating.equipercentile import equipercentile, percentile_points, percentile_ranks
from scoring.errors import MeasurementError


def frequency_estimation(
    from_joint: FloatArray, to_joint: FloatArray, from_weight: float
) -> tuple[FloatArray, FloatArray]:
    """The two forms' distributions in the synthetic population, in which the group of ``from`` has the share
    ``from_weight``, 0 to 1: the conditional distributions given the anchor are taken to be those of both
    groups. Angoff (1971), in Thorndike, 508–600; Kolen & Brennan (2014), eqs. 5.7–5.8.

    Raises MeasurementError with code ``anchor_scores`` (``score``) when a score on the anchor is seen in one
    group alone; smoothing first prevents it.
    """
    from_anchor, to_anchor = _anchors(from_joint, to_joint)
    anchor = from_weight * from_anchor + (1.0 - from_weight) * to_anchor
    return _conditional(from_joint, from_anchor) @ anchor, _conditional(to_joint, to_anchor) @ anchor


def chained(from_joint: FloatArray, to_joint: FloatArray) -> FloatArray:
    """Equivalents on ``to`` of each score of ``from``, shape (n_scores,): from the form to the anchor in the
    one group, then from the anchor to the other form in the other. Livingston, Dorans & Wright (1990), AME 3,
    73–95; Kolen & Brennan (2014), ch. 5.3.

    Raises MeasurementError with code ``anchor_shape`` when the anchors' scores differ.
    """
    _check_shapes(from_joint, to_joint)
    on_anchor = equipercentile(from_joint.sum(axis=1), from_joint.sum(axis=0))
    return percentile_points(to_joint.sum(axis=1), percentile_ranks(to_joint.sum(axis=0), on_anchor))


def _anchors(from_joint: FloatArray, to_joint: FloatArray) -> tuple[FloatArray, FloatArray]:
    _check_shapes(from_joint, to_joint)
    from_anchor, to_anchor = from_joint.sum(axis=0), to_joint.sum(axis=0)
    alone = np.flatnonzero((from_anchor > 0) != (to_anchor > 0))
    if len(alone):
        raise MeasurementError("anchor_scores", score=int(alone[0]))
    return from_anchor, to_anchor


def _check_shapes(from_joint: FloatArray, to_joint: FloatArray) -> None:
    if from_joint.shape[1] != to_joint.shape[1]:
        raise MeasurementError("anchor_shape", n=from_joint.shape[1], m=to_joint.shape[1])


def _conditional(joint: FloatArray, anchor: FloatArray) -> FloatArray:
    return joint / np.where(anchor > 0, anchor, 1.0)
