"""Everyone hands in within the last seconds."""

import asyncio

import msgspec

from exam_server.bench.limits import probe_loaded, probe_quiet, probed_limits
from exam_server.bench.losses import NO_LOSS, losses
from exam_server.bench.orders import Submit
from exam_server.bench.reconnect import ANSWERS_BEFORE, answer_some
from exam_server.bench.report import BenchReport, Bound, make_report, this_machine
from exam_server.bench.stage import Size, Tell, staged

FLOOR_STUDENTS, FLOOR_SECONDS = 5_000, 5.0
MOST_P99_MS = 1_000.0


async def run_deadline(size: Size, seconds: float, tell: Tell) -> BenchReport:
    """All students submit, spread evenly over so many seconds."""
    machine, students = this_machine(), size.students
    async with staged(size, tell) as stage:
        quiet = await probe_quiet(stage, seconds)
        await stage.gather()
        await stage.open_papers()
        await answer_some(stage)
        stage.tell("submitting", seconds=round(seconds))
        (done, cpu), loaded = await asyncio.gather(
            stage.measure(Submit(seconds=seconds)), probe_loaded(stage, seconds)
        )
        verdict = await stage.close()
    floor = students <= FLOOR_STUDENTS and seconds >= FLOOR_SECONDS
    return make_report(
        "deadline",
        machine,
        {**msgspec.structs.asdict(size), "seconds": seconds, "answers_before": ANSWERS_BEFORE},
        figures={
            "receipts": done.receipts,
            "without_receipt": students - done.receipts,
            "receipt_p50_ms": done.spread.p50,
            "receipt_p99_ms": done.spread.p99,
            "receipt_max_ms": done.spread.last,
            "seconds": done.seconds,
            **losses(done, verdict),
            **cpu.figures(students),
        },
        limits=probed_limits(quiet, loaded),
        ratios={"receipt_p99_to_lone_commit_p99": done.spread.p99 / loaded.commit.p99},
        bounds={
            **NO_LOSS,
            "without_receipt": Bound(most=0),
            **({"receipt_p99_ms": Bound(most=MOST_P99_MS)} if floor else {}),
        },
    )
