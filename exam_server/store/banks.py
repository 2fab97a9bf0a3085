"""Item banks: their sources, items, keys and pictures."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from exam_server.core.pictures import pictures_in
from exam_server.protocol.staff import Bank, ItemDetail, ItemRow
from exam_server.store.database import Connection, read_queries
from exam_server.store.item_uses import select_history
from item_bank.item import Asset, Draft, DraftItem, Level, Passage
from item_bank.kinds import Content, Key, kind_of
from item_bank.richtext import RichText, plain_text
from item_bank.vietnamese import search_key

SQL = read_queries(__file__)


class NewSource(msgspec.Struct, frozen=True, kw_only=True):
    """A file about to be stored: its name, the SHA-256 of its bytes, and what was read from it."""

    name: str
    sha256: str
    draft: Draft


class BankItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item as stored, for making a paper."""

    id: int
    number: int
    part: str | None
    content: Content
    key: Key | None


async def insert_bank(connection: Connection, name: str) -> int | None:
    """Add a bank and return the id; None when the name is taken."""
    return await connection.fetchval(SQL["insert_bank"], name)


async def select_banks(connection: Connection) -> tuple[Bank, ...]:
    """Every bank with its number of items, by name."""
    return tuple(Bank(**row) for row in await connection.fetch(SQL["select_banks"]))


async def select_optional_bank_id(connection: Connection, name: str) -> int | None:
    """The bank of this name."""
    return await connection.fetchval(SQL["select_optional_bank_id"], name)


async def lock_bank(connection: Connection, bank_id: int) -> bool:
    """Hold the bank until the transaction ends, so that one import at a time writes to it;
    False when there is none."""
    return await connection.fetchval(SQL["lock_bank"], bank_id) is not None


async def select_optional_source(connection: Connection, bank_id: int, sha256: str) -> str | None:
    """The name under which the same bytes were imported before."""
    return await connection.fetchval(SQL["select_optional_source"], bank_id, sha256)


async def select_optional_source_id(connection: Connection, bank_id: int, name: str) -> int | None:
    """The latest source of this file name."""
    return await connection.fetchval(SQL["select_optional_source_id"], bank_id, name)


async def insert_source(connection: Connection, bank_id: int, source: NewSource, now: datetime) -> int:
    """Store everything read from a file and return the source's id."""
    draft = source.draft
    [(source_id,)] = await connection.fetch(
        SQL["insert_source"], bank_id, source.name, draft.title, source.sha256, now, list(draft.warnings)
    )
    await _insert_assets(connection, draft.assets)
    passages = {
        passage.number: await _insert_passage(connection, source_id, passage) for passage in draft.passages
    }
    for position, item in enumerate(draft.items, start=1):
        await _insert_item(connection, source_id, position, item, passages)
    return source_id


async def select_items(
    connection: Connection, bank_id: int, search: str, *, limit: int, offset: int
) -> tuple[tuple[ItemRow, ...], int]:
    """A page of the bank's items, newest source first, and how many there are in all.

    ``search`` without diacritics finds texts with and without; with some it finds these only. Case never
    matters.
    """
    plain = search_key(search)
    words = ("", search.lower()) if plain != " ".join(search.lower().split()) else (plain, "")
    rows = await connection.fetch(SQL["select_items"], bank_id, *words, limit, offset)
    [(total,)] = await connection.fetch(SQL["select_item_count"], bank_id, *words)
    return tuple(msgspec.convert(dict(row), ItemRow) for row in rows), total


async def select_optional_item(connection: Connection, item_id: int) -> ItemDetail | None:
    """An item with its key."""
    row = await connection.fetchrow(SQL["select_optional_item"], item_id)
    if row is None:
        return None
    return ItemDetail(
        id=row["id"],
        bank=row["bank"],
        source=row["source"],
        number=row["number"],
        part=row["part"],
        level=_level(row["level"]),
        content=read_content(row["content"]),
        key=read_key(row["key"]),
        solution=_rich_text(row["solution"]),
        passage=_rich_text(row["passage"]),
        warnings=tuple(row["warnings"]),
        history=await select_history(connection, item_id),
    )


async def select_source_items(connection: Connection, source_id: int) -> list[BankItem]:
    """A source's items in their order."""
    rows = await connection.fetch(SQL["select_source_items"], source_id)
    return [
        BankItem(
            id=row["id"],
            number=row["number"],
            part=row["part"],
            content=read_content(row["content"]),
            key=read_key(row["key"]),
        )
        for row in rows
    ]


async def select_optional_asset(connection: Connection, sha256: str) -> Asset | None:
    """A picture."""
    row = await connection.fetchrow(SQL["select_optional_asset"], sha256)
    return None if row is None else Asset(**row)


def read_content(text: str) -> Content:
    """The content of a stored item."""
    return msgspec.json.decode(text, type=Content)


def read_key(text: str | None) -> Key | None:
    """The key of a stored item."""
    return None if text is None else msgspec.json.decode(text, type=Key)


def _level(text: str | None) -> Level | None:
    return msgspec.convert(text, Level | None)


def _rich_text(text: str | None) -> RichText | None:
    return None if text is None else msgspec.json.decode(text, type=RichText)


async def _insert_assets(connection: Connection, assets: Iterable[Asset]) -> None:
    rows = [(asset.sha256, asset.media_type, asset.data) for asset in assets]
    await connection.executemany(SQL["insert_asset"], rows)


async def _insert_passage(connection: Connection, source_id: int, passage: Passage) -> int:
    [(passage_id,)] = await connection.fetch(
        SQL["insert_passage"], source_id, passage.number, _json(passage.body)
    )
    return passage_id


async def _insert_item(
    connection: Connection, source_id: int, position: int, item: DraftItem, passages: Mapping[int, int]
) -> None:
    plain = plain_text(item.content.stem)
    [(item_id,)] = await connection.fetch(
        SQL["insert_item"],
        source_id,
        item.number,
        position,
        item.part,
        kind_of(item.content).name,
        item.level,
        _json(item.content),
        None if item.solution is None else _json(item.solution),
        None if item.passage is None else passages[item.passage],
        plain,
        search_key(plain),
        list(item.warnings),
    )
    if item.key is not None:
        await connection.execute(SQL["insert_item_key"], item_id, _json(item.key))
    pictures = sorted(set(pictures_in((item.content, item.solution))))
    await connection.executemany(SQL["insert_item_asset"], [(item_id, sha256) for sha256 in pictures])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
