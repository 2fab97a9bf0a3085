"""Settings and keys: read once, refused in words when wrong, never shown."""

import os
import stat
from ipaddress import ip_network
from pathlib import Path

import pytest

from exam_server.config import (
    Config,
    Options,
    child_environment,
    read_config,
    read_environment,
    to_environment,
)
from exam_server.errors import Invalid
from exam_server.secrets import Secrets, load_secrets, new_secrets


def test_without_settings_it_is_a_laptop() -> None:
    config = read_config({})
    assert config == Config()
    assert (config.host, config.port, config.workers, config.grace_ms) == ("127.0.0.1", 8080, 1, 2000)
    assert not config.secure


def test_the_command_line_comes_before_the_environment() -> None:
    environment = {"KHAOTHI_PORT": "9000", "KHAOTHI_WORKERS": "3", "DATABASE_URL": "postgresql://db/x"}
    config = read_config(environment, Options(port=0))
    assert (config.port, config.workers, config.database_url) == (0, 3, "postgresql://db/x")


def test_a_worker_reads_what_its_supervisor_had() -> None:
    config = Config(
        data=Path("/srv/khaothi"),
        database_url="postgresql://db/x",
        host="0.0.0.0",  # noqa: S104 -- not bound here
        port=80,
        workers=4,
        grace_ms=500,
        public_url="https://thi.example.edu.vn",
        proxies=(ip_network("10.0.0.2"), ip_network("2001:db8::/64")),
        tls_cert=Path("/etc/khaothi/chain.pem"),
        tls_key=Path("/etc/khaothi/key.pem"),
        metrics_token="t",
    )
    assert read_config(to_environment(config)) == config
    assert read_config(to_environment(Config())) == Config()


def test_a_child_process_has_the_settings_and_nothing_left_over() -> None:
    mine = {"PATH": "/bin", "KHAOTHI_METRICS_TOKEN": "old", "KHAOTHI_SETTINGS": "/etc/khaothi.env"}
    child = child_environment(mine, Config(port=9000))
    assert child["PATH"] == "/bin"
    assert read_environment(child) == child
    assert read_config(child) == Config(port=9000)


def test_a_file_of_settings_comes_after_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "khaothi.env"
    file.write_text(
        '# ours\n\n KHAOTHI_PORT=9000\nKHAOTHI_WORKERS=3\nDATABASE_URL="postgresql://db/x?a=b"\n', "utf-8"
    )
    environment = {"KHAOTHI_SETTINGS": str(file), "KHAOTHI_PORT": "9001"}
    config = read_config(read_environment(environment))
    assert (config.port, config.workers, config.database_url) == (9001, 3, "postgresql://db/x?a=b")


@pytest.mark.parametrize("line", ["KHAOTHI_PROT=1", "KHAOTHI_PORT", "KHAOTHI_PORT = 1", "export A=1"])
def test_a_bad_line_of_settings_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "khaothi.env"
    file.write_text(f"KHAOTHI_HOST=127.0.0.1\n{line}\n", "utf-8")
    with pytest.raises(Invalid, match="bad_settings_line") as caught:
        read_environment({"KHAOTHI_SETTINGS": str(file)})
    assert caught.value.params["line"] == 2


def test_a_file_of_settings_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no_such_file"):
        read_environment({"KHAOTHI_SETTINGS": str(tmp_path / "none")})


@pytest.mark.parametrize("name", ["KHAOTHI_TLS_CERT", "KHAOTHI_TLS_KEY"])
def test_a_certificate_needs_its_key(name: str) -> None:
    with pytest.raises(Invalid, match="tls_incomplete"):
        read_config({name: "/etc/khaothi/file.pem"})


def test_cookies_are_secure_where_browsers_come_by_https() -> None:
    pair = Config(tls_cert=Path("chain.pem"), tls_key=Path("key.pem"))
    assert (pair.secure, pair.scheme) == (True, "https")
    assert Config(public_url="https://thi.example.edu.vn").secure
    assert not Config(public_url="http://thi.example.edu.vn").secure


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KHAOTHI_PORT", "eighty"),
        ("KHAOTHI_PORT", "65536"),
        ("KHAOTHI_WORKERS", "0"),
        ("KHAOTHI_WORKERS", "65"),
        ("KHAOTHI_GRACE_MS", "-1"),
        ("KHAOTHI_PUBLIC_URL", "thi.example.edu.vn"),
        ("KHAOTHI_PROXIES", "proxy.example.edu.vn"),
        ("KHAOTHI_PROXIES", "10.0.0.1/8"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_config({name: value})
    assert (caught.value.code, caught.value.place) == ("bad_setting", name)


def test_keys_are_made_once_and_for_their_user_only(tmp_path: Path) -> None:
    made = load_secrets(tmp_path / "data")
    assert load_secrets(tmp_path / "data") == made
    assert len({made.pepper, made.cookie_key, made.master_key}) == 3
    assert stat.S_IMODE((tmp_path / "data" / "secrets.json").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secrets.json"]
    assert load_secrets(tmp_path / "other") != made


def test_keys_are_not_shown() -> None:
    secrets = new_secrets()
    assert repr(secrets) == "Secrets()"
    with pytest.raises(ValueError, match="32 bytes"):
        Secrets(pepper=b"", cookie_key=secrets.cookie_key, master_key=secrets.master_key)


@pytest.mark.parametrize(
    "content", ["", "{}", '{"pepper": "AA==", "cookie_key": "AA==", "master_key": "AA=="}']
)
def test_damaged_keys_are_not_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(Invalid, match="bad_secrets"):
        load_secrets(tmp_path)
    assert path.read_text() == content


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    load_secrets(tmp_path)
    (tmp_path / "secrets.json").chmod(0o640)
    with pytest.raises(Invalid, match="bad_secrets"):
        load_secrets(tmp_path)
