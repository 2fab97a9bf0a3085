"""Calibration and scoring of simulated answers, beside the bare arithmetic they cannot do without."""

from collections.abc import Mapping, Sequence

from exam_server.bench.calibrating import Case, Measured, Trial
from exam_server.bench.child import started
from exam_server.bench.report import BenchReport, Bound, make_report, this_machine
from exam_server.bench.stage import Tell
from exam_server.threads import ONE_THREAD

LEAST_SHARE = 0.5

CASES: tuple[Case, ...] = (
    Case(
        model="2pl", persons=5_000, items=40, categories=2, floor_s=0.2,
        figure="cpu_2pl_5000x40_s", limit="limit_2pl_5000x40_s", ratio="share_2pl_5000x40",
    ),
    Case(
        model="3pl", persons=20_000, items=60, categories=2, floor_s=1.5, general=True,
        figure="cpu_3pl_20000x60_s", limit="limit_3pl_20000x60_s", ratio="share_3pl_20000x60",
    ),
    Case(
        model="2pl", persons=100_000, items=60, categories=2, floor_s=1.0, general=True,
        figure="cpu_2pl_100000x60_s", limit="limit_2pl_100000x60_s", ratio="share_2pl_100000x60",
    ),
    Case(
        model="grm", persons=3_000, items=20, categories=5, floor_s=0.2,
        figure="cpu_grm_3000x20x5_s", limit="limit_grm_3000x20x5_s", ratio="share_grm_3000x20x5",
    ),
    Case(
        model="gpcm", persons=3_000, items=20, categories=4, floor_s=0.2,
        figure="cpu_gpcm_3000x20x4_s", limit="limit_gpcm_3000x20x4_s", ratio="share_gpcm_3000x20x4",
    ),
    Case(
        model="2pl", persons=1_000, items=30, categories=2, forms=20, floor_s=5.0,
        figure="cpu_linked_20x1000_s", limit="limit_linked_20x1000_s", ratio="share_linked_20x1000",
    ),
    Case(
        model="2pl", persons=100_000, items=60, categories=2, trial="eap", floor_s=0.3,
        figure="cpu_eap_100000x60_s", limit="limit_eap_100000x60_s", ratio="share_eap_100000x60",
    ),
)  # fmt: skip
"""The sizes of the floors. ``general``: large enough for the share of the limit to be a floor as well."""


async def run_calibrate(tell: Tell, cases: Sequence[Case] = CASES) -> BenchReport:
    """Measure each case in a process of one thread, one after the other."""
    machine = this_machine()
    found: list[Measured] = []
    async with started("calibrating", ONE_THREAD) as child:
        for case in cases:
            tell("calibrating", persons=case.persons * case.forms, items=case.items, model=_named(case))
            found.append(await child.ask(case, Measured))
    pairs = list(zip(cases, found, strict=True))
    return make_report(
        "calibrate",
        machine,
        {},
        figures={case.figure: measured.cpu_s for case, measured in pairs}
        | {"unconverged": float(sum(not measured.converged for measured in found))},
        limits={case.limit: measured.limit_s for case, measured in pairs},
        ratios={case.ratio: measured.limit_s / measured.cpu_s for case, measured in pairs},
        bounds=_bounds(cases),
    )


def _bounds(cases: Sequence[Case]) -> Mapping[str, Bound]:
    floors = {case.figure: Bound(most=case.floor_s) for case in cases}
    shares = {case.ratio: Bound(least=LEAST_SHARE) for case in cases if case.general}
    return {**floors, **shares, "unconverged": Bound(most=0)}


def _named(case: Case) -> str:
    trials: dict[Trial, str] = {"calibrate": case.model.upper(), "eap": "EAP"}
    return trials[case.trial]
