"""SIGTERM ends a measurement as Ctrl-C does: no server and no PostgreSQL that it started is left behind."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import TypeVar

import typer

T = TypeVar("T")

TERMINATED = 128 + signal.SIGTERM


def run_until_terminated(work: Coroutine[None, None, T]) -> T:
    """What the work returns. SIGTERM cancels it; then raises ``typer.Exit`` with ``TERMINATED``."""
    try:
        return asyncio.run(_cancelled_by_signal(work))
    except asyncio.CancelledError:
        raise typer.Exit(TERMINATED) from None


async def _cancelled_by_signal(work: Coroutine[None, None, T]) -> T:
    running = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    return await running
