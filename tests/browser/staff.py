"""Members of staff at their pages, and the invigilator's commands as the page sends them."""

from collections.abc import Sequence

from playwright.async_api import Locator, Page, expect

from exam_server.catalogue import Language, text
from exam_server.protocol.staff import CommandName
from tests.browser.visitor import Visitor
from tests.browser.world import PASSWORD, World


class Staff:
    """Drives the staff pages of one window."""

    def __init__(self, visitor: Visitor, language: Language = "vi") -> None:
        self.visitor = visitor
        self.language: Language = language

    @property
    def page(self) -> Page:
        """The window's page."""
        return self.visitor.page

    def words(self, key: str, **params: str | int) -> str:
        """A text of the staff pages."""
        return text(self.language, "staff", key, **params)

    def button(self, key: str, **params: str | int) -> Locator:
        """The button with just this text."""
        return self.page.get_by_role("button", name=self.words(key, **params), exact=True)

    async def log_in(self, username: str, path: str = "/staff") -> None:
        """Open a page, be asked who one is, and come to it."""
        await self.visitor.open(path)
        await self.page.get_by_label(self.words("username")).fill(username)
        await self.page.get_by_label(self.words("password")).fill(PASSWORD)
        await self.button("log_in").click()
        await expect(self.navigation).to_be_visible()

    @property
    def navigation(self) -> Locator:
        """The jobs at the left."""
        return self.page.get_by_role("navigation", name=self.words("navigation"))

    def act(self, command: CommandName) -> Locator:
        """A command in the room's bar."""
        bar = self.page.get_by_role("toolbar", name=self.words("commands"))
        return bar.get_by_role("button", name=self.words(f"command_{command}"), exact=True)

    def job(self, name: str) -> Locator:
        """A job at the left."""
        return self.navigation.get_by_role("link", name=self.words(f"nav_{name}"))


class Commander:
    """Gives commands to a shift over HTTP, in the invigilator's session."""

    def __init__(self, visitor: Visitor, world: World) -> None:
        self._visitor = visitor
        self._world = world

    async def log_in(self) -> None:
        """Open the session."""
        reply = await self._visitor.context.request.post(
            f"{self._visitor.url}/api/login", data={"username": "invigilator", "password": PASSWORD}
        )
        assert reply.ok, await reply.text()

    async def __call__(
        self,
        command: CommandName,
        *,
        reason: str = "Lí do thử nghiệm",
        sittings: Sequence[int] | None = None,
        minutes: int | None = None,
        message: str | None = None,
    ) -> None:
        """Give one command; it must be accepted."""
        reply = await self._visitor.context.request.post(
            f"{self._visitor.url}/api/shifts/{self._world.shift}/commands",
            data={
                "command": command,
                "reason": reason,
                "sittings": None if sittings is None else list(sittings),
                "minutes": minutes,
                "text": message,
            },
        )
        assert reply.ok, await reply.text()
        assert (await reply.json())["refused"] == []
