"""Simulated classmates: they come in, read, answer by ability, flag, revise, lose the line, hand in.
One stays away."""

import asyncio
from collections.abc import Mapping, Sequence

import aiohttp
import msgspec
import structlog
from numpy.random import Generator

from exam_server.clock import Clock
from exam_server.demo.minds import Trait, draw_traits, respond
from exam_server.protocol.sitting import Response
from exam_server.simulation.student import Student, StudentError
from item_bank.marking import Question

ENTRY_S = 20.0
THINK_S = 5.0
LONGEST_THINK_S = 20.0
REVIEW_S = 15.0

_SKIPS, _FLAGS, _LOSES_LINE, _REVISES = 0.04, 0.12, 0.02, 0.3

_log = structlog.get_logger()


class Classmate(msgspec.Struct, frozen=True, kw_only=True):
    """A classmate's login, and ability on the usual scale (mean 0, standard deviation 1)."""

    number: str
    pin: str
    ability: float


def draw_class(pins: Mapping[str, str], count: int, rng: Generator) -> tuple[Classmate, ...]:
    """The first ``count`` of the candidates, in order of number, with random abilities."""
    return tuple(
        Classmate(number=number, pin=pins[number], ability=float(rng.normal()))
        for number in sorted(pins)[:count]
    )


async def sit_all(
    address: str,
    classmates: Sequence[Classmate],
    questions: Sequence[Question],
    *,
    clock: Clock,
    rng: Generator,
) -> None:
    """Let everyone sit the exam, except the last of a whole class, who stays away."""
    present = classmates[:-1] if len(classmates) > 1 else classmates
    traits = draw_traits(questions, rng)
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        asyncio.TaskGroup() as group,
    ):
        for classmate, own in zip(present, rng.spawn(len(present)), strict=True):
            student = Student(http, address, classmate.number, classmate.pin, clock=clock, rng=own)
            mind = _Mind(ability=classmate.ability, traits=traits)
            group.create_task(_sit(student, mind, own))


class _Mind(msgspec.Struct, frozen=True, kw_only=True):
    """What a classmate would answer."""

    ability: float
    traits: Mapping[int, Trait]

    def answer(self, item: int, rng: Generator) -> Response:
        """A response to an item: right, wrong, or empty."""
        return respond(self.traits[item], self.ability, rng)


async def _sit(student: Student, mind: _Mind, rng: Generator) -> None:
    """From coming in to the receipt; a classmate whose place someone else takes leaves quietly."""
    await asyncio.sleep(float(rng.uniform(0, ENTRY_S)))
    staying = asyncio.create_task(student.run())
    working = asyncio.create_task(_work(student, mind, rng))
    try:
        await asyncio.wait((staying, working), return_when=asyncio.FIRST_COMPLETED)
        await (staying if staying.done() else working)
        await staying
    except StudentError as error:
        _log.info("classmate_left", why=str(error.args[0]))
    finally:
        staying.cancel()
        working.cancel()


async def _work(student: Student, mind: _Mind, rng: Generator) -> None:
    await student.until(lambda one: one.form is not None and one.state == "running")
    items = [item.id for part in (student.form.parts if student.form else ()) for item in part.items]
    flagged: list[int] = []
    for item in items:
        await _think(student, rng)
        student.visit(item)
        if rng.random() < _FLAGS:
            student.flag(item, on=True)
            flagged.append(item)
        if rng.random() >= _SKIPS:
            await _think(student, rng)
            student.answer(item, mind.answer(item, rng))
        if rng.random() < _LOSES_LINE:
            student.lose_line()
    for item in flagged:
        await _reconsider(student, mind, item, rng)
    await asyncio.sleep(float(rng.uniform(0, REVIEW_S)))
    await student.until(lambda one: one.state == "running")
    student.submit()


async def _reconsider(student: Student, mind: _Mind, item: int, rng: Generator) -> None:
    await _think(student, rng)
    student.visit(item)
    if rng.random() < _REVISES:
        student.answer(item, mind.answer(item, rng))
    student.flag(item, on=False)


async def _think(student: Student, rng: Generator) -> None:
    """Time passes, and does not while the sitting is paused."""
    await asyncio.sleep(min(float(rng.exponential(THINK_S)), LONGEST_THINK_S))
    await student.until(lambda one: one.state == "running")
