"""GET /ws/sitting: the candidate's socket."""

import asyncio
from http import HTTPStatus
from typing import cast

from aiohttp import web

from exam_server.errors import Invalid
from exam_server.web.conversation import Conversation
from exam_server.web.hub import HUB, Hub
from exam_server.web.upgrade import Caller, upgrade_of
from exam_server.web.wire import Wire


def converse(hub: Hub, caller: Caller, transport: asyncio.Transport) -> Wire:
    """Let a conversation have a connection whose handshake is done."""
    wire = Wire(transport)
    conversation = Conversation(hub, wire)
    wire.attach(conversation)
    conversation.begin(caller)
    return wire


class _Upgraded(web.StreamResponse):
    """The reply to a request whose connection is a websocket now: nothing more to say."""

    async def prepare(self, request: web.BaseRequest) -> None:
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        return None


async def sitting_socket(request: web.Request) -> web.StreamResponse:
    """A socket that did not come through the door: by a connection on which there were requests before.

    Raises Invalid with code ``no_websocket`` when the request asks for no websocket.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    upgrade, transport = upgrade_of(headers, request.query_string), request.transport
    if upgrade is None or transport is None:
        raise Invalid("no_websocket", place="Upgrade")
    former = cast("asyncio.Protocol", request.protocol)
    transport.write(upgrade.reply())
    wire = converse(request.app[HUB], upgrade.caller, transport)
    await wire.over()
    former.connection_lost(None)  # aiohttp learns only from us that its connection is gone
    response = _Upgraded(status=HTTPStatus.SWITCHING_PROTOCOLS)
    response.force_close()
    return response
