"""The play: arrive, wait for the bell, answer on schedule, lose the line once, hand in, prove."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import aiohttp
import msgspec
from numpy.random import Generator, default_rng

from exam_server.clock import SystemClock
from exam_server.core.rank import percentile
from exam_server.protocol.form import Form, FormItem
from exam_server.protocol.rehearsal import RehearsalMeasured, RehearsalPlan, RehearsalVerdict
from exam_server.protocol.sitting import Response
from exam_server.rehearsal.proof import proves
from exam_server.rehearsal.server import Server
from exam_server.simulation.student import Student, StudentError
from item_bank.kinds.short_answer import ShortAnswer
from item_bank.kinds.single_choice import SingleChoice

PATIENCE_S = 30.0
"""How long the player waits for what should have come at once; what comes later counts as missing."""

HAND_IN_S = 2.0

Progress = Callable[[str], None]
"""Told the catalogue's key of each step as it begins."""


class Latency(msgspec.Struct, frozen=True, array_like=True):
    """An acknowledged event: when it was due, in seconds from the bell, and after how long it was safe."""

    due_s: float
    taken_ms: float


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict and what it rests on."""

    verdict: RehearsalVerdict
    measured: RehearsalMeasured
    latencies: tuple[Latency, ...]
    cut_s: float


class Player:
    """One made-up candidate with what was measured of it."""

    def __init__(self, server: Server, number: str, pin: str, rng: Generator, forms: dict[str, Form]) -> None:
        self.student = Student(
            server.http,
            server.address,
            number,
            pin,
            clock=SystemClock(),
            rng=rng,
            on_acknowledged=self._acknowledged,
            forms=forms,
        )
        self.latencies: list[tuple[float, float]] = []
        self.away: tuple[float, float] | None = None
        """From the cut to the welcome after it."""

        self.sent = 0
        self._rng = rng
        self._due: dict[int, float] = {}

    def answer(self, due: float) -> None:
        """Answer some question; it was due at ``due`` on the steady clock."""
        if self.student.form is None or self.student.receipt is not None:
            return
        items = [item for part in self.student.form.parts for item in part.items]
        item = items[int(self._rng.integers(len(items)))]
        self._due[self.student.answer(item.id, _response(item, self._rng))] = due
        self.sent += 1

    def hand_in(self) -> None:
        """Submit; the receipt comes by itself."""
        if self.student.form is not None:
            self._due[self.student.submit()] = time.monotonic()
            self.sent += 1

    def undisturbed_ms(self) -> list[float]:
        """Latencies of what was not under way while the line was cut."""
        cut, back = self.away or (float("inf"), float("inf"))
        return [taken for due, taken in self.latencies if due > back or due + taken / 1_000 < cut]

    def _acknowledged(self, seq: int) -> None:
        due = self._due.pop(seq, None)
        if due is not None:
            self.latencies.append((due, (time.monotonic() - due) * 1_000))


async def play(server: Server, plan: RehearsalPlan, tell: Progress) -> Played:
    """Play the plan to its verdict."""
    rng, forms = default_rng(), dict[str, Form]()
    players = [Player(server, login.number, login.pin, rng, forms) for login in plan.students]
    bell = (plan.opens_ms - await server.clock_ms()) / 1_000
    tell("step_arrive")
    logged_in = sum(await asyncio.gather(*(_logged_in(player.student) for player in players)))
    runs = [asyncio.create_task(player.student.run()) for player in players]
    try:
        tell("step_wait")
        bells_ms = await _await_bell(players, bell)
        tell("step_answer")
        reconnects_ms = await _answer(players, plan, bell, rng, tell)
        tell("step_hand_in")
        await _hand_in(players, bell + plan.submit_ms / 1_000, rng)
    finally:
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
    tell("step_prove")
    proved = await _prove(server, plan, players)
    measured = _measure(players, logged_in, bells_ms, reconnects_ms, proved)
    verdict = await server.report(plan.token, measured)
    latencies = (pair for player in players for pair in player.latencies)
    return Played(
        verdict=verdict,
        measured=measured,
        latencies=tuple(Latency(round(due - bell, 3), round(taken, 2)) for due, taken in latencies),
        cut_s=plan.cut_ms / 1_000,
    )


async def _logged_in(student: Student) -> bool:
    try:
        await student.login()
    except (StudentError, aiohttp.ClientError, OSError):
        return False
    return True


async def _await_bell(players: Sequence[Player], bell: float) -> list[float]:
    """When each could show question 1, in milliseconds after the bell; those that could not are missing."""
    there = [asyncio.create_task(_opened(player.student)) for player in players]
    await asyncio.wait(there, timeout=max(0.0, bell - time.monotonic()) + PATIENCE_S)
    for task in there:
        task.cancel()
    await asyncio.gather(*there, return_exceptions=True)
    return [max(0.0, (task.result() - bell) * 1_000) for task in there if not task.cancelled()]


async def _opened(student: Student) -> float:
    await student.until(lambda one: one.form is not None and one.state == "running")
    return time.monotonic()


async def _answer(
    players: Sequence[Player], plan: RehearsalPlan, bell: float, rng: Generator, tell: Progress
) -> list[float]:
    """Everyone answers on schedule while the lines are cut once; how long each was away, in milliseconds."""
    every, end = plan.every_ms / 1_000, bell + plan.submit_ms / 1_000
    async with asyncio.TaskGroup() as group:
        for player in players:
            first = time.monotonic() + float(rng.uniform(0, every))
            group.create_task(_keep_answering(player, first, every, end))
        cut = group.create_task(_cut(players, bell + plan.cut_ms / 1_000, tell))
    return cut.result()


async def _keep_answering(player: Player, due: float, every: float, end: float) -> None:
    while due < end:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        player.answer(due)
        due += every


async def _cut(players: Sequence[Player], at: float, tell: Progress) -> list[float]:
    await asyncio.sleep(max(0.0, at - time.monotonic()))
    tell("step_cut")
    back = [asyncio.create_task(_come_back(player, time.monotonic())) for player in players]
    await asyncio.sleep(0)
    for player in players:
        player.student.lose_line()
    await asyncio.wait(back, timeout=PATIENCE_S)
    for task in back:
        task.cancel()
    await asyncio.gather(*back, return_exceptions=True)
    return [task.result() for task in back if not task.cancelled()]


async def _come_back(player: Player, cut: float) -> float:
    before = player.student.connections
    player.away = (cut, cut + PATIENCE_S)
    await player.student.until(lambda one: one.connections > before)
    player.away = (cut, time.monotonic())
    return (player.away[1] - cut) * 1_000


async def _hand_in(players: Sequence[Player], at: float, rng: Generator) -> None:
    async with asyncio.TaskGroup() as group:
        for player in players:
            group.create_task(_hand_in_one(player, at + float(rng.uniform(0, HAND_IN_S))))


async def _hand_in_one(player: Player, at: float) -> None:
    await asyncio.sleep(max(0.0, at - time.monotonic()))
    player.hand_in()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            await player.student.until(lambda one: one.receipt is not None)


async def _prove(server: Server, plan: RehearsalPlan, players: Sequence[Player]) -> int:
    proofs = {proof.sitting: proof for proof in (await server.proofs(plan.token)).proofs}
    return sum(
        player.student.receipt is not None
        and proves(proofs[login.sitting], player.student.outbox.acknowledged, player.student.receipt.digest)
        for login, player in zip(plan.students, players, strict=True)
    )


def _measure(
    players: Sequence[Player],
    logged_in: int,
    bells_ms: Sequence[float],
    reconnects_ms: Sequence[float],
    proved: int,
) -> RehearsalMeasured:
    students = [player.student for player in players]
    taken_ms = [taken for player in players for taken in player.undisturbed_ms()] or [PATIENCE_S * 1_000]
    connections = sum(student.connections for student in students)
    return RehearsalMeasured(
        logged_in=logged_in,
        papers=sum(student.form is not None for student in students),
        started=len(bells_ms),
        reconnected=len(reconnects_ms),
        receipts=sum(student.receipt is not None for student in students),
        proved=proved,
        breaks=max(0, connections - len(bells_ms) - len(reconnects_ms)),
        sent=sum(player.sent for player in players),
        acknowledged=sum(len(player.latencies) for player in players),
        refused=sum(len(student.outbox.refused) for student in students),
        bell_ms=max(bells_ms, default=PATIENCE_S * 1_000),
        ack_p50_ms=percentile(taken_ms, 0.5),
        ack_p99_ms=percentile(taken_ms, 0.99),
        reconnect_ms=max(reconnects_ms, default=PATIENCE_S * 1_000),
    )


def _response(item: FormItem, rng: Generator) -> Response:
    if isinstance(item.content, SingleChoice):
        return item.content.options[int(rng.integers(len(item.content.options)))].id
    if isinstance(item.content, ShortAnswer):
        return str(rng.integers(1_000))
    return tuple(bool(value) for value in rng.integers(2, size=len(item.content.statements)))
