"""The record of who did what, written in the transaction that did it."""

from datetime import datetime

from exam_server.store.database import Connection, read_queries
from exam_server.store.staff import StaffMember

SQL = read_queries(__file__)


async def record(
    connection: Connection, *, now: datetime, actor: str, action: str, subject: str, detail: str = ""
) -> None:
    """Add one line: the actor ("staff:ha", "command line"),
    the action ("exam.create") and what it was done to."""
    await connection.execute(SQL["insert_audit"], now, actor, action, subject, detail)


async def record_of(
    connection: Connection, member: StaffMember, now: datetime, action: str, subject: str, detail: str
) -> None:
    """Note what a member of staff did."""
    await record(
        connection, now=now, actor=f"staff:{member.username}", action=action, subject=subject, detail=detail
    )
