"""A scoring run's own process: low in priority and alone on its core, so that those who sit an exam meanwhile
do not notice. ``python -m exam_server.computing RUN``."""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import Process

import uvloop

from exam_server.threads import ONE_THREAD

NICENESS = 10
URL = "DATABASE_URL"


async def start_computing(run_id: int, url: str) -> Process:
    """Start the process of a run on the database of this address."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "exam_server.computing", str(run_id)),
        stdin=subprocess.DEVNULL,
        env={**os.environ, **ONE_THREAD, URL: url},
        start_new_session=True,
    )


def main() -> None:
    """Compute the run that the argument names."""
    os.nice(NICENESS)
    uvloop.run(_compute(os.environ[URL], int(sys.argv[1])))


async def _compute(url: str, run_id: int) -> None:
    # Not before the threads are counted: these import numpy.
    from exam_server.actions.scoring import compute_run
    from exam_server.clock import SystemClock
    from exam_server.store.database import open_database

    async with open_database(url, most=2) as database:
        await compute_run(database, SystemClock(), run_id)


if __name__ == "__main__":
    main()
