"""The settings of one server process: read once at start, never changed."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from exam_server.errors import Invalid

T = TypeVar("T")

MAX_WORKERS = 64
MAX_GRACE_MS = 60_000


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Settings. ``database_url`` None means the private PostgreSQL in ``data``.

    ``public_url`` is what browsers type when a proxy stands in front, such as "https://thi.example.edu.vn";
    ``metrics_token`` opens /metrics to other machines; ``grace_ms`` is how long after the deadline an
    answer counts.
    """

    data: Path = Path(".khaothi")
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    grace_ms: int = 2_000
    public_url: str | None = None
    metrics_token: str | None = None

    @property
    def secure(self) -> bool:
        """Whether browsers reach this server by https."""
        return (self.public_url or "").startswith("https://")


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line gave; None leaves the environment's setting."""

    data: Path | None = None
    host: str | None = None
    port: int | None = None
    workers: int | None = None


def read_config(environment: Mapping[str, str], options: Options | None = None) -> Config:
    """Settings from ``DATABASE_URL`` and ``KHAOTHI_*``, the options of the command line first.

    Raises Invalid with code ``bad_setting`` when a setting cannot be read.
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
    named = {
        "DATABASE_URL": config.database_url,
        "KHAOTHI_DATA": str(config.data),
        "KHAOTHI_HOST": config.host,
        "KHAOTHI_PORT": str(config.port),
        "KHAOTHI_WORKERS": str(config.workers),
        "KHAOTHI_GRACE_MS": str(config.grace_ms),
        "KHAOTHI_PUBLIC_URL": config.public_url,
        "KHAOTHI_METRICS_TOKEN": config.metrics_token,
    }
    return {name: value for name, value in named.items() if value is not None}


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
        metrics_token=environment.get("KHAOTHI_METRICS_TOKEN") or None,
    )


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
