"""Members of staff: adding them, logging them in and out."""

import asyncio
import os
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from exam_server.actions.attempts import check_attempts, forget_wrong, limits_of, remember_wrong
from exam_server.core.access import PERMISSIONS, Role
from exam_server.errors import Conflict, Invalid, NotFound, Unauthenticated
from exam_server.protocol.staff import StaffSession
from exam_server.store import audit, rosters, staff
from exam_server.store.database import Connection, Database
from exam_server.store.staff import StaffMember

SESSION = timedelta(hours=12)
MIN_PASSWORD = 8
MAX_PASSWORD = 200
MAX_NAME = 100

# OWASP Password Storage (2024): argon2id with 19 MiB, two passes, one lane.
_PASSES, _LANES, _MEMORY_KIB = 2, 1, 19_456
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$xsr5MLixK5FhxEgXZGI62w$K3+XVMJ97D4dAWqWYtv97WP7WT5j2ztpUQapYVYyLuo"
"""Verified when there is no such member, so that the time taken does not tell."""


class StaffLoggedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who logged in, and the token for the cookie."""

    session: StaffSession
    token: str


def hash_password(password: str) -> str:
    """The argon2id hash in PHC form. Raises Invalid with code ``bad_password`` when too short or too long."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise Invalid("bad_password", place="password", least=MIN_PASSWORD)
    argon = Argon2id(
        salt=os.urandom(16), length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB
    )
    return argon.derive_phc_encoded(password.encode())


def password_matches(password: str, password_hash: str) -> bool:
    """Whether the password is the hashed one."""
    try:
        Argon2id.verify_phc_encoded(password[:MAX_PASSWORD].encode(), password_hash)
    except InvalidKey:
        return False
    return True


async def add_staff(
    database: Database, *, username: str, name: str, role: Role, password: str, actor: str, now: datetime
) -> int:
    """Add a member of staff and return the id.

    Raises Invalid for a bad username, name or password; Conflict with code ``username_taken``.
    """
    username = username.strip().lower()
    if not username.replace(".", "").replace("-", "").isalnum() or len(username) > MAX_NAME:
        raise Invalid("bad_username", place="username")
    if not 0 < len(name.strip()) <= MAX_NAME:
        raise Invalid("bad_field", place="name", field="name")
    password_hash = await asyncio.to_thread(hash_password, password)
    async with database.transaction() as connection:
        staff_id = await staff.insert_staff(
            connection, username=username, name=name.strip(), role=role, password_hash=password_hash
        )
        if staff_id is None:
            raise Conflict("username_taken", place="username", username=username)
        await audit.record(
            connection, now=now, actor=actor, action="staff.add", subject=username, detail=role.value
        )
    return staff_id


async def assign_shift(
    database: Database, *, username: str, shift_id: int, actor: str, now: datetime
) -> None:
    """Let a member watch and command a shift.

    Raises NotFound with code ``no_such_user`` or ``no_such_shift``.
    """
    async with database.transaction() as connection:
        member = await _member(connection, username)
        if await rosters.select_optional_shift(connection, shift_id) is None:
            raise NotFound("no_such_shift", shift=shift_id)
        await staff.insert_invigilation(connection, member.id, shift_id)
        await audit.record(
            connection,
            now=now,
            actor=actor,
            action="staff.assign",
            subject=username,
            detail=f"shift {shift_id}",
        )


async def assign_class(
    database: Database, *, username: str, class_name: str, actor: str, now: datetime
) -> None:
    """Let a member see the results of a class of the first school.

    Raises NotFound with code ``no_such_user`` or ``no_such_class``.
    """
    async with database.transaction() as connection:
        member = await _member(connection, username)
        class_id = await rosters.select_optional_class(connection, class_name)
        if class_id is None:
            raise NotFound("no_such_class", place="class", name=class_name)
        await staff.insert_teaching(connection, member.id, class_id)
        await audit.record(
            connection,
            now=now,
            actor=actor,
            action="staff.assign",
            subject=username,
            detail=f"class {class_name}",
        )


async def login_staff(
    database: Database, *, username: str, password: str, address: str, now: datetime
) -> StaffLoggedIn:
    """Check username and password and open a session.

    Raises Unauthenticated with code ``wrong_username_or_password``; TooMany after too many wrong attempts.
    """
    username = username.strip().lower()
    limits = limits_of(f"staff {username}", address)
    token = secrets.token_urlsafe(32)
    async with database.transaction() as connection:
        await check_attempts(connection, limits, now)
        found = await staff.select_optional_credentials(connection, username)
        known = await asyncio.to_thread(password_matches, password, found.password_hash if found else _NOBODY)
        if found is None or not known:
            await remember_wrong(connection, limits, now)
        else:
            await forget_wrong(connection, limits)
            await staff.insert_session(
                connection,
                token_sha256=_digest(token),
                staff_id=found.member.id,
                expires_at=now + SESSION,
                now=now,
            )
            await audit.record(
                connection, now=now, actor=f"staff:{username}", action="staff.login", subject=username
            )
    if found is None or not known:  # only now: the attempt must be committed
        raise Unauthenticated("wrong_username_or_password")
    return StaffLoggedIn(session=session_of(found.member), token=token)


async def logout_staff(database: Database, token: str) -> None:
    """Close the session."""
    async with database.transaction() as connection:
        await staff.delete_session(connection, _digest(token))


async def staff_of_session(database: Database, token: str, now: datetime) -> StaffMember:
    """Whose session this is. Raises Unauthenticated with code ``login_needed``."""
    async with database.connection() as connection:
        member = await staff.select_optional_session(connection, _digest(token), now)
    if member is None:
        raise Unauthenticated("login_needed")
    return member


def session_of(member: StaffMember) -> StaffSession:
    """What the staff pages need to know about their user."""
    permissions = tuple(sorted(permission.value for permission in PERMISSIONS[member.role]))
    return StaffSession(
        id=member.id,
        username=member.username,
        name=member.name,
        role=member.role.value,
        permissions=permissions,
    )


async def _member(connection: Connection, username: str) -> StaffMember:
    found = await staff.select_optional_credentials(connection, username.strip().lower())
    if found is None:
        raise NotFound("no_such_user", place="username", username=username)
    return found.member


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
