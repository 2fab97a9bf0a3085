"""The processes of a bench: each answers a line of JSON with a line of JSON."""

import asyncio
import os
import resource
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import msgspec

from exam_server.errors import Unavailable

T = TypeVar("T")

LONGEST_ORDER_S = 900
"""How long an order may take: ten minutes of load, and a slow server."""

_LONGEST_LINE = 2**26


_FAILED = b"failed "
"""Stands before the error where an order has one."""


class _Failure(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    params: dict[str, str]


class Child:
    """A process that was started, from outside."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    async def ask(self, order: msgspec.Struct, answer: type[T]) -> T:
        """Give an order and wait for what becomes of it.

        Raises Unavailable: with the code of what it met; ``bench_process_ended``, its own words are on
        standard error; ``bench_stuck`` when it takes longer than any order should.
        """
        try:
            async with asyncio.timeout(LONGEST_ORDER_S):
                line = await self._exchange(msgspec.json.encode(order) + b"\n")
        except TimeoutError as error:
            raise Unavailable("bench_stuck", seconds=LONGEST_ORDER_S) from error
        if not line:
            raise Unavailable("bench_process_ended")
        if line.startswith(_FAILED):
            failure = msgspec.json.decode(line.removeprefix(_FAILED), type=_Failure)
            raise Unavailable(failure.code, **failure.params)
        return msgspec.json.decode(line, type=answer)

    async def _exchange(self, order: bytes) -> bytes:
        process = self._process
        if process.stdin is None or process.stdout is None:
            return b""
        process.stdin.write(order)
        with suppress(ConnectionError):  # it has ended: there is no answer either
            await process.stdin.drain()
        return await process.stdout.readline()


@asynccontextmanager
async def started(module: str, environment: Mapping[str, str] | None = None) -> AsyncGenerator[Child]:
    """A process that runs ``exam_server.bench.<module>``, with ``environment`` beside what this one has;
    killed at the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"exam_server.bench.{module}"),
        stdin=PIPE,
        stdout=PIPE,
        limit=_LONGEST_LINE,
        env={**os.environ, **(environment or {})},
    )
    try:
        yield Child(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def obey(orders: msgspec.json.Decoder[T], carry_out: Callable[[T], Awaitable[msgspec.Struct]]) -> None:
    """From inside: carry out one order after the other, until there are no more."""
    lines = asyncio.StreamReader(limit=_LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin.buffer
    )
    while line := await lines.readline():
        try:
            told = msgspec.json.encode(await carry_out(orders.decode(line)))
        except Unavailable as error:
            told = _FAILED + msgspec.json.encode(_Failure(code=error.code, params=_texts(error)))
        print(told.decode(), flush=True)  # noqa: T201 -- the bench reads it


def _texts(error: Unavailable) -> dict[str, str]:
    return {name: str(value) for name, value in error.params.items()}


def allow_connections() -> None:
    """Let this process have as many open files as it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
