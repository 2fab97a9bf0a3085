"""https without a proxy: the certificate's files made into a context, or a sentence about what is wrong."""

import ssl
from datetime import datetime
from pathlib import Path

from cryptography import x509

from exam_server.errors import Invalid


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer with this certificate chain and private key, both PEM.

    Raises Invalid with code ``no_such_file``, ``tls_not_pem``, ``tls_locked_key`` when the key has a
    password, or ``tls_pair`` when the key is another certificate's.
    """
    expires_at(certificate)
    _read(key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, password=lambda: _refuse_password(key))
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise Invalid("tls_pair", place=str(key), file=str(key), certificate=str(certificate)) from error
        raise Invalid("tls_not_pem", place=str(key), file=str(key)) from error
    return context


def expires_at(certificate: Path) -> datetime:
    """When browsers stop believing the certificate.

    Raises Invalid with code ``no_such_file`` or ``tls_not_pem``.
    """
    try:
        return x509.load_pem_x509_certificate(_read(certificate)).not_valid_after_utc
    except ValueError as error:
        raise Invalid("tls_not_pem", place=str(certificate), file=str(certificate)) from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Invalid("no_such_file", place=str(file), file=str(file)) from error


def _refuse_password(key: Path) -> str:
    raise Invalid("tls_locked_key", place=str(key), file=str(key))
