"""Every check, in order."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from exam_server.doctor import certificate, clock, database, disk, machine, network
from exam_server.doctor.finding import Finding, Level, Patient
from exam_server.doctor.secret_keys import examine_secrets
from exam_server.store.database import AWAY, REFUSED, open_database

SYNC_S, COMMIT_S, PROCESSOR_S = 1.5, 1.5, 0.4

Progress = Callable[[str], None]
"""Told the catalogue's key of each step as it begins."""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """All findings; ``level`` is the worst."""

    students: int
    level: Level
    findings: tuple[Finding, ...]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where to measure. ``data`` is on the data directory's disk and writable; ``url`` leads to a database,
    ``own`` is whether it is the one that the server uses."""

    data: Path
    url: str
    own: bool


async def examine(patient: Patient, place: Place, now: datetime, progress: Progress) -> Diagnosis:
    """Every check, a few seconds in all; ``now`` in the machine's own zone."""
    watch = clock.Watch()
    progress("step_disk")
    findings = [
        disk.examine_sync(place.data, SYNC_S),
        disk.examine_space(place.data, patient.students),
    ]
    progress("step_database")
    findings += await _examine_database(patient, place)
    progress("step_machine")
    findings += _examine_machine(patient)
    progress("step_network")
    findings += _present(
        network.examine_port(patient.config),
        network.examine_backlog(patient),
        network.examine_ports(patient),
        certificate.examine_certificate(patient.config, now),
        clock.examine_synchronised(),
        watch.examine(),
        clock.examine_zone(now),
    )
    return Diagnosis(students=patient.students, level=_worst(findings), findings=tuple(findings))


async def _examine_database(patient: Patient, place: Place) -> list[Finding]:
    try:
        async with open_database(place.url, most=1) as opened:
            return [
                await database.examine_commit(opened, COMMIT_S),
                *await database.examine_settings(patient, opened),
                await examine_secrets(patient.config, opened if place.own else None),
            ]
    except (*REFUSED, *AWAY) as error:
        figures = {"why": str(error) or type(error).__name__}
        away = Finding(check="commit", level="fail", figures=figures, advice="away")
        return [away, await examine_secrets(patient.config, None)]


def _examine_machine(patient: Patient) -> list[Finding]:
    return _present(
        machine.examine_processor(patient, PROCESSOR_S),
        machine.examine_memory(patient),
        machine.examine_swap(),
        machine.examine_overcommit(patient),
        machine.examine_files(patient),
    )


def _present(*findings: Finding | None) -> list[Finding]:
    return [finding for finding in findings if finding is not None]


def _worst(findings: list[Finding]) -> Level:
    levels = {finding.level for finding in findings}
    return "fail" if "fail" in levels else "caution" if "caution" in levels else "ok"
