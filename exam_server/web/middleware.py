"""Around every request: an id, a log line, the origin check, errors into replies,
and the headers browsers obey."""

import secrets
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from exam_server import errors
from exam_server.store.database import AWAY
from exam_server.web.keys import CONFIG
from exam_server.web.problems import language_of, problem_response
from exam_server.web.sessions import check_origin, is_unsafe

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REQUEST_ID = web.RequestKey("request_id", str)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Server": "khaothi",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_BY_STATUS = {
    404: errors.NotFound("not_found"),
    405: errors.NotFound("not_found"),
    413: errors.TooLarge("body_too_large", limit=0),
}

_POLICY = "Content-Security-Policy"

_log = structlog.get_logger()


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal before each reply is sent: the security headers, the request's id, no caching unless told."""
    # A page that stands by itself brings the policy it needs; nothing else may be its own.
    own = response.headers.get(_POLICY, _HEADERS[_POLICY])
    response.headers.update({**_HEADERS, _POLICY: own})
    response.headers.setdefault("Cache-Control", "no-store")
    if REQUEST_ID in request:
        response.headers["X-Request-ID"] = request[REQUEST_ID]
    if request.app[CONFIG].secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"


@web.middleware
async def request_log(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id and log one line about it: the route, never the address typed,
    a body or a cookie."""
    request[REQUEST_ID] = secrets.token_hex(8)
    structlog.contextvars.bind_contextvars(request=request[REQUEST_ID])
    started = time.perf_counter()
    response = await handler(request)
    resource = request.match_info.route.resource
    _log.info(
        "http",
        method=request.method,
        route=resource.canonical if resource else None,
        status=response.status,
        ms=round((time.perf_counter() - started) * 1000, 1),
    )
    return response


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn errors into replies, and refuse changes that come from other sites' pages."""
    try:
        if is_unsafe(request):
            check_origin(request)
        return await handler(request)
    except errors.KhaoThiError as error:
        return problem_response(error, language_of(request))
    except web.HTTPException as error:
        return _http_problem(request, error)
    except AWAY as error:
        _log.error("database_away", error=type(error).__name__)
        return problem_response(errors.Unavailable("database_away"), language_of(request))
    except Exception:  # noqa: BLE001 -- the edge: the caller gets a sentence, we a log line
        _log.exception("internal_error")
        return problem_response(errors.Unavailable("internal_error"), language_of(request))


def _http_problem(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if error.status not in _BY_STATUS:
        return web.Response(status=error.status, headers=error.headers.copy())
    return problem_response(_BY_STATUS[error.status], language_of(request))
