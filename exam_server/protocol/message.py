"""The base of every message, and the limits both sides keep."""

from typing import Annotated

import msgspec

VERSION = 1
"""Protocol version; a client of another version is told to reload."""

MAX_MESSAGE_BYTES = 16 * 1024
"""Largest message a client may send; a larger one ends the connection with code ``too_large``."""

MAX_UNACKNOWLEDGED = 64
"""Most events a client may have in flight; it waits for acknowledgements before sending more."""

MAX_LINE_WAIT_MS = 10_000
"""Longest that a client without a socket may ask a reply to be held back for news."""

Seq = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
"""The place of an event in its sitting's journal."""

Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]

Id = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
"""The number of a row, exact in a browser too."""

Short = Annotated[str, msgspec.Meta(max_length=100)]
"""What someone types to say who they are."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """A tagged message on the candidate's socket."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A JSON body of an HTTP request or reply."""
