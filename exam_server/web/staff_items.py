"""The board's item banks."""

from aiohttp import web

from exam_server.actions import items
from exam_server.protocol.staff import NewBank
from exam_server.web.bodies import id_in_path, query_flag, query_number, query_text, read_body, read_json
from exam_server.web.guard import actor, caller
from exam_server.web.keys import CLOCK, DATABASE
from exam_server.web.problems import json_response
from exam_server.web.static import IMMUTABLE


async def banks(request: web.Request) -> web.StreamResponse:
    """Every bank."""
    return json_response(await items.list_banks(request.app[DATABASE]))


async def create_bank(request: web.Request) -> web.StreamResponse:
    """A new bank."""
    app = request.app
    body = await read_json(request, NewBank)
    bank = await items.create_bank(app[DATABASE], name=body.name, actor=actor(request), now=app[CLOCK].now())
    return json_response(bank, status=201)


async def bank_items(request: web.Request) -> web.StreamResponse:
    """A page of a bank's items."""
    page = await items.list_items(
        request.app[DATABASE],
        id_in_path(request, "bank"),
        search=query_text(request, "search"),
        page=query_number(request, "page", 1),
    )
    return json_response(page)


async def item(request: web.Request) -> web.StreamResponse:
    """An item with its key."""
    app = request.app
    found = await items.show_item(app[DATABASE], id_in_path(request), caller(request), app[CLOCK].now())
    return json_response(found)


async def import_items(request: web.Request) -> web.StreamResponse:
    """A Word file, reviewed or stored."""
    app = request.app
    dry_run = query_flag(request, "dry_run")
    file = await items.read_word_file(query_text(request, "name"), await read_body(request))
    review = await items.import_items(
        app[DATABASE],
        id_in_path(request, "bank"),
        file,
        dry_run=dry_run,
        actor=actor(request),
        now=app[CLOCK].now(),
    )
    return json_response(review)


async def asset(request: web.Request) -> web.StreamResponse:
    """A picture of an item."""
    found = await items.show_asset(request.app[DATABASE], request.match_info["sha256"])
    headers = {"Cache-Control": IMMUTABLE.replace("public", "private")}
    return web.Response(body=found.data, content_type=found.media_type, headers=headers)
