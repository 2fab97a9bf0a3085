"""For those who watch the server: is it well, and its figures."""

import hmac

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from exam_server.errors import Denied
from exam_server.metrics import REGISTRY
from exam_server.store.health import select_alive
from exam_server.web.addresses import is_local
from exam_server.web.keys import CONFIG, DATABASE


async def healthz(request: web.Request) -> web.StreamResponse:
    """200 when the database answers, else 503."""
    async with request.app[DATABASE].connection() as connection:
        await select_alive(connection)
    return web.json_response({"status": "ok"})


async def metrics(request: web.Request) -> web.StreamResponse:
    """Prometheus figures of this worker, for this machine or whoever has the token.

    Raises Denied with code ``metrics_closed`` otherwise.
    """
    token = request.app[CONFIG].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not is_local(request) and not (token and hmac.compare_digest(given.encode(), token.encode())):
        raise Denied("metrics_closed")
    return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})
