"""Where each candidate's tab is, as last told."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)


class Presence(NamedTuple):
    """One tab. ``unsaved``: events it holds unacknowledged; ``item``: the one in view; ``fence`` guards
    against an older connection's report."""

    sitting_id: int
    worker: int
    connected: bool
    seen_at: datetime
    answered: int
    flagged: int
    unsaved: int
    item: int | None
    received_form: bool
    fence: int


async def upsert_presence(connection: Connection, tabs: Sequence[Presence]) -> None:
    """Store what these tabs last told, each sitting at most once."""
    await connection.execute(SQL["upsert_presence"], *[list(column) for column in zip(*tabs, strict=True)])
