"""The encrypted form: the same bytes for every candidate who has it,
unreadable until the bell gives its key."""

import gzip

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exam_server.protocol.form import Form

KEY_BYTES = 32
NONCE_BYTES = 12
_WRAP_CONTEXT = b"khaothi form key 1"


def compile_form(form: Form, key: bytes, nonce: bytes) -> bytes:
    """JSON, then gzip, then AES-256-GCM: 12-byte nonce, ciphertext, 16-byte tag.
    A key is for one form only."""
    plain = gzip.compress(msgspec.json.encode(form), mtime=0)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def open_form(blob: bytes, key: bytes) -> Form:
    """The form in an encrypted blob. Raises ValueError when the key is wrong or the bytes are damaged."""
    try:
        plain = AESGCM(key).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], None)
    except InvalidTag as error:
        raise ValueError("wrong key or damaged form") from error
    return msgspec.json.decode(gzip.decompress(plain), type=Form)


def wrap_key(master: bytes, key: bytes, nonce: bytes) -> bytes:
    """A form's key under the server's master key: nonce, ciphertext, tag."""
    return nonce + AESGCM(master).encrypt(nonce, key, _WRAP_CONTEXT)


def unwrap_key(master: bytes, wrapped: bytes) -> bytes:
    """A form's key again. Raises ValueError when the master key is another one."""
    try:
        return AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _WRAP_CONTEXT)
    except InvalidTag as error:
        raise ValueError("not wrapped with this master key") from error
