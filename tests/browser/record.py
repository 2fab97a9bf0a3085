"""What the database holds in the end: the other side of what a page showed."""

from collections.abc import Mapping, Sequence

import msgspec

from exam_server.actions.sit import LoadedForm, load_form
from exam_server.core.script import DECODER, Journalled, read_script
from exam_server.protocol.form import ItemOrder
from exam_server.protocol.sitting import Response
from exam_server.store import exams, journal, sittings
from exam_server.store.sittings import StoredSitting
from item_bank.kinds import Content
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import TrueFalse, TrueFalseKey
from item_bank.marking import PaperScore, Question, score_paper
from tests.browser.site import Site
from tests.browser.world import Candidate, World


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A question as one candidate sees it: ``choices`` are the canonical ids in the order shown."""

    question: Question
    choices: Sequence[str]

    @property
    def id(self) -> int:
        """The item's id."""
        return self.question.id

    @property
    def content(self) -> Content:
        """What is shown."""
        return self.question.content

    def answer(self, *, right: bool) -> Response:
        """A full response, in canonical ids."""
        key = self.question.key
        match key:
            case SingleChoiceKey():
                return key.option if right else next(one for one in self.choices if one != key.option)
            case TrueFalseKey():
                return key.values if right else (not key.values[0], *key.values[1:])
            case ShortAnswerKey():
                return key.accept[0] if right else "-9"


class Record:
    """Reads a test's database."""

    def __init__(self, site: Site, world: World) -> None:
        self._site = site
        self._world = world

    async def sitting(self, candidate: Candidate) -> StoredSitting:
        """The sitting as stored."""
        async with self._site.database.connection() as connection:
            return await sittings.select_sitting(connection, candidate.sitting)

    async def events(self, candidate: Candidate) -> list[Journalled]:
        """The journal, in order."""
        return [DECODER.decode(payload) for payload in await self._payloads(candidate)]

    async def answers(self, candidate: Candidate) -> Mapping[int, Response]:
        """The answers that the journal amounts to, by item."""
        return read_script(await self._payloads(candidate)).answers

    async def evidence(self, candidate: Candidate) -> list[Journalled]:
        """What was sent but does not count."""
        async with self._site.database.connection() as connection:
            rows = await connection.fetch(
                "SELECT payload FROM evidence WHERE sitting_id = $1 ORDER BY id", candidate.sitting
            )
        return [DECODER.decode(row["payload"]) for row in rows]

    async def paper(self, candidate: Candidate) -> list[Shown]:
        """The questions in the candidate's own order."""
        stored = await self.sitting(candidate)
        form = await load_form(self._site.database, stored.form_id, self._site.secrets.master_key)
        questions = {question.id: question for question in await self._questions()}
        return [
            Shown(question=questions[order.item], choices=order.choices or _own_choices(form, order))
            for part in form.order(stored.seed).parts
            for order in part
        ]

    async def score(self, answers: Mapping[int, Response]) -> PaperScore:
        """What these answers are worth."""
        return score_paper(await self._questions(), answers)

    async def _questions(self) -> list[Question]:
        async with self._site.database.connection() as connection:
            stored = await exams.select_questions(connection, self._world.exam)
        return [question.question() for question in stored]

    async def _payloads(self, candidate: Candidate) -> Sequence[bytes]:
        async with self._site.database.connection() as connection:
            found = await journal.select_payloads(connection, [candidate.sitting])
        return found.get(candidate.sitting, [])


def _own_choices(form: LoadedForm, order: ItemOrder) -> Sequence[str]:
    match form.contents[order.item]:
        case SingleChoice(options=options):
            return [option.id for option in options]
        case TrueFalse(statements=statements):
            return [statement.id for statement in statements]
        case ShortAnswer():
            return []
