"""What the load generator's students answer: messages rendered but for their numbers."""

from collections.abc import Iterable, Iterator

import msgspec

from exam_server.protocol.form import Form, FormItem
from exam_server.protocol.sitting import Answer, Response
from item_bank.kinds.short_answer import ShortAnswer
from item_bank.kinds.single_choice import SingleChoice

_SEQ, _AT_MS = 1_999_999_991, 1_999_999_999_999


class AnswerScript:
    """Answers to every item of the forms, in turn."""

    def __init__(self, forms: Iterable[Form]) -> None:
        items = [item for form in forms for part in form.parts for item in part.items]
        self._templates = [_template(item, response) for item in items for response in _responses(item)]

    def answer(self, seq: int, at_ms: int) -> bytes:
        """The message of a student's event ``seq``."""
        return self._templates[seq % len(self._templates)] % (seq, at_ms)


def _template(item: FormItem, response: Response) -> bytes:
    text = msgspec.json.encode(Answer(seq=_SEQ, item=item.id, response=response, at_ms=_AT_MS))
    text = text.replace(b"%", b"%%")
    return text.replace(str(_SEQ).encode(), b"%d", 1).replace(str(_AT_MS).encode(), b"%d", 1)


def _responses(item: FormItem) -> Iterator[Response]:
    match item.content:
        case SingleChoice(options=options):
            yield from (option.id for option in options)
        case ShortAnswer():
            yield from ("0,5", "12", "-3")
        case content:
            count = len(content.statements)
            yield from (tuple(place >= given for place in range(count)) for given in range(count))
