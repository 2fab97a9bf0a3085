"""The room test over HTTP: codes for the board, the rest for whoever has one."""

from aiohttp import web

from exam_server.actions.rehearsals import (
    end_rehearsal,
    list_rehearsals,
    make_rehearsal,
    play_rehearsal,
    prove_rehearsal,
)
from exam_server.protocol.rehearsal import NewRehearsal, RehearsalEntry, RehearsalReport, RehearsalToken
from exam_server.web.addresses import address_of
from exam_server.web.bodies import read_json
from exam_server.web.guard import actor
from exam_server.web.keys import CLOCK, DATABASE, SECRETS
from exam_server.web.problems import json_response


async def make(request: web.Request) -> web.StreamResponse:
    """A code for the test of a room."""
    body = await read_json(request, NewRehearsal)
    now = request.app[CLOCK].now()
    made = await make_rehearsal(request.app[DATABASE], room=body.room, actor=actor(request), now=now)
    return json_response(made, status=201)


async def show_all(request: web.Request) -> web.StreamResponse:
    """The room tests with their verdicts."""
    return json_response(await list_rehearsals(request.app[DATABASE]))


async def play(request: web.Request) -> web.StreamResponse:
    """A code for a plan."""
    app = request.app
    entry = await read_json(request, RehearsalEntry)
    address, now = address_of(request), app[CLOCK].now()
    return json_response(await play_rehearsal(app[DATABASE], app[SECRETS], entry, address=address, now=now))


async def proofs(request: web.Request) -> web.StreamResponse:
    """What the journals were chained from."""
    body = await read_json(request, RehearsalToken)
    return json_response(await prove_rehearsal(request.app[DATABASE], body.token))


async def report(request: web.Request) -> web.StreamResponse:
    """What was measured for a verdict."""
    body = await read_json(request, RehearsalReport)
    return json_response(await end_rehearsal(request.app[DATABASE], body, now=request.app[CLOCK].now()))
