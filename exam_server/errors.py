"""The one error family. Each carries a code; its sentence is ``errors.<code>`` in the catalogue, filled with
``params``.

The edge turns classes into HTTP statuses and exit codes in one table (``web.problems``).
"""


class KhaoThiError(Exception):
    """Base of every error that a user may see. ``place`` names the field, line or item it is about."""

    def __init__(self, code: str, *, place: str | None = None, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.place = place
        self.params = params

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.params.items())])


class Invalid(KhaoThiError):
    """The request is malformed or breaks a limit."""


class Unauthenticated(KhaoThiError):
    """No session, an expired one, or a wrong number, PIN or password."""


class Denied(KhaoThiError):
    """The caller's role may not do this, or not here."""


class NotFound(KhaoThiError):
    """What the request names does not exist, or the caller may not know that it does."""


class Conflict(KhaoThiError):
    """The present state does not allow it."""


class TooMany(KhaoThiError):
    """Tried too often; ``params`` holds ``seconds`` to wait."""


class TooLarge(KhaoThiError):
    """The body is over its size limit; ``params`` holds ``limit``."""


class Unavailable(KhaoThiError):
    """The server cannot do it now (database away, queue full); trying again may work."""
