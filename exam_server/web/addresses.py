"""Where a request comes from."""

from ipaddress import ip_address

from aiohttp import web

from exam_server.web.keys import CONFIG

_FORWARDED = "X-Forwarded-For"


def address_of(request: web.Request) -> str:
    """The caller's address: the one our proxy added when there is a proxy, else the connection's."""
    forwarded = request.headers.get(_FORWARDED, "")
    if request.app[CONFIG].public_url is not None and forwarded:
        return forwarded.rpartition(",")[2].strip()[:64]
    return request.remote or "unknown"


def is_local(request: web.Request) -> bool:
    """Whether the request comes from this machine and through no proxy."""
    return (
        _FORWARDED not in request.headers
        and request.remote is not None
        and ip_address(request.remote).is_loopback
    )
