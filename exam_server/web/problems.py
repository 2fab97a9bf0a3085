"""The one table from errors to HTTP, and the sentence for each in the caller's language."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

import msgspec
from aiohttp import web

from exam_server import errors
from exam_server.catalogue import Language, languages, text, texts
from exam_server.protocol.staff import Problem

STATUS: Mapping[type[errors.KhaoThiError], HTTPStatus] = MappingProxyType(
    {
        errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
        errors.Denied: HTTPStatus.FORBIDDEN,
        errors.NotFound: HTTPStatus.NOT_FOUND,
        errors.Conflict: HTTPStatus.CONFLICT,
        errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
        errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)


def sentence(code: str, lang: Language, params: Mapping[str, str | int]) -> str:
    """What the catalogue says for a code: of ours, or of an importer that could not read a file."""
    section = "errors" if code in texts(lang, "errors") else "warnings"
    return text(lang, section, code, **params)


def problem_of(error: errors.KhaoThiError, lang: Language) -> Problem:
    """The reply's body."""
    return Problem(code=error.code, message=sentence(error.code, lang, error.params), place=error.place)


def problem_response(error: errors.KhaoThiError, lang: Language) -> web.Response:
    """The whole reply; TooMany says when to try again."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    headers = {"Retry-After": str(error.params["seconds"])} if isinstance(error, errors.TooMany) else {}
    return json_response(problem_of(error, lang), status=status, headers=headers)


def json_response(
    body: msgspec.Struct, *, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A protocol body as JSON."""
    return web.Response(
        body=msgspec.json.encode(body), status=status, headers=headers, content_type="application/json"
    )


def language_of(request: web.Request) -> Language:
    """The caller's language: cookie ``lang``, else the first we know of Accept-Language, else Vietnamese."""
    wanted = [request.cookies.get("lang", ""), *request.headers.get("Accept-Language", "")[:200].split(",")]
    short = (part.strip()[:2].lower() for part in wanted)
    known: list[Language] = [lang for part in short for lang in languages() if lang == part]
    return known[0] if known else languages()[0]
