"""Scripts that are in, for the tests of scoring: written straight into the journal."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from exam_server.clock import Clock
from exam_server.core.access import Role
from exam_server.protocol.sitting import Answer, Response, Submit, Visit
from exam_server.secrets import Secrets
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database
from exam_server.store.exams import StoredQuestion, select_questions
from exam_server.store.staff import StaffMember, insert_staff
from item_bank.kinds.short_answer import ShortAnswerKey
from item_bank.kinds.single_choice import SingleChoiceKey
from item_bank.kinds.true_false import TrueFalseKey

INSERT = """
INSERT INTO journal (sitting_id, seq, fence, received_at, payload, chain)
SELECT $1, seq, 1, now(), payload, '' FROM unnest($2::bytea[]) WITH ORDINALITY AS event (payload, seq)
"""


async def sittings_of(database: Database, exam_id: int) -> list[int]:
    """The sittings of an exam, in order."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT sitting.id FROM sitting JOIN shift ON shift.id = shift_id WHERE exam_id = $1 ORDER BY 1",
            exam_id,
        )
    return [row[0] for row in rows]


async def questions_of(database: Database, exam_id: int) -> list[StoredQuestion]:
    """The paper of an exam."""
    async with database.connection() as connection:
        return await select_questions(connection, exam_id)


def right(question: StoredQuestion) -> Response:
    """The right answer."""
    match question.key:
        case SingleChoiceKey(option=option):
            return option
        case TrueFalseKey(values=values):
            return values
        case ShortAnswerKey(accept=accept):
            return accept[0]


def wrong(question: StoredQuestion) -> Response:
    """An answer with nothing right in it."""
    match question.key:
        case SingleChoiceKey(option=option):
            return "A" if option != "A" else "B"
        case TrueFalseKey(values=values):
            return tuple(not value for value in values)
        case ShortAnswerKey():
            return "-99"


async def hand_in(database: Database, sitting: int, answers: Mapping[int, Response]) -> None:
    """A script with these answers by item, each looked at for a second, handed in."""
    events: list[Visit | Answer | Submit] = []
    for place, (item, response) in enumerate(answers.items()):
        at_ms = 1_000 * place
        events.append(Visit(seq=len(events) + 1, item=item, at_ms=at_ms))
        events.append(Answer(seq=len(events) + 1, item=item, response=response, at_ms=at_ms + 500))
    events.append(Submit(seq=len(events) + 1, at_ms=1_000 * len(answers)))
    async with database.transaction() as connection:
        await connection.execute(INSERT, sitting, [msgspec.json.encode(event) for event in events])
        await connection.execute("UPDATE sitting SET state = 'submitted' WHERE id = $1", sitting)


async def sit_class(
    database: Database, exam_id: int, *, seed: int = 1, but: Sequence[int] = ()
) -> dict[int, dict[int, Response]]:
    """Everyone of an exam but some hands in, the better ones with more right; what they answered."""
    rng = np.random.default_rng(seed)
    questions = await questions_of(database, exam_id)
    given: dict[int, dict[int, Response]] = {}
    for sitting in await sittings_of(database, exam_id):
        if sitting in but:
            continue
        ability = rng.normal()
        answers = {
            each.id: right(each) if rng.random() < 1 / (1 + np.exp(-ability)) else wrong(each)
            for each in questions
        }
        await hand_in(database, sitting, answers)
        given[sitting] = answers
    return given


async def add_board_member(database: Database, username: str) -> StaffMember:
    """A member of the board who cannot log in."""
    async with database.transaction() as connection:
        staff_id = await insert_staff(
            connection, username=username, name=f"Cô {username}", role=Role.BOARD, password_hash=""
        )
    assert staff_id is not None
    return StaffMember(id=staff_id, username=username, name=f"Cô {username}", role=Role.BOARD)


async def make_exam(
    database: Database,
    secrets: Secrets,
    clock: Clock,
    *,
    students: int = 4,
    items: int = 1,
    name: str = "Kỳ thi",
) -> World:
    """An exam of three items of each kind, with as many candidates."""
    plan = Plan(opens_at=clock.now(), students=students, items=items, name=name)
    async with database.transaction() as connection:
        return await make_world(connection, plan, secrets, np.random.default_rng(1))
