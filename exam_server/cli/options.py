"""Options that many commands share."""

from pathlib import Path
from typing import Annotated

import typer

from exam_server.cli.words import say

Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help=say("option_data"))]
Json = Annotated[bool, typer.Option("--json", help=say("option_json"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=say("option_dry_run"))]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65_535, help=say("option_port"))]
Host = Annotated[str | None, typer.Option("--host", help=say("option_host"))]

MAX_ID = 2**63 - 1
"""The largest number that a row can have."""
