"""The machine itself: processors, memory, open files."""

import hashlib
import os
import resource
import time
from pathlib import Path

import msgspec
import psutil

from exam_server.config import MAX_WORKERS
from exam_server.doctor.finding import Finding, Patient, at_least
from exam_server.protocol.sitting import Answer, ClientMessage

MEMORY_PER_STUDENT = 40 * 2**10
MEMORY_PER_WORKER = 200 * 2**20
MEMORY_POSTGRES = 500 * 2**20

FILES_MARGIN = 300
"""A process has its log, its database connections and its files beside one socket per student."""

UNITS_PER_ANSWER = 60
"""CPU of an acknowledged answer, server and PostgreSQL together, in units of the work timed here: 73 µs by
``khaothi bench answers --closed`` on a machine where the unit takes 1.2 µs."""

SHARE_FOR_ANSWERS = 0.5
"""The other half of the machine is for logins, pages, the room's view and what else runs."""

_DECODER: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_OVERCOMMIT = Path("/proc/sys/vm/overcommit_memory")
_MEMINFO = Path("/proc/meminfo")


def examine_files(patient: Patient) -> Finding:
    """The limit on open files of this login or service against one socket per student."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft, hard = (2**31 if limit == resource.RLIM_INFINITY else limit for limit in (soft, hard))
    need = patient.students + FILES_MARGIN
    figures = {"soft": soft, "hard": hard, "need": need}
    if soft >= need:
        return Finding(check="files", figures=figures)
    return Finding(check="files", level="fail", figures=figures, advice="raise" if hard >= need else "hard")


def memory_need(patient: Patient) -> int:
    """Bytes for the students, the workers and PostgreSQL."""
    workers = min(patient.config.workers, MAX_WORKERS)
    return patient.students * MEMORY_PER_STUDENT + workers * MEMORY_PER_WORKER + MEMORY_POSTGRES


def examine_memory(patient: Patient) -> Finding:
    """What is available now; caution when only closing other programs would make room."""
    memory, need = psutil.virtual_memory(), memory_need(patient)
    figures = {
        "available_mib": memory.available / 2**20,
        "total_mib": memory.total / 2**20,
        "need_mib": need / 2**20,
    }
    if memory.available >= need:
        return Finding(check="memory", figures=figures)
    level = at_least(memory.total, float("inf"), 1.5 * need)
    return Finding(
        check="memory", level=level, figures=figures, advice="busy" if level == "caution" else "small"
    )


def examine_swap() -> Finding:
    """A machine that has begun to swap answers late."""
    swap = psutil.swap_memory()
    figures = {"total_mib": swap.total / 2**20, "used_mib": swap.used / 2**20}
    swapping = swap.total > 0 and swap.used > swap.total / 2
    return Finding(
        check="swap",
        level="caution" if swapping else "ok",
        figures=figures,
        advice="used" if swapping else None,
    )


def examine_overcommit(patient: Patient) -> Finding | None:
    """Whether the kernel may promise more memory than there is; None where it does not tell."""
    if not _OVERCOMMIT.exists():
        return None
    mode = int(_OVERCOMMIT.read_text(encoding="ascii"))
    figures = {"mode": mode}
    if mode == 2 and _promisable() < memory_need(patient):
        return Finding(check="overcommit", level="fail", figures=figures, advice="strict")
    if mode == 1:
        return Finding(check="overcommit", level="caution", figures=figures, advice="always")
    return Finding(check="overcommit", figures=figures)


def examine_processor(patient: Patient, seconds: float) -> Finding:
    """Answers a second that the processors should hold, against one a second from every student.

    Model: one answer costs as much as 60 times reading a message and hashing it; half of all processors
    for it. It is an estimate: ``khaothi bench answers`` measures.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    unit_s = _unit_s(seconds)
    holds = cores * SHARE_FOR_ANSWERS / (unit_s * UNITS_PER_ANSWER)
    level = at_least(holds, patient.students, patient.students / 3)
    figures = {"cores": cores, "unit_us": unit_s * 1e6, "answers": round(holds, -2), "need": patient.students}
    return Finding(check="processor", level=level, figures=figures, advice=None if level == "ok" else "slow")


def _unit_s(seconds: float) -> float:
    """CPU seconds to read one answer and chain it."""
    message = msgspec.json.encode(Answer(seq=17, item=4_211, response="C", at_ms=1_790_000_000_000))
    head, done, began = bytes(32), 0, time.process_time()
    while (spent := time.process_time() - began) < seconds:
        for _ in range(200):
            _DECODER.decode(message)
            head = hashlib.sha256(head + message).digest()
        done += 200
    return spent / done


def _promisable() -> int:
    """Bytes that may still be promised."""
    lines = (line.split() for line in _MEMINFO.read_text(encoding="ascii").splitlines())
    kib = {words[0]: int(words[1]) for words in lines}
    return (kib["CommitLimit:"] - kib["Committed_AS:"]) * 2**10
