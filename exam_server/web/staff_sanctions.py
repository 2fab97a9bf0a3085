"""Sanctions."""

from aiohttp import web

from exam_server.actions import sanctions
from exam_server.protocol.measurement import KeyDecision, NewSanction
from exam_server.web.bodies import id_in_path, read_json
from exam_server.web.guard import caller
from exam_server.web.keys import CLOCK, DATABASE
from exam_server.web.problems import json_response


async def list_sanctions(request: web.Request) -> web.StreamResponse:
    """An exam's sanctions."""
    return json_response(await sanctions.list_sanctions(request.app[DATABASE], id_in_path(request)))


async def record(request: web.Request) -> web.StreamResponse:
    """A new sanction."""
    app = request.app
    body = await read_json(request, NewSanction)
    made = await sanctions.record_sanction(
        app[DATABASE], id_in_path(request), body, caller(request), app[CLOCK].now()
    )
    return json_response(made, status=201)


async def revoke(request: web.Request) -> web.StreamResponse:
    """A sanction counts no more."""
    app = request.app
    body = await read_json(request, KeyDecision)
    found = await sanctions.revoke_sanction(
        app[DATABASE], id_in_path(request), body, caller(request), app[CLOCK].now()
    )
    return json_response(found)
