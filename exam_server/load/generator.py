"""Locust in processes of its own, playing the students."""

import asyncio
import importlib.util
import signal
import subprocess
import sys
from pathlib import Path

import msgspec

from exam_server.errors import Unavailable
from exam_server.load.order import Order
from exam_server.load.target import Target
from exam_server.simulation.serving import free_port, tree_cpu_s

STOP_S = 30.0


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How many students have come how far; ``left``: whatever the reason."""

    students: int
    waiting: int = 0
    running: int = 0
    left: int = 0


class Generator:
    """Started at once; ``stop`` ends it. What it says goes to ``locust.log`` in ``directory``."""

    def __init__(self, order: Order, target: Target, directory: Path, *, revisit: bool) -> None:
        self.record = directory / "record"
        for name in ("status.json", "latencies.json", "accounts.jsonl"):
            (self.record / name).unlink(missing_ok=True)  # of a run before
        self.log = directory / "locust.log"
        self._output = self.log.open("wb")
        port = str(free_port())
        command = [*_command(order, target, self.record), *(["--revisit"] if revisit else [])]
        if order.processes > 1:
            command += ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port]
            command += ["--expect-workers", str(order.processes)]
        self._processes = [self._start(command)]
        if order.processes > 1:
            worker = [*_locust(), "--worker", "--master-host", "127.0.0.1", "--master-port", port]
            self._processes += [self._start(worker) for _ in range(order.processes)]

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 -- our own command
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )

    @property
    def running(self) -> bool:
        """Whether it is still at it. With a process that was killed it is not: its students never leave."""
        killed = any((process.poll() or 0) < 0 for process in self._processes)
        return not killed and self._processes[0].poll() is None

    def status(self) -> Status | None:
        """How far the students are, as of the last second; None before the first."""
        try:
            return msgspec.json.decode((self.record / "status.json").read_bytes(), type=Status)
        except FileNotFoundError:
            return None

    def cpu_s(self) -> float:
        """CPU seconds of all its processes so far."""
        return sum(tree_cpu_s(process.pid) for process in self._processes)

    async def stop(self) -> None:
        """Ask the students to leave and to tell what they know, and wait for that."""
        if self._processes[0].poll() is None:
            self._processes[0].send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                while any(process.poll() is None for process in self._processes):  # noqa: ASYNC110 -- no signal
                    await asyncio.sleep(0.1)
        except TimeoutError:
            for process in self._processes:
                process.kill()
        finally:
            for process in self._processes:
                process.wait()
            self._output.close()


def check_locust() -> None:
    """Raises Unavailable with code ``load_locust_missing`` where it is not installed."""
    if importlib.util.find_spec("locust") is None:
        raise Unavailable("load_locust_missing")


def _locust() -> list[str]:
    """The command; the students' file is found without importing it."""
    package = importlib.util.find_spec("loadtests")
    if package is None or package.origin is None:
        raise Unavailable("load_locust_missing")
    file = Path(package.origin).parent / "locustfile.py"
    return [sys.executable, "-m", "locust", "-f", str(file), "--loglevel", "WARNING"]


def _command(order: Order, target: Target, record: Path) -> list[str]:
    return [
        *_locust(),
        *("--headless", "--only-summary", "--host", target.address, "--roster", str(target.roster)),
        *("--scenario", order.scenario, "--students", str(order.students), "--seed", str(order.seed)),
        *("--seconds", str(order.seconds), "--outage-seconds", str(order.outage_s)),
        *("--record", str(record)),
    ]
