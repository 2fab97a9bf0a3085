"""A scoring run: its states, its settings, and who may sign it.

    queued ──claimed──> running ──computed──> done ──signed──> signed ──replaced──> superseded
       │                 │  ├──failed──> failed
       └──cancelled──────┴──┴──────────> cancelled

A running one is claimed again when the process that had it is gone.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec

from exam_server.errors import Conflict
from exam_server.protocol.measurement import ModelChoice, VoidRule
from exam_server.protocol.staff import SanctionKind


class State(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SIGNED = "signed"
    SUPERSEDED = "superseded"


class Happening(StrEnum):
    """What can happen to a run."""

    CLAIMED = "claimed"
    COMPUTED = "computed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SIGNED = "signed"
    REPLACED = "replaced"


TRANSITIONS: Mapping[State, Mapping[Happening, State]] = MappingProxyType(
    {
        State.QUEUED: {Happening.CLAIMED: State.RUNNING, Happening.CANCELLED: State.CANCELLED},
        State.RUNNING: {
            Happening.CLAIMED: State.RUNNING,
            Happening.COMPUTED: State.DONE,
            Happening.FAILED: State.FAILED,
            Happening.CANCELLED: State.CANCELLED,
        },
        State.DONE: {Happening.SIGNED: State.SIGNED},
        State.FAILED: {},
        State.CANCELLED: {},
        State.SIGNED: {Happening.REPLACED: State.SUPERSEDED},
        State.SUPERSEDED: {},
    }
)
"""Every pair that is not listed is a Conflict."""

MAX_CLAIMS = 5
"""How often a run is taken on; one that ends its process each time would do so for ever."""


class RunSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was asked to do. ``per_mille``: what sanctions take off, in thousandths of the raw score."""

    model: ModelChoice
    void_rule: VoidRule
    per_mille: dict[SanctionKind, int]


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a run failed: ``code`` names the sentence, ``params`` fill it."""

    code: str
    params: dict[str, str | int] = {}


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs, and what they read."""

    staff_id: int
    record_sha256: str


def follow(state: str, happening: Happening) -> State:
    """The state after it. Raises Conflict with code ``run_<state>`` when it cannot happen."""
    after = TRANSITIONS[State(state)].get(happening)
    if after is None:
        raise Conflict(f"run_{state}")
    return after


def check_signature(requested_by: int, record_sha256: str | None, signature: Signature) -> None:
    """Whether the signature counts.

    Raises Conflict with code ``own_run`` for who started it, ``other_record`` when something else was read.
    """
    if signature.staff_id == requested_by:
        raise Conflict("own_run")
    if signature.record_sha256 != record_sha256:
        raise Conflict("other_record", place="record_sha256")
