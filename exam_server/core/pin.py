"""The candidate's PIN: six digits, kept only as a keyed hash."""

import hmac
from hashlib import sha256

PIN_DIGITS = 6


def pin_hmac(pepper: bytes, shift_id: int, number: str, pin: str) -> bytes:
    """HMAC-SHA-256 of a PIN, bound to its shift and candidate number:
    equal PINs do not look equal in the database."""
    return hmac.digest(pepper, f"{shift_id}\x00{number}\x00{pin}".encode(), sha256)
