"""``khaothi export-schema``."""

import sys

from exam_server.protocol.schema import export_schema


def export() -> None:
    """Print the JSON Schema of every message."""
    sys.stdout.buffer.write(export_schema())
