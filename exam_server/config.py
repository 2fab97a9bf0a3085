"""The settings of one server process: read once at start, never changed."""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar

import msgspec

from exam_server.errors import Invalid

T = TypeVar("T")
Network = IPv4Network | IPv6Network

MAX_WORKERS = 64
MAX_GRACE_MS = 60_000

SETTINGS_FILE = "KHAOTHI_SETTINGS"
"""The variable that names a file of settings, read at start and at each reload."""

_VARIABLES = {
    "data": "KHAOTHI_DATA",
    "database_url": "DATABASE_URL",
    "host": "KHAOTHI_HOST",
    "port": "KHAOTHI_PORT",
    "workers": "KHAOTHI_WORKERS",
    "grace_ms": "KHAOTHI_GRACE_MS",
    "public_url": "KHAOTHI_PUBLIC_URL",
    "proxies": "KHAOTHI_PROXIES",
    "tls_cert": "KHAOTHI_TLS_CERT",
    "tls_key": "KHAOTHI_TLS_KEY",
    "metrics_token": "KHAOTHI_METRICS_TOKEN",
}


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Settings. ``database_url`` None means the private PostgreSQL in ``data``.

    ``public_url`` is what browsers type when a proxy stands in front, such as "https://thi.example.edu.vn";
    ``proxies`` are the proxies whose word about a caller's address counts; ``tls_cert`` and ``tls_key`` are
    PEM files, given for https without a proxy; ``metrics_token`` opens /metrics to other machines;
    ``grace_ms`` is how long after the deadline an answer counts.
    """

    data: Path = Path(".khaothi")
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    grace_ms: int = 2_000
    public_url: str | None = None
    proxies: tuple[Network, ...] = (IPv4Network("127.0.0.1"), IPv6Network("::1"))
    tls_cert: Path | None = None
    tls_key: Path | None = None
    metrics_token: str | None = None

    @property
    def secure(self) -> bool:
        """Whether browsers reach this server by https."""
        return self.tls_cert is not None or (self.public_url or "").startswith("https://")

    @property
    def scheme(self) -> str:
        """What this server itself speaks: "http" or "https"."""
        return "http" if self.tls_cert is None else "https"


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line gave; None leaves the environment's setting."""

    data: Path | None = None
    host: str | None = None
    port: int | None = None
    workers: int | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None


def read_environment(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, and below it what the file named by ``KHAOTHI_SETTINGS`` holds.

    Raises Invalid with code ``no_such_file``, or ``bad_settings_line`` when a line is no "NAME=value" with a
    setting's name.
    """
    name = environment.get(SETTINGS_FILE)
    if not name:
        return environment
    try:
        lines = Path(name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("no_such_file", place=name, file=name) from error
    return {**_read_lines(name, lines), **environment}


def read_config(environment: Mapping[str, str], options: Options | None = None) -> Config:
    """Settings from ``DATABASE_URL`` and ``KHAOTHI_*``, the options of the command line first.

    Raises Invalid with code ``bad_setting`` when a setting cannot be read, ``tls_incomplete`` when one of
    certificate and key is missing.
    """
    given = {
        name: value
        for name, value in msgspec.structs.asdict(options or Options()).items()
        if value is not None
    }
    config = msgspec.structs.replace(_from_environment(environment), **given)
    _check(config)
    return config


def to_environment(config: Config) -> dict[str, str]:
    """The settings as ``read_config`` reads them, for a worker process."""
    values = msgspec.structs.asdict(config) | {"proxies": ",".join(map(str, config.proxies))}
    return {
        variable: str(values[field]) for field, variable in _VARIABLES.items() if values[field] is not None
    }


def child_environment(environment: Mapping[str, str], config: Config) -> dict[str, str]:
    """The environment of a process that has exactly these settings."""
    settings = {SETTINGS_FILE, *_VARIABLES.values()}
    others = {name: value for name, value in environment.items() if name not in settings}
    return others | to_environment(config)


def _read_lines(name: str, lines: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        variable, equals, value = line.partition("=")
        if not equals or variable not in _VARIABLES.values():
            raise Invalid("bad_settings_line", place=name, file=name, line=number)
        found[variable] = value[1:-1] if value[:1] == value[-1:] == '"' else value
    return found


def _from_environment(environment: Mapping[str, str]) -> Config:
    default = Config()
    return Config(
        data=Path(environment.get("KHAOTHI_DATA") or default.data),
        database_url=environment.get("DATABASE_URL") or None,
        host=environment.get("KHAOTHI_HOST") or default.host,
        port=_setting(environment, "KHAOTHI_PORT", int, default.port),
        workers=_setting(environment, "KHAOTHI_WORKERS", int, default.workers),
        grace_ms=_setting(environment, "KHAOTHI_GRACE_MS", int, default.grace_ms),
        public_url=(environment.get("KHAOTHI_PUBLIC_URL") or "").rstrip("/") or None,
        proxies=_setting(environment, "KHAOTHI_PROXIES", _networks, default.proxies),
        tls_cert=_setting(environment, "KHAOTHI_TLS_CERT", Path, default.tls_cert),
        tls_key=_setting(environment, "KHAOTHI_TLS_KEY", Path, default.tls_key),
        metrics_token=environment.get("KHAOTHI_METRICS_TOKEN") or None,
    )


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(","))


def _setting(environment: Mapping[str, str], name: str, read: Callable[[str], T], default: T) -> T:
    text = environment.get(name)
    if not text:
        return default
    try:
        return read(text)
    except ValueError as error:
        raise Invalid("bad_setting", place=name, name=name, value=text) from error


def _check(config: Config) -> None:
    ranges = {
        "KHAOTHI_PORT": (config.port, 0, 65_535),
        "KHAOTHI_WORKERS": (config.workers, 1, MAX_WORKERS),
        "KHAOTHI_GRACE_MS": (config.grace_ms, 0, MAX_GRACE_MS),
    }
    for name, (value, low, high) in ranges.items():
        if not low <= value <= high:
            raise Invalid("bad_setting", place=name, name=name, value=value)
    if config.public_url is not None and not config.public_url.startswith(("http://", "https://")):
        raise Invalid(
            "bad_setting", place="KHAOTHI_PUBLIC_URL", name="KHAOTHI_PUBLIC_URL", value=config.public_url
        )
    if (config.tls_cert is None) != (config.tls_key is None):
        raise Invalid("tls_incomplete")
