"""What the application holds, by typed key. Filled in ``app.create_app`` only."""

from aiohttp import web

from exam_server.clock import Clock
from exam_server.config import Config
from exam_server.secrets import Secrets
from exam_server.store.database import Database

CONFIG = web.AppKey("config", Config)
DATABASE = web.AppKey("database", Database)
SECRETS = web.AppKey("secrets", Secrets)
CLOCK: web.AppKey[Clock] = web.AppKey("clock", Clock)
