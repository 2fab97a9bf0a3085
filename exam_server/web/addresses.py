"""Where a request comes from, and by what.

A header can be forged by anyone who reaches this server; what a caller says through one counts only as far as
the proxies that we trust have vouched for it.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address

from aiohttp import web

from exam_server.config import Network
from exam_server.web.keys import CONFIG

Address = IPv4Address | IPv6Address

_FORWARDED = "X-Forwarded-For"
_SCHEME = "X-Forwarded-Proto"
_SCHEMES = frozenset({"http", "https"})
_UNKNOWN = "unknown"
_MAX_HOPS = 8


def address_of(request: web.Request) -> str:
    """The caller's address: the connection's, or, from a trusted proxy, the last one in X-Forwarded-For that
    is no trusted proxy's."""
    address = _parse(request.remote or "")
    if address is None:
        return _UNKNOWN
    hops = ",".join(request.headers.getall(_FORWARDED, ())).rsplit(",", _MAX_HOPS)
    proxies = request.app[CONFIG].proxies
    while hops and _is_among(address, proxies):
        told = _parse(hops.pop().strip())
        if told is None:
            break
        address = told
    return str(address)


def scheme_of(request: web.Request) -> str:
    """What the browser speaks, "http" or "https": as a trusted proxy says, else as the connection is."""
    told = request.headers.get(_SCHEME, "").lower()
    return told if told in _SCHEMES and _from_proxy(request) else request.scheme


def is_local(request: web.Request) -> bool:
    """Whether the request comes from this machine and through no proxy."""
    address = _parse(request.remote or "")
    return _FORWARDED not in request.headers and address is not None and address.is_loopback


def _from_proxy(request: web.Request) -> bool:
    address = _parse(request.remote or "")
    return address is not None and _is_among(address, request.app[CONFIG].proxies)


def _is_among(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def _parse(text: str) -> Address | None:
    """The address; IPv4 in IPv6's clothes, as on a socket that hears both, is IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
