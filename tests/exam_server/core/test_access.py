from typing import get_args

import pytest

from exam_server.core.access import PERMISSIONS, Permission, Role, allowed
from exam_server.protocol import staff


def test_every_role_has_its_line_and_the_protocol_knows_the_same_roles() -> None:
    assert PERMISSIONS.keys() == set(Role)
    assert {role.value for role in Role} == set(get_args(staff.Role))


def test_somebody_may_do_each_thing() -> None:
    assert frozenset().union(*PERMISSIONS.values()) == set(Permission)


@pytest.mark.parametrize("role", [Role.INVIGILATOR, Role.TEACHER])
@pytest.mark.parametrize("permission", [Permission.KEYS_READ, Permission.ITEMS_READ, Permission.EXAMS_MANAGE])
def test_papers_and_keys_are_the_boards(role: Role, permission: Permission) -> None:
    assert not allowed(role, permission)


def test_only_the_invigilator_and_the_board_command_a_room() -> None:
    assert [role for role in Role if allowed(role, Permission.ROOM_COMMAND)] == [Role.BOARD, Role.INVIGILATOR]
