"""Item banks: making them, importing Word files after a review, looking into them."""

import asyncio
from base64 import b64encode
from datetime import datetime
from hashlib import sha256

import msgspec

from exam_server.core.access import Permission, allowed
from exam_server.errors import Conflict, Invalid, NotFound
from exam_server.protocol.staff import Bank, Banks, ImportItem, ImportReview, ItemDetail, Items
from exam_server.store import audit, banks, results
from exam_server.store.database import Connection, Database
from exam_server.store.staff import StaffMember
from item_bank.formats.docx import read_docx
from item_bank.formats.errors import UnreadableFile
from item_bank.item import Asset, Draft, DraftItem
from item_bank.vietnamese import text_key

MAX_NAME = 200
PAGE = 200


class WordFile(msgspec.Struct, frozen=True, kw_only=True):
    """A Word file that was read: its name and hash, and the draft."""

    name: str
    sha256: str
    draft: Draft


async def read_word_file(name: str, data: bytes) -> WordFile:
    """Read a Word file, away from the event loop.
    Raises Invalid with the importer's code when it cannot be read."""
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid("bad_field", place="name", field="name")
    try:
        draft = await asyncio.to_thread(read_docx, data)
    except UnreadableFile as error:
        raise Invalid(error.code, place=name, **error.params) from error
    return WordFile(name=name, sha256=sha256(data).hexdigest(), draft=draft)


async def create_bank(database: Database, *, name: str, actor: str, now: datetime) -> Bank:
    """Make an empty bank. Raises Invalid with code ``bad_name``, Conflict with ``bank_exists``."""
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid("bad_field", place="name", field="name")
    async with database.transaction() as connection:
        bank_id = await banks.insert_bank(connection, name)
        if bank_id is None:
            raise Conflict("bank_exists", place="name", name=name)
        await audit.record(connection, now=now, actor=actor, action="bank.create", subject=name)
    return Bank(id=bank_id, name=name, items=0)


async def ensure_bank(database: Database, *, name: str, actor: str, now: datetime) -> int:
    """The bank of this name, made when there is none."""
    async with database.connection() as connection:
        bank_id = await banks.select_optional_bank_id(connection, " ".join(name.split()))
    return bank_id or (await create_bank(database, name=name, actor=actor, now=now)).id


async def list_banks(database: Database) -> Banks:
    """Every bank."""
    async with database.connection() as connection:
        found = await banks.select_banks(connection)
    return Banks(banks=tuple(sorted(found, key=lambda bank: text_key(bank.name))))


async def list_items(database: Database, bank_id: int, *, search: str, page: int) -> Items:
    """Page ``page`` (from 1, 200 rows each) of a bank's items."""
    async with database.connection() as connection:
        rows, total = await banks.select_items(
            connection, bank_id, search, limit=PAGE, offset=(page - 1) * PAGE
        )
    return Items(items=rows, total=total)


async def show_item(database: Database, item_id: int, caller: StaffMember, now: datetime) -> ItemDetail:
    """An item with its key.

    A teacher sees it once a pupil of theirs has handed in a paper with it and nobody may still sit one.
    Raises NotFound with code ``not_found``.
    """
    async with database.connection() as connection:
        item = await banks.select_optional_item(connection, item_id)
        if item is None or not await _may_see(connection, item_id, caller, now):
            raise NotFound("not_found")
    return item


async def show_asset(database: Database, sha256: str) -> Asset:
    """A picture. Raises NotFound with code ``not_found``."""
    async with database.connection() as connection:
        asset = await banks.select_optional_asset(connection, sha256)
    if asset is None:
        raise NotFound("not_found")
    return asset


async def import_items(
    database: Database, bank_id: int, file: WordFile, *, dry_run: bool, actor: str, now: datetime
) -> ImportReview:
    """Store a Word file's items in a bank, or only show what would be stored.

    Raises NotFound without such a bank; Conflict with code ``already_imported`` for bytes the bank has.
    """
    async with database.transaction() as connection:
        if not await banks.lock_bank(connection, bank_id):
            raise NotFound("not_found")
        before = await banks.select_optional_source(connection, bank_id, file.sha256)
        if before is not None:
            raise Conflict("already_imported", place=file.name, name=before)
        if not dry_run:
            await _store(connection, bank_id, file, actor, now)
    return review_of(file.draft, stored=not dry_run)


def review_of(draft: Draft, *, stored: bool) -> ImportReview:
    """What the review page shows of a draft."""
    return ImportReview(
        stored=stored,
        title=draft.title,
        items=tuple(map(_review_item, draft.items)),
        warnings=draft.warnings,
        pictures={asset.sha256: _data_url(asset) for asset in draft.assets},
    )


async def _store(connection: Connection, bank_id: int, file: WordFile, actor: str, now: datetime) -> None:
    source = banks.NewSource(name=file.name, sha256=file.sha256, draft=file.draft)
    await banks.insert_source(connection, bank_id, source, now)
    detail = f"bank {bank_id}, {len(file.draft.items)} items, sha256 {file.sha256}"
    await audit.record(
        connection, now=now, actor=actor, action="items.import", subject=file.name, detail=detail
    )


async def _may_see(connection: Connection, item_id: int, caller: StaffMember, now: datetime) -> bool:
    if allowed(caller.role, Permission.KEYS_READ):
        return True
    return await results.select_item_is_released(connection, item_id, caller.id, now)


def _review_item(item: DraftItem) -> ImportItem:
    return ImportItem(
        number=item.number,
        part=item.part,
        level=item.level,
        content=item.content,
        key=item.key,
        warnings=item.warnings,
    )


def _data_url(asset: Asset) -> str:
    return f"data:{asset.media_type};base64,{b64encode(asset.data).decode()}"
