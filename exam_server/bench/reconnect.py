"""Every line breaks at once; everyone comes back at once and sends again what was not acknowledged."""

import msgspec

from exam_server.bench.limits import bare_lines
from exam_server.bench.losses import NO_LOSS, losses
from exam_server.bench.orders import AnswerOpen, Reconnect
from exam_server.bench.report import BenchReport, Bound, make_report, this_machine
from exam_server.bench.stage import Size, Stage, Tell, staged

RESENT = 2
ANSWERS_BEFORE = 4
ANSWERS_PER_S = 1_000.0
FLOOR_STUDENTS = 5_000
MOST_BARE = 1.4


async def run_reconnect(size: Size, tell: Tell) -> BenchReport:
    """Cut and reconnect all students."""
    machine, students = this_machine(), size.students
    async with staged(size, tell) as stage:
        await stage.gather()
        await stage.open_papers()
        await answer_some(stage)
        stage.tell("reconnecting")
        done, cpu = await stage.measure(Reconnect(resend=RESENT))
        verdict = await stage.close()
        bare = await bare_lines(stage, students)
    return make_report(
        "reconnect",
        machine,
        {**msgspec.structs.asdict(size), "resent": RESENT, "answers_before": ANSWERS_BEFORE},
        figures={
            "seconds": done.seconds,
            "ack_p50_ms": done.spread.p50,
            **losses(done, verdict),
            **cpu.figures(students),
        },
        limits={
            "bare_connect_seconds": bare.connect_seconds,
            "bare_connect_server_us": bare.connect_server_us,
            "bare_connect_total_us": bare.connect_total_us,
        },
        ratios={
            "cpu_to_bare_server": 1e6 * cpu.system_s / students / bare.connect_server_us,
            "cpu_to_bare_total": 1e6 * cpu.total_s / students / bare.connect_total_us,
        },
        bounds={
            **NO_LOSS,
            **({"cpu_to_bare_total": Bound(most=MOST_BARE)} if students == FLOOR_STUDENTS else {}),
        },
    )


async def answer_some(stage: Stage) -> None:
    """A few answers of everyone, so that there is something in the journal."""
    stage.tell("answering_some")
    seconds = len(stage.world.students) * ANSWERS_BEFORE / ANSWERS_PER_S
    await stage.order(AnswerOpen(rate=ANSWERS_PER_S, seconds=seconds))
