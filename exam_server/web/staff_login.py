"""Staff log in and out."""

from aiohttp import web

from exam_server.actions.staff import SESSION, login_staff, logout_staff, session_of
from exam_server.protocol.staff import StaffLogin
from exam_server.web.addresses import address_of
from exam_server.web.bodies import read_json
from exam_server.web.guard import CALLER
from exam_server.web.keys import CLOCK, DATABASE
from exam_server.web.problems import json_response
from exam_server.web.sessions import STAFF_COOKIE, set_staff_cookie


async def login(request: web.Request) -> web.StreamResponse:
    """Username and password for a cookie."""
    app = request.app
    body = await read_json(request, StaffLogin)
    done = await login_staff(
        app[DATABASE],
        username=body.username,
        password=body.password,
        address=address_of(request),
        now=app[CLOCK].now(),
    )
    response = json_response(done.session)
    set_staff_cookie(request, response, done.token, SESSION)
    return response


async def me(request: web.Request) -> web.StreamResponse:
    """Who is logged in on this browser, and what they may do."""
    return json_response(session_of(request[CALLER]))


async def logout(request: web.Request) -> web.StreamResponse:
    """Close the session, if there is one."""
    await logout_staff(request.app[DATABASE], request.cookies.get(STAFF_COOKIE, ""))
    response = web.Response(status=204)
    response.del_cookie(STAFF_COOKIE, path="/")
    return response
