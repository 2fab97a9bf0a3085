"""Corrections of keys, each of one item in one exam."""

from datetime import datetime

import msgspec

from exam_server.core.key_change import AppliedKey, State
from exam_server.store.banks import read_key
from exam_server.store.database import Connection, fetch_existing, read_queries
from item_bank.kinds import Key

SQL = read_queries(__file__)


class StoredKeyChange(msgspec.Struct, frozen=True, kw_only=True):
    """A correction."""

    id: int
    exam_id: int
    exam: str
    item: int
    old_key: Key | None
    new_key: Key | None
    reason: str
    state: State
    replaces: int | None
    proposed_by: int
    proposed_name: str
    proposed_at: datetime
    decided_name: str | None
    decided_at: datetime | None


class NewKeyChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A correction about to be stored."""

    exam_id: int
    item: int
    old_key: Key | None
    new_key: Key | None
    reason: str
    proposed_by: int
    proposed_at: datetime


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Who decided when, and why."""

    staff_id: int
    now: datetime
    reason: str


async def insert_key_change(connection: Connection, new: NewKeyChangeRow) -> int:
    """Add a proposed correction and return the id."""
    row = await fetch_existing(
        connection,
        SQL["insert_key_change"],
        new.exam_id,
        new.item,
        _text(new.old_key),
        _text(new.new_key),
        new.reason,
        new.proposed_by,
        new.proposed_at,
    )
    return row[0]


async def select_key_changes(connection: Connection, exam_id: int) -> list[StoredKeyChange]:
    """The corrections of an exam, newest first."""
    return [_change(dict(row)) for row in await connection.fetch(SQL["select_key_changes"], exam_id, None)]


async def select_optional_key_change(connection: Connection, change_id: int) -> StoredKeyChange | None:
    """A correction."""
    row = await connection.fetchrow(SQL["select_key_changes"], None, change_id)
    return None if row is None else _change(dict(row))


async def select_live_keys(connection: Connection, exam_id: int) -> tuple[AppliedKey, ...]:
    """The keys that count in an exam instead of the items' own, by item."""
    rows = await connection.fetch(SQL["select_live_keys"], exam_id)
    return tuple(AppliedKey(item=row["item"], key=read_key(row["key"])) for row in rows)


async def select_optional_live_id(connection: Connection, exam_id: int, item: int) -> int | None:
    """The live correction of an item."""
    return await connection.fetchval(SQL["select_optional_live_id"], exam_id, item)


async def update_decided(connection: Connection, change_id: int, state: State, decision: Decision) -> None:
    """Note what was decided."""
    await connection.execute(
        SQL["update_decided"], change_id, state.value, decision.staff_id, decision.now, decision.reason
    )


async def update_confirmed(
    connection: Connection, change_id: int, state: State, decision: Decision, replaces: int | None
) -> None:
    """Note who made it live, and which one it replaces."""
    await connection.execute(
        SQL["update_confirmed"],
        change_id,
        state.value,
        decision.staff_id,
        decision.now,
        decision.reason,
        replaces,
    )


async def update_state(connection: Connection, change_id: int, state: State) -> None:
    """Give a correction another state."""
    await connection.execute(SQL["update_state"], change_id, state.value)


def _text(key: Key | None) -> str | None:
    return None if key is None else msgspec.json.encode(key).decode()


def _change(columns: dict[str, object]) -> StoredKeyChange:
    keys = {name: _read(columns[name]) for name in ("old_key", "new_key")}
    state = State(str(columns["state"]))
    return StoredKeyChange(**{**columns, **keys, "state": state})  # pyright: ignore[reportArgumentType] -- the table's own types


def _read(text: object) -> Key | None:
    return read_key(None if text is None else str(text))
