"""https without a proxy: a school's own certificate, and what is said about a bad one."""

import asyncio
import re
import ssl
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import aiohttp
import numpy as np
import pytest
from cryptography import x509

from exam_server.clock import SystemClock
from exam_server.config import Config
from exam_server.errors import Invalid
from exam_server.secrets import load_secrets
from exam_server.simulation.serving import free_port
from exam_server.simulation.world import Plan, make_world
from exam_server.store.database import open_database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.tls import expires_at, server_context
from tests.exam_server.certificates import Authority
from tests.exam_server.serving import Service, empty_database, serving
from tests.faults.room import Room, Seating
from tests.faults.stage import Site

ROOT = Path(__file__).parents[2]
STUDENTS = 4


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def trusting(file: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(file))


def strangers() -> ssl.SSLContext:
    """Trusts nobody."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def shown(service: Service, trust: ssl.SSLContext) -> x509.Certificate:
    """The certificate that the server shows. Raises SSLCertVerificationError when it is not trusted."""
    _, writer = await asyncio.open_connection("localhost", service.config.port, ssl=trust)
    seen = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    with suppress(ConnectionError, ssl.SSLError):
        await writer.wait_closed()
    return x509.load_der_x509_certificate(seen)


@pytest.mark.slow
async def test_a_school_without_a_proxy(
    cluster: EmbeddedPostgres, tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = authority.issue("first")
    # What simulated students trust, like the PCs on which the school's authority is installed.
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    trust = trusting(authority.file)
    async with empty_database(cluster, "serve_tls") as url:
        config = Config(data=tmp_path, database_url=url, port=free_port(), tls_cert=certificate, tls_key=key)
        async with serving(config) as service:
            first = await shown(service, trust)
            assert first == x509.load_pem_x509_certificate(certificate.read_bytes())
            await pages_are_of_this_origin(service.address, trust)
            await students_sit(service, trust)

            with pytest.raises(ssl.SSLCertVerificationError):
                await shown(service, strangers())
            older = trusting(authority.file)
            older.maximum_version = ssl.TLSVersion.TLSv1_2
            await shown(service, older)

            # Renewed: written over the old one, then a reload.
            authority.issue("first", days=90)
            await service.restart()
            second = await shown(service, trust)
            assert second.not_valid_after_utc < first.not_valid_after_utc


async def pages_are_of_this_origin(address: str, trust: ssl.SSLContext) -> None:
    """And browsers are told to come by https for good."""
    plain = address.replace("https", "http")
    async with aiohttp.ClientSession() as http:
        for origin, status in ((address, HTTPStatus.UNAUTHORIZED), (plain, HTTPStatus.FORBIDDEN)):
            login = http.post(
                f"{address}/api/candidate/login",
                json={"number": "1", "pin": "1"},
                headers={"Origin": origin},
                ssl=trust,
            )
            async with login as reply:
                assert reply.status == status
                assert "max-age" in reply.headers["Strict-Transport-Security"]


async def students_sit(service: Service, trust: ssl.SSLContext) -> None:
    """From the login to the receipt, by https and wss alone."""
    url, clock, rng = service.config.database_url or "", SystemClock(), np.random.default_rng(1)
    secrets = load_secrets(service.config.data)
    plan = Plan(opens_at=clock.now() + timedelta(hours=1), students=STUDENTS)
    async with open_database(url, most=1) as database, database.transaction() as connection:
        world = await make_world(connection, plan, secrets, rng)
    site = Site(address=service.address, database_url=url, secrets=secrets, clock=clock)
    cookies, connector = aiohttp.DummyCookieJar(), aiohttp.TCPConnector(ssl=trust)
    async with aiohttp.ClientSession(cookie_jar=cookies, connector=connector) as http:
        room = Room(site, world, http, rng, Seating(students=STUDENTS))
        try:
            await room.begin()
            await room.progress()
            await room.finish()
        finally:
            await room.leave()
    verdict = await room.verdict()
    assert verdict.passed, verdict
    assert room.reconnections == 0


Spoil = Callable[[Authority, Path], tuple[Path, Path]]


def spoilt_missing(authority: Authority, tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "none.pem", authority.issue("a")[1]


def spoilt_swapped(authority: Authority, _: Path) -> tuple[Path, Path]:
    certificate, key = authority.issue("a")
    return key, certificate


def spoilt_text(authority: Authority, tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "text.pem").write_text("not a certificate")
    return tmp_path / "text.pem", authority.issue("a")[1]


def spoilt_truncated(authority: Authority, _: Path) -> tuple[Path, Path]:
    certificate, key = authority.issue("a")
    key.write_bytes(key.read_bytes()[:80])
    return certificate, key


def spoilt_pair(authority: Authority, _: Path) -> tuple[Path, Path]:
    return authority.issue("a")[0], authority.issue("b")[1]


def spoilt_locked(authority: Authority, _: Path) -> tuple[Path, Path]:
    return authority.issue("a", password=b"secret")


@pytest.mark.parametrize(
    ("spoil", "code", "blamed"),
    [
        (spoilt_missing, "no_such_file", "none.pem"),
        (spoilt_swapped, "tls_not_pem", "a-key.pem"),
        (spoilt_text, "tls_not_pem", "text.pem"),
        (spoilt_truncated, "tls_not_pem", "a-key.pem"),
        (spoilt_pair, "tls_pair", "b-key.pem"),
        (spoilt_locked, "tls_locked_key", "a-key.pem"),
    ],
)
def test_what_is_wrong_is_told(
    authority: Authority, tmp_path: Path, spoil: Spoil, code: str, blamed: str
) -> None:
    with pytest.raises(Invalid) as caught:
        server_context(*spoil(authority, tmp_path))
    assert caught.value.code == code
    assert caught.value.params["file"] == str(tmp_path / blamed)


@pytest.mark.parametrize("document", ["docs/technician.md", "docs/vi/technician.md"])
def test_the_commands_that_make_a_certificate_do(tmp_path: Path, document: str) -> None:
    """As they stand in the document."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / document).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    [commands] = [block for block in blocks if "openssl" in block]
    subprocess.run(["sh", "-ec", commands], cwd=tmp_path, capture_output=True, timeout=60, check=True)
    server_context(tmp_path / "thi.pem", tmp_path / "thi-key.pem")
    made, authority = (
        x509.load_pem_x509_certificate((tmp_path / name).read_bytes()) for name in ("thi.pem", "ca.pem")
    )
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["thi.truong-a.lan"]
    assert made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    made.verify_directly_issued_by(authority)


def test_the_end_of_a_certificate_is_known(authority: Authority) -> None:
    assert expires_at(authority.issue("old", days=-3)[0]) < SystemClock().now()
    assert expires_at(authority.issue("new")[0]) > SystemClock().now()


@pytest.mark.parametrize(
    ("days", "sentence"), [(-3, "expired on"), (10, "expires on"), (397, None)], ids=["past", "soon", "far"]
)
def test_an_expired_certificate_is_spoken_of(
    authority: Authority, tmp_path: Path, days: int, sentence: str | None
) -> None:
    """At the start, before anything else can go wrong: here, an address that is not this machine's."""
    certificate, key = authority.issue("one", days=days)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "exam_server", "serve", "--host", "192.0.2.1", "--data", tmp_path),
            *("--tls-cert", certificate, "--tls-key", key),
        ],
        env={"PATH": "/usr/bin:/bin", "KHAOTHI_LANG": "en", "COLUMNS": "400"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert (sentence or "is not an address") in done.stderr
    assert ("expire" in done.stderr) is (sentence is not None)
