"""What a browser sees of https: whom the certificate is for, until when, and what it costs."""

import socket
import ssl
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from exam_server.config import Config
from exam_server.doctor.finding import Finding
from exam_server.errors import Invalid
from exam_server.tls import server_context

SOON_DAYS = 30
_CONNECT_S = 5.0


def examine_certificate(config: Config, now: datetime) -> Finding:
    """Connects to the public address as a browser would; without one, looks into the files that the server
    is given. Plain http is a caution: whoever listens on the network reads the answers."""
    if config.public_url is None and config.tls_cert is not None and config.tls_key is not None:
        return _examine_files(config.tls_cert, config.tls_key, now)
    if not (config.public_url or "").startswith("https://"):
        return Finding(check="certificate", level="caution", figures={"seen": "http"}, advice="plain")
    parts = urlsplit(config.public_url or "")
    host, port = parts.hostname or "", parts.port or 443
    try:
        der, distrust = _fetch(host, port)
    except OSError as error:
        figures = {"seen": host, "why": error.strerror or str(error)}
        return Finding(check="certificate", level="fail", figures=figures, advice="unreachable")
    return _judge(x509.load_der_x509_certificate(der), host, distrust, now)


def _examine_files(certificate: Path, key: Path, now: datetime) -> Finding:
    try:
        server_context(certificate, key)
    except Invalid as error:
        figures = {"seen": str(certificate), "file": error.place or str(certificate)}
        return Finding(check="certificate", level="fail", figures=figures, advice=error.code)
    return _judge(x509.load_pem_x509_certificate(certificate.read_bytes()), str(certificate), None, now)


def _judge(certificate: x509.Certificate, host: str, distrust: str | None, now: datetime) -> Finding:
    days = (certificate.not_valid_after_utc - now).days
    elliptic = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    kind = "ECDSA" if elliptic else "RSA"
    figures = {"seen": f"{host}, {kind}", "days": days, "why": distrust or ""}
    if days < 0:
        return Finding(check="certificate", level="fail", figures=figures, advice="expired")
    if distrust is not None:
        return Finding(check="certificate", level="fail", figures=figures, advice="distrusted")
    if days < SOON_DAYS:
        return Finding(check="certificate", level="caution", figures=figures, advice="soon")
    if not elliptic:
        return Finding(check="certificate", level="caution", figures=figures, advice="rsa")
    return Finding(check="certificate", figures=figures)


def _fetch(host: str, port: int) -> tuple[bytes, str | None]:
    """The certificate, and why a browser would not trust it for this name; None when it would."""
    try:
        return _handshake(host, port, ssl.create_default_context()), None
    except ssl.SSLCertVerificationError as error:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # only to look at it
        return _handshake(host, port, context), error.verify_message


def _handshake(host: str, port: int, context: ssl.SSLContext) -> bytes:
    with (
        socket.create_connection((host, port), timeout=_CONNECT_S) as line,
        context.wrap_socket(line, server_hostname=host) as secure,
    ):
        return secure.getpeercert(binary_form=True) or b""
