"""The invigilator's room."""

from aiohttp import web

from exam_server.actions import room
from exam_server.web.bodies import id_in_path
from exam_server.web.guard import caller
from exam_server.web.keys import CLOCK, DATABASE
from exam_server.web.problems import json_response


async def view(request: web.Request) -> web.StreamResponse:
    """Every seat, live."""
    app = request.app
    return json_response(
        await room.view_room(app[DATABASE], id_in_path(request), caller(request), now=app[CLOCK].now())
    )


async def log(request: web.Request) -> web.StreamResponse:
    """What happened."""
    return json_response(await room.view_log(request.app[DATABASE], id_in_path(request), caller(request)))
