"""The item: public content and a separate key, never one document to be stripped."""

from decimal import Decimal
from typing import Literal

import msgspec

from item_bank.kinds import Content, Key
from item_bank.richtext import RichText

Level = Literal["NB", "TH", "VD", "VDC"]
"""Cognitive level: knowing, understanding, applying, higher application."""

Part = Literal["I", "II", "III", "IV"]


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a picture, addressed by their SHA-256 in lower-case hex."""

    sha256: str
    media_type: Literal["image/png", "image/jpeg", "image/gif", "image/webp"]
    data: bytes


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A stimulus shared by several items; ``number`` counts from 1 within its source file."""

    number: int
    body: RichText


class DraftItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item as an importer read it, with what it doubted.

    ``key`` is None where the source gives none or contradicts itself: a doubtful key is never guessed.
    ``unsupported`` names the kind of an item that the bank does not hold yet; ``content`` then only keeps it
    readable.
    """

    number: int
    part: Part | None
    content: Content
    key: Key | None
    level: Level | None = None
    solution: RichText | None = None
    passage: int | None = None
    warnings: tuple[str, ...] = ()
    unsupported: Literal["matching", "essay"] | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Everything read from one source file."""

    title: str
    items: tuple[DraftItem, ...]
    passages: tuple[Passage, ...]
    assets: tuple[Asset, ...]
    warnings: tuple[str, ...] = ()


Ladder = tuple[Decimal, ...]
"""Points by number of right prompts: ``ladder[0]`` for none right … ``ladder[-1]`` for all."""
