"""Key corrections."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from exam_server.actions import key_changes
from exam_server.protocol.measurement import KeyChange, KeyDecision, NewKeyChange
from exam_server.store.database import Database
from exam_server.store.staff import StaffMember
from exam_server.web.bodies import id_in_path, query_number, read_json
from exam_server.web.guard import caller
from exam_server.web.keys import CLOCK, DATABASE
from exam_server.web.problems import json_response

Decide = Callable[[Database, int, KeyDecision, StaffMember, datetime], Awaitable[KeyChange]]


async def list_key_changes(request: web.Request) -> web.StreamResponse:
    """An exam's corrections."""
    found = await key_changes.list_key_changes(request.app[DATABASE], id_in_path(request), caller(request))
    return json_response(found)


async def propose(request: web.Request) -> web.StreamResponse:
    """A new correction."""
    app = request.app
    body = await read_json(request, NewKeyChange)
    made = await key_changes.propose_key_change(
        app[DATABASE], id_in_path(request), body, caller(request), app[CLOCK].now()
    )
    return json_response(made, status=201)


async def preview(request: web.Request) -> web.StreamResponse:
    """Who gains and who loses."""
    found = await key_changes.preview_key_change(
        request.app[DATABASE], id_in_path(request), caller(request), page=query_number(request, "page", 1)
    )
    return json_response(found)


async def confirm(request: web.Request) -> web.StreamResponse:
    """A correction becomes live."""
    return await _decide(request, key_changes.confirm_key_change)


async def withdraw(request: web.Request) -> web.StreamResponse:
    """A proposal is given up."""
    return await _decide(request, key_changes.withdraw_key_change)


async def roll_back(request: web.Request) -> web.StreamResponse:
    """A live correction is taken back."""
    return await _decide(request, key_changes.roll_back_key_change)


async def _decide(request: web.Request, decide: Decide) -> web.StreamResponse:
    app = request.app
    body = await read_json(request, KeyDecision)
    change = await decide(app[DATABASE], id_in_path(request), body, caller(request), app[CLOCK].now())
    return json_response(change)
