"""The candidate's login, and the encrypted forms."""

from aiohttp import web

from exam_server.actions.login import CandidateLoggedIn, login_candidate
from exam_server.catalogue import Language
from exam_server.metrics import LOGINS
from exam_server.protocol.staff import CandidateLogin, LoginQueue
from exam_server.web.addresses import address_of
from exam_server.web.admission import ADMISSION, Crowded
from exam_server.web.bodies import read_json
from exam_server.web.keys import CLOCK, DATABASE, SECRETS
from exam_server.web.problems import json_response, language_of, problem_of
from exam_server.web.sealed_forms import SEALED_FORMS
from exam_server.web.sessions import CANDIDATE_COOKIE, candidate_session, set_candidate_cookie
from exam_server.web.static import IMMUTABLE


async def login(request: web.Request) -> web.StreamResponse:
    """Number and PIN for a cookie; in the crowd before the bell perhaps a place in the queue."""
    body = await read_json(request, CandidateLogin)
    try:
        async with request.app[ADMISSION].turn():
            done = await _check(request, body)
    except Crowded as crowd:
        return _come_again(crowd, language_of(request))
    LOGINS.inc()
    response = json_response(done.session)
    set_candidate_cookie(request, response, done.session.sitting, done.login_version)
    return response


async def _check(request: web.Request, body: CandidateLogin) -> CandidateLoggedIn:
    app = request.app
    return await login_candidate(
        app[DATABASE],
        app[SECRETS],
        number=body.number,
        pin=body.pin,
        address=address_of(request),
        now=app[CLOCK].now(),
    )


def _come_again(crowd: Crowded, lang: Language) -> web.Response:
    problem = problem_of(crowd, lang)
    queue = LoginQueue(
        code=problem.code, message=problem.message, position=crowd.position, seconds=crowd.seconds
    )
    return json_response(queue, status=503, headers={"Retry-After": str(crowd.seconds)})


async def me(request: web.Request) -> web.StreamResponse:
    """Who is logged in on this browser."""
    return json_response(await candidate_session(request))


async def logout(request: web.Request) -> web.StreamResponse:
    """Forget the cookie."""
    response = web.Response(status=204)
    response.del_cookie(CANDIDATE_COOKIE, path="/")
    return response


async def form(request: web.Request) -> web.StreamResponse:
    """The encrypted form: bytes that never change, for any cache to keep."""
    blob = await request.app[SEALED_FORMS].blob(request.match_info["sha256"])
    return web.Response(
        body=blob, content_type="application/octet-stream", headers={"Cache-Control": IMMUTABLE}
    )
