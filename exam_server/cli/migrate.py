"""``khaothi migrate``."""

import asyncio
import json

import typer

from exam_server.cli.options import Data, Json
from exam_server.cli.screen import screen
from exam_server.cli.session import opened, postgres, settings
from exam_server.cli.words import say
from exam_server.config import Config, Options
from exam_server.store import migrations


def migrate(data: Data = None, as_json: Json = False) -> None:  # noqa: FBT002 -- typer makes it a flag
    """Bring the database up to date."""
    config = settings(Options(data=data))
    with postgres(config) as url:
        applied = asyncio.run(_migrate(config, url))
    if as_json:
        typer.echo(json.dumps({"applied": applied}))
    else:
        screen().print(say("migrated", count=len(applied)) if applied else say("migrated_nothing"))


async def _migrate(config: Config, url: str) -> tuple[str, ...]:
    async with opened(config, url) as session:
        return await migrations.migrate(session.database)
