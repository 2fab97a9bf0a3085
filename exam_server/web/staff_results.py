"""The teacher's results."""

from aiohttp import web

from exam_server.actions.results import results_csv, show_results
from exam_server.protocol.staff import Results
from exam_server.web.bodies import id_in_path
from exam_server.web.guard import caller
from exam_server.web.keys import CLOCK, DATABASE
from exam_server.web.problems import json_response, language_of


async def results(request: web.Request) -> web.StreamResponse:
    """Scores and statistics."""
    return json_response(await _results(request))


async def results_as_csv(request: web.Request) -> web.StreamResponse:
    """The class table as a file."""
    found = await _results(request)
    return web.Response(
        # The mark tells Excel that it is UTF-8.
        body=results_csv(found, language_of(request)).encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="khaothi-{id_in_path(request)}.csv"'},
    )


async def _results(request: web.Request) -> Results:
    app = request.app
    return await show_results(app[DATABASE], id_in_path(request), caller(request), app[CLOCK].now())
