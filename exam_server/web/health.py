"""For those who watch the server: is it well, and its figures."""

import hmac
import socket
from collections.abc import Iterator, Mapping, Sequence

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest

from exam_server.actions.window import read_families
from exam_server.core.figures import Family
from exam_server.errors import Denied
from exam_server.store.database import AWAY
from exam_server.store.health import select_alive
from exam_server.web.addresses import is_local
from exam_server.web.hub import HUB
from exam_server.web.keys import CONFIG, DATABASE
from exam_server.web.reporter import read_registry


async def healthz(request: web.Request) -> web.StreamResponse:
    """200 when the database answers, else 503."""
    async with request.app[DATABASE].connection() as connection:
        await select_alive(connection)
    return web.json_response({"status": "ok"})


async def metrics(request: web.Request) -> web.StreamResponse:
    """Prometheus figures of all workers of this machine, for this machine or whoever has the token.

    Each value has the label ``worker``. While the database is away, this worker's alone.
    Raises Denied with code ``metrics_closed`` otherwise.
    """
    token = request.app[CONFIG].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not is_local(request) and not (token and hmac.compare_digest(given.encode(), token.encode())):
        raise Denied("metrics_closed")
    try:
        told = await read_families(request.app[DATABASE], socket.gethostname())
    except AWAY:
        told = {}
    registry = CollectorRegistry()
    registry.register(_Workers({**told, request.app[HUB].worker: read_registry()}))
    return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Workers:
    """The metrics of several workers as one, for ``generate_latest``."""

    def __init__(self, workers: Mapping[int, Sequence[Family]]) -> None:
        self._workers = workers

    def collect(self) -> Iterator[Metric]:
        """Each metric once, with every worker's samples."""
        merged: dict[str, Metric] = {}
        for worker, families in sorted(self._workers.items()):
            for family in families:
                metric = merged.setdefault(
                    family.name, Metric(family.name, family.documentation, family.kind)
                )
                for one in family.samples:
                    metric.add_sample(one.name, {**one.labels, "worker": str(worker)}, one.value)
        return iter(merged.values())
