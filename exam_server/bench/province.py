"""A province that has sat an exam: candidates, classes, and journals by the million, made in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit

from exam_server.core.timing import instant_ms
from exam_server.protocol.sitting import Response
from exam_server.secrets import Secrets
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database, read_queries
from item_bank.kinds import Content
from item_bank.kinds.single_choice import SingleChoice
from item_bank.kinds.true_false import TrueFalse, TrueFalseKey

SQL = read_queries(__file__)

CLASS_SIZE = 40
CLASSES_OF_A_SCHOOL = 30
ITEMS_OF_A_KIND = 17

_BATCH = 2_000
_GUESSES = (0.25, 0.5, 0.0)
_TRUTHS = TrueFalseKey(values=(True, False, False, True)).values

Codes = NDArray[np.int32]


async def make_province(
    database: Database, secrets: Secrets, students: int, held_at: datetime, rng: Generator
) -> World:
    """The exam, held; nobody may sit it any more."""
    plan = Plan(opens_at=held_at, students=students, items=ITEMS_OF_A_KIND, minutes=120, name="Đo chấm điểm")
    async with database.transaction() as connection:
        world = await make_world(connection, plan, secrets, rng)
        classes = -(-students // CLASS_SIZE)
        await connection.execute(SQL["insert_schools"], -(-classes // CLASSES_OF_A_SCHOOL))
        await connection.execute(SQL["insert_classes"], classes)
        await connection.execute(SQL["update_candidates"])
    await _journal(database, world, held_at, rng)
    async with database.connection() as connection:
        await connection.execute(SQL["vacuum"])
    return world


async def _journal(database: Database, world: World, held_at: datetime, rng: Generator) -> None:
    contents = {item.id: item.content for part in world.form.parts for item in part.items}
    sittings = [student.sitting for student in world.students]
    codes = _codes(len(sittings), len(world.items), rng)
    async with database.transaction() as connection:
        await connection.execute(SQL["create_replies"])
        await connection.execute(SQL["insert_replies"], *_replies(world.items, contents))
    over = held_at + timedelta(hours=2)
    for start in range(0, len(sittings), _BATCH):
        some, given = sittings[start : start + _BATCH], codes[start : start + _BATCH]
        async with database.transaction() as connection:
            await connection.execute(
                SQL["insert_journals"],
                some,
                given.ravel().tolist(),
                len(world.items),
                over,
                instant_ms(held_at),
            )
    async with database.transaction() as connection:
        await connection.execute(SQL["hand_in"], world.shift, held_at, over)
        await connection.execute(SQL["end_shift"], world.shift, held_at, over)


def _codes(students: int, items: int, rng: Generator) -> Codes:
    """A response's code for everyone and every item, by the two-parameter model with guessing: 0 is wholly
    right, the others are less so; shape (students, items)."""
    theta = rng.normal(size=students)
    codes = np.empty((students, items), dtype=np.int32)
    for place in range(items):
        kind = place % len(_GUESSES)
        slope, difficulty = rng.lognormal(0.1, 0.3), rng.normal(0.0, 1.0)
        knows = expit(slope * (theta - difficulty))
        chance = _GUESSES[kind] + (1 - _GUESSES[kind]) * knows
        statements = len(_TRUTHS) if kind == 1 else 1
        wrong = (rng.random((students, statements)) >= chance[:, None]).sum(axis=1)
        codes[:, place] = wrong if kind == 1 else wrong * rng.integers(1, 4, students)
    return codes


def _replies(
    items: Sequence[int], contents: Mapping[int, Content]
) -> tuple[list[int], list[int], list[int], list[str]]:
    """Place, code, item and response, as JSON, of everything that is answered."""
    rows = [
        (place, code, item, msgspec.json.encode(response).decode())
        for place, item in enumerate(items, start=1)
        for code, response in enumerate(_responses(contents[item], place - 1))
    ]
    places, codes, ids, texts = zip(*rows, strict=True)
    return list(places), list(codes), list(ids), list(texts)


def _responses(content: Content, place: int) -> Sequence[Response]:
    match content:
        case SingleChoice(options=options):
            right = (place // len(_GUESSES)) % len(options)
            return [options[(right + step) % len(options)].id for step in range(len(options))]
        case TrueFalse():
            wrong = range(len(_TRUTHS) + 1)
            return [tuple(t != (n < count) for n, t in enumerate(_TRUTHS)) for count in wrong]
        case _:
            return ["0,5", "5", "-1", None]
