"""Encrypted forms in memory: in the minutes before the bell every PC fetches the same few."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator

from aiohttp import web

from exam_server.actions.exams import form_blob
from exam_server.store.database import Database
from exam_server.web.keys import DATABASE

MAX_BYTES = 64 * 2**20
"""Most that is kept; the form that was longest not asked for goes first."""


class SealedForms:
    """Forms' bytes by their hash. They never change."""

    def __init__(self, database: Database, *, most_bytes: int = MAX_BYTES) -> None:
        self._database = database
        self._most_bytes = most_bytes
        self._blobs: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._loading = asyncio.Lock()

    async def blob(self, sha256: str) -> bytes:
        """The form with this hash, read from the database once. Raises NotFound."""
        if sha256 not in self._blobs:
            async with self._loading:
                if sha256 not in self._blobs:
                    self._keep(sha256, await form_blob(self._database, sha256))
        self._blobs.move_to_end(sha256)
        return self._blobs[sha256]

    def _keep(self, sha256: str, blob: bytes) -> None:
        self._blobs[sha256] = blob
        self._bytes += len(blob)
        while self._bytes > self._most_bytes and len(self._blobs) > 1:
            _, dropped = self._blobs.popitem(last=False)
            self._bytes -= len(dropped)


SEALED_FORMS = web.AppKey("sealed_forms", SealedForms)


async def keep_sealed_forms(app: web.Application) -> AsyncGenerator[None, None]:
    """For ``cleanup_ctx``: the forms that this process has handed out."""
    app[SEALED_FORMS] = SealedForms(app[DATABASE])
    yield
