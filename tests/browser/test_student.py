"""A student sits the paper, from the login to the receipt."""

import asyncio
import re

from playwright.async_api import Locator, Response, WebSocket, expect

from exam_server.catalogue import text
from exam_server.protocol.sitting import Flag, Submit
from item_bank.kinds.short_answer import ShortAnswer
from item_bank.kinds.single_choice import SingleChoice
from item_bank.richtext import Paragraph, RichText, Text
from tests.browser.clock import ExamClock
from tests.browser.conftest import Visit
from tests.browser.record import Record, Shown
from tests.browser.site import Site
from tests.browser.student import Student, opened_paper, skip_time
from tests.browser.visitor import Visitor
from tests.browser.world import World


async def test_a_wrong_pin_gets_a_clear_message(visit: Visit, world: World) -> None:
    student = Student(await visit())
    student.visitor.expect(r"401 POST /api/candidate/login")
    await student.log_in(world.candidates[0], pin="000000")
    await expect(student.page.get_by_role("alert")).to_contain_text(
        text("vi", "errors", "wrong_number_or_pin")
    )
    await student.log_in(world.candidates[0])
    await student.expect_waiting()


async def test_an_empty_login_says_what_is_missing(visit: Visit) -> None:
    student = Student(await visit())
    await student.visitor.open("/")
    await student.button("login_button").click()
    await expect(student.page.get_by_text(student.words("login_number_missing"))).to_be_visible()
    await expect(student.page.get_by_label(student.words("login_number"), exact=True)).to_be_focused()


async def test_the_waiting_room_says_who_and_when(visit: Visit, world: World) -> None:
    student = Student(await visit())
    await student.log_in(world.candidates[3])
    await student.expect_waiting()
    for shown in (world.candidates[3].name, world.candidates[3].number, "P101", "90 phút", "08:00"):
        await expect(student.page.get_by_text(shown).first).to_be_visible()
    await expect(student.page.get_by_role("timer")).to_have_text(re.compile(r"^(30:00|29:\d\d)$"))
    await expect(student.page.get_by_text(student.words("check_fine"))).to_be_visible()


async def test_nothing_of_the_paper_is_readable_before_the_bell(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    student = Student(await visit())
    heard = Heard(student.visitor)
    await student.log_in(world.candidates[0])
    await student.expect_waiting()
    before = [*await heard.everything(), await student.page.content()]
    paper = await record.paper(world.candidates[0])
    # Where the first words are enough to tell the question.
    words = [_first_words(shown.content.stem) for shown in paper]
    stems = [stem for stem in words if len(stem) > 12]
    assert [stem for stem in stems if any(stem in body for body in before)] == []
    assert not any(re.search(r'"form_key":"', body) for body in before)

    await skip_time(site, clock, [student.visitor], minutes=30)
    await student.expect_paper()
    assert any(re.search(r'"form_key":"', body) for body in await heard.everything())
    # The same search finds a question now: it would have found it before.
    await student.go_to(words.index(stems[0]))
    await expect(student.page.locator("article.question")).to_contain_text(stems[0])


async def test_the_whole_paper_by_keyboard_alone(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[1]
    student = Student(await visit())
    await student.log_in(candidate)
    await student.expect_waiting()
    await skip_time(site, clock, [student.visitor], minutes=30)
    await student.expect_paper()
    paper = await record.paper(candidate)
    wanted = {shown.id: shown.answer(right=place % 3 != 0) for place, shown in enumerate(paper)}

    for place, shown in enumerate(paper):
        await expect(student.page.locator(f"#question-{shown.id}")).to_be_visible()
        await _answer_by_keyboard(student, shown, wanted[shown.id])
        if place == 1:
            await student.page.keyboard.press("f")
        await student.page.keyboard.press("Enter")
    await expect(student.title("review_title")).to_be_focused()
    await expect(student.page.get_by_text(student.words("review_all", total=len(paper)))).to_be_visible()
    await expect(student.page.get_by_text(student.words("review_flagged", count=1))).to_be_visible()
    await student.expect_saved(len(paper))
    await _tab_to(student, student.button("submit"))
    await student.page.keyboard.press("Enter")
    await _tab_to(student, student.button("submit_confirm"))
    await student.page.keyboard.press("Enter")
    await expect(student.title("receipt_title")).to_be_visible()

    events = await record.events(candidate)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert isinstance(events[-1], Submit)
    assert [event.item for event in events if isinstance(event, Flag)] == [paper[1].id]
    assert await record.answers(candidate) == wanted
    assert (await record.sitting(candidate)).sitting.state.value == "submitted"


async def test_the_review_lists_what_is_empty_and_what_is_flagged(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    total = len(await record.paper(world.candidates[0]))
    await student.choose(0)
    await student.button("flag_on").click()
    await student.go_to(1)
    await student.button("flag_on").click()
    await student.rail.get_by_role("button", name=student.words("review"), exact=True).click()
    for key, count in (("review_empty", total - 1), ("review_flagged", 2)):
        await expect(
            student.page.get_by_role("heading", name=student.words(key, count=count))
        ).to_be_visible()
    await student.button("submit").click()
    dialog = student.page.get_by_role("dialog")
    await expect(dialog.get_by_text(student.words("review_empty", count=total - 1))).to_be_visible()
    await student.button("submit_cancel").click()
    await expect(dialog).to_be_hidden()
    await student.button("review_return").click()
    await expect(student.rail.locator("[aria-current=true]")).to_have_text("2")


async def test_the_receipt_can_be_checked_against_the_journal(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    total = len(await record.paper(candidate))
    await student.choose(2)
    await student.expect_saved(1)
    await student.submit()
    await expect(student.title("receipt_title")).to_be_visible()
    await expect(
        student.page.get_by_text(student.words("receipt_answered_of", answered=1, items=total))
    ).to_be_visible()
    digest = await _chain_head(site, candidate.sitting)
    code = digest[:12]
    await expect(student.page.locator(".receipt")).to_contain_text(
        re.compile("[ -–]?".join(code[at : at + 4] for at in (0, 4, 8)), re.IGNORECASE)
    )
    await student.page.reload()
    await expect(student.title("receipt_title")).to_be_visible()


async def test_answers_can_be_changed_and_cleared(
    visit: Visit, world: World, record: Record, site: Site, clock: ExamClock
) -> None:
    candidate = world.candidates[0]
    student = await opened_paper(await visit(), world.candidates[0], site, clock)
    first, second = (await record.paper(candidate))[:2]
    await student.choose(0)
    await student.choose(3)
    await student.go_to(1)
    await student.choose(1)
    await student.expect_saved(2)
    await student.page.get_by_role("button", name=student.words("clear")).click()
    # The bar counts answers: that a cleared one is saved shows nowhere but in the journal.
    async with asyncio.timeout(10):
        while await record.answers(candidate) != {first.id: first.choices[3], second.id: None}:
            pass


async def test_the_page_switches_to_english_and_back(visit: Visit, world: World) -> None:
    student = Student(await visit())
    await student.visitor.open("/")
    await student.page.get_by_role("button", name="English").click()
    await expect(
        student.page.get_by_role("heading", name=text("en", "student", "login_title"))
    ).to_be_visible()
    await expect(student.page.locator("html")).to_have_attribute("lang", "en")
    await student.page.reload()
    await student.page.get_by_role("button", name="Tiếng Việt").click()
    await expect(student.title("login_title")).to_be_visible()


def _first_words(text: RichText) -> str:
    """What stands before the first formula."""
    match text:
        case (Paragraph(children=(Text(text=words), *_)), *_):
            return words.strip()
        case _:
            return ""


class Heard:
    """Every reply's body and every socket message that the page could read."""

    def __init__(self, visitor: Visitor) -> None:
        self._replies: list[Response] = []
        self._frames: list[str] = []
        visitor.page.on("response", lambda reply: self._replies.append(reply))
        visitor.page.on("websocket", self._socket)

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self._frames.append(str(frame)))

    async def everything(self) -> list[str]:
        """All of it as text."""
        bodies = [await reply.body() for reply in self._replies if reply.ok]
        return [*self._frames, *(body.decode("utf-8", "replace") for body in bodies)]


async def _answer_by_keyboard(student: Student, shown: Shown, wanted: object) -> None:
    keyboard = student.page.keyboard
    if isinstance(shown.content, SingleChoice):
        await keyboard.press("abcd"[list(shown.choices).index(str(wanted))])
    elif isinstance(shown.content, ShortAnswer):
        await _tab_to(student, student.page.locator(".boxes-input"))
        await keyboard.type(str(wanted))
    else:
        assert isinstance(wanted, tuple)
        ids = [statement.id for statement in shown.content.statements]
        for place, choice in enumerate(shown.choices, start=1):
            # The first press says true, the second false.
            for _ in range(1 if wanted[ids.index(choice)] else 2):
                await keyboard.press(str(place))


async def _tab_to(student: Student, target: Locator) -> None:
    """Press Tab until the target has the focus, as one does without a mouse."""
    for _ in range(80):
        if await target.evaluate("(element) => element === document.activeElement"):
            return
        await student.page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


async def _chain_head(site: Site, sitting: int) -> str:
    async with site.database.connection() as connection:
        row = await connection.fetchrow(
            "SELECT encode(chain, 'hex') AS head FROM journal WHERE sitting_id = $1 "
            "ORDER BY seq DESC LIMIT 1",
            sitting,
        )
    assert row is not None
    return str(row["head"])
