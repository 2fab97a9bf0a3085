"""A school with a server, for the tests of what people do."""

from collections.abc import AsyncGenerator

import pytest

from exam_server.clock import FakeClock
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from tests.exam_server.school import School, open_school


@pytest.fixture
async def school(database: Database, clock: FakeClock, secrets: Secrets) -> AsyncGenerator[School]:
    """The demo's school, served."""
    async with open_school(database, clock, secrets) as opened:
        yield opened
