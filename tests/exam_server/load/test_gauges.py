"""What is read once a second, whatever answers at the address."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from exam_server.load.gauges import Gauges, Sample

METRICS = """\
# HELP khaothi_connections Candidates
# TYPE khaothi_connections gauge
khaothi_connections{worker="1"} 3.0
khaothi_connections{worker="2"} 4.0
"""


async def first_sample(text: str) -> Sample:
    async def metrics(_: web.Request) -> web.Response:
        return web.Response(text=text)

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    async with TestServer(app) as server:
        gauges = Gauges(str(server.make_url("")).rstrip("/"), {"load": lambda: 0.0})
        watching = asyncio.create_task(gauges.watch())
        async with asyncio.timeout(20):
            while not gauges.samples and not watching.done():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    return gauges.samples[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [(METRICS, (7, None)), ("<html><body>Trang của proxy {</body></html>", (None, None))],
    ids=["our server", "a proxy's page"],
)
async def test_what_the_server_tells(text: str, told: tuple[int | None, int | None]) -> None:
    sample = await first_sample(text)
    assert (sample.connections, sample.queue_rows) == told
    assert sample.cpu == {"load": 0.0}
