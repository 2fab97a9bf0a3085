"""Scoring runs: starting, watching, signing, reading."""

from aiohttp import web

from exam_server.actions import analysis, runs
from exam_server.protocol.measurement import NewRun, SignRun
from exam_server.web.bodies import id_in_path, query_number, query_text, read_json
from exam_server.web.computing import COMPUTING
from exam_server.web.guard import caller
from exam_server.web.keys import CLOCK, DATABASE
from exam_server.web.problems import json_response, language_of


async def list_runs(request: web.Request) -> web.StreamResponse:
    """An exam's runs."""
    app = request.app
    found = await runs.list_runs(
        app[DATABASE], id_in_path(request), caller(request), app[CLOCK].now(), language_of(request)
    )
    return json_response(found)


async def start_run(request: web.Request) -> web.StreamResponse:
    """A new run; its process starts at once."""
    app = request.app
    body = await read_json(request, NewRun)
    run = await runs.start_run(
        app[DATABASE], id_in_path(request), body, caller(request), app[CLOCK].now(), language_of(request)
    )
    app[COMPUTING].wake()
    return json_response(run, status=201)


async def show_run(request: web.Request) -> web.StreamResponse:
    """A run."""
    run = await runs.show_run(
        request.app[DATABASE], id_in_path(request), caller(request), language_of(request)
    )
    return json_response(run)


async def cancel_run(request: web.Request) -> web.StreamResponse:
    """A run is given up."""
    app = request.app
    run = await runs.cancel_run(
        app[DATABASE], id_in_path(request), caller(request), app[CLOCK].now(), language_of(request)
    )
    return json_response(run)


async def sign_run(request: web.Request) -> web.StreamResponse:
    """A run's scores become the exam's."""
    app = request.app
    body = await read_json(request, SignRun)
    run = await runs.sign_run(
        app[DATABASE], id_in_path(request), body, caller(request), app[CLOCK].now(), language_of(request)
    )
    return json_response(run)


async def scores(request: web.Request) -> web.StreamResponse:
    """A page of a run's candidates."""
    found = await runs.show_scores(
        request.app[DATABASE],
        id_in_path(request),
        caller(request),
        search=query_text(request, "search"),
        sort=runs.score_order(query_text(request, "sort")),
        page=query_number(request, "page", 1),
    )
    return json_response(found)


async def show_analysis(request: web.Request) -> web.StreamResponse:
    """A run's statistics."""
    app = request.app
    found = await analysis.show_analysis(
        app[DATABASE], id_in_path(request), caller(request), app[CLOCK].now(), language_of(request)
    )
    return json_response(found)


async def show_item_analysis(request: web.Request) -> web.StreamResponse:
    """An item's statistics in a run."""
    app = request.app
    found = await analysis.show_item_analysis(
        app[DATABASE],
        id_in_path(request),
        id_in_path(request, "item"),
        caller(request),
        app[CLOCK].now(),
        language_of(request),
    )
    return json_response(found)
