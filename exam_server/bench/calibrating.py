"""The process that calibrates, told by its environment to use one thread."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import DTypeLike

from exam_server.bench.child import obey
from scoring.ability import eap
from scoring.arrays import FloatArray
from scoring.calibration import LogitNormalPrior, Settings, calibrate
from scoring.calibration.ascent import Ascent
from scoring.calibration.estimation import make_problem
from scoring.calibration.expectation import SLICE_BYTES
from scoring.calibration.objective import Problem
from scoring.calibration.starting import starting_values
from scoring.items import Item, Model, trace
from scoring.quadrature import make_nodes, normal_weights
from scoring.responses import MISSING, Responses, make_responses

Trial = Literal["calibrate", "eap"]

SEED = 20_260_101
RUNS = 5
"""The quickest of so many: what else the machine does only adds."""

COMMON = 10
"""Items that a form shares with the next."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is simulated and measured. ``persons`` and ``items`` are of each of ``forms``, each of its own
    group and chained by common items. ``figure``, ``limit`` and ``ratio`` are the names in the report."""

    model: Model
    persons: int
    items: int
    categories: int
    floor_s: float
    figure: str
    limit: str
    ratio: str
    forms: int = 1
    trial: Trial = "calibrate"
    general: bool = False


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """CPU seconds of the trial, and of the matrix products and exponentials of as many E-steps."""

    cpu_s: float
    limit_s: float
    converged: bool


def measure(case: Case) -> Measured:
    """Simulate with a fixed seed and measure."""
    rng = np.random.default_rng(SEED)
    items = _items(case, rng)
    responses = _responses(case, items, rng)
    if case.trial == "eap":
        return _measure_eap(items, responses)
    settings = Settings(guessing_prior=LogitNormalPrior(mean=-1.4, sd=0.5) if case.model == "3pl" else None)
    models: list[Model] = [item.model for item in items]
    problem = make_problem(responses, models, settings)
    ascent = Ascent(lambda _, __: None)
    _, converged = ascent.climb(problem, starting_values(problem, responses.categories))
    cpu_s, *bare_s = _quickest(lambda: calibrate(responses, models, settings), *_bare_steps(ascent.steps))
    return Measured(cpu_s=cpu_s, limit_s=sum(bare_s), converged=converged)


def _measure_eap(items: Sequence[Item], responses: Responses) -> Measured:
    nodes = make_nodes()
    weights = normal_weights(nodes)
    rows, columns = responses.codes.shape
    bare = _bare(rows, columns, nodes.count, np.float64, products=1)
    cpu_s, limit_s = _quickest(lambda: eap(items, responses, nodes, weights), bare)
    return Measured(cpu_s=cpu_s, limit_s=limit_s, converged=True)


def _quickest(*works: Callable[[], object]) -> list[float]:
    """CPU seconds of each; they take turns, so that what else the machine does meets all of them."""
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for times, work in zip(spent, works, strict=True):
            start = time.process_time()
            work()
            times.append(time.process_time() - start)
    return [min(times) for times in spent]


def _bare_steps(steps: Sequence[tuple[Problem, DTypeLike]]) -> list[Callable[[], None]]:
    """The bare arithmetic of all E-steps, as many of each shape and precision as were taken."""
    shapes = [
        (block.n_rows, block.design.shape[1], len(problem.theta), np.dtype(dtype).name)
        for problem, dtype in steps
        for block in problem.blocks
    ]
    return [_bare(*shape, products=2, times=shapes.count(shape)) for shape in dict.fromkeys(shapes)]


def _bare(
    rows: int, columns: int, nodes: int, dtype: DTypeLike, *, products: int, times: int = 1
) -> Callable[[], None]:
    """So many E-steps' exponentials, and matrix products before and after them, slice by slice."""
    rng = np.random.default_rng(SEED)
    kind = np.dtype(dtype)
    height = min(rows, max(64, SLICE_BYTES // (nodes * kind.itemsize)))
    design = (rng.random((rows, columns)) < 0.5).astype(kind)
    exponents = (-rng.random((columns, nodes))).astype(kind)
    likelihood, counts = np.empty((height, nodes), dtype=kind), np.empty((columns, nodes), dtype=kind)

    def work() -> None:
        for start in list(range(0, rows, height)) * times:
            part = design[start : start + height]
            some = np.matmul(part, exponents, out=likelihood[: len(part)])
            np.exp(some, out=some)
            if products == 2:
                np.matmul(part.T, some, out=counts)

    return work


def _items(case: Case, rng: np.random.Generator) -> list[Item]:
    count = case.items + (case.forms - 1) * (case.items - COMMON)
    slopes, difficulties = rng.lognormal(0.1, 0.3, count), rng.standard_normal((count, case.categories - 1))
    return [
        Item(
            name=str(place),
            model=case.model,
            slope=float(slope),
            intercepts=_intercepts(case.model, float(slope), np.sort(b)),
            lower=0.2 if case.model == "3pl" else 0.0,
        )
        for place, (slope, b) in enumerate(zip(slopes, difficulties, strict=True))
    ]


def _intercepts(model: Model, slope: float, b: FloatArray) -> FloatArray:
    """Difficulties at least a quarter apart, as intercepts."""
    apart = b + 0.25 * np.arange(len(b))
    return -slope * (np.cumsum(apart) if model == "gpcm" else apart)


def _responses(case: Case, items: Sequence[Item], rng: np.random.Generator) -> Responses:
    codes = np.full((case.persons * case.forms, len(items)), MISSING, dtype=np.int8)
    for form in range(case.forms):
        theta = rng.normal(0.05 * form, 1.0 + 0.01 * form, case.persons)
        first = form * (case.items - COMMON)
        for place in range(first, first + case.items):
            reached = np.cumsum(trace(items[place], theta), axis=1)[:, :-1]
            chosen = np.sum(rng.random((case.persons, 1)) > reached, axis=1)
            codes[form * case.persons : (form + 1) * case.persons, place] = chosen
    return make_responses(
        codes,
        groups=np.repeat(np.arange(case.forms), case.persons),
        group_names=tuple(str(form) for form in range(case.forms)),
    )


async def _carry_out(case: Case) -> Measured:
    return measure(case)


if __name__ == "__main__":
    asyncio.run(obey(msgspec.json.Decoder(Case), _carry_out))
