"""Every route on one page: method, path, handler, who may use it, and how large a body may be."""

from aiohttp import web

from exam_server.core.access import Permission
from exam_server.web import (
    candidate,
    check,
    health,
    rehearsal,
    staff_exams,
    staff_exports,
    staff_items,
    staff_key_changes,
    staff_login,
    staff_results,
    staff_room,
    staff_runs,
    staff_sanctions,
    staff_window,
    static,
)
from exam_server.web.bodies import JSON_LIMIT, LINE_LIMIT, ROSTER_LIMIT, WORD_LIMIT
from exam_server.web.guard import Open, Route, any_of, guarded
from exam_server.web.post_line import sitting_line
from exam_server.web.socket import sitting_socket

_P = Permission
_ITEMS, _IMPORT, _MANAGE, _WATCH = map(
    any_of, (_P.ITEMS_READ, _P.ITEMS_IMPORT, _P.EXAMS_MANAGE, _P.ROOM_WATCH)
)
_RESULTS, _SCORE, _CORRECT, _SANCTION = map(
    any_of, (_P.RESULTS_READ, _P.SCORING_RUN, _P.KEYS_CORRECT, _P.SANCTIONS_RECORD)
)
_EXAM = r"/api/exams/{id:\d{1,19}}"
_RUN = r"/api/runs/{id:\d{1,19}}"
_CHANGE = r"/api/key-changes/{id:\d{1,19}}"

ROUTES = (
    Route("GET", "/", static.student_page, Open.PUBLIC),
    Route("GET", "/staff", static.staff_page, Open.PUBLIC),
    Route("GET", "/staff/{page:.*}", static.staff_page, Open.PUBLIC),
    Route("GET", "/check", static.lab_page, Open.PUBLIC),
    Route("GET", "/room-test", static.lab_page, Open.PUBLIC),
    Route("GET", r"/assets/{name:[\w.-]+}", static.asset, Open.PUBLIC),
    Route("GET", "/favicon.svg", static.favicon, Open.PUBLIC),
    Route("GET", "/healthz", health.healthz, Open.PUBLIC),
    Route("GET", "/metrics", health.metrics, Open.PUBLIC),
    Route("GET", "/api/check", check.server_time, Open.PUBLIC),
    Route("GET", "/ws/check", check.check_socket, Open.PUBLIC),
    Route("POST", "/api/candidate/login", candidate.login, Open.PUBLIC, JSON_LIMIT),
    Route("GET", "/api/candidate/me", candidate.me, Open.CANDIDATE),
    Route("POST", "/api/candidate/logout", candidate.logout, Open.PUBLIC),
    Route("GET", "/ws/sitting", sitting_socket, Open.SOCKET),
    Route("POST", "/api/sitting/line", sitting_line, Open.SOCKET, LINE_LIMIT),
    Route("GET", "/forms/{sha256:[0-9a-f]{64}}.bin", candidate.form, Open.PUBLIC),
    Route("POST", "/api/login", staff_login.login, Open.PUBLIC, JSON_LIMIT),
    Route("GET", "/api/me", staff_login.me, Open.STAFF),
    Route("POST", "/api/logout", staff_login.logout, Open.PUBLIC),
    Route("GET", "/api/banks", staff_items.banks, _ITEMS),
    Route("POST", "/api/banks", staff_items.create_bank, _IMPORT, JSON_LIMIT),
    Route("GET", r"/api/banks/{bank:\d{1,19}}/items", staff_items.bank_items, _ITEMS),
    Route("POST", r"/api/banks/{bank:\d{1,19}}/import", staff_items.import_items, _IMPORT, WORD_LIMIT),
    Route("GET", r"/api/items/{id:\d{1,19}}", staff_items.item, any_of(_P.KEYS_READ, _P.RESULTS_READ)),
    Route("GET", "/api/assets/{sha256:[0-9a-f]{64}}", staff_items.asset, Open.STAFF),
    Route("GET", "/api/exams", staff_exams.list_exams, any_of(_P.EXAMS_READ)),
    Route("POST", "/api/exams", staff_exams.create_exam, _MANAGE, JSON_LIMIT),
    Route("GET", r"/api/exams/{id:\d{1,19}}", staff_exams.show_exam, _MANAGE),
    Route("POST", r"/api/exams/{id:\d{1,19}}/shifts", staff_exams.create_shift, _MANAGE, JSON_LIMIT),
    Route("GET", "/api/shifts", staff_exams.list_shifts, _WATCH),
    Route("GET", r"/api/shifts/{id:\d{1,19}}/candidates", staff_exams.candidates, _WATCH),
    Route(
        "POST",
        r"/api/shifts/{id:\d{1,19}}/roster",
        staff_exams.import_roster,
        any_of(_P.ROSTER_IMPORT),
        ROSTER_LIMIT,
    ),
    Route("GET", r"/api/shifts/{id:\d{1,19}}/room", staff_room.view, _WATCH),
    Route("GET", r"/api/shifts/{id:\d{1,19}}/log", staff_room.log, _WATCH),
    Route(
        "POST", r"/api/shifts/{id:\d{1,19}}/commands", staff_room.command, any_of(_P.ROOM_COMMAND), JSON_LIMIT
    ),
    Route("GET", "/api/window", staff_window.view, any_of(_P.SERVER_WATCH)),
    Route("GET", "/api/alarms", staff_window.alarms, _WATCH),
    Route("GET", "/api/rehearsals", rehearsal.show_all, _MANAGE),
    Route("POST", "/api/rehearsals", rehearsal.make, _MANAGE, JSON_LIMIT),
    Route("POST", "/api/rehearsal", rehearsal.play, Open.PUBLIC, JSON_LIMIT),
    Route("POST", "/api/rehearsal/proofs", rehearsal.proofs, Open.PUBLIC, JSON_LIMIT),
    Route("POST", "/api/rehearsal/report", rehearsal.report, Open.PUBLIC, JSON_LIMIT),
    Route("GET", f"{_EXAM}/results", staff_results.results, _RESULTS),
    Route("GET", f"{_EXAM}/results.csv", staff_results.results_as_csv, _RESULTS),
    Route("GET", f"{_EXAM}/runs", staff_runs.list_runs, _RESULTS),
    Route("POST", f"{_EXAM}/runs", staff_runs.start_run, _SCORE, JSON_LIMIT),
    Route("GET", _RUN, staff_runs.show_run, _RESULTS),
    Route("POST", f"{_RUN}/cancel", staff_runs.cancel_run, _SCORE, JSON_LIMIT),
    Route("POST", f"{_RUN}/sign", staff_runs.sign_run, _SCORE, JSON_LIMIT),
    Route("GET", f"{_RUN}/scores", staff_runs.scores, _RESULTS),
    Route("GET", f"{_RUN}/export/gradebook.xlsx", staff_exports.gradebook, _RESULTS),
    Route("GET", f"{_RUN}/export/scores.csv", staff_exports.scores, _RESULTS),
    Route("GET", f"{_RUN}/export/items.csv", staff_exports.items, _RESULTS),
    Route("GET", f"{_RUN}/export/run.json", staff_exports.everything, _RESULTS),
    Route("GET", f"{_RUN}/export/candidates.html", staff_exports.candidates, _RESULTS),
    Route("GET", f"{_RUN}/export/school.html", staff_exports.school, _RESULTS),
    Route("GET", f"{_RUN}/analysis", staff_runs.show_analysis, _RESULTS),
    Route("GET", _RUN + r"/items/{item:\d{1,19}}", staff_runs.show_item_analysis, _RESULTS),
    Route("GET", f"{_EXAM}/key-changes", staff_key_changes.list_key_changes, _CORRECT),
    Route("POST", f"{_EXAM}/key-changes", staff_key_changes.propose, _CORRECT, JSON_LIMIT),
    Route("GET", f"{_CHANGE}/preview", staff_key_changes.preview, _CORRECT),
    Route("POST", f"{_CHANGE}/confirm", staff_key_changes.confirm, _CORRECT, JSON_LIMIT),
    Route("POST", f"{_CHANGE}/withdraw", staff_key_changes.withdraw, _CORRECT, JSON_LIMIT),
    Route("POST", f"{_CHANGE}/rollback", staff_key_changes.roll_back, _CORRECT, JSON_LIMIT),
    Route("GET", f"{_EXAM}/sanctions", staff_sanctions.list_sanctions, _SANCTION),
    Route("POST", f"{_EXAM}/sanctions", staff_sanctions.record, _SANCTION, JSON_LIMIT),
    Route("POST", r"/api/sanctions/{id:\d{1,19}}/revoke", staff_sanctions.revoke, _SANCTION, JSON_LIMIT),
)


def add_routes(app: web.Application) -> None:
    """Put every route behind its door."""
    for route in ROUTES:
        app.router.add_route(route.method, route.path, guarded(route))
