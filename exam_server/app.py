"""The only wiring: settings, database, secrets and clock meet the routes here."""

from aiohttp import web

from exam_server.clock import Clock
from exam_server.config import Config
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from exam_server.web import keys
from exam_server.web.admission import ADMISSION, Admission
from exam_server.web.check import run_check
from exam_server.web.computing import run_computing
from exam_server.web.hub import drain_hub, run_hub
from exam_server.web.middleware import add_headers, problems, request_log
from exam_server.web.post_line import keep_lines
from exam_server.web.reporter import run_reporter
from exam_server.web.routes import add_routes
from exam_server.web.sealed_forms import keep_sealed_forms


def create_app(config: Config, database: Database, secrets: Secrets, clock: Clock) -> web.Application:
    """The application; what it opens is closed in its clean-up."""
    app = web.Application(middlewares=[request_log, problems])
    app[keys.CONFIG] = config
    app[keys.DATABASE] = database
    app[keys.SECRETS] = secrets
    app[keys.CLOCK] = clock
    app[ADMISSION] = Admission(clock)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(run_hub)
    app.cleanup_ctx.append(keep_lines)
    app.cleanup_ctx.append(keep_sealed_forms)
    app.cleanup_ctx.append(run_reporter)
    app.cleanup_ctx.append(run_check)
    app.cleanup_ctx.append(run_computing)
    app.on_shutdown.append(drain_hub)
    add_routes(app)
    return app
