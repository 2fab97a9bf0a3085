"""What is written down when something goes wrong, and what is not."""

import json
from io import StringIO

import structlog

from exam_server.core.form import unwrap_key, wrap_key
from exam_server.logging import configure_logging


def test_an_exception_is_logged_without_what_its_variables_held() -> None:
    out = StringIO()
    configure_logging(out)
    try:
        unwrap_key(b"SECRET-SECRET-SECRET-SECRET-----", wrap_key(b"k" * 32, b"f" * 32, b"n" * 12))
    except ValueError:
        structlog.get_logger().exception("socket_failed")
    structlog.reset_defaults()
    line = json.loads(out.getvalue())
    assert line["exception"][0]["exc_value"] == "not wrapped with this master key"
    assert line["exception"][0]["frames"][-1]["name"] == "unwrap_key"
    assert "SECRET" not in out.getvalue()
