"""Structured logs: one JSON object per line. What is logged is named field by field; bodies,
cookies and keys never are."""

import logging
import sys
from pathlib import Path
from typing import TextIO

import structlog

MAX_LOG_BYTES = 20 * 1024 * 1024

# Without local variables: among them are keys and answers.
_EXCEPTIONS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def configure_logging(stream: TextIO | None = None) -> None:
    """Write JSON lines to the stream, standard error by default; libraries' warnings go the same way."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _EXCEPTIONS,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_ToStructlog()], level=logging.WARNING, force=True)


def open_log(directory: Path) -> TextIO:
    """The log file of a data directory, opened for appending; a full one is kept as ``khaothi.log.1``."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "khaothi.log"
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(directory / "khaothi.log.1")
    return path.open("a", encoding="utf-8", buffering=1)


class _ToStructlog(logging.Handler):
    """Carries what libraries log over into the same lines."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno,
            "library",
            logger=record.name,
            message=record.getMessage(),
            exc_info=record.exc_info,
        )
