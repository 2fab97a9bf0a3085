"""PostgreSQL: what a commit costs, and whether it means what it says."""

from exam_server.core.rank import percentile
from exam_server.doctor.finding import Finding, Patient, at_most
from exam_server.store.database import Database
from exam_server.store.inspection import DatabaseSettings, select_settings, time_lone_commits

COMMITS = 500
COMMIT_OK_MS, COMMIT_CAUTION_MS = 30.0, 120.0

OLDEST = 150_000
"""PostgreSQL 15."""

PER_WORKER = 14
"""Connections of one worker: its pool, its flusher, its listener, and some while it starts again."""

OTHERS = 13
"""Commands, backups, and the three that PostgreSQL keeps for its superuser."""

_DURABLE = frozenset({"on", "remote_apply", "remote_write", "local"})


async def examine_commit(database: Database, seconds: float) -> Finding:
    """Lone durable commits on this database."""
    async with database.connection() as connection:
        taken_ms = await time_lone_commits(connection, seconds, COMMITS)
    p50, p99 = percentile(taken_ms, 0.5), percentile(taken_ms, 0.99)
    level = at_most(p99, COMMIT_OK_MS, COMMIT_CAUTION_MS)
    figures = {"p50_ms": p50, "p99_ms": p99, "most_ms": COMMIT_OK_MS}
    return Finding(check="commit", level=level, figures=figures, advice=None if level == "ok" else "slow")


async def examine_settings(patient: Patient, database: Database) -> list[Finding]:
    """What must be on, how old it is, and how many may connect."""
    async with database.connection() as connection:
        settings = await select_settings(connection)
    return [
        _version(settings),
        _durable(settings),
        _connections(settings, patient.config.workers),
    ]


def _version(settings: DatabaseSettings) -> Finding:
    old = settings.version < OLDEST
    figures = {"version": settings.version // 10_000, "oldest": OLDEST // 10_000}
    return Finding(
        check="version", level="fail" if old else "ok", figures=figures, advice="old" if old else None
    )


def _durable(settings: DatabaseSettings) -> Finding:
    values = {
        "fsync": settings.fsync == "on",
        "synchronous_commit": settings.synchronous_commit in _DURABLE,
        "full_page_writes": settings.full_page_writes == "on",
    }
    off = [name for name, good in values.items() if not good]
    figures = {"seen": ", ".join(f"{name} {getattr(settings, name)}" for name in values)}
    if settings.replica:
        return Finding(check="durable", level="fail", figures=figures, advice="replica")
    return Finding(
        check="durable",
        level="fail" if off else "ok",
        figures={**figures, "off": ", ".join(off)},
        advice="off" if off else None,
    )


def _connections(settings: DatabaseSettings, workers: int) -> Finding:
    need = workers * PER_WORKER + OTHERS
    few = settings.max_connections < need
    figures = {"most": settings.max_connections, "need": need, "workers": workers}
    return Finding(
        check="connections", level="fail" if few else "ok", figures=figures, advice="few" if few else None
    )
