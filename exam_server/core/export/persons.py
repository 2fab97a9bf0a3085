"""The persons of a file with their scores."""

import numpy as np

from exam_server.core.analysis.abilities import Abilities, score_errors
from exam_server.core.analysis.findings import ExamFindings, rounded
from exam_server.core.analysis.scored_test import ScoredTest
from exam_server.core.export.tables import Table


def persons_table(
    test: ScoredTest, persons: tuple[str, ...], found: Abilities | None, findings: ExamFindings
) -> Table:
    """Everybody's points, the points they could have, the score on its scale with its standard error, and θ
    where there is a model."""
    had = ~np.isnan(test.points)
    earned, possible = np.nansum(test.points, axis=1), had @ test.max_points
    errors = score_errors(findings, test.scores)
    nothing = np.full(test.n, np.nan)
    columns = (
        earned,
        possible,
        test.scores,
        nothing if errors is None else errors,
        nothing if found is None else found.theta,
        nothing if found is None else found.se,
    )
    rows = zip(persons, *(column.tolist() for column in columns), strict=True)
    return Table(
        columns=("person", "points", "possible", "score", "score_se", "theta", "theta_se"),
        rows=tuple((person, *(rounded(value) for value in values)) for person, *values in rows),
    )
