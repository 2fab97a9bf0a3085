"""The base of every message, and the limits both sides keep."""

import msgspec

VERSION = 1
"""Protocol version; a client of another version is told to reload."""

MAX_MESSAGE_BYTES = 16 * 1024
"""Largest message a client may send; a larger one ends the connection with code ``too_large``."""

MAX_UNACKNOWLEDGED = 64
"""Most events a client may have in flight; it waits for acknowledgements before sending more."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """A tagged message on the candidate's socket."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A JSON body of an HTTP request or reply."""
