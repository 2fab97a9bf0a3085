"""Reading requests: bodies within their limit, JSON as protocol types, numbers and words from the address."""

import re
from typing import TypeVar

import msgspec
from aiohttp import web

from exam_server.core.turn import MAX_EVENT_BYTES
from exam_server.errors import Invalid, NotFound, TooLarge
from exam_server.protocol.message import MAX_UNACKNOWLEDGED

T = TypeVar("T")

JSON_LIMIT = 64 * 1024
LINE_LIMIT = 2 * MAX_UNACKNOWLEDGED * MAX_EVENT_BYTES
WORD_LIMIT = 20 * 1024 * 1024
ROSTER_LIMIT = 10 * 1024 * 1024
BODY_LIMIT = web.RequestKey("body_limit", int)

_FIELD = re.compile(r"field `(\w+)`|- at `\$\.([^`]+)`")
_MAX_ID = 2**63 - 1
# PostgreSQL has no such character in a text.
_NUL = rb"\u0000"


async def read_body(request: web.Request) -> bytes:
    """The body's bytes. Raises TooLarge with code ``body_too_large`` beyond the route's limit."""
    limit = request[BODY_LIMIT]
    if (request.content_length or 0) > limit:
        raise TooLarge("body_too_large", limit=limit)
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > limit:
            raise TooLarge("body_too_large", limit=limit)
    return bytes(body)


async def read_json(request: web.Request, body_type: type[T]) -> T:
    """The body as a protocol type.

    Raises Invalid with code ``bad_field`` naming the field that does not fit, or ``bad_json``.
    """
    body = await read_body(request)
    if _NUL in body:
        raise Invalid("bad_json")
    try:
        return msgspec.json.decode(body, type=body_type)
    except msgspec.ValidationError as error:
        field = _FIELD.search(str(error))
        place = next(filter(None, field.groups())) if field else "body"
        raise Invalid("bad_field", place=place, field=place) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("bad_json") from error


def id_in_path(request: web.Request, name: str = "id") -> int:
    """A number of the path. Raises NotFound with code ``not_found`` when no row can have it."""
    number = int(request.match_info[name])
    if number > _MAX_ID:
        raise NotFound("not_found")
    return number


def query_flag(request: web.Request, name: str) -> bool:
    """A flag of the query, 1 or 0. Raises Invalid with code ``bad_field`` for anything else or nothing."""
    value = request.query.get(name)
    if value not in ("0", "1"):
        raise Invalid("bad_field", place=name, field=name)
    return value == "1"


def query_number(request: web.Request, name: str, default: int) -> int:
    """A small positive number of the query. Raises Invalid with code ``bad_field``."""
    value = request.query.get(name, str(default))
    if re.fullmatch("[1-9][0-9]{0,5}", value) is None:
        raise Invalid("bad_field", place=name, field=name)
    return int(value)


def query_optional_id(request: web.Request, name: str) -> int | None:
    """A row's number in the query, None when absent. Raises Invalid with code ``bad_field``."""
    value = request.query.get(name)
    if value is None:
        return None
    if re.fullmatch("[0-9]{1,15}", value) is None:
        raise Invalid("bad_field", place=name, field=name)
    return int(value)


def query_text(request: web.Request, name: str, *, most: int = 200) -> str:
    """A text of the query, "" when absent.

    Raises Invalid with code ``bad_field`` when it is too long or has a NUL.
    """
    value = request.query.get(name, "").strip()
    if len(value) > most or "\x00" in value:
        raise Invalid("bad_field", place=name, field=name)
    return value
