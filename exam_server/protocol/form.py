"""The form a candidate sits: compiled and encrypted before the bell, the same bytes for every candidate who
has it."""

from exam_server.protocol.message import Body
from item_bank.kinds import Content
from item_bank.richtext import RichText


class FormItem(Body, frozen=True, kw_only=True):
    """One item. ``points`` is the most it can give, as decimal text such as "0.25"; ``passage`` is a passage
    id."""

    id: int
    content: Content
    points: str
    passage: int | None = None


class FormPart(Body, frozen=True, kw_only=True):
    """A part of the paper, such as PHẦN I, with its instruction to candidates."""

    label: str
    instruction: str
    items: tuple[FormItem, ...]


class FormPassage(Body, frozen=True, kw_only=True):
    """A stimulus shown beside each of its items."""

    id: int
    body: RichText


class FormAsset(Body, frozen=True, kw_only=True):
    """A picture; ``data`` is base64."""

    sha256: str
    media_type: str
    data: str


class Form(Body, frozen=True, kw_only=True):
    """The plain form. On the wire: JSON, then gzip, then AES-256-GCM (12-byte nonce first, 16-byte tag
    last)."""

    id: int
    title: str
    subject: str
    minutes: int
    parts: tuple[FormPart, ...]
    passages: tuple[FormPassage, ...] = ()
    assets: tuple[FormAsset, ...] = ()


class ItemOrder(Body, frozen=True, kw_only=True):
    """Where an item stands in one candidate's form; ``choices`` permutes option or statement ids, () keeps
    them."""

    item: int
    choices: tuple[str, ...] = ()


class FormOrder(Body, frozen=True, kw_only=True):
    """One candidate's order: for each part of the form, its items in the order shown. Tells nothing about
    keys."""

    parts: tuple[tuple[ItemOrder, ...], ...]
