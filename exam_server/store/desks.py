"""Who sat where."""

from exam_server.core.forensic_data import Desk
from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)


async def select_desks(connection: Connection, exam_id: int, shift_id: int | None) -> list[Desk]:
    """Who sat where, of the scripts of an exam, or of one of its shifts, that are in."""
    return [Desk(**row) for row in await connection.fetch(SQL["select_desks"], exam_id, shift_id)]
