"""Everyone waits with the form; the bell rings; everyone can read the first question."""

import asyncio
import time

import msgspec

from exam_server.bench.costs import Cpu
from exam_server.bench.limits import bare_lines, probe_quiet
from exam_server.bench.losses import NO_LOSS, losses
from exam_server.bench.orders import AwaitBell, Done
from exam_server.bench.report import BenchReport, Bound, make_report, this_machine
from exam_server.bench.stage import Size, Stage, Tell, staged

FLOOR_STUDENTS = 5_000
MOST_MS = 2_000.0
MOST_US = 120.0

IDLE_S = 4.0
BEFORE_S = 0.2
AFTER_S = 1.0
"""So long after the last student has begun, what the bell set off is still counted."""


async def run_bell(size: Size, tell: Tell) -> BenchReport:
    """Ring the bell for all students."""
    machine, students = this_machine(), size.students
    async with staged(size, tell) as stage:
        quiet = await probe_quiet(stage)
        await stage.gather()
        tell("ringing")
        done, cpu, idle = await _ring(stage)
        verdict = await stage.close()
        bare = await bare_lines(stage, students)
    us = 1e6 / students
    return make_report(
        "bell",
        machine,
        msgspec.structs.asdict(size),
        figures={
            "begun_first_ms": done.spread.first,
            "begun_p50_ms": done.spread.p50,
            "begun_p99_ms": done.spread.p99,
            "begun_last_ms": done.spread.last,
            **losses(done, verdict),
            **cpu.figures(students),
            "waiting_us_each_per_s": idle.system_s * us / IDLE_S,
        },
        limits={
            "lone_commit_quiet_p99_ms": quiet.commit.p99,
            "bare_push_seconds": bare.push_seconds,
            "bare_push_server_us": bare.push_server_us,
            "bare_push_total_us": bare.push_total_us,
        },
        ratios={
            "cpu_to_bare_server": cpu.system_s * us / bare.push_server_us,
            "cpu_to_bare_total": cpu.total_s * us / bare.push_total_us,
        },
        bounds={**NO_LOSS, **(_floor() if students == FLOOR_STUDENTS else {})},
    )


def _floor() -> dict[str, Bound]:
    return {"begun_last_ms": Bound(most=MOST_MS), "cpu_us_each": Bound(most=MOST_US)}


async def _ring(stage: Stage) -> tuple[Done, Cpu, Cpu]:
    """Ring; what it cost beyond what students cost who only wait, and what these cost in IDLE_S."""
    idle_from = stage.cpu()
    await asyncio.sleep(IDLE_S)
    idle = stage.cpu().since(idle_from)
    rings_at = await stage.set_bell()
    await asyncio.sleep(rings_at - BEFORE_S - time.monotonic())
    before, began = stage.cpu(), time.monotonic()
    done = await stage.order(AwaitBell(rang_at=rings_at))
    await asyncio.sleep(AFTER_S)
    share = (time.monotonic() - began) / IDLE_S
    return done, stage.cpu().since(before, idle=idle, share=share), idle
