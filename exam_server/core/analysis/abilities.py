"""Each candidate's ability and the range of their score, from the findings alone: anyone who has a record can
compute them again."""

from dataclasses import dataclass

import numpy as np

from exam_server.core.analysis.findings import ExamFindings, ModelFigures, TestFigures
from exam_server.core.analysis.scored_test import ScoredTest
from scoring.ability import eap
from scoring.arrays import FloatArray
from scoring.quadrature import Nodes, make_nodes, normal_weights
from scoring.responses import MISSING, make_responses


@dataclass(frozen=True, kw_only=True, eq=False)
class Abilities:
    """θ and its standard error, shape (n_candidates,); NaN for who had no item of the model."""

    theta: FloatArray
    se: FloatArray


def abilities(test: ScoredTest, findings: ExamFindings) -> Abilities | None:
    """EAP abilities by the parameters of the findings; None without a model."""
    model = findings.model
    if model is None:
        return None
    figures = {item.item: item.model for item in findings.items if item.model is not None}
    places = [place for place, item in enumerate(test.items) if item.item in figures]
    held = [figures[test.items[place].item] for place in places]
    codes = np.full((test.n, len(places)), MISSING, dtype=np.int8)
    for column, (place, each) in enumerate(zip(places, held, strict=True)):
        had = test.right[:, place] != MISSING
        codes[had, column] = np.array(each.category_of, dtype=np.int8)[test.right[had, place]]
    items = [each.parameters.item() for each in held]
    responses = make_responses(codes, categories=np.array([item.categories for item in items]))
    nodes, weights = _nodes(model)
    found = eap(items, responses, nodes, weights)
    none = (codes == MISSING).all(axis=1)
    return Abilities(theta=np.where(none, np.nan, found.theta), se=np.where(none, np.nan, found.se))


def score_errors(findings: ExamFindings, scores: FloatArray) -> FloatArray | None:
    """The standard error of each score, on its scale: the model's at that score, else the test's as a whole;
    shape (n_candidates,). None where neither is known."""
    if findings.model is not None:
        return np.interp(scores, findings.model.csem.x, findings.model.csem.y)
    return _classical(findings.test, scores)


def _classical(test: TestFigures, scores: FloatArray) -> FloatArray | None:
    return None if test.sem is None else np.full(scores.shape, test.sem)


def _nodes(model: ModelFigures) -> tuple[Nodes, FloatArray]:
    """The nodes on the scale of the run, and the candidates' distribution at them."""
    grid, link = model.grid, model.link
    nodes = make_nodes(grid.count, grid.limit)
    weights = normal_weights(nodes, grid.mean, grid.sd)
    if link is None:
        return nodes, weights
    return Nodes(theta=link.slope * nodes.theta + link.intercept), weights
