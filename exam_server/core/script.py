"""What a journal amounts to: answers, flags, place, changes and time per item. A projection, never stored."""

from collections.abc import Iterable, Mapping

import msgspec

from exam_server.protocol.sitting import Answer, Flag, Response, Saved, Submit, Visit
from item_bank.kinds import Content, kind_of

Journalled = Answer | Flag | Visit | Submit
"""The messages that become events."""

DECODER: msgspec.json.Decoder[Journalled] = msgspec.json.Decoder(Journalled)


class Script:
    """One candidate's work so far, kept up to date by ``take``.

    ``answers`` and ``flags`` are by item id; a cleared answer stays as None. ``changes`` counts answers
    after an item's first; ``item_ms`` sums the time in view, by the client's estimate of the server's time.
    """

    def __init__(self) -> None:
        self.answers: dict[int, Response] = {}
        self.flags: set[int] = set()
        self.changes: dict[int, int] = {}
        self.item_ms: dict[int, int] = {}
        self.position: int | None = None
        self.submitted = False
        self._since_ms = 0

    def take(self, event: Journalled) -> None:
        """Add the next event, in order of ``seq``."""
        # By type, for a message's own isinstance goes a long way round: this runs for every answer.
        if type(event) is Answer:
            self._answer(event)
        elif type(event) is Visit:
            self._leave(event.at_ms)
            self.position = event.item
        elif type(event) is Flag:
            (self.flags.add if event.on else self.flags.discard)(event.item)
        elif type(event) is Submit:
            self._leave(event.at_ms)
            self.submitted = True

    def saved(self) -> tuple[Saved, ...]:
        """Each item with an answer or a flag, for opening the sitting on another PC."""
        items = sorted(self.answers.keys() | self.flags)
        return tuple(
            Saved(item=item, response=self.answers.get(item), flagged=item in self.flags) for item in items
        )

    def answered(self, contents: Mapping[int, Content]) -> int:
        """How many items of the form are answered in full, as their kinds see it."""
        return sum(
            is_answered(contents[item], response)
            for item, response in self.answers.items()
            if item in contents
        )

    def _answer(self, event: Answer) -> None:
        if event.item in self.answers:
            self.changes[event.item] = self.changes.get(event.item, 0) + 1
        self.answers[event.item] = event.response

    def _leave(self, at_ms: int) -> None:
        if self.position is not None:
            spent_ms = max(0, at_ms - self._since_ms)
            self.item_ms[self.position] = self.item_ms.get(self.position, 0) + spent_ms
        self._since_ms = at_ms


def read_script(payloads: Iterable[bytes]) -> Script:
    """The script of a journal's payloads, in order of ``seq``."""
    script = Script()
    for payload in payloads:
        script.take(DECODER.decode(payload))
    return script


def is_answered(content: Content, response: Response) -> bool:
    """Whether the item counts as answered."""
    return response is not None and kind_of(content).is_answered(content, response)
