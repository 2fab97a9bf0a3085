"""What the exam window shows: the workers of all machines, their last minutes, what is alarming.

Rates are per second, times in milliseconds unless named otherwise, sizes in bytes.
"""

from datetime import datetime
from typing import Literal

from exam_server.protocol.message import Body
from exam_server.protocol.staff import ShiftRow

Level = Literal["attention", "danger"]
"""attention: look at it before it becomes a fault; danger: candidates feel it, or will within minutes."""

WorkerState = Literal["live", "lost", "replaced"]
"""lost: it reports no more; replaced: lost, but another one on its machine took its place."""


class Judgement(Body, frozen=True, kw_only=True):
    """Something that needs somebody. ``window_<code>`` of the catalogue says what, ``window_<code>_do`` what
    to do. A parameter whose name ends in ``_bytes`` is shown as a size."""

    code: str
    level: Level
    params: dict[str, str | int]


class WorkerRow(Body, frozen=True, kw_only=True):
    """One worker as last heard, ``age_s`` ago. ``conflicts`` by fate, ``fence_conflicts``, ``closes`` by
    close code and ``flush_failures`` count since its start; ``cpu_share`` is of one core; ``lag_ms`` the
    longest that its event loop was late."""

    worker: int
    host: str
    pid: int
    started_at: datetime
    age_s: float
    state: WorkerState
    connections: int
    entrance_queue: int
    queue_rows: int
    events_per_s: float
    ack_ms_p50: float | None
    ack_ms_p99: float | None
    ack_ms_most: float | None
    flushes_per_s: float
    flush_rows_mean: float | None
    flush_rows_most: int | None
    flush_ms_p50: float | None
    flush_ms_p99: float | None
    flush_failures: int
    reconnects_per_s: float
    logins_per_s: float
    conflicts: dict[str, int]
    fence_conflicts: int
    closes: dict[str, int]
    cpu_share: float
    rss_bytes: int
    lag_ms: float


class DiskRow(Body, frozen=True, kw_only=True):
    """The disk under PostgreSQL, as the machine it is in sees it. ``reserved_bytes`` are held back for the
    shift out of the ``wanted_bytes`` it is reckoned to need; ``minutes_left`` at the present rate, None while
    nothing is used up."""

    host: str
    free_bytes: int
    total_bytes: int
    reserved_bytes: int
    wanted_bytes: int
    minutes_left: float | None


class Series(Body, frozen=True, kw_only=True):
    """The last minutes, one entry for each of ``slots`` (seconds since 1970 UTC, in steps of five); None
    where nobody reported. Over all workers; ``cpu_share`` by worker and ``disk_free_bytes`` by host."""

    slots: tuple[int, ...]
    ack_ms_p50: tuple[float | None, ...]
    ack_ms_p99: tuple[float | None, ...]
    events_per_s: tuple[float | None, ...]
    connections: tuple[int | None, ...]
    queue_rows: tuple[int | None, ...]
    reconnects_per_s: tuple[float | None, ...]
    cpu_share: dict[str, tuple[float | None, ...]]
    disk_free_bytes: dict[str, tuple[int | None, ...]]


class ShiftLoad(Body, frozen=True, kw_only=True):
    """What one shift asks of the server: ``connected`` candidates now, ``unsaved`` answers that wait on their
    PCs, ``answered`` questions."""

    shift: ShiftRow
    connected: int
    unsaved: int
    answered: int


class WindowView(Body, frozen=True, kw_only=True):
    """GET /api/window?since=SECONDS&shift=ID: polled every second or two. ``series`` begins after the slot
    ``since``; ``database_bytes`` None until known; without ``disks`` nobody sees the disk under PostgreSQL.
    """

    now: datetime
    judgements: tuple[Judgement, ...]
    workers: tuple[WorkerRow, ...]
    disks: tuple[DiskRow, ...]
    database_bytes: int | None
    database_bytes_per_hour: int | None
    series: Series
    shift: ShiftLoad | None


class Alarms(Body, frozen=True, kw_only=True):
    """GET /api/alarms: what whoever watches a room must pass on."""

    alarms: tuple[Judgement, ...]
