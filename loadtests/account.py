"""What a student knows at the end, as a line of the record that the checker reads."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from loadtests.outbox import Event

Account = Mapping[str, Any]
"""``number``, ``events``, ``receipt``, and ``seen``: what a fresh page was shown after all was over, or
None."""


def account(
    number: str,
    events: Sequence[Event],
    receipt: Mapping[str, Any] | None,
    seen: Mapping[str, Any] | None,
) -> Account:
    """The account of one student."""
    return {
        "number": number,
        "events": [
            {
                "seq": event.seq,
                "payload": b64encode(event.payload).decode(),
                "fate": event.fate,
                "at_ms": event.at_ms,
            }
            for event in events
        ],
        "receipt": None if receipt is None else {name: receipt[name] for name in ("digest", "events")},
        "seen": seen,
    }


def line_of(known: Account) -> str:
    """The account as a line of the record."""
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")) + "\n"
