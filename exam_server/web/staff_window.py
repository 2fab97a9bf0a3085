"""The exam window: how the server fares, for the board's technician."""

from aiohttp import web

from exam_server.actions import window
from exam_server.web.bodies import query_optional_id
from exam_server.web.guard import caller
from exam_server.web.keys import CLOCK, DATABASE
from exam_server.web.problems import json_response


async def view(request: web.Request) -> web.StreamResponse:
    """All workers, their last minutes, and what is alarming."""
    app = request.app
    return json_response(
        await window.view_window(
            app[DATABASE],
            caller(request),
            since=query_optional_id(request, "since") or 0,
            shift_id=query_optional_id(request, "shift"),
            now=app[CLOCK].now(),
        )
    )


async def alarms(request: web.Request) -> web.StreamResponse:
    """What those who watch a room must pass on."""
    app = request.app
    return json_response(await window.view_alarms(app[DATABASE], app[CLOCK].now()))
