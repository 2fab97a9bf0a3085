"""Who is asking: the candidate's signed cookie, the staff session's cookie,
and where the request comes from."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Container
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from aiohttp import web

from exam_server.actions.login import candidate_me
from exam_server.actions.staff import staff_of_session
from exam_server.errors import Denied, Unauthenticated
from exam_server.protocol.staff import CandidateSession
from exam_server.store.staff import StaffMember
from exam_server.web.addresses import scheme_of
from exam_server.web.keys import CLOCK, CONFIG, DATABASE, SECRETS

CANDIDATE_COOKIE = "khaothi_candidate"
STAFF_COOKIE = "khaothi_staff"
CANDIDATE_HOURS = 12

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Ticket(msgspec.Struct, frozen=True, array_like=True):
    """What the candidate's cookie says; ``expires`` in seconds since 1970."""

    sitting: int
    login_version: int
    expires: int


def sign_ticket(key: bytes, ticket: Ticket) -> str:
    """The cookie's value: the ticket and its HMAC."""
    body = msgspec.json.encode(ticket)
    return f"{_text(body)}.{_text(hmac.digest(key, body, sha256))}"


def read_ticket(key: bytes, value: str, now: datetime) -> Ticket:
    """The ticket in a cookie. Raises Unauthenticated with code ``login_needed`` when forged,
    damaged or expired."""
    body, _, signature = value.partition(".")
    try:
        raw = _bytes(body)
        if not hmac.compare_digest(hmac.digest(key, raw, sha256), _bytes(signature)):
            raise Unauthenticated("login_needed")
    except (Base64Error, ValueError) as error:
        raise Unauthenticated("login_needed") from error
    ticket = msgspec.json.decode(raw, type=Ticket)
    if ticket.expires <= now.timestamp():
        raise Unauthenticated("login_needed")
    return ticket


async def candidate_session(request: web.Request) -> CandidateSession:
    """The candidate of this request. Raises Unauthenticated without a valid cookie,
    or when the PIN was renewed."""
    app = request.app
    ticket = read_ticket(app[SECRETS].cookie_key, request.cookies.get(CANDIDATE_COOKIE, ""), app[CLOCK].now())
    return await candidate_me(app[DATABASE], ticket.sitting, ticket.login_version)


def ticket_for(key: bytes, cookie: str, sitting: str | None, now: datetime) -> Ticket:
    """The ticket in a cookie, for a page that shows the sitting it names; whether the PIN was renewed since
    is not looked at.

    Raises Unauthenticated with code ``login_needed`` as ``read_ticket``, and when the page shows another
    sitting: the next candidate has logged in on the same PC.
    """
    ticket = read_ticket(key, cookie, now)
    if sitting not in (None, str(ticket.sitting)):
        raise Unauthenticated("login_needed")
    return ticket


async def staff_session(request: web.Request) -> StaffMember:
    """The member of staff of this request. Raises Unauthenticated with code ``login_needed``."""
    app = request.app
    return await staff_of_session(app[DATABASE], request.cookies.get(STAFF_COOKIE, ""), app[CLOCK].now())


def check_origin(request: web.Request) -> None:
    """Let only our own pages change anything. Raises as ``check_page``."""
    check_page(
        request.headers.get("Origin"),
        request.headers.get("Sec-Fetch-Site"),
        ours=(request.app[CONFIG].public_url, f"{scheme_of(request)}://{request.host}"),
    )


def check_page(origin: str | None, fetch_site: str | None, *, ours: Container[str | None]) -> None:
    """Let only our own pages change anything or open the socket.

    Raises Denied with code ``foreign_origin`` when Origin is not one of ours, or is missing in a request that
    a browser says comes from elsewhere.
    """
    if origin is None:
        if (fetch_site or "same-origin") not in ("same-origin", "none"):
            raise Denied("foreign_origin")
        return
    if origin not in ours:
        raise Denied("foreign_origin")


def is_unsafe(request: web.Request) -> bool:
    """Whether the method may change something."""
    return request.method not in _SAFE_METHODS


def set_candidate_cookie(
    request: web.Request, response: web.Response, sitting: int, login_version: int
) -> None:
    """Log the candidate in on this browser."""
    lifetime = timedelta(hours=CANDIDATE_HOURS)
    expires = int((request.app[CLOCK].now() + lifetime).timestamp())
    ticket = Ticket(sitting, login_version, expires)
    _set_cookie(
        request, response, CANDIDATE_COOKIE, sign_ticket(request.app[SECRETS].cookie_key, ticket), lifetime
    )


def set_staff_cookie(request: web.Request, response: web.Response, token: str, lifetime: timedelta) -> None:
    """Log the member of staff in on this browser."""
    _set_cookie(request, response, STAFF_COOKIE, token, lifetime)


def _set_cookie(
    request: web.Request, response: web.Response, name: str, value: str, lifetime: timedelta
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=request.app[CONFIG].secure or scheme_of(request) == "https",
    )


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
