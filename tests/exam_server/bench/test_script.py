"""What the generator's students answer are answers that the server takes."""

import msgspec
import numpy as np

from exam_server.bench.script import AnswerScript
from exam_server.clock import FakeClock
from exam_server.core.turn import fits
from exam_server.protocol.sitting import Answer, ClientMessage
from exam_server.secrets import Secrets
from exam_server.simulation.world import Plan, make_world
from exam_server.store.database import Database

AT_MS = 1_790_000_000_000


async def test_every_answer_fits(database: Database, clock: FakeClock, secrets: Secrets) -> None:
    plan = Plan(opens_at=clock.now(), items=17)
    async with database.transaction() as connection:
        world = await make_world(connection, plan, secrets, np.random.default_rng(1))
    contents = {item.id: item.content for part in world.form.parts for item in part.items}
    script = AnswerScript([world.form])
    answered: set[int] = set()
    for seq in range(1, 400):
        answer = msgspec.json.decode(script.answer(seq, AT_MS + seq), type=ClientMessage)
        assert isinstance(answer, Answer)
        assert (answer.seq, answer.at_ms) == (seq, AT_MS + seq)
        assert fits(contents[answer.item], answer.response)
        answered.add(answer.item)
    assert answered == set(world.items)
