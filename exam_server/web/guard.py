"""The door of every route: who may come in, and how much they may bring."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import partial

import msgspec
from aiohttp import web

from exam_server.core.access import Permission, allowed
from exam_server.errors import Denied
from exam_server.store.staff import StaffMember
from exam_server.web.bodies import BODY_LIMIT
from exam_server.web.sessions import candidate_session, staff_session

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CALLER = web.RequestKey("caller", StaffMember)
"""The member of staff who asks; set for every route that needs one."""


class Open(StrEnum):
    """Doors without a permission."""

    PUBLIC = "public"
    CANDIDATE = "candidate"
    # The candidate's socket looks at the cookie itself: only a close code tells the page why it was refused.
    SOCKET = "socket"
    STAFF = "staff"


Access = Open | frozenset[Permission]
"""Who may come in: an open door, or those who have any of the permissions."""


class Route(msgspec.Struct, frozen=True):
    """One route. ``body_limit`` in bytes."""

    method: str
    path: str
    handler: Handler
    access: Access
    body_limit: int = 0


def any_of(*permissions: Permission) -> Access:
    """Those who have any of the permissions."""
    return frozenset(permissions)


def caller(request: web.Request) -> StaffMember:
    """The member of staff who asks."""
    return request[CALLER]


def actor(request: web.Request) -> str:
    """The caller as the record names them."""
    return f"staff:{request[CALLER].username}"


def guarded(route: Route) -> Handler:
    """The route's handler behind its door."""
    return partial(_enter, route)


async def _enter(route: Route, request: web.Request) -> web.StreamResponse:
    request[BODY_LIMIT] = route.body_limit
    if route.access is Open.CANDIDATE:
        await candidate_session(request)
    elif route.access is Open.STAFF:
        request[CALLER] = await staff_session(request)
    elif not isinstance(route.access, Open):
        request[CALLER] = await _permitted(route.access, request)
    return await route.handler(request)


async def _permitted(permissions: frozenset[Permission], request: web.Request) -> StaffMember:
    member = await staff_session(request)
    if not any(allowed(member.role, permission) for permission in permissions):
        raise Denied("not_permitted", permission=min(permissions).value)
    return member
