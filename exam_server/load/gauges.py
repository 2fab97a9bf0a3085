"""What is read off the machine and the server once a second during a run."""

import asyncio
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

import aiohttp
import msgspec
from prometheus_client.parser import text_string_to_metric_families

CONNECTIONS, QUEUE = "khaothi_connections", "khaothi_journal_queue_rows"

CpuReader = Callable[[], float]
"""CPU seconds of some processes so far."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One second. ``cpu``: processors in use by whom; the rest None where the server does not tell."""

    unix_s: float
    cpu: dict[str, float]
    connections: int | None
    queue_rows: int | None


class Gauges:
    """Reads until cancelled. ``samples`` grows."""

    def __init__(self, address: str, readers: Mapping[str, CpuReader]) -> None:
        self.samples: list[Sample] = []
        self._address = address
        self._readers = dict(readers)

    def add(self, name: str, reader: CpuReader) -> None:
        """Watch some processes more; before ``watch``."""
        self._readers[name] = reader

    async def watch(self) -> None:
        """One sample a second."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
            before, since = self._read(), time.monotonic()
            while True:
                await asyncio.sleep(1 - time.time() % 1)
                told = await self._told(http)
                now, at = self._read(), time.monotonic()
                cpu = {name: max(0.0, now[name] - before[name]) / (at - since) for name in now}
                before, since = now, at
                self.samples.append(
                    Sample(
                        unix_s=time.time(),
                        cpu=cpu,
                        connections=told.get(CONNECTIONS),
                        queue_rows=told.get(QUEUE),
                    )
                )

    def _read(self) -> dict[str, float]:
        return {name: read() for name, read in self._readers.items()}

    async def _told(self, http: aiohttp.ClientSession) -> dict[str, int]:
        """The server's own figures, of all its workers; nothing where they are closed to us, it is away, or
        something else answers in its place."""
        try:
            async with http.get(f"{self._address}/metrics") as reply:
                if reply.status != HTTPStatus.OK:
                    return {}
                return _read(await reply.text())
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return {}


def _read(text: str) -> dict[str, int]:
    """Raises ValueError when these are no metrics."""
    wanted = {CONNECTIONS, QUEUE}
    families = [one for one in text_string_to_metric_families(text) if one.name in wanted]
    return {one.name: int(sum(sample.value for sample in one.samples)) for one in families}
