"""The journal: what every candidate did, append only. Rows go in through the flusher or, with a submission,
singly."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import asyncpg

from exam_server.core.chain import Link
from exam_server.store.database import Connection, fetch_existing, read_queries

SQL = read_queries(__file__)

MAX_EVIDENCE = 2_000
"""Most events that one sitting may leave as evidence."""

Fate = Literal["kept", "different", "orphaned", "superseded", "ended"]
"""What became of an event: in the journal as sent; its ``seq`` holds another; an earlier one's does; its
fence is old; the sitting is over."""

_NOT_KEPT = frozenset({"KT001", asyncpg.UniqueViolationError.sqlstate})


class NotKeptError(Exception):
    """Not every event of an append can be kept: none is."""


class JournalRow(NamedTuple):
    """One event on its way into the journal."""

    sitting_id: int
    seq: int
    fence: int
    received_at: datetime
    payload: bytes
    chain: bytes


class Work(NamedTuple):
    """A sitting's messages in order, and the number and the chain value of the last."""

    payloads: list[bytes]
    last_seq: int
    chain: bytes


def columns(rows: Sequence[JournalRow]) -> list[list[object]]:
    """The rows as arrays, in the order of ``journal_append``'s arguments."""
    return [list(column) for column in zip(*rows, strict=True)]


async def append(connection: Connection, worker: int, rows: Sequence[JournalRow]) -> None:
    """Insert rows whose fence holds and whose sitting is live. Raises NotKeptError, and then none of them is
    inserted, when that is not so of each."""
    try:
        await connection.execute(SQL["append"], worker, *columns(rows))
    except asyncpg.PostgresError as error:
        if error.as_dict()["sqlstate"] in _NOT_KEPT:
            raise NotKeptError from error
        raise


async def settle(connection: Connection, worker: int, rows: Sequence[JournalRow]) -> list[Fate]:
    """Insert what is missing and tell each row's fate. True only after the commit, which waits for the
    standby."""
    return [row["fate"] for row in await connection.fetch(SQL["settle"], worker, *columns(rows))]


async def await_holders(connection: Connection, workers: Sequence[int]) -> None:
    """Wait until every append that the workers have begun is over. Outside a transaction."""
    await connection.execute(SQL["await_holders"], workers)


async def prove(connection: Connection) -> None:
    """Make what this transaction has read durable before its commit returns."""
    await connection.execute(SQL["prove"])


async def select_journal(connection: Connection, sitting_id: int) -> list[Link]:
    """A sitting's whole journal, in order."""
    rows = await connection.fetch(SQL["select_journal"], sitting_id)
    return [Link(**dict(row)) for row in rows]


async def select_works(connection: Connection, sitting_ids: Sequence[int]) -> dict[int, Work]:
    """What some sittings have journalled; those without anything are left out."""
    rows = await connection.fetch(SQL["select_works"], sitting_ids)
    return {row["id"]: Work(row["payloads"], row["seq"], row["chain"]) for row in rows}


async def select_optional_payload(connection: Connection, sitting_id: int, seq: int) -> bytes | None:
    """The message journalled under ``seq``, if any."""
    return await connection.fetchval(SQL["select_optional_payload"], sitting_id, seq)


async def select_payloads(connection: Connection, sitting_ids: Sequence[int]) -> Mapping[int, list[bytes]]:
    """The journals' messages in order, by sitting; one without any is left out."""
    payloads: defaultdict[int, list[bytes]] = defaultdict(list)
    for row in await connection.fetch(SQL["select_payloads"], sitting_ids):
        payloads[row["sitting_id"]].append(row["payload"])
    return payloads


async def insert_evidence(
    connection: Connection, sitting_id: int, at: datetime, why: str, payloads: Sequence[bytes]
) -> None:
    """Keep what was sent but does not count, within the sitting's limit."""
    await connection.execute(SQL["insert_evidence"], sitting_id, at, why, payloads, MAX_EVIDENCE)


async def select_worker_id(connection: Connection) -> int:
    """A number that no other process of this database has had."""
    return (await fetch_existing(connection, SQL["select_worker_id"]))[0]
