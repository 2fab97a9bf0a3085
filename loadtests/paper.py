"""The form: decrypted, and answered at random."""

import gzip
import json
from base64 import urlsafe_b64decode
from hashlib import sha256
from random import Random
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from loadtests.outbox import Value

NONCE_BYTES = 12

Item = dict[str, Any]
"""One item of the form, as JSON."""


class BadFormError(Exception):
    """The form is not what was announced, or its key does not open it."""


def check_blob(blob: bytes, digest: str, size: int) -> None:
    """Raises BadFormError when the encrypted bytes are not those announced."""
    if len(blob) != size or sha256(blob).hexdigest() != digest:
        raise BadFormError("the form's bytes are not those announced")


def open_paper(blob: bytes, key: str) -> list[Item]:
    """The items of an encrypted form: 12-byte nonce, AES-256-GCM over gzip over JSON. Raises BadFormError."""
    try:
        plain = AESGCM(urlsafe_b64decode(key + "==")).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], None)
        form = json.loads(gzip.decompress(plain))
    except (InvalidTag, ValueError, OSError, EOFError) as error:
        raise BadFormError("the key does not open the form") from error
    return [item for part in form["parts"] for item in part["items"]]


def response(item: Item, random: Random) -> Value:
    """Some answer that the item takes."""
    content = item["content"]
    if content["kind"] == "single_choice":
        return str(random.choice(content["options"])["id"])
    if content["kind"] == "true_false":
        return [random.random() < 0.5 for _ in content["statements"]]
    return str(random.randint(0, 999))
