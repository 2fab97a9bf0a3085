"""What signed runs found out about items: one row per version of an item and administration."""

from collections.abc import Sequence

import msgspec

from exam_server.core.expectation import LatestUse
from exam_server.core.parameter_file import ItemFigures
from exam_server.protocol.staff import ItemUse
from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)


class NewItemUse(msgspec.Struct, frozen=True, kw_only=True):
    """A row about to be stored; ``parameters`` is JSON of ItemFigures."""

    item: int
    run: int
    n: int
    difficulty: float | None
    difficulty_se: float | None
    discrimination: float | None
    model: str | None
    a: float | None
    a_se: float | None
    b: float | None
    b_se: float | None
    c: float | None
    c_se: float | None
    parameters: str | None


async def insert_item_uses(connection: Connection, uses: Sequence[NewItemUse]) -> None:
    """Store what a signed run found."""
    await connection.executemany(SQL["insert_item_use"], [msgspec.structs.astuple(use) for use in uses])


async def select_history(connection: Connection, item_id: int) -> tuple[ItemUse, ...]:
    """The signed administrations of an item, newest first."""
    return tuple(ItemUse(**row) for row in await connection.fetch(SQL["select_history"], item_id))


async def select_latest_uses(connection: Connection, exam_id: int) -> list[LatestUse]:
    """The latest signed administration of each item of an exam's paper that has one."""
    return [
        LatestUse(
            item=row["item"],
            difficulty=row["difficulty"],
            parameters=None
            if row["parameters"] is None
            else msgspec.json.decode(row["parameters"], type=ItemFigures),
        )
        for row in await connection.fetch(SQL["select_latest_uses"], exam_id)
    ]
