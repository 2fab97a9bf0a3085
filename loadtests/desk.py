"""The desk at the door: gives each student of whichever process a login, once, and gathers what they know.

It sits in locust's master, or in the only process. Students ask with locust's own messages, so that workers
on other machines need neither the roster nor the record's directory.
"""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loadtests.account import line_of
from loadtests.latencies import Latencies
from loadtests.roster import Login

WANTED, GIVEN, STAGE, KNOWN = "login_wanted", "login_given", "student_stage", "student_known"


class Desk:
    """Logins to give, at ``pace`` a second; accounts and figures to keep in ``record``, a directory."""

    def __init__(self, logins: Sequence[Login], record: Path | None, *, pace: float) -> None:
        self.latencies = Latencies()
        self.pace = pace
        self._logins = list(logins)
        self._record = record
        self._given = 0
        self._stages: Counter[str] = Counter()
        if record is not None:
            record.mkdir(parents=True, exist_ok=True)
            (record / "accounts.jsonl").write_text("")

    @property
    def students(self) -> int:
        """How many there are to sit."""
        return len(self._logins)

    @property
    def finished(self) -> bool:
        """Whether all have left."""
        return self._stages["left"] >= self.students

    def give(self) -> Login | None:
        """The next login; None when all are given."""
        if self._given >= self.students:
            return None
        self._given += 1
        return self._logins[self._given - 1]

    def note(self, stage: str) -> None:
        """A student has come that far."""
        self._stages[stage] += 1

    def keep(self, known: Mapping[str, Any]) -> None:
        """A student has left, and this is what it knows."""
        self.note("left")
        if self._record is not None:
            with (self._record / "accounts.jsonl").open("a", encoding="utf-8") as file:
                file.write(line_of(known))

    def tell(self) -> None:
        """Write how far everyone is, for who watches this run from outside."""
        if self._record is not None:
            status = {"unix_s": time.time(), "students": self.students, **self._stages}
            fresh = self._record / "status.new"
            fresh.write_text(json.dumps(status), encoding="utf-8")
            fresh.replace(self._record / "status.json")

    def close(self) -> None:
        """Write the figures."""
        self.tell()
        if self._record is not None:
            self.latencies.write(self._record / "latencies.json")
