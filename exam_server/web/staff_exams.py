"""Exams, shifts and rosters."""

from aiohttp import web

from exam_server.actions import exams, roster
from exam_server.catalogue import text
from exam_server.protocol.staff import NewExam, NewShift, RosterLine, RosterReview
from exam_server.web.bodies import id_in_path, query_flag, query_text, read_body, read_json
from exam_server.web.guard import actor, caller
from exam_server.web.keys import CLOCK, DATABASE, SECRETS
from exam_server.web.problems import json_response, language_of, sentence


async def list_exams(request: web.Request) -> web.StreamResponse:
    """The exams the caller has to do with."""
    return json_response(await exams.list_exams(request.app[DATABASE], caller(request)))


async def create_exam(request: web.Request) -> web.StreamResponse:
    """A new exam."""
    app = request.app
    body = await read_json(request, NewExam)
    detail = await exams.create_exam(app[DATABASE], body, actor=actor(request), now=app[CLOCK].now())
    return json_response(detail, status=201)


async def show_exam(request: web.Request) -> web.StreamResponse:
    """An exam with its paper and shifts."""
    return json_response(await exams.show_exam(request.app[DATABASE], id_in_path(request)))


async def create_shift(request: web.Request) -> web.StreamResponse:
    """A new shift of an exam."""
    app = request.app
    body = await read_json(request, NewShift)
    shift = await exams.create_shift(
        app[DATABASE], app[SECRETS], id_in_path(request), body, actor=actor(request), now=app[CLOCK].now()
    )
    return json_response(shift, status=201)


async def list_shifts(request: web.Request) -> web.StreamResponse:
    """The shifts the caller may watch."""
    return json_response(await exams.list_shifts(request.app[DATABASE], caller(request)))


async def candidates(request: web.Request) -> web.StreamResponse:
    """A shift's candidates."""
    return json_response(
        await roster.list_candidates(request.app[DATABASE], id_in_path(request), caller(request))
    )


async def import_roster(request: web.Request) -> web.StreamResponse:
    """A shift's roster, reviewed or stored."""
    app, lang = request.app, language_of(request)
    dry_run = query_flag(request, "dry_run")
    rows = await roster.read_roster_file(query_text(request, "name"), await read_body(request))
    done = await roster.import_roster(
        app[DATABASE],
        app[SECRETS],
        id_in_path(request),
        rows,
        school=text(lang, "cli", "default_school"),
        dry_run=dry_run,
        actor=actor(request),
        now=app[CLOCK].now(),
    )
    problems = tuple(
        RosterLine(
            line=problem.line,
            column=problem.column or None,
            code=problem.code,
            message=sentence(problem.code, lang, problem.params),
        )
        for problem in done.problems
    )
    return json_response(RosterReview(stored=done.stored, candidates=done.candidates, problems=problems))
