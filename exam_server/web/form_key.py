"""A form's key as text."""

from base64 import urlsafe_b64encode


def form_key_text(key: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(key).rstrip(b"=").decode()
