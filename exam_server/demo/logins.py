"""The demo's passwords and PINs: made once, kept in a file that only its user can read."""

import os
import secrets
from pathlib import Path

import msgspec

from exam_server.actions.roster import new_pin
from exam_server.core.access import Role

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike."""

_LENGTH = 10

FILE = "demo.json"


class Logins(msgspec.Struct, frozen=True, kw_only=True):
    """Passwords by role, the password of the board's second member, PINs by candidate number."""

    passwords: dict[Role, str]
    second: str
    pins: dict[str, str]


def load_logins(directory: Path, numbers: tuple[str, ...]) -> Logins:
    """The logins of the demo in this directory, made at the first start."""
    path = directory / FILE
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Logins)
    made = Logins(
        passwords={role: _password() for role in Role},
        second=_password(),
        pins={number: new_pin() for number in numbers},
    )
    directory.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(made))
    return made


def forget_logins(directory: Path) -> None:
    """Throw the logins away."""
    (directory / FILE).unlink(missing_ok=True)


def _password() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
