"""From sent to acknowledged: everyone connected, answers on schedule or as fast as they are acknowledged."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from exam_server.bench.costs import Cpu, Memory
from exam_server.bench.limits import RawInsert, probe_loaded, probe_quiet, probed_limits, raw_insert
from exam_server.bench.losses import NO_LOSS, losses
from exam_server.bench.orders import AnswerClosed, AnswerOpen, Done
from exam_server.bench.prober import Probed
from exam_server.bench.report import BenchReport, Bound, make_report, this_machine
from exam_server.bench.stage import Size, Stage, Tell, staged
from exam_server.simulation.checker import Verdict

FULL_BATCH = 2_000

PACES: Mapping[tuple[int, float], float] = MappingProxyType({(5_000, 250.0): 1.5, (10_000, 2_000.0): 3.0})
"""The most that acknowledgements' p99 may be, in lone commits' p99, by students and answers per second."""

LEAST_PER_S = 8_000.0
MOST_RAW = 3.0
MOST_KIB = 40.0
MEMORY_STUDENTS = 1_000
"""With fewer, what a worker keeps for itself weighs more than what it keeps for them."""


class _Measured(msgspec.Struct, frozen=True, kw_only=True):
    quiet: Probed
    loaded: Probed
    done: Done
    cpu: Cpu
    empty: Memory
    full: Memory
    flush_rows: float
    verdict: Verdict
    raw: RawInsert
    raw_full: RawInsert

    @property
    def us_per_answer(self) -> float:
        """CPU of server and PostgreSQL."""
        return 1e6 * self.cpu.system_s / max(1, self.done.spread.count)


async def run_answers(size: Size, order: AnswerOpen | AnswerClosed, tell: Tell) -> BenchReport:
    """All students connected, and answers as ordered."""
    machine = this_machine()
    async with staged(size, tell) as stage:
        measured = await _measure(stage, order)
    settings = {**msgspec.structs.asdict(size), **msgspec.structs.asdict(order)}
    return make_report(
        "answers",
        machine,
        settings,
        figures=_figures(measured, size),
        limits=_limits(measured),
        ratios=_ratios(measured),
        bounds=_bounds(size, order),
    )


async def _measure(stage: Stage, order: AnswerOpen | AnswerClosed) -> _Measured:
    quiet = await probe_quiet(stage, order.seconds)
    empty = stage.memory()
    await stage.gather()
    full = stage.memory()
    await stage.open_papers()
    stage.tell("answering", seconds=round(order.seconds))
    (done, cpu), loaded = await asyncio.gather(stage.measure(order), probe_loaded(stage, order.seconds))
    flush_rows = await stage.flush_rows()
    return _Measured(
        quiet=quiet,
        loaded=loaded,
        done=done,
        cpu=cpu,
        empty=empty,
        full=full,
        flush_rows=flush_rows,
        verdict=await stage.close(),
        raw=await raw_insert(stage, max(1, round(flush_rows)), order.seconds),
        raw_full=await raw_insert(stage, FULL_BATCH, order.seconds),
    )


def _figures(measured: _Measured, size: Size) -> Mapping[str, float]:
    spread, empty, full = measured.done.spread, measured.empty, measured.full
    return {
        "acks_per_s": spread.count / max(1e-9, measured.done.seconds),
        "ack_p50_ms": spread.p50,
        "ack_p99_ms": spread.p99,
        "ack_max_ms": spread.last,
        **losses(measured.done, measured.verdict),
        "flush_rows": measured.flush_rows,
        **measured.cpu.figures(spread.count),
        # A process may have given memory back meanwhile.
        "server_kib_per_student": max(0.0, full.server - empty.server) / size.students,
        "postgres_kib_per_student": max(0.0, full.postgres - empty.postgres) / size.students,
    }


def _limits(measured: _Measured) -> Mapping[str, float]:
    return {
        **probed_limits(measured.quiet, measured.loaded),
        "raw_insert_rows_per_s": measured.raw.rows_per_s,
        "raw_insert_us_per_row": measured.raw.us_per_row,
        "raw_insert_full_rows_per_s": measured.raw_full.rows_per_s,
        "raw_insert_full_us_per_row": measured.raw_full.us_per_row,
    }


def _ratios(measured: _Measured) -> Mapping[str, float]:
    p99 = measured.done.spread.p99
    return {
        "ack_p99_to_lone_commit_p99": p99 / measured.loaded.commit.p99,
        "ack_p99_to_lone_commit_quiet_p99": p99 / measured.quiet.commit.p99,
        "ack_p99_to_echo_p99": p99 / measured.loaded.echo.p99,
        "cpu_to_raw_insert": measured.us_per_answer / measured.raw.us_per_row,
        "cpu_to_raw_insert_full": measured.us_per_answer / measured.raw_full.us_per_row,
    }


def _bounds(size: Size, order: AnswerOpen | AnswerClosed) -> Mapping[str, Bound]:
    bounds = dict(NO_LOSS)
    if size.students >= MEMORY_STUDENTS:
        bounds["server_kib_per_student"] = Bound(most=MOST_KIB)
    if isinstance(order, AnswerClosed):
        bounds["acks_per_s"] = Bound(least=LEAST_PER_S)
        bounds["cpu_to_raw_insert"] = Bound(most=MOST_RAW)
    elif (size.students, order.rate) in PACES:
        bounds["ack_p99_to_lone_commit_p99"] = Bound(most=PACES[size.students, order.rate])
    return bounds
