"""What the workers of all machines say of themselves, and where their database keeps its data."""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address

import msgspec

from exam_server.core.figures import Family, Figures
from exam_server.core.window import FORGOTTEN_AFTER_S, LOST_AFTER_S, SLOT_S, Heard, Slot
from exam_server.store.database import Connection, fetch_existing, read_queries

SQL = read_queries(__file__)

HISTORY_S = 900
"""How far back the window shows."""


class StoredWorker(msgspec.Struct, frozen=True, kw_only=True):
    """A worker as last heard; the times by the database's clock."""

    worker: int
    host: str
    pid: int
    started_at: datetime
    heard_s: float
    started_s: float
    figures: Figures

    @property
    def heard(self) -> Heard:
        """For ``core.window``."""
        return Heard(worker=self.worker, host=self.host, heard_s=self.heard_s, started_s=self.started_s)


class ShiftFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What a shift asks of the server."""

    connected: int
    unsaved: int
    answered: int


async def upsert_worker(
    connection: Connection,
    worker: int,
    host: str,
    pid: int,
    figures: Figures,
    families: Sequence[Family],
) -> int:
    """Store what a worker says of itself now; the slot in which it says so."""
    packed = (msgspec.msgpack.encode(figures), msgspec.msgpack.encode(families))
    row = await fetch_existing(connection, SQL["upsert_worker"], worker, host, pid, *packed)
    return row["slot"]


async def insert_history(connection: Connection, slot: int, worker: int, host: str, figures: Figures) -> None:
    """Keep what a worker did until this slot, and forget what is too long ago."""
    await connection.execute(SQL["insert_history"], slot, worker, host, msgspec.msgpack.encode(figures))
    await connection.execute(SQL["delete_history_before"], slot - HISTORY_S // SLOT_S)
    await connection.execute(SQL["delete_workers_silent"], FORGOTTEN_AFTER_S)


async def delete_worker(connection: Connection, worker: int) -> None:
    """Forget a worker that ends as it should."""
    await connection.execute(SQL["delete_worker"], worker)


async def select_workers(connection: Connection) -> list[StoredWorker]:
    """Every worker that has been heard lately, by machine."""
    rows = [dict(row) for row in await connection.fetch(SQL["select_workers"])]
    return [StoredWorker(figures=_figures(row.pop("figures")), **row) for row in rows]


async def select_families(connection: Connection, host: str) -> dict[int, tuple[Family, ...]]:
    """The metrics of the live workers of a machine."""
    rows = await connection.fetch(SQL["select_families"], host, LOST_AFTER_S)
    return {row["id"]: msgspec.msgpack.decode(row["families"], type=tuple[Family, ...]) for row in rows}


async def select_history(connection: Connection, since: int) -> tuple[list[Slot], dict[int, str]]:
    """What the workers did after a slot, and the machines of these workers."""
    slots: dict[int, dict[int, Figures]] = {}
    hosts: dict[int, str] = {}
    for slot, worker, host, packed in await connection.fetch(SQL["select_history"], since):
        slots.setdefault(slot, {})[worker] = _figures(packed)
        hosts[worker] = host
    return [Slot(slot=slot, workers=workers) for slot, workers in slots.items()], hosts


async def select_slot(connection: Connection) -> int:
    """The slot that it is now."""
    row = await fetch_existing(connection, SQL["select_slot"])
    return row["slot"]


async def select_optional_directory(connection: Connection) -> str | None:
    """PostgreSQL's data directory when it is on this machine and the role may know it.

    Its address tells: a Unix socket or loopback as PostgreSQL itself sees it, whatever stands between.
    """
    row = await fetch_existing(connection, SQL["select_place"])
    address = row["address"]
    if address is not None and not ip_address(address).is_loopback:
        return None
    directory: str | None = row["directory"]
    return directory


async def select_database_bytes(connection: Connection) -> int:
    """What the database takes on its disk."""
    row = await fetch_existing(connection, SQL["select_database_bytes"])
    return row["size"]


async def select_reserving(
    connection: Connection, now: datetime, until: datetime
) -> tuple[int, datetime | None]:
    """How many candidates have shifts that run or begin until then, and when the last is over."""
    row = await fetch_existing(connection, SQL["select_reserving"], now, until)
    return row["candidates"], row["ends_at"]


async def select_shift_load(connection: Connection, shift_id: int, seen_after: datetime) -> ShiftFigures:
    """What a shift asks of the server; a tab not seen since then is not connected."""
    row = await fetch_existing(connection, SQL["select_shift_load"], shift_id, seen_after)
    return ShiftFigures(**row)


def _figures(packed: bytes) -> Figures:
    return msgspec.msgpack.decode(packed, type=Figures)
