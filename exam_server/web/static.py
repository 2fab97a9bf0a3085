"""The built client: the student's page at /, the staff pages under /staff, the pages of a lab PC, their files
under /assets."""

from pathlib import Path

from aiohttp import web

from exam_server.catalogue import text
from exam_server.errors import NotFound
from exam_server.web.problems import language_of

STATIC = Path(__file__).parent.parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"


async def student_page(request: web.Request) -> web.StreamResponse:
    """The student's page."""
    return _page(request, "index.html")


async def staff_page(request: web.Request) -> web.StreamResponse:
    """The staff pages; which one is the client's matter."""
    return _page(request, "staff.html")


async def lab_page(request: web.Request) -> web.StreamResponse:
    """The check of a PC and the room test; which one is the client's matter."""
    return _page(request, "lab.html")


async def asset(request: web.Request) -> web.StreamResponse:
    """A file of the client whose name holds the hash of its content."""
    path = STATIC / "assets" / request.match_info["name"]
    if not path.is_file():
        raise NotFound("not_found")
    return web.FileResponse(path, headers={"Cache-Control": IMMUTABLE})


async def favicon(request: web.Request) -> web.StreamResponse:
    """The icon browsers ask for unasked."""
    path = STATIC / "favicon.svg"
    if not path.is_file():
        raise NotFound("not_found")
    return web.FileResponse(path, headers={"Cache-Control": "public, max-age=3600"})


def _page(request: web.Request, name: str) -> web.StreamResponse:
    path = STATIC / name
    if path.is_file():
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})
    sentence = text(language_of(request), "errors", "client_not_built")
    return web.Response(status=503, text=sentence + "\n", headers={"Retry-After": "30"})
