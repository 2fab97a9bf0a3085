"""The form as the server makes it, opened by the second implementation."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from random import Random

import msgspec
import numpy as np
import pytest

from exam_server.clock import FakeClock
from exam_server.core.form import compile_form
from exam_server.core.turn import fits
from exam_server.protocol.sitting import Response
from exam_server.secrets import Secrets
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database
from loadtests.paper import BadFormError, check_blob, open_paper, response

KEY, NONCE = b"k" * 32, b"n" * 12


@pytest.fixture
async def world(database: Database, clock: FakeClock, secrets: Secrets) -> World:
    async with database.transaction() as connection:
        return await make_world(connection, Plan(opens_at=clock.now()), secrets, np.random.default_rng(1))


def as_text(key: bytes) -> str:
    return urlsafe_b64encode(key).decode().rstrip("=")


async def test_every_item_is_there_and_gets_an_answer_that_the_server_takes(world: World) -> None:
    items = open_paper(compile_form(world.form, KEY, NONCE), as_text(KEY))
    contents = {item.id: item.content for part in world.form.parts for item in part.items}
    assert [item["id"] for item in items] == list(contents)
    for seed in range(20):
        for item in items:
            content = contents[item["id"]]
            given = msgspec.convert(response(item, Random(seed)), Response)  # noqa: S311 -- a plan
            assert given is not None
            assert fits(content, given)


async def test_another_key_or_damage_is_noticed(world: World) -> None:
    blob = compile_form(world.form, KEY, NONCE)
    with pytest.raises(BadFormError):
        open_paper(blob, as_text(b"x" * 32))
    with pytest.raises(BadFormError):
        open_paper(blob[:-1] + bytes([blob[-1] ^ 1]), as_text(KEY))
    with pytest.raises(BadFormError):
        check_blob(blob[:-1], sha256(blob).hexdigest(), len(blob))
    check_blob(blob, sha256(blob).hexdigest(), len(blob))
