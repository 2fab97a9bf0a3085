"""Crowds at the login and at the entrance, for as long as a test needs them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from exam_server.actions.sit import Arrival
from exam_server.clock import FakeClock
from exam_server.store.sittings import lock_sitting
from exam_server.web.admission import Admission, Crowded
from exam_server.web.entrance import MAX_TOGETHER
from tests.browser.clock import MORNING
from tests.browser.site import Site
from tests.browser.world import Candidate

TOLD_MS = 20_000
"""Within this the server says to those who wait where they stand: it has given up those in front."""

SLOW_LOGIN_S = 4
"""A sixteenth of it is what the server then expects of each login."""


@asynccontextmanager
async def crowd_at_the_login(site: Site, in_front: int) -> AsyncGenerator[None]:
    """A server with one slot for logins, taken until the end, and so many who were told to come again."""
    clock = FakeClock(MORNING)
    await site.stop()
    site.admission = admission = Admission(clock, slots=1, most_waiting=0)
    await site.start()
    async with admission.turn():
        clock.advance(seconds=SLOW_LOGIN_S)
    async with admission.turn():
        for _ in range(in_front):
            await _turned_away(admission)
        yield
    site.admission = None


async def _turned_away(admission: Admission) -> None:
    try:
        async with admission.turn():
            raise AssertionError("there is no room")
    except Crowded:
        pass


class Bystander:
    """Someone else whose turn comes before."""

    gone = False

    def __init__(self, sitting: int) -> None:
        self.arrival = Arrival(sitting_id=sitting, login_version=1, fence=None)

    def queued(self, position: int) -> None:
        """It waits."""

    def joined(self, fence: int) -> None:
        """It is gone."""

    def opened(self, opening: object, form: object) -> None:
        """Never, for it is gone."""

    def refused(self, error: Exception) -> None:
        """It is not let in."""


@asynccontextmanager
async def crowd_at_the_entrance(site: Site, other: Candidate) -> AsyncGenerator[int]:
    """More than go in at once wait for a row that is locked until the end. Gives the next one's place."""
    async with site.database.transaction() as connection:
        await lock_sitting(connection, other.sitting)
        entrance = site.hub.entrance
        for _ in range(MAX_TOGETHER + 1):
            assert entrance.let_in(Bystander(other.sitting))
        yield MAX_TOGETHER + 1
