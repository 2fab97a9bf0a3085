"""What the model says of each candidate."""

from dataclasses import dataclass

import numpy as np

from exam_server.core.analysis.findings import ExamFindings, ItemFindings, ModelFigures
from exam_server.core.coded_exam import NOT_ADMINISTERED, CodedExam, Marks
from exam_server.core.scores import HUNDREDTHS
from scoring.ability import eap
from scoring.arrays import CodeArray, FloatArray, IntArray
from scoring.quadrature import Nodes, make_nodes, normal_weights
from scoring.responses import make_responses


@dataclass(frozen=True, kw_only=True, eq=False)
class People:
    """Each of shape (n_scripts,), NaN without a model: θ (EAP) and its standard error on the run's scale, and
    the standard error of the score on the 10-point scale."""

    theta: FloatArray
    se: FloatArray
    csem: FloatArray


def people_of(findings: ExamFindings, coded: CodedExam, marks: Marks, raw: IntArray) -> People:
    """What the findings' model makes of every script; ``raw`` of shape (n_scripts,): hundredths."""
    model, none = findings.model, np.full(len(coded.sittings), np.nan)
    modelled = [(place, item) for place, item in enumerate(findings.items) if item.model is not None]
    if model is None or not modelled:
        return People(theta=none, se=none, csem=none)
    codes = np.column_stack([_categories(item, marks.right[:, place]) for place, item in modelled])
    had = (codes != NOT_ADMINISTERED).any(axis=1)
    responses = make_responses(
        codes[had],
        categories=np.array(
            [len(item.model.parameters.intercepts) + 1 for _, item in modelled if item.model]
        ),
    )
    nodes, weights = _population(model)
    found = eap(
        [item.model.parameters.item() for _, item in modelled if item.model], responses, nodes, weights
    )
    theta, se = none.copy(), none.copy()
    theta[had], se[had] = found.theta, found.se
    return People(theta=theta, se=se, csem=np.interp(raw / HUNDREDTHS, model.csem.x, model.csem.y))


def _categories(item: ItemFindings, right: IntArray) -> CodeArray:
    """The model's category of each number of right prompts, −1 where not administered."""
    places = np.array([*(item.model.category_of if item.model else ()), NOT_ADMINISTERED], dtype=np.int8)
    return places[right]


def _population(model: ModelFigures) -> tuple[Nodes, FloatArray]:
    """Nodes on the run's scale and the candidates' distribution at them."""
    grid = make_nodes(model.grid.count, model.grid.limit)
    weights = normal_weights(grid, model.grid.mean, model.grid.sd)
    if model.link is None:
        return grid, weights
    return Nodes(theta=model.link.slope * grid.theta + model.link.intercept), weights
