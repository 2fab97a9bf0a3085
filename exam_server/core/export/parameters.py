"""The parameters of findings as the file that scoring and linking read."""

from collections.abc import Mapping

import msgspec

from exam_server.core.analysis.findings import ExamFindings
from exam_server.core.parameter_file import GroupFigures, NodeFigures, ParameterFile


def parameters_of(
    findings: ExamFindings, *, seconds: float, input_sha256: str, lowest: Mapping[str, int]
) -> ParameterFile | None:
    """PARAMS.json of the model, None without one. A linked run's group is on the scale of the link.
    ``lowest``: what the file of the responses calls category 0, by item name, 0 unless said."""
    model = findings.model
    if model is None:
        return None
    grid, link = model.grid, model.link
    slope, intercept = (1.0, 0.0) if link is None else (link.slope, link.intercept)
    return ParameterFile(
        model=model.model,
        loglik=model.loglik,
        n=float(model.n),
        nodes=NodeFigures(count=grid.count, range=grid.limit),
        converged=model.converged,
        gradient_norm=model.gradient_norm,
        iterations=model.iterations,
        seconds=round(seconds, 3),
        input_sha256=input_sha256,
        items=tuple(
            msgspec.structs.replace(item.model.parameters, lowest=lowest.get(item.name, 0))
            for item in findings.items
            if item.model is not None
        ),
        groups=(GroupFigures(name="", mean=slope * grid.mean + intercept, sd=slope * grid.sd, n=model.n),),
    )
