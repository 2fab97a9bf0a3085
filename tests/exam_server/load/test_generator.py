"""The load generator's processes."""

import asyncio
from pathlib import Path

import psutil
import pytest

from exam_server.load.generator import Generator
from exam_server.load.order import Order
from exam_server.load.target import Target

PATIENCE_S = 60.0


@pytest.mark.slow
async def test_with_a_process_that_was_killed_it_is_over(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("number,pin\n1,2\n", encoding="utf-8")
    order = Order(scenario="steady", students=1, seconds=60, outage_s=60, processes=2, workers=1, seed=1)
    target = Target(address="http://127.0.0.1:1", roster=roster)
    generator = Generator(order, target, tmp_path, revisit=False)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while generator.status() is None:  # noqa: ASYNC110 -- another process
                await asyncio.sleep(0.1)
        assert generator.running
        family = psutil.Process().children()
        next(one for one in family if "--worker" in one.cmdline()).kill()
        async with asyncio.timeout(PATIENCE_S):
            while generator.running:  # noqa: ASYNC110 -- another process
                await asyncio.sleep(0.1)
    finally:
        await generator.stop()
    assert not [one for one in psutil.Process().children() if "locust" in " ".join(one.cmdline())]
