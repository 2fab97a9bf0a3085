"""A run's files: score sheets, reports, tables."""

from aiohttp import web

from exam_server.actions import exports
from exam_server.web.bodies import id_in_path, query_optional_id, query_text
from exam_server.web.guard import caller
from exam_server.web.keys import CLOCK, DATABASE
from exam_server.web.problems import language_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# A report is for reading and printing: nothing in it runs, and nothing is loaded.
_PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


async def gradebook(request: web.Request) -> web.StreamResponse:
    """Score sheets of classes: ``column`` says where the score goes, ``class`` which class."""
    data = await exports.export_gradebook(
        request.app[DATABASE],
        id_in_path(request),
        caller(request),
        language_of(request),
        column=query_text(request, "column"),
        class_id=query_optional_id(request, "class"),
    )
    return _file(request, data, XLSX, "xlsx")


async def scores(request: web.Request) -> web.StreamResponse:
    """Every candidate."""
    data = await exports.export_scores(
        request.app[DATABASE], id_in_path(request), caller(request), language_of(request)
    )
    return _file(request, data, "text/csv", "csv")


async def items(request: web.Request) -> web.StreamResponse:
    """Every item."""
    app = request.app
    data = await exports.export_items(
        app[DATABASE], id_in_path(request), caller(request), language_of(request), app[CLOCK].now()
    )
    return _file(request, data, "text/csv", "csv")


async def everything(request: web.Request) -> web.StreamResponse:
    """All of the run."""
    app = request.app
    data = await exports.export_everything(
        app[DATABASE], id_in_path(request), caller(request), language_of(request), app[CLOCK].now()
    )
    return _file(request, data, "application/json", "json")


async def candidates(request: web.Request) -> web.StreamResponse:
    """Candidates' reports: of a ``class``, of one ``sitting``, or all."""
    data = await exports.export_candidates(
        request.app[DATABASE],
        id_in_path(request),
        caller(request),
        language_of(request),
        class_id=query_optional_id(request, "class"),
        sitting_id=query_optional_id(request, "sitting"),
    )
    return _page(data)


async def school(request: web.Request) -> web.StreamResponse:
    """The schools' tables."""
    data = await exports.export_school(
        request.app[DATABASE], id_in_path(request), caller(request), language_of(request)
    )
    return _page(data)


def _file(request: web.Request, data: bytes, media_type: str, ending: str) -> web.Response:
    name = request.path.rsplit("/", 1)[-1].split(".")[0]
    return web.Response(
        body=data,
        content_type=media_type,
        charset="utf-8" if media_type.startswith("text/") else None,
        headers={
            "Content-Disposition": f'attachment; filename="khaothi-{id_in_path(request)}-{name}.{ending}"'
        },
    )


def _page(data: bytes) -> web.Response:
    return web.Response(
        body=data,
        content_type="text/html",
        charset="utf-8",
        headers={"Content-Security-Policy": _PAGE_POLICY},
    )
