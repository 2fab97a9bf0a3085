"""The teacher's results."""

from aiohttp import web

from exam_server.actions.results import results_csv, show_results
from exam_server.web.bodies import id_in_path
from exam_server.web.guard import caller
from exam_server.web.keys import DATABASE
from exam_server.web.problems import json_response, language_of


async def results(request: web.Request) -> web.StreamResponse:
    """Scores and statistics."""
    return json_response(await show_results(request.app[DATABASE], id_in_path(request), caller(request)))


async def results_as_csv(request: web.Request) -> web.StreamResponse:
    """The class table as a file."""
    exam_id = id_in_path(request)
    found = await show_results(request.app[DATABASE], exam_id, caller(request))
    return web.Response(
        # The mark tells Excel that it is UTF-8.
        body=results_csv(found, language_of(request)).encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="khaothi-{exam_id}.csv"'},
    )
