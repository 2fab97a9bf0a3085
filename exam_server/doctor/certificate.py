"""What a browser sees of https: whom the certificate is for, until when, and what it costs."""

import socket
import ssl
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from exam_server.config import Config
from exam_server.doctor.finding import Finding

SOON_DAYS = 30
_CONNECT_S = 5.0


def examine_certificate(config: Config, now: datetime) -> Finding:
    """Connects to the public address as a browser would. Plain http is a caution: whoever listens on the
    network reads the answers."""
    if not config.secure:
        return Finding(check="certificate", level="caution", figures={"seen": "http"}, advice="plain")
    parts = urlsplit(config.public_url or "")
    host, port = parts.hostname or "", parts.port or 443
    try:
        der, distrust = _fetch(host, port)
    except OSError as error:
        figures = {"seen": host, "why": error.strerror or str(error)}
        return Finding(check="certificate", level="fail", figures=figures, advice="unreachable")
    return _judge(x509.load_der_x509_certificate(der), host, distrust, now)


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
