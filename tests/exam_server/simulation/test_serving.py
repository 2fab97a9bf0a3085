"""The server of benches and load runs: its settings are its own, whatever this machine's server has."""

import asyncio
from pathlib import Path

import pytest

from exam_server.config import SETTINGS_FILE
from exam_server.simulation.serving import READY_S, serving
from exam_server.store.embedded import EmbeddedPostgres
from tests.exam_server.serving import empty_database

pytestmark = pytest.mark.slow


async def test_the_environments_settings_are_not_its_own(
    cluster: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTINGS_FILE, str(tmp_path / "absent.env"))
    monkeypatch.setenv("KHAOTHI_TLS_CERT", str(tmp_path / "absent.pem"))
    monkeypatch.setenv("KHAOTHI_TLS_KEY", str(tmp_path / "absent.key"))
    async with empty_database(cluster, "served") as url, serving(tmp_path, url) as server:
        assert server.address.startswith("http://")
        assert server.workers()


async def test_a_server_that_does_not_start_is_not_waited_for(tmp_path: Path) -> None:
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        async with serving(tmp_path, "postgresql://127.0.0.1:1/none"):
            pass
    assert asyncio.get_running_loop().time() - began < READY_S / 2
