"""The invigilator's room."""

from aiohttp import web

from exam_server.actions import room
from exam_server.protocol.staff import Command, CommandRefusal, CommandResult
from exam_server.web.bodies import id_in_path, read_json
from exam_server.web.guard import caller
from exam_server.web.keys import CLOCK, DATABASE, SECRETS
from exam_server.web.problems import json_response, language_of, sentence


async def view(request: web.Request) -> web.StreamResponse:
    """Every seat, live."""
    app = request.app
    return json_response(
        await room.view_room(app[DATABASE], id_in_path(request), caller(request), now=app[CLOCK].now())
    )


async def log(request: web.Request) -> web.StreamResponse:
    """What happened."""
    return json_response(await room.view_log(request.app[DATABASE], id_in_path(request), caller(request)))


async def command(request: web.Request) -> web.StreamResponse:
    """An act on some or all candidates of the shift."""
    app, lang = request.app, language_of(request)
    body = await read_json(request, Command)
    outcome = await room.command_shift(
        app[DATABASE], app[SECRETS], id_in_path(request), body, caller(request), now=app[CLOCK].now()
    )
    refused = tuple(
        CommandRefusal(sitting=sitting, code=error.code, message=sentence(error.code, lang, error.params))
        for sitting, error in outcome.refused
    )
    pins = {str(sitting): pin for sitting, pin in outcome.pins.items()}
    return json_response(CommandResult(applied=outcome.applied, refused=refused, pins=pins))
