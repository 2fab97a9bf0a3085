"""The file of the server's keys."""

from exam_server.actions.exams import check_secrets
from exam_server.config import Config
from exam_server.doctor.finding import Finding
from exam_server.errors import Invalid
from exam_server.secrets import load_secrets
from exam_server.store.database import Database
from exam_server.store.inspection import select_has_forms


async def examine_secrets(config: Config, database: Database | None) -> Finding:
    """Whether the keys are there, closed to others, and those of this database."""
    path = config.data / "secrets.json"
    figures = {"file": str(path)}
    if not path.exists():
        return Finding(check="secrets", figures=figures, advice="none_yet")
    try:
        secrets = load_secrets(config.data)
        if database is not None and await _has_forms(database):
            await check_secrets(database, secrets)
    except Invalid as error:
        return Finding(check="secrets", level="fail", figures=figures, advice=error.code)
    return Finding(check="secrets", figures=figures, advice="copy")


async def _has_forms(database: Database) -> bool:
    async with database.connection() as connection:
        return await select_has_forms(connection)
