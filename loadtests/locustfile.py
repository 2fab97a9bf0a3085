"""``locust -f loadtests/locustfile.py --host URL --roster FILE``: with locust's page, or ``--headless``, or
over several processes and machines with ``--master`` and ``--worker``."""

import argparse
import itertools
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import gevent
from gevent.event import AsyncResult
from locust import LoadTestShape, User, constant, events, task
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import WorkerRunner

from loadtests.desk import GIVEN, KNOWN, STAGE, WANTED, Desk
from loadtests.door import StudentError
from loadtests.latencies import Latencies
from loadtests.line import HttpRefusedError, LineLostError, Server
from loadtests.paper import BadFormError, Item
from loadtests.roster import Login, read_roster
from loadtests.scenarios import SCENARIOS
from loadtests.student import Message, Student

ARRIVALS_PER_S = 40.0
FIGURES = "khaothi"

_TROUBLE = (StudentError, HttpRefusedError, LineLostError, BadFormError)


class Process:
    """What the students of this process share."""

    def __init__(self) -> None:
        self.latencies = Latencies()
        self.papers: dict[tuple[str, str], list[Item]] = {}
        self.desk: Desk | None = None
        self.waiting: dict[int, AsyncResult[Login | None]] = {}
        self.tickets = itertools.count()
        self.validate: Any = None


HERE = Process()


@events.init_command_line_parser.add_listener
def add_options(parser: argparse.ArgumentParser) -> None:
    """Options beside locust's own."""
    group = parser.add_argument_group("khaothi")
    group.add_argument("--roster", default="", help="CSV file with the columns number,pin: who sits")
    group.add_argument("--scenario", choices=list(SCENARIOS), default="steady", help="what is played")
    group.add_argument("--students", type=int, default=0, help="how many of the roster come; 0: all")
    group.add_argument("--seconds", type=float, default=0.0, help="seconds of work; 0: the scenario's own")
    group.add_argument("--outage-seconds", type=float, default=60.0, help="how long the network is down")
    group.add_argument(
        "--record", default="", help="directory for what the students know and for the figures"
    )
    group.add_argument("--revisit", action="store_true", help="look at each sitting again at the end")
    group.add_argument("--schema", default="", help="JSON Schema to hold every message against; slow")
    group.add_argument("--seed", type=int, default=1, help="gives every student's plan")


@events.init.add_listener
def prepare(environment: Environment, **_: object) -> None:
    """Let the desk and its students hear each other."""
    runner = environment.runner
    if runner is None:
        return
    runner.register_message(WANTED, _give)
    runner.register_message(GIVEN, _given)
    runner.register_message(STAGE, lambda environment, msg: _desk().note(msg.data["stage"]))
    runner.register_message(KNOWN, lambda environment, msg: _desk().keep(msg.data))
    if not isinstance(runner, WorkerRunner):
        HERE.desk = _open_desk(environment)
        gevent.spawn(_tell_every_second)
        # Locust's own handler comes only after a headless run with a shape.
        gevent.signal_handler(signal.SIGTERM, runner.quit)


@events.test_start.add_listener
def begin(environment: Environment, **_: object) -> None:
    """A new run: a new desk, and no figures of the last."""
    HERE.latencies = Latencies()
    HERE.papers.clear()
    options = _options(environment)
    if options.schema:
        HERE.validate = _validator(Path(options.schema))
    if HERE.desk is not None:
        HERE.desk = _open_desk(environment)


@events.report_to_master.add_listener
def hand_over(client_id: str, data: dict[str, Any]) -> None:
    """A worker's figures travel with locust's own."""
    data[FIGURES] = HERE.latencies.take()


@events.worker_report.add_listener
def take_over(client_id: str, data: dict[str, Any]) -> None:
    """The master adds them up."""
    if FIGURES in data:
        _desk().latencies.merge(*data[FIGURES])


@events.test_stop.add_listener
@events.quitting.add_listener
def end(environment: Environment, **_: object) -> None:
    """Write what there is; after the last worker's report once more."""
    if HERE.desk is not None:
        counts, failures = HERE.latencies.take()
        HERE.desk.latencies.merge(counts, failures)
        HERE.desk.close()


class Arrivals(LoadTestShape):
    """All students come at the scenario's pace and stay until they are through."""

    def tick(self) -> tuple[int, float] | None:
        """How many shall be there, and how many may come each second; None when all have left."""
        desk = _desk()
        return None if desk.finished else (desk.students, desk.pace)


class Candidate(User):
    """A student of the roster."""

    wait_time = constant(0)

    @task
    def sit(self) -> None:
        """The whole exam, once."""
        login = self._ask_for_login()
        if login is None:
            raise StopUser
        student = self._student(login)
        seen: Message | None = None
        try:
            student.run()
            if _options(self.environment).revisit:
                seen = student.look_again()
        except _TROUBLE as error:
            self.done("left", time.monotonic(), error=error)
        except gevent.GreenletExit:
            self.done("left", time.monotonic(), error=StudentError("stopped before the end"))
            raise
        finally:
            self._send(KNOWN, dict(student.account(seen)))
        raise StopUser

    def done(self, name: str, due: float, *, length: int = 0, error: Exception | None = None) -> None:
        """Tell locust and keep the figure; the latency counts from when it was due."""
        latency_ms = max(0.0, (time.monotonic() - due) * 1_000)
        self.environment.events.request.fire(
            request_type="exam",
            name=name,
            response_time=latency_ms,
            response_length=length,
            exception=error,
            context={},
        )
        if error is None:
            HERE.latencies.add(name, time.time() - latency_ms / 1_000, latency_ms)
        else:
            HERE.latencies.fail(name, f"{type(error).__name__}: {error}"[:200])

    def reached(self, stage: str) -> None:
        """Tell the desk how far this student is."""
        self._send(STAGE, {"stage": stage})

    def _send(self, what: str, data: dict[str, Any]) -> None:
        if self.environment.runner is not None:
            self.environment.runner.send_message(what, data)

    def _student(self, login: Login) -> Student:
        options = _options(self.environment)
        scenario = SCENARIOS[options.scenario]
        return Student(
            Server.at(self.environment.host or self.host or ""),
            login,
            scenario,
            seconds=options.seconds or scenario.seconds,
            outage_s=options.outage_seconds,
            report=self,
            papers=HERE.papers,
            seed=options.seed,
            heard=HERE.validate,
        )

    def _ask_for_login(self) -> Login | None:
        ticket = next(HERE.tickets)
        answer: AsyncResult[Login | None] = AsyncResult()
        HERE.waiting[ticket] = answer
        self._send(WANTED, {"ticket": ticket})
        return answer.get()


def _give(environment: Environment, msg: Any) -> None:
    login = _desk().give()
    answer = {
        "ticket": msg.data["ticket"],
        "login": None if login is None else {"number": login.number, "pin": login.pin},
    }
    if environment.runner is not None:
        environment.runner.send_message(GIVEN, answer, client_id=msg.node_id)


def _given(environment: Environment, msg: Any) -> None:
    login = msg.data["login"]
    HERE.waiting.pop(msg.data["ticket"]).set(None if login is None else Login(**login))


def _desk() -> Desk:
    if HERE.desk is None:
        raise RuntimeError("a worker has no desk")
    return HERE.desk


def _options(environment: Environment) -> argparse.Namespace:
    if environment.parsed_options is None:
        raise RuntimeError("locust has read no options")
    return environment.parsed_options


def _open_desk(environment: Environment) -> Desk:
    options = _options(environment)
    if not options.roster:
        sys.exit("--roster FILE is needed: who sits")
    scenario = SCENARIOS[options.scenario]
    try:
        logins = read_roster(Path(options.roster))
    except (OSError, ValueError) as error:
        sys.exit(f"--roster {options.roster}: {error}")
    chosen = logins[: options.students] if options.students else logins
    arrival_s = scenario.arrival_share * (options.seconds or scenario.seconds)
    pace = max(0.1, len(chosen) / arrival_s) if arrival_s else ARRIVALS_PER_S
    return Desk(chosen, Path(options.record) if options.record else None, pace=pace)


def _tell_every_second() -> None:
    while True:
        _desk().tell()
        gevent.sleep(1)


def _validator(path: Path) -> Any:
    """Holds a message against the schema. Raises StudentError when it does not fit."""
    from jsonschema import Draft202012Validator

    schema = json.loads(path.read_text(encoding="utf-8"))
    sides = {
        side: Draft202012Validator({**schema, "$ref": f"#/$defs/{side.title()}Message"})
        for side in ("client", "server")
    }

    def validate(side: str, message: Message) -> None:
        error = next(iter(sides[side].iter_errors(message)), None)
        if error is not None:
            raise StudentError(
                f"{side}'s {message.get('type')} does not fit the schema: {error.message[:200]}"
            )

    return validate
