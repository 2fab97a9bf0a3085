"""From sent to acknowledged: everyone connected, answers on schedule or as fast as they are acknowledged."""

import asyncio

from exam_server.bench.limits import cpu_figures, probe_limits, raw_insert
from exam_server.bench.orders import AnswerClosed, AnswerOpen
from exam_server.bench.report import BenchReport, Bound, rounded, this_machine
from exam_server.bench.stage import say, staged

FULL_BATCH = 2_000

PACES = {(5_000, 250.0): 1.5, (10_000, 2_000.0): 3.0}
"""The most that acknowledgements' p99 may be, in lone commits' p99, by students and answers per second."""

LEAST_PER_S = 8_000.0
MOST_RAW = 3.0
MOST_KIB = 40.0


async def run_answers(
    students: int, seconds: float, *, rate: float = 0.0, window: int = 0, workers: int = 1
) -> BenchReport:
    """Answers of all students for ``seconds``: ``rate`` per second in all on schedule; or with a ``window``
    of so many unacknowledged ones each, the next on every acknowledgement."""
    machine = this_machine()
    async with staged(students, workers=workers) as stage:
        quiet = await stage.probe_quiet()
        empty = stage.memory()
        await stage.gather()
        full = stage.memory()
        await stage.open_papers()
        say("answering")
        order = (
            AnswerClosed(window=window, seconds=seconds) if window else AnswerOpen(rate=rate, seconds=seconds)
        )
        (done, cpu), loaded = await asyncio.gather(stage.measure(order), stage.probe_loaded(seconds))
        missing = await stage.missing(done.journalled)
        batch = await stage.flush_rows()
        stage.generator.kill()
        stage.server.stop()
        raw, raw_full = await raw_insert(stage, max(1, round(batch))), await raw_insert(stage, FULL_BATCH)
    sent = sum(one.sent for one in done.journalled)
    figures = {
        "acks_per_s": done.count / done.seconds,
        "ack_p50_ms": done.spread.p50,
        "ack_p99_ms": done.spread.p99,
        "ack_max_ms": done.spread.last,
        "answers_sent": sent,
        "answers_unacknowledged": sent - sum(one.acknowledged for one in done.journalled),
        "answers_missing": missing,
        "lines_lost": sum(done.closes.values()),
        "flush_rows": batch,
        **cpu_figures(cpu, done.count, "answer"),
        "server_kib_per_student": (full.server - empty.server) / students,
        "postgres_kib_per_student": (full.postgres - empty.postgres) / students,
    }
    limits = {
        **probe_limits(quiet, loaded),
        "raw_insert_rows_per_s": raw.rows_per_s,
        "raw_insert_us_per_row": raw.cpu_us_per_row,
        "raw_insert_full_rows_per_s": raw_full.rows_per_s,
        "raw_insert_full_us_per_row": raw_full.cpu_us_per_row,
    }
    per_answer_us = 1e6 * cpu.system_s / max(1, done.count)
    ratios = {
        "ack_p99_to_lone_commit_p99": done.spread.p99 / loaded.commit.p99,
        "ack_p99_to_lone_commit_quiet_p99": done.spread.p99 / quiet.commit.p99,
        "ack_p99_to_echo_p99": done.spread.p99 / loaded.echo.p99,
        "cpu_to_raw_insert": per_answer_us / raw.cpu_us_per_row,
        "cpu_to_raw_insert_full": per_answer_us / raw_full.cpu_us_per_row,
    }
    bounds = {
        "answers_unacknowledged": Bound(most=0),
        "answers_missing": Bound(most=0),
        "server_kib_per_student": Bound(most=MOST_KIB),
    }
    if window:
        bounds |= {"acks_per_s": Bound(least=LEAST_PER_S), "cpu_to_raw_insert": Bound(most=MOST_RAW)}
    elif (students, rate) in PACES:
        bounds["ack_p99_to_lone_commit_p99"] = Bound(most=PACES[students, rate])
    return BenchReport(
        name="answers",
        figures=rounded(figures),
        limits=rounded(limits),
        ratios=rounded(ratios),
        bounds=bounds,
        settings={
            "students": students,
            "rate": rate,
            "window": window,
            "seconds": seconds,
            "workers": workers,
        },
        machine=machine,
    )
