"""The doctor on real disks, databases and sockets."""

import ast
import json
import os
import resource
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import exam_server.doctor
from exam_server.catalogue import languages, text, texts
from exam_server.cli.session import alone
from exam_server.config import Config
from exam_server.doctor import clock, database, disk, machine, network
from exam_server.doctor.certificate import examine_certificate
from exam_server.doctor.finding import Finding, Patient
from exam_server.doctor.secret_keys import examine_secrets
from exam_server.secrets import load_secrets
from exam_server.store.database import Database, fetch_existing
from exam_server.store.embedded import EmbeddedPostgres

Khaothi = Callable[..., "subprocess.CompletedProcess[str]"]
SOURCES = sorted(Path(exam_server.doctor.__file__).parent.glob("*.py"))


def run(
    data: Path, *arguments: str, files: int = 0, **environment: str
) -> "subprocess.CompletedProcess[str]":
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("KHAOTHI", "DATABASE"))
    }
    limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))) if files else None
    return subprocess.run(
        [sys.executable, "-m", "exam_server", "doctor", "--data", str(data), *arguments],
        env={
            **clean,
            "KHAOTHI_LANG": "vi",
            "COLUMNS": "200",
            "NO_COLOR": "1",
            "KHAOTHI_PORT": "0",
            **environment,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=limit,
    )


def checks(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    return {check["check"]: check for check in json.loads(done.stdout)["checks"]}


def patient(students: int, **config: Any) -> Patient:
    return Patient(config=Config(**config), students=students)


def literal(value: ast.expr | None) -> Iterator[str]:
    for node in ast.walk(value) if value is not None else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_finding_has_its_words() -> None:
    known = texts("vi", "doctor")
    found = 0
    for source in SOURCES:
        for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", "") != "Finding":
                continue
            values = {keyword.arg: keyword.value for keyword in call.keywords}
            for check in literal(values["check"]):
                found += 1
                assert {check, f"{check}_measured", f"{check}_need"} <= known.keys()
                advice = values.get("advice")
                for code in literal(advice if not isinstance(advice, ast.IfExp) else advice.body):
                    assert f"{check}_{code}" in known, (check, code)
    assert found > 15


def test_a_machine_without_data_is_measured_and_left_as_it_was(tmp_path: Path) -> None:
    data = tmp_path / "not" / "there"
    done = run(data, "--students", "24", "--json")
    found = checks(done)
    assert not (tmp_path / "not").exists()
    assert list(tmp_path.iterdir()) == []
    assert found["commit"]["figures"]["p99_ms"] > 0
    assert found["durable"]["level"] == "ok"
    assert found["secrets"]["advice"] == text("vi", "doctor", "secrets_none_yet")
    assert done.returncode == (1 if any(one["level"] == "fail" for one in found.values()) else 0)
    for check in found.values():
        assert check["measured"]
        assert "{" not in f"{check['measured']}{check['need']}{check['advice']}"


def test_too_few_files_fail_and_say_how_to_raise_them(tmp_path: Path) -> None:
    done = run(tmp_path, "--students", "900", files=1_000)
    assert done.returncode == 1
    assert text("vi", "doctor", "files_hard", need="1200") in " ".join(done.stdout.split("\n")).replace(
        "  ", " "
    )
    assert text("vi", "doctor", "verdict_fail", students="900") in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["--students", "0"], ["--students", "many"], ["--student"]])
def test_used_wrongly(tmp_path: Path, arguments: list[str]) -> None:
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_directory_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file" / "data")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert str(tmp_path / "file") in done.stderr


def test_a_directory_in_which_nothing_can_be_made_is_one_sentence() -> None:
    done = run(Path("/proc/none"))
    assert done.returncode == 1
    assert done.stderr.strip().endswith(text("vi", "errors", "bad_data_directory", directory="/proc/none"))


def test_the_file_of_settings_counts(tmp_path: Path) -> None:
    settings = tmp_path / "khaothi.env"
    settings.write_text("DATABASE_URL=postgresql://127.0.0.1:1/none\n", encoding="utf-8")
    done = run(tmp_path / "data", "--json", KHAOTHI_SETTINGS=str(settings))
    assert done.returncode == 1
    assert checks(done)["commit"]["level"] == "fail"


def test_a_database_that_is_away_fails(tmp_path: Path) -> None:
    found = checks(run(tmp_path, "--json", DATABASE_URL="postgresql://127.0.0.1:1/x"))
    assert found["commit"]["level"] == "fail"
    assert "DATABASE_URL" in found["commit"]["advice"]


def test_a_running_server_keeps_its_database(tmp_path: Path) -> None:
    private = EmbeddedPostgres(tmp_path / "postgres")
    try:
        with alone(tmp_path) as first:
            assert first
            found = checks(run(tmp_path, "--json"))
        assert found["commit"]["level"] != "fail"
        private.ensure_running()
        assert EmbeddedPostgres(tmp_path / "postgres").pid == private.pid
    finally:
        private.stop()


async def test_a_database_that_forgets_is_refused(database: Database) -> None:
    # The cluster of the tests has fsync off.
    async with database.connection() as connection:
        assert (await fetch_existing(connection, "SHOW fsync"))[0] == "off"
    found = {one.check: one for one in await database_settings(database)}
    assert (found["durable"].level, found["durable"].figures["off"]) == ("fail", "fsync")
    assert found["version"].level == found["connections"].level == "ok"


async def database_settings(opened: Database, workers: int = 1) -> list[Finding]:
    return await database.examine_settings(patient(1, workers=workers), opened)


async def test_many_workers_need_many_connections(database: Database) -> None:
    found = {one.check: one for one in await database_settings(database, workers=20)}
    assert (found["connections"].level, found["connections"].advice) == ("fail", "few")


def test_the_disk_is_timed_and_nothing_stays(tmp_path: Path) -> None:
    found = disk.examine_sync(tmp_path, 0.05)
    assert 0 < float(found.figures["p50_ms"]) <= float(found.figures["p99_ms"])
    assert list(tmp_path.iterdir()) == []


def test_room_on_the_disk_grows_with_the_students(tmp_path: Path) -> None:
    assert disk.examine_space(tmp_path, 10**9).level == "fail"
    few, many = (disk.examine_space(tmp_path, students).figures["need_gib"] for students in (1, 10_000))
    assert float(many) > float(few)


def test_memory_and_processors_have_an_end() -> None:
    assert machine.examine_memory(patient(10**9)).level == "fail"
    assert machine.examine_memory(patient(1)).level == "ok"
    assert machine.examine_processor(patient(10**9), 0.01).level == "fail"
    assert machine.examine_processor(patient(1), 0.01).level == "ok"


def test_a_taken_port_is_told_from_our_own() -> None:
    with create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        threading.Thread(target=hang_up, args=(held,), daemon=True).start()
        found = network.examine_port(Config(port=port))
    assert (found.level, found.advice) == ("fail", "port_taken")
    assert network.examine_port(Config(host="192.0.2.1", port=0)).advice == "bad_host"


def hang_up(listener: Any) -> None:
    """Not a web server: takes a connection and ends it."""
    with suppress(OSError):
        listener.accept()[0].close()


async def test_keys_that_others_may_read(tmp_path: Path, database: Database) -> None:
    load_secrets(tmp_path)
    assert (await examine_secrets(Config(data=tmp_path), database)).level == "ok"
    (tmp_path / "secrets.json").chmod(0o644)
    found = await examine_secrets(Config(data=tmp_path), database)
    assert (found.level, found.advice) == ("fail", "bad_secrets")


def test_the_zone_and_the_clock() -> None:
    there = datetime(2026, 6, 26, 8, tzinfo=UTC)
    assert clock.examine_zone(there).level == "caution"
    assert clock.Watch().examine().level == "ok"
    assert clock.examine_synchronised().figures["source"]


def test_http_is_said_to_be_http() -> None:
    found = examine_certificate(Config(), datetime.now(UTC))
    assert (found.level, found.advice) == ("caution", "plain")


@pytest.mark.parametrize(("days", "advice"), [(90, "distrusted"), (-1, "expired")])
def test_a_certificate_that_browsers_refuse(tmp_path: Path, days: int, advice: str) -> None:
    now = datetime.now(UTC)
    with serving_tls(tmp_path, now + timedelta(days=days)) as port:
        found = examine_certificate(Config(public_url=f"https://localhost:{port}"), now)
    assert (found.level, found.advice) == ("fail", advice)
    assert "ECDSA" in str(found.figures["seen"])


@pytest.mark.parametrize(("days", "level", "advice"), [(90, "ok", None), (9, "caution", "soon")])
def test_certificate_files_of_the_server(tmp_path: Path, days: int, level: str, advice: str | None) -> None:
    now = datetime.now(UTC)
    both = self_signed(tmp_path, now + timedelta(days=days, hours=1))
    found = examine_certificate(Config(tls_cert=both, tls_key=both), now)
    assert (found.level, found.advice, found.figures["days"]) == (level, advice, days)


def test_certificate_files_that_do_not_work(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    both = self_signed(tmp_path, now + timedelta(days=90))
    other = self_signed(tmp_path, now + timedelta(days=90), "other.pem")
    nothing = tmp_path / "nothing.pem"
    for key, advice in ((other, "tls_pair"), (nothing, "no_such_file")):
        found = examine_certificate(Config(tls_cert=both, tls_key=key), now)
        assert (found.level, found.advice) == ("fail", advice)
        assert f"certificate_{advice}" in texts("vi", "doctor")


def test_nobody_answers_https() -> None:
    found = examine_certificate(Config(public_url="https://127.0.0.1:1"), datetime.now(UTC))
    assert (found.level, found.advice) == ("fail", "unreachable")


@contextmanager
def serving_tls(directory: Path, until: datetime) -> Generator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(directory, until))
    with create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=shake_hands, args=(listener, context), daemon=True).start()
        yield listener.getsockname()[1]


def shake_hands(listener: Any, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            line, _ = listener.accept()
            with suppress(OSError), context.wrap_socket(line, server_side=True) as secure:
                secure.recv(1)


def self_signed(directory: Path, until: datetime, file: str = "both.pem") -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(until - timedelta(days=200))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = directory / file
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(pem))
    return path


def test_both_languages_speak() -> None:
    for language in languages():
        assert texts(language, "doctor")["verdict_ok"]
