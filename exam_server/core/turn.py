"""Whether a candidate's event may be taken: by the state, by the clock, by the form."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from exam_server.core.script import Journalled
from exam_server.core.sitting import LIVE, Sitting, State
from exam_server.core.timing import Terms, deadline
from exam_server.protocol.sitting import Answer, RefusalCode, Response, Submit
from item_bank.kinds import Content, kind_of


def refusal(
    event: Journalled,
    sitting: Sitting,
    terms: Terms,
    contents: Mapping[int, Content],
    *,
    received_at: datetime,
    grace_ms: int,
) -> RefusalCode | None:
    """Why the event is not taken, or None. It may arrive ``grace_ms`` after the deadline, by the server's
    clock."""
    return _refusal_by_clock(sitting, terms, received_at, grace_ms) or _refusal_by_form(event, contents)


def fits(content: Content, response: Response) -> bool:
    """Whether the response is one that the item can have; None, an empty one, always is."""
    if response is None:
        return True
    kind = kind_of(content)
    try:
        kind.normalise(content, msgspec.convert(response, kind.response_type))
    except (ValueError, msgspec.ValidationError):
        return False
    return True


def _refusal_by_clock(
    sitting: Sitting, terms: Terms, received_at: datetime, grace_ms: int
) -> RefusalCode | None:
    if sitting.state is State.CLOSED and sitting.ended_by == "server":
        return "deadline"
    if sitting.state not in LIVE:
        return "not_running"
    # A pause holds the candidate's own time, not the shift's: from its end on the keys may be shown.
    end = terms.closes_at if sitting.state is State.PAUSED else deadline(sitting, terms)
    late = end is not None and received_at > end + timedelta(milliseconds=grace_ms)
    return "deadline" if late else None


def _refusal_by_form(event: Journalled, contents: Mapping[int, Content]) -> RefusalCode | None:
    if isinstance(event, Submit):
        return None
    content = contents.get(event.item)
    if content is None:
        return "unknown_item"
    if isinstance(event, Answer) and not fits(content, event.response):
        return "bad_response"
    return None
