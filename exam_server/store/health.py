"""Whether the database answers."""

from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)


async def select_alive(connection: Connection) -> None:
    """Ask for an answer. Raises one of ``database.AWAY`` when there is none."""
    await connection.fetchval(SQL["select_alive"])
