"""How students reach the server: its port, the queues of the kernel, what stands in front."""

import ssl
import urllib.error
import urllib.request
from pathlib import Path

from exam_server.config import Config
from exam_server.doctor.finding import Finding, Patient
from exam_server.errors import Conflict
from exam_server.supervisor import BACKLOG, bind

PORTS_MARGIN = 2_000

_SYSCTL = Path("/proc/sys/net")
_ASK_S = 3.0
_ANYONE = ssl.create_default_context()
_ANYONE.check_hostname = False
_ANYONE.verify_mode = ssl.CERT_NONE  # only to see who is there


def examine_port(config: Config) -> Finding:
    """Free, or held by a server of this program."""
    figures = {"host": config.host, "port": str(config.port)}
    if _answers(config):
        return Finding(check="port", figures=figures, advice="running")
    try:
        sockets = bind(config.host, config.port, 1)
    except Conflict as error:
        return Finding(check="port", level="fail", figures=figures, advice=error.code)
    for held in sockets:
        held.close()
    open_to_all = config.host not in ("127.0.0.1", "localhost", "::1")
    closed = not open_to_all and config.public_url is None
    return Finding(
        check="port",
        level="caution" if closed else "ok",
        figures=figures,
        advice="local_only" if closed else None,
    )


def examine_backlog(patient: Patient) -> Finding | None:
    """The queues for connections at the bell; None where the kernel does not tell."""
    values = [_number("core/somaxconn"), _number("ipv4/tcp_max_syn_backlog")]
    if None in values:
        return None
    accept, syn = (value or 0 for value in values)
    need = min(patient.students, BACKLOG)
    short = min(accept, syn) < need
    return Finding(
        check="backlog",
        level="caution" if short else "ok",
        figures={"accept": accept, "syn": syn, "need": need},
        advice="short" if short else None,
    )


def examine_ports(patient: Patient) -> Finding | None:
    """A proxy on this machine takes one local port per student; None without a proxy."""
    path = _SYSCTL / "ipv4/ip_local_port_range"
    if patient.config.public_url is None or not path.exists():
        return None
    low, high = map(int, path.read_text(encoding="ascii").split())
    need = patient.students + PORTS_MARGIN
    short = high - low < need
    return Finding(
        check="ports",
        level="caution" if short else "ok",
        figures={"free": high - low, "need": need},
        advice="short" if short else None,
    )


def _answers(config: Config) -> bool:
    """Whether a server of this program has the port."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)  # noqa: S104 -- compared only
    url = f"{config.scheme}://{host}:{config.port}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=_ASK_S, context=_ANYONE) as reply:  # noqa: S310 -- http or https
            return reply.headers.get("Server") == "khaothi"
    except urllib.error.HTTPError as error:
        return error.headers.get("Server") == "khaothi"
    except (OSError, ValueError):
        return False


def _number(name: str) -> int | None:
    path = _SYSCTL / name
    return int(path.read_text(encoding="ascii")) if path.exists() else None
