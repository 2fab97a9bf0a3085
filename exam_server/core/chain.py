"""Hash chains: each event carries SHA-256 over itself and its predecessor, so that none can be changed or
left out unseen.

Integers are 8 bytes, big-endian, two's complement; text is UTF-8 behind its length in bytes.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from struct import Struct

import msgspec

from exam_server.core.timing import instant_us

_JOURNAL = b"khaothi journal 1"
_EVENTS = b"khaothi sitting events 1"
_JOURNALLED = Struct(">4q")


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One journalled event as the chain sees it; ``payload`` is the message as received."""

    seq: int
    fence: int
    received_at: datetime
    payload: bytes
    chain: bytes


def journal_genesis(sitting_id: int, seed: int) -> bytes:
    """What the journal's first event has for a predecessor; 32 bytes."""
    return sha256(_JOURNAL + _integers(sitting_id, seed)).digest()


def journal_chain(
    previous: bytes, *, sitting_id: int, seq: int, fence: int, received_at: datetime, payload: bytes
) -> bytes:
    """SHA-256 of previous ‖ sitting ‖ seq ‖ fence ‖ received, in microseconds ‖ payload."""
    numbers = _JOURNALLED.pack(sitting_id, seq, fence, instant_us(received_at))
    return sha256(previous + numbers + payload).digest()


def broken_at(sitting_id: int, seed: int, links: Iterable[Link]) -> int | None:
    """The first ``seq`` at which a journal, in order, is not what was chained; None when it is whole."""
    previous = journal_genesis(sitting_id, seed)
    for place, link in enumerate(links, start=1):
        expected = journal_chain(
            previous,
            sitting_id=sitting_id,
            seq=link.seq,
            fence=link.fence,
            received_at=link.received_at,
            payload=link.payload,
        )
        if link.seq != place or link.chain != expected:
            return place
        previous = expected
    return None


def event_genesis(sitting_id: int) -> bytes:
    """What a sitting's first server-side event has for a predecessor; 32 bytes."""
    return sha256(_EVENTS + _integers(sitting_id)).digest()


def event_chain(previous: bytes, *, sitting_id: int, n: int, at: datetime, texts: Iterable[str]) -> bytes:
    """SHA-256 of previous ‖ sitting ‖ n ‖ what happened."""
    return sha256(previous + _integers(sitting_id, n) + happened(at, texts)).digest()


def happened(at: datetime, texts: Iterable[str]) -> bytes:
    """What happened, as its chain value covers it: at, in microseconds ‖ each text behind its length."""
    return _integers(instant_us(at)) + b"".join(map(_text, texts))


def receipt_code(digest: bytes) -> str:
    """The digest's first 12 hex digits in groups of four, as printed on the receipt."""
    digits = digest.hex()[:12].upper()
    return "-".join(digits[place : place + 4] for place in range(0, 12, 4))


def _integers(*values: int) -> bytes:
    return b"".join(value.to_bytes(8, "big", signed=True) for value in values)


def _text(text: str) -> bytes:
    encoded = text.encode()
    return _integers(len(encoded)) + encoded
