"""What a student asks for over HTTP: to be let in, and the sealed form."""

import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from random import Random
from typing import Any, Protocol

import gevent

from loadtests.line import HttpRefusedError, Server, request
from loadtests.paper import check_blob
from loadtests.roster import Login

LOGINS = 100
LONGEST_WAIT_S = 10.0
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.BAD_GATEWAY})


class StudentError(Exception):
    """The server broke the protocol, or told this student to go away for good."""


class Report(Protocol):
    """Who is told how it went."""

    def done(self, name: str, due: float, *, length: int = 0, error: Exception | None = None) -> None:
        """Something that was due at that moment of the monotonic clock is done, or failed."""
        ...

    def reached(self, stage: str) -> None:
        """The student waits for the bell, or works."""
        ...


class Door:
    """One student's requests; each goes over a connection of its own, as from a PC that was just started."""

    def __init__(self, server: Server, login: Login, report: Report, random: Random) -> None:
        self._server = server
        self._login = login
        self._report = report
        self._random = random

    def log_in(self, due: float) -> str:
        """The cookie. Comes again where the server is busy: when it says, else ever later.

        Raises HttpRefusedError when the number or PIN is wrong, LineLostError, StudentError.
        """
        body = json.dumps({"number": self._login.number, "pin": self._login.pin}).encode()
        for attempt in range(LOGINS):
            try:
                reply, cookie = self._request("POST", "/api/candidate/login", body)
            except HttpRefusedError as refused:
                if refused.status not in _BUSY:
                    self._report.done("login", due, error=refused)
                    raise
                gevent.sleep(self._wait_s(refused, attempt))
                continue
            self._report.done("login", due, length=len(reply))
            return cookie
        raise StudentError(f"login refused {LOGINS} times")

    def _wait_s(self, refused: HttpRefusedError, attempt: int) -> float:
        if refused.again_s is not None:
            return refused.again_s * self._random.uniform(1, 1.2)
        return self._random.uniform(0, min(LONGEST_WAIT_S, 2**attempt))

    def fetch(self, form: Mapping[str, Any], cookie: str) -> bytes:
        """The sealed form. Raises BadFormError, HttpRefusedError, LineLostError."""
        began = time.monotonic()
        blob, _ = self._request("GET", form["url"], cookie=cookie)
        check_blob(blob, form["sha256"], form["size"])
        self._report.done("form", began, length=len(blob))
        return blob

    def _request(self, method: str, path: str, body: bytes = b"", cookie: str = "") -> tuple[bytes, str]:
        http = self._server.http()
        try:
            return request(http, method, path, body, cookie)
        finally:
            http.close()
