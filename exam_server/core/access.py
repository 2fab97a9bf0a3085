"""Who may do what: one table. Which shift or class it may be done to is the actions' question."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """A staff member's office."""

    BOARD = "board"
    INVIGILATOR = "invigilator"
    TEACHER = "teacher"


class Permission(StrEnum):
    """One thing a member of staff may be allowed to do."""

    ITEMS_READ = "items.read"
    ITEMS_IMPORT = "items.import"
    KEYS_READ = "keys.read"
    EXAMS_READ = "exams.read"
    EXAMS_MANAGE = "exams.manage"
    ROSTER_IMPORT = "roster.import"
    ROOM_WATCH = "room.watch"
    ROOM_COMMAND = "room.command"
    RESULTS_READ = "results.read"
    SCORING_RUN = "scoring.run"
    KEYS_CORRECT = "keys.correct"
    SANCTIONS_RECORD = "sanctions.record"
    SERVER_WATCH = "server.watch"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.BOARD: frozenset(Permission),
        Role.INVIGILATOR: frozenset({Permission.ROOM_WATCH, Permission.ROOM_COMMAND}),
        Role.TEACHER: frozenset({Permission.EXAMS_READ, Permission.RESULTS_READ}),
    }
)
"""What each role may do; nothing else is allowed."""


def allowed(role: Role, permission: Permission) -> bool:
    """Whether the role has the permission."""
    return permission in PERMISSIONS[role]
