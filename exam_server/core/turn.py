"""Whether a candidate's event may be taken: by the state, by the clock, by the form."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

import msgspec

from exam_server.core.script import Journalled
from exam_server.core.sitting import Sitting, State, ends_at
from exam_server.core.timing import Terms
from exam_server.protocol.sitting import Answer, Flag, RefusalCode, Response, Submit, Visit
from item_bank.kinds import Content, kind_of

MAX_EVENTS = 20_000
"""Most events of one sitting but for the submission: one every quarter of a second for 90 minutes."""

MAX_EVENT_BYTES = 2_048
"""Longest event as sent."""


def taken_until(sitting: Sitting, terms: Terms, grace_ms: int) -> datetime | RefusalCode:
    """Until when events are taken as the sitting stands, by the server's clock and with the grace of
    ``grace_ms`` after the deadline; or why none is."""
    if sitting.state is State.CLOSED and sitting.ended_by == "server":
        return "deadline"
    end = ends_at(sitting, terms)
    return "not_running" if end is None else end + timedelta(milliseconds=grace_ms)


def refusal(
    event: Journalled,
    until: datetime | RefusalCode,
    contents: Mapping[int, Content],
    *,
    size: int,
    received_at: datetime,
) -> RefusalCode | None:
    """Why the event of ``size`` bytes is not taken, or None. ``until`` is what ``taken_until`` says."""
    if isinstance(until, str):
        return until
    if received_at > until:
        return "deadline"
    return _refusal_by_size(event, size) or _refusal_by_form(event, contents)


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


def _refusal_by_size(event: Journalled, size: int) -> RefusalCode | None:
    if size > MAX_EVENT_BYTES:
        return "too_long"
    return "too_many" if event.seq > MAX_EVENTS and type(event) is not Submit else None


def _refusal_by_form(event: Journalled, contents: Mapping[int, Content]) -> RefusalCode | None:
    if type(event) is Submit:
        return None
    content = contents.get(cast("Answer | Flag | Visit", event).item)
    if content is None:
        return "unknown_item"
    if type(event) is Answer and not fits(content, event.response):
        return "bad_response"
    return None
