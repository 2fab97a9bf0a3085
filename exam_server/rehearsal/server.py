"""The server as the room test's player sees it, over HTTP."""

import time
from typing import TypeVar

import aiohttp
import msgspec

from exam_server.errors import KhaoThiError, Unavailable
from exam_server.protocol.message import Body
from exam_server.protocol.rehearsal import (
    Proofs,
    RehearsalEntry,
    RehearsalMeasured,
    RehearsalPlan,
    RehearsalReport,
    RehearsalToken,
    RehearsalVerdict,
    ServerTime,
)
from exam_server.protocol.staff import Problem

T = TypeVar("T")

SAMPLES = 8


class Refusal(KhaoThiError):
    """The server's own sentence is in ``message``."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code, place=problem.place)
        self.message = problem.message


class Server:
    """Calls of the room test. Each raises Refusal when the server refuses, Unavailable with code
    ``server_unreachable`` when nobody answers."""

    def __init__(self, http: aiohttp.ClientSession, address: str, language: str) -> None:
        self.http = http
        self.address = address.rstrip("/")
        self._headers = {
            "Content-Type": "application/json",
            "Origin": self.address,
            "Accept-Language": language,
        }

    async def enter(self, code: str, students: int, minutes: int) -> RehearsalPlan:
        """A code for a plan."""
        entry = RehearsalEntry(code=code, students=students, minutes=minutes)
        return await self._post("/api/rehearsal", entry, RehearsalPlan)

    async def proofs(self, token: str) -> Proofs:
        """What the journals were chained from."""
        return await self._post("/api/rehearsal/proofs", RehearsalToken(token=token), Proofs)

    async def report(self, token: str, measured: RehearsalMeasured) -> RehearsalVerdict:
        """What was measured for a verdict."""
        body = RehearsalReport(token=token, measured=measured)
        return await self._post("/api/rehearsal/report", body, RehearsalVerdict)

    async def clock_ms(self) -> float:
        """The server's time less the steady clock's, in milliseconds, by the quickest of some exchanges."""
        samples = [await self._sample() for _ in range(SAMPLES)]
        return min(samples)[1]

    async def _sample(self) -> tuple[float, float]:
        began = time.monotonic() * 1_000
        try:
            async with self.http.get(f"{self.address}/api/check", headers=self._headers) as reply:
                now = await self._read(reply, ServerTime)
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable("server_unreachable", address=self.address) from error
        taken = time.monotonic() * 1_000 - began
        return taken, now.now_ms - began - taken / 2

    async def _post(self, path: str, body: Body, reply_type: type[T]) -> T:
        data = msgspec.json.encode(body)
        try:
            async with self.http.post(self.address + path, data=data, headers=self._headers) as reply:
                return await self._read(reply, reply_type)
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable("server_unreachable", address=self.address) from error

    async def _read(self, reply: aiohttp.ClientResponse, reply_type: type[T]) -> T:
        body = await reply.read()
        try:
            if reply.ok:
                return msgspec.json.decode(body, type=reply_type)
            raise Refusal(msgspec.json.decode(body, type=Problem))
        except msgspec.DecodeError as error:  # a proxy's page, or another program
            raise Unavailable("server_unreachable", address=self.address) from error
