"""Lines that a proxy or an antivirus spoils: sockets refused or flapping, messages that arrive broken."""

from playwright.async_api import WebSocketRoute, expect

from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.record import Record
from tests.browser.site import Site
from tests.browser.student import opened_paper
from tests.browser.visitor import Visitor
from tests.browser.world import World

GIVEN_UP_MS = 40_000
"""Four attempts, each after a longer pause."""


class Spoiler:
    """What stands between the page and the server's socket."""

    def __init__(self) -> None:
        self.spoils = False

    async def stand_between(self, visitor: Visitor) -> None:
        """Before the page opens a socket."""
        await visitor.page.route_web_socket("**/ws/sitting*", self._pass_on)

    async def _pass_on(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        page.on_message(lambda message: server.send(self._spoil(str(message))))

    def _spoil(self, message: str) -> str:
        return message[:-1] if self.spoils and '"seq"' in message else message


async def test_a_page_that_the_server_does_not_understand_stops_and_says_what_to_do(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate, visitor, spoiler = world.candidates[0], await visit(), Spoiler()
    # What stands between sends on what came before the server's Close.
    visitor.expect("WebSocket is already in CLOSING or CLOSED state")
    await spoiler.stand_between(visitor)
    student = await opened_paper(visitor, candidate, site, clock)
    await student.choose(0)
    await student.expect_saved(1)
    spoiler.spoils = True
    await student.go_to(1)
    await student.choose(1)
    await expect(student.note("stuck_strip")).to_be_visible(timeout=GIVEN_UP_MS)
    assert len(await record.answers(candidate)) == 1

    spoiler.spoils = False
    await student.button("try_again").click()
    await student.expect_saved(2)
    await expect(student.note("stuck_strip")).to_be_hidden()
    paper = await record.paper(candidate)
    assert await record.answers(candidate) == {paper[at].id: paper[at].choices[at] for at in range(2)}
