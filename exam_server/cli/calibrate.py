"""``khaothi calibrate``: item parameters out of responses."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from math import inf, isfinite, log10
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from exam_server.cli.calibration_words import calibration_words
from exam_server.cli.measuring import (
    Ignore,
    ResponseFile,
    Step,
    load_parameters,
    load_responses,
    measuring,
    progress,
    words,
    write_file,
)
from exam_server.cli.options import Data, Json
from exam_server.cli.screen import screen
from exam_server.cli.words import say
from exam_server.clock import SystemClock
from exam_server.core.parameter_file import ParameterFile, parameter_file, write_parameters
from exam_server.errors import Invalid
from scoring.errors import MeasurementError
from scoring.items import Item, Model

if TYPE_CHECKING:
    from scoring.calibrated import Calibration
    from scoring.calibration import GuessingPrior, Settings

ModelOption = Literal["auto", "rasch", "1pl", "2pl", "3pl", "4pl", "grm", "gpcm", "pcm"]
Errors = Literal["none", "oakes", "cross-product"]

FEW_PERSONS = 200
"""Below it ``auto`` takes models without slopes of their own."""

ModelChoice = Annotated[ModelOption, typer.Option("--model", help=say("option_irt_model"))]
Prior = Annotated[
    str | None, typer.Option("--prior-guessing", metavar="PRIOR", help=say("option_prior_guessing"))
]
NodeCount = Annotated[int, typer.Option("--nodes", min=5, max=1001, help=say("option_node_count"))]
Range = Annotated[float, typer.Option("--range", min=1.0, max=20.0, help=say("option_node_range"))]
Tolerance = Annotated[float, typer.Option("--tol", min=1e-12, max=1e-2, help=say("option_tolerance"))]
MaxIterations = Annotated[
    int, typer.Option("--max-iterations", min=1, max=100_000, help=say("option_max_iterations"))
]
Anchors = Annotated[Path | None, typer.Option("--anchors", metavar="PARAMS", help=say("option_anchors"))]
Groups = Annotated[str | None, typer.Option("--groups", metavar="COLUMN", help=say("option_groups"))]
Se = Annotated[Errors, typer.Option("--se", help=say("option_se"))]
Responses = Annotated[
    Path | None, typer.Argument(metavar="RESPONSES", help=say("argument_responses"), show_default=False)
]
Exam = Annotated[int | None, typer.Option("--db", metavar="EXAM", help=say("option_calibrate_exam"))]
Out = Annotated[Path, typer.Option("--out", metavar="PARAMS", help=say("option_parameters_out"))]


def calibrate(
    out: Out,
    responses: Responses = None,
    db: Exam = None,
    model: ModelChoice = "auto",
    prior_guessing: Prior = None,
    nodes: NodeCount = 61,
    node_range: Range = 6.0,
    tol: Tolerance = 1e-7,
    max_iterations: MaxIterations = 500,
    anchors: Anchors = None,
    groups: Groups = None,
    se: Se = "oakes",
    ignore: Ignore = None,
    as_json: Json = False,  # noqa: FBT002 -- typer makes it a flag
    data: Data = None,
) -> None:
    """Estimate, write PARAMS.json, show a table."""
    from scoring.calibration import Settings
    from scoring.quadrature import make_nodes

    prior = _prior(prior_guessing, model)
    known = None if anchors is None else load_parameters(anchors)
    with progress() as tell:
        tell("step_reading", 0.0)
        source = _read(responses, db, known, groups, ignore or [], data, tell)
        settings = Settings(
            nodes=make_nodes(nodes, node_range),
            tolerance=tol,
            max_iterations=max_iterations,
            errors="cross_product" if se == "cross-product" else se,
            guessing_prior=prior,
            anchors={} if known is None else _anchored(source.file, known, str(anchors)),
        )
        written, found = _estimated(source, model, settings, tell)
    write_file(out, write_parameters(written))
    _show(written, found, source.left_out, out, as_json=as_json)
    sure = found.certificate
    if not sure.converged:
        raise Invalid("calibration_not_converged", place=source.place, iterations=sure.iterations)


class _Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the responses are from, and the items left out because all answered them alike."""

    place: str
    file: ResponseFile
    left_out: tuple[str, ...] = ()


def _read(
    responses: Path | None,
    exam: int | None,
    known: ParameterFile | None,
    groups: str | None,
    ignore: list[str],
    data: Path | None,
    tell: Step,
) -> _Source:
    if responses is not None and exam is None:
        lowest = {} if known is None else {item.name: item.lowest for item in known.items}
        file = load_responses(responses, group=groups, ignore=ignore, lowest=lowest)
        return _Source(place=str(responses), file=file)
    if responses is not None or exam is None:
        raise typer.BadParameter(say("calibrate_file_or_exam"), param_hint="--db")
    if groups is not None:
        raise typer.BadParameter(say("calibrate_groups_of_file"), param_hint="--groups")
    return _of_exam(exam, ignore, data, tell)


def _of_exam(exam: int, ignore: list[str], data: Path | None, tell: Step) -> _Source:
    """An exam's scripts without the items to ``ignore``."""
    # Only who reads the database waits for what that needs.
    from exam_server.cli.exam_responses import read_exam_responses
    from exam_server.cli.session import Session, in_session

    async def work(session: Session) -> tuple[ResponseFile, tuple[str, ...]]:
        return await read_exam_responses(session.database, exam, tell)

    file, left_out = in_session(data, work)
    names = file.responses.names
    unknown = next((name for name in ignore if name not in (*names, *left_out)), None)
    if unknown is not None:
        raise Invalid("responses_no_column", place="--ignore", column=unknown)
    kept = [place for place, name in enumerate(names) if name not in ignore]
    chosen = msgspec.structs.replace(file, responses=file.responses.of_items(kept), lowest=(0,) * len(kept))
    return _Source(place="--db", file=chosen, left_out=left_out)


def models_of(choice: ModelOption, categories: Sequence[int], n_persons: int) -> tuple[Model, ...]:
    """The model of each column, by how many categories it has."""
    if choice != "auto":
        return (choice,) * len(categories)
    two: Model = "rasch" if n_persons < FEW_PERSONS else "2pl"
    more: Model = "pcm" if n_persons < FEW_PERSONS else "grm"
    return tuple(two if count == 2 else more for count in categories)


def _estimated(
    source: _Source, choice: ModelOption, settings: "Settings", tell: Step
) -> tuple[ParameterFile, "Calibration"]:
    from scoring.calibration import calibrate as estimate

    def follow(iterations: int, gradient: float) -> None:
        tell("step_calibrating", _share(iterations, gradient, settings.tolerance))

    file, clock = source.file, SystemClock()
    began = clock.now()
    chosen = models_of(choice, file.responses.categories.tolist(), file.responses.n_persons)
    models: list[Model] = [
        settings.anchors[at].model if at in settings.anchors else model for at, model in enumerate(chosen)
    ]
    with measuring(source.place), _as_in(file):
        found = estimate(file.responses, models, settings, progress=follow)
    written = parameter_file(
        found,
        model=choice,
        seconds=(clock.now() - began).total_seconds(),
        input_sha256=file.sha256,
        empirical=False,
        lowest=file.lowest,
    )
    return written, found


@contextmanager
def _as_in(file: ResponseFile) -> Generator[None]:
    """What is said of a category or a row names it as the file does."""
    try:
        yield
    except MeasurementError as error:
        params = error.params
        item, category, row = params.get("item"), params.get("category"), params.get("row")
        if isinstance(category, int) and item in file.responses.names:
            params["category"] = category + file.lowest[file.responses.names.index(str(item))]
        if isinstance(row, int):
            params["row"] = row + file.first_line - 1
        raise


def _share(iterations: int, gradient: float, tolerance: float) -> float:
    """How much of the way is done, by digits of the gradient and by iterations already spent."""
    digits = log10(max(gradient, tolerance) / tolerance)
    return max(0.0, min(0.99, max(1.0 - digits / 8.0, 1.0 - 1.0 / (1.0 + iterations / 40.0))))


def _anchored(file: ResponseFile, known: ParameterFile, place: str) -> dict[int, Item]:
    items = {item.name: item.item() for item in known.items}
    anchors = {at: items[name] for at, name in enumerate(file.responses.names) if name in items}
    if not anchors:
        raise Invalid("anchors_none", place=place)
    return anchors


def _prior(given: str | None, model: ModelOption) -> "GuessingPrior | None":
    """A prior as "logitnormal,MEAN,SD" or "beta,ALPHA,BETA"."""
    if given is None:
        return None
    if model not in ("3pl", "4pl"):
        raise typer.BadParameter(say("prior_without_guessing"), param_hint="--prior-guessing")
    from scoring.calibration import BetaPrior, LogitNormalPrior

    kind, *figures = given.split(",")
    try:
        first, second = (float(figure) for figure in figures)
    except ValueError as error:
        raise typer.BadParameter(say("prior_unknown"), param_hint="--prior-guessing") from error
    if kind == "logitnormal" and isfinite(first) and 0 < second < inf:
        return LogitNormalPrior(mean=first, sd=second)
    if kind == "beta" and 1 < first < inf and 1 < second < inf:
        return BetaPrior(alpha=first, beta=second)
    raise typer.BadParameter(say("prior_unknown"), param_hint="--prior-guessing")


def _show(
    written: ParameterFile, found: "Calibration", left_out: tuple[str, ...], out: Path, *, as_json: bool
) -> None:
    if as_json:
        typer.echo(write_parameters(written).decode(), nl=False)
        return
    console = screen()
    for part in calibration_words(written, found):
        console.print(part)
    if left_out:
        console.print(words("calibration_left_out", items=", ".join(left_out)))
    console.print(words("calibration_written", file=str(out)))
