"""Every line breaks at once; everyone comes back at once and sends again what was not acknowledged."""

from exam_server.bench.limits import bare_connects, cpu_figures
from exam_server.bench.orders import AnswerOpen, Reconnect
from exam_server.bench.report import BenchReport, Bound, rounded, this_machine
from exam_server.bench.stage import say, staged

RESENT = 2
ANSWERS_BEFORE = 4
ANSWERS_PER_S = 2_000.0
FLOOR_STUDENTS = 5_000
MOST_BARE = 1.4


async def run_reconnect(students: int, *, workers: int = 1) -> BenchReport:
    """Cut and reconnect all ``students``."""
    machine = this_machine()
    async with staged(students, workers=workers) as stage:
        await stage.gather()
        await stage.open_papers()
        say("answering before the break")
        await stage.order(AnswerOpen(rate=ANSWERS_PER_S, seconds=students * ANSWERS_BEFORE / ANSWERS_PER_S))
        say("all lines break")
        done, cpu = await stage.measure(Reconnect(resend=RESENT))
        missing = await stage.missing(done.journalled)
        stage.generator.kill()
        stage.server.stop()
        bare = await bare_connects(stage, students)
    figures = {
        "seconds": done.seconds,
        "reconnects": students,
        "answers_resent": done.count,
        "answers_unacknowledged": sum(one.sent - one.acknowledged for one in done.journalled),
        "answers_missing": missing,
        "lines_lost_again": sum(done.closes.values()),
        **cpu_figures(cpu, students, "reconnect"),
    }
    limits = {
        "bare_connects_seconds": bare.seconds,
        "bare_server_us_per_connect": bare.server_us,
        "bare_total_us_per_connect": bare.total_us,
    }
    ratios = {
        "cpu_to_bare_server": 1e6 * cpu.system_s / students / bare.server_us,
        "cpu_to_bare_total": 1e6 * cpu.total_s / students / bare.total_us,
    }
    bounds = {"answers_unacknowledged": Bound(most=0), "answers_missing": Bound(most=0)}
    if students == FLOOR_STUDENTS:
        bounds["cpu_to_bare_total"] = Bound(most=MOST_BARE)
    return BenchReport(
        name="reconnect",
        figures=rounded(figures),
        limits=rounded(limits),
        ratios=rounded(ratios),
        bounds=bounds,
        settings={
            "students": students,
            "resent": RESENT,
            "answers_before": ANSWERS_BEFORE,
            "workers": workers,
        },
        machine=machine,
    )
