"""Members of staff, their sessions, and which classes and shifts are theirs."""

from datetime import datetime

import msgspec

from exam_server.core.access import Role
from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)


class StaffMember(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff."""

    id: int
    username: str
    name: str
    role: Role


class StaffCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff with the argon2id hash of the password."""

    member: StaffMember
    password_hash: str


async def insert_staff(
    connection: Connection, *, username: str, name: str, role: Role, password_hash: str
) -> int | None:
    """Add a member and return the id; None when the username is taken."""
    return await connection.fetchval(SQL["insert_staff"], username, name, role.value, password_hash)


async def update_password(connection: Connection, username: str, password_hash: str) -> None:
    """Set a new password and end every session of the member."""
    await connection.execute(SQL["update_password"], username, password_hash)


async def select_optional_credentials(connection: Connection, username: str) -> StaffCredentials | None:
    """The active member with this username."""
    row = await connection.fetchrow(SQL["select_optional_credentials"], username)
    if row is None:
        return None
    return StaffCredentials(
        member=StaffMember(id=row["id"], username=row["username"], name=row["name"], role=Role(row["role"])),
        password_hash=row["password_hash"],
    )


async def insert_session(
    connection: Connection, *, token_sha256: bytes, staff_id: int, expires_at: datetime, now: datetime
) -> None:
    """Open a session, and forget the expired ones."""
    await connection.execute(SQL["delete_expired_sessions"], now)
    await connection.execute(SQL["insert_session"], token_sha256, staff_id, expires_at)


async def select_optional_session(
    connection: Connection, token_sha256: bytes, now: datetime
) -> StaffMember | None:
    """Whose session this is, if it is still open and the member active."""
    row = await connection.fetchrow(SQL["select_optional_session"], token_sha256, now)
    if row is None:
        return None
    return StaffMember(id=row["id"], username=row["username"], name=row["name"], role=Role(row["role"]))


async def delete_session(connection: Connection, token_sha256: bytes) -> None:
    """Close a session."""
    await connection.execute(SQL["delete_session"], token_sha256)


async def insert_invigilation(connection: Connection, staff_id: int, shift_id: int) -> None:
    """Let a member watch and command a shift."""
    await connection.execute(SQL["insert_invigilation"], staff_id, shift_id)


async def insert_teaching(connection: Connection, staff_id: int, class_id: int) -> None:
    """Let a member see the results of a class."""
    await connection.execute(SQL["insert_teaching"], staff_id, class_id)


async def select_invigilates(connection: Connection, staff_id: int, shift_id: int) -> bool:
    """Whether the shift is one of the member's."""
    return bool(await connection.fetchval(SQL["select_invigilates"], staff_id, shift_id))
