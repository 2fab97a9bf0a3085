"""The HAProxy of `deploy/haproxy.cfg` as a process on this machine: only addresses and files are others."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
# Debian keeps it where not everybody looks.
PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
REQUIRED = os.environ.get("KHAOTHI_REQUIRE_BROWSER") == "1"
"""Set where nothing may be skipped for want of a program."""

_ROOT_ONLY = ("user haproxy", "group haproxy", "chroot /var/lib/haproxy")
STOP_S = 10.0


def haproxy() -> str:
    """The program; without it the test is skipped, unless required."""
    found = shutil.which("haproxy", path=PLACES)
    if found is None:
        if REQUIRED:
            pytest.fail("there is no haproxy on this machine")
        pytest.skip("there is no haproxy on this machine")
    return found


def configuration(certificate: Path, replacing: dict[str, str] | None = None) -> str:
    """The file as deployed, with this certificate and these replacements, each of which must have a place."""
    text = (DEPLOY / "haproxy.cfg").read_text(encoding="utf-8")
    for old, new in {"/etc/haproxy/certs/thi.pem": str(certificate), **(replacing or {})}.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def checked(file: Path) -> str:
    """What HAProxy says of a configuration that it takes."""
    done = subprocess.run(
        [haproxy(), "-c", "-f", file], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


class Proxy:
    """HAProxy in front of two servers, by https; ``port`` is what it listens on."""

    def __init__(
        self, directory: Path, certificate: Path, port: int, plain_port: int, behind: tuple[int, int]
    ):
        self.address = f"https://localhost:{port}"
        self.plain_address = f"http://localhost:{plain_port}"
        rootless = dict.fromkeys((f"    {line}\n" for line in _ROOT_ONLY), "")
        text = configuration(
            certificate,
            rootless
            | {
                "bind :443": f"bind 127.0.0.1:{port}",
                "bind :80": f"bind 127.0.0.1:{plain_port}",
                "10.0.0.11:8080": f"127.0.0.1:{behind[0]}",
                "10.0.0.12:8080": f"127.0.0.1:{behind[1]}",
                "/run/haproxy/admin.sock": str(directory / "admin.sock"),
                # Twice as many open files are more than a test may have.
                "maxconn 20000": "maxconn 500",
            },
        )
        file = directory / "haproxy.cfg"
        file.write_text(text, encoding="utf-8")
        with (directory / "haproxy.log").open("wb") as log:
            self._process = subprocess.Popen([haproxy(), "-db", "-f", file], stdout=log, stderr=log)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        finally:
            self._process.kill()
