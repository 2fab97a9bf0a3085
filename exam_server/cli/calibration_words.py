"""A calibration in words and tables."""

from collections.abc import Generator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.table import Table

from exam_server.cli.measuring import number, words
from exam_server.core.parameter_file import ItemFigures, ParameterFile
from scoring.difficulty_errors import difficulty_errors

if TYPE_CHECKING:
    from scoring.arrays import FloatArray
    from scoring.calibrated import Calibration, ItemRemark


def calibration_words(written: ParameterFile, found: "Calibration") -> Generator[RenderableType]:
    """The items, the groups, and whether the estimates are at the maximum."""
    yield _items(written, found)
    yield _groups(written)
    yield from _certificate(found)


def _items(written: ParameterFile, found: "Calibration") -> Table:
    upper = any(item.d_upper != 1.0 for item in written.items)
    lower = upper or any(item.c != 0.0 for item in written.items)
    keys = ["column_item", "column_model", "column_a", "column_b"]
    keys += [*(["column_c"] if lower else []), *(["column_d"] if upper else []), "column_remarks"]
    table = Table(*map(words, keys), caption=words("table_figures"))
    for place, (item, errors) in enumerate(zip(written.items, difficulty_errors(found), strict=True)):
        a_se, c_se, d_se = (None, None, None) if item.se is None else (item.se.a, item.se.c, item.se.d_upper)
        cells = [item.name, item.model, _figure(item.a, a_se), _difficulties(item, errors)]
        cells += [_figure(item.c, c_se)] if lower else []
        cells += [_figure(item.d_upper, d_se)] if upper else []
        table.add_row(*cells, "\n".join(_remark(remark) for remark in found.remarks if remark.place == place))
    return table


def _difficulties(item: ItemFigures, errors: "FloatArray | None") -> str:
    steps = item.b_k or (() if item.b is None else (item.b,))
    known = [None] * len(steps) if errors is None else [float(se) for se in errors]
    return "\n".join(_figure(b, se) for b, se in zip(steps, known, strict=True))


def _remark(remark: "ItemRemark") -> str:
    return words(f"remark_{remark.remark}", value=number(remark.value, 2))


def _groups(written: ParameterFile) -> Table:
    table = Table(*map(words, ("column_group", "column_n", "column_mean", "column_sd")))
    for group in written.groups:
        name = group.name or words("everybody")
        table.add_row(name, str(group.n), number(group.mean, 3), number(group.sd, 3))
    return table


def _certificate(found: "Calibration") -> Generator[str]:
    sure = found.certificate
    key = "calibration_converged" if sure.converged else "calibration_unfinished"
    yield words(
        key,
        iterations=sure.iterations,
        gradient=f"{sure.gradient_norm:.1e}",
        tolerance=f"{sure.tolerance:.1e}",
    )
    if sure.at_maximum is False:
        yield words("calibration_no_maximum")
    elif sure.condition_number is not None:
        yield words("calibration_condition", condition=f"{sure.condition_number:.3g}")
    yield words(
        "calibration_loglik", loglik=number(found.loglik, 3), n=f"{found.n:.0f}", aic=number(found.aic, 1)
    )


def _figure(value: float, se: float | None) -> str:
    return number(value, 3) if se is None else f"{number(value, 3)} ± {number(se, 3)}"
