"""GET /ws/sitting: the candidate's socket. Parses, calls the tab or an action, ends with a coded reason."""

import asyncio

import msgspec
import structlog
from aiohttp import WSMessage, WSMsgType, web

from exam_server.actions import sit
from exam_server.core.script import Journalled
from exam_server.core.sitting import LIVE, arrive
from exam_server.core.timing import instant_ms, timing_of
from exam_server.errors import Conflict, Denied, NotFound, Unauthenticated, Unavailable
from exam_server.protocol.message import MAX_MESSAGE_BYTES, VERSION
from exam_server.protocol.sitting import (
    ClientMessage,
    CloseCode,
    Evidence,
    FormRef,
    Hello,
    Ping,
    Pong,
    Received,
    Submit,
    Welcome,
)
from exam_server.store.database import AWAY
from exam_server.web.form_key import form_key_text
from exam_server.web.hub import HUB, Hub
from exam_server.web.sessions import candidate_sitting, check_origin
from exam_server.web.tab import CloseTab, Tab

HELLO_S = 10.0
"""How long a connection may stay silent before Hello."""

DATABASE_S = 15.0
"""How long a tab waits for the database before it is asked to come again."""

_HEARTBEAT_S = 10.0
_CLOSE_S = 2.0
# The library ends a connection with its own code above its limit: ours is told below four times the true one.
_FRAME_LIMIT = 4 * MAX_MESSAGE_BYTES

_DECODER: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)

_CLOSE_CODES: tuple[tuple[tuple[type[Exception], ...], CloseCode], ...] = (
    ((Denied,), CloseCode.ORIGIN),
    ((Unauthenticated, NotFound), CloseCode.UNAUTHENTICATED),
    ((Conflict,), CloseCode.SUPERSEDED),
    ((Unavailable, *AWAY), CloseCode.TRY_AGAIN),
)

_log = structlog.get_logger(__name__)


async def sitting_socket(request: web.Request) -> web.WebSocketResponse:
    """Serve one tab until either side ends."""
    socket = web.WebSocketResponse(
        compress=False, heartbeat=_HEARTBEAT_S, max_msg_size=_FRAME_LIMIT, timeout=_CLOSE_S
    )
    await socket.prepare(request)
    code = await _converse(request, socket)
    if code is not None and not socket.closed:
        await socket.close(code=code, message=code.name.encode())
    return socket


async def _converse(request: web.Request, socket: web.WebSocketResponse) -> CloseCode | None:
    """The code to close with; None when the other side left or the hub closes."""
    try:
        check_origin(request)
        await _serve(request.app[HUB], await candidate_sitting(request), socket, request)
    except CloseTab as end:
        return end.code
    except Exception as error:  # noqa: BLE001 -- it ends this tab only, and is logged
        return _close_code(error)
    return None


def _close_code(error: Exception) -> CloseCode:
    for kinds, code in _CLOSE_CODES:
        if isinstance(error, kinds):
            return code
    _log.error("socket_failed", exc_info=error)
    return CloseCode.TRY_AGAIN


async def _serve(hub: Hub, sitting_id: int, socket: web.WebSocketResponse, request: web.Request) -> None:
    if hub.draining:
        raise CloseTab(CloseCode.TRY_AGAIN)
    hello = await _hello(hub, sitting_id, socket)
    async with asyncio.timeout(DATABASE_S):
        entry = await sit.enter(
            hub.database, sitting_id, fence=hello.fence, worker=hub.worker, now=hub.clock.now()
        )
    transport = request.transport
    if transport is None:
        return  # gone already
    tab = Tab(socket, transport, sitting_id, entry.fence)
    hub.join(tab)
    try:
        async with asyncio.timeout(DATABASE_S):
            opening = await hub.open(tab, entry)
        await _welcome(hub, tab, opening)
        async for message in socket:
            if tab.closing:
                break
            await _receive(hub, tab, _data(message))
    finally:
        hub.leave(tab)


async def _hello(hub: Hub, sitting_id: int, socket: web.WebSocketResponse) -> Hello:
    """The first message. A superseded tab may leave its evidence instead."""
    async with asyncio.timeout(HELLO_S):
        message = _decode(_data(await socket.receive()))
    if isinstance(message, Evidence):
        await _keep(hub, sitting_id, message)
        raise CloseTab(CloseCode.SUPERSEDED)
    if not isinstance(message, Hello):
        raise CloseTab(CloseCode.OUT_OF_TURN)
    if message.version != VERSION:
        raise CloseTab(CloseCode.VERSION)
    return message


async def _welcome(hub: Hub, tab: Tab, opening: sit.Opening) -> None:
    """Tell the whole state; then the messages so far, and what changed meanwhile."""
    stored, form, now = opening.stored, tab.form, hub.clock.now()
    await tab.send(
        Welcome(
            version=VERSION,
            fence=tab.fence,
            state=stored.sitting.state.value,
            candidate=opening.card,
            timing=timing_of(stored.sitting, stored.terms, now),
            last_seq=len(opening.links),
            saved=tab.script.saved(),
            position=tab.script.position,
            form=FormRef(url=f"/forms/{form.sha256}.bin", sha256=form.sha256, size=form.size),
            order=form.order(stored.seed),
            form_key=form_key_text(form.key) if stored.sitting.state in LIVE else None,
            reason=stored.state_reason,
            receipt=sit.make_receipt(stored, opening.links, tab.script, form.contents),
        )
    )
    tab.welcomed = True
    tab.seen_at = now
    hub.seen(tab)
    # Only now: from here on the hub sends this tab each new one.
    async with asyncio.timeout(DATABASE_S):
        await hub.send_notices([tab])
    if tab.stale or arrive(stored.sitting, stored.terms, now):
        await hub.refresh([tab.sitting_id])


def _data(message: WSMessage) -> bytes:
    """The text of a message. Raises CloseTab for anything else."""
    if message.type is not WSMsgType.TEXT:
        raise CloseTab(CloseCode.BAD_MESSAGE)
    data = message.data.encode()
    if len(data) > MAX_MESSAGE_BYTES:
        raise CloseTab(CloseCode.TOO_LARGE)
    return data


def _decode(data: bytes) -> ClientMessage:
    try:
        return _DECODER.decode(data)
    except msgspec.DecodeError:
        raise CloseTab(CloseCode.BAD_MESSAGE) from None


async def _receive(hub: Hub, tab: Tab, data: bytes) -> None:
    now = hub.clock.now()
    tab.admit_message(now)
    match _decode(data):
        case Hello():
            raise CloseTab(CloseCode.OUT_OF_TURN)
        case Ping() as ping:
            tab.unsaved = ping.unsaved
            hub.seen(tab)
            await tab.send(Pong(sent_ms=ping.sent_ms, now_ms=instant_ms(now)))
        case Received() as received:
            tab.received_form = received.sha256 == tab.form.sha256
            hub.seen(tab)
        case Evidence() as evidence:
            for event in evidence.events:
                tab.keep_evidence("superseded", msgspec.json.encode(event))
        case event:
            await _take(hub, tab, event, data)


async def _take(hub: Hub, tab: Tab, event: Journalled, payload: bytes) -> None:
    """Journal the event, refuse it, or confirm that it is journalled already."""
    if tab.is_refused_with_its_predecessor(event, payload):
        return
    if event.seq <= tab.head_seq:
        await _confirm(hub, tab, event, payload)
        return
    now = hub.clock.now()
    if (code := tab.judge(event, payload, now)) is not None:
        await tab.refuse(event.seq, code)
    elif isinstance(event, Submit):
        await _submit(hub, tab, event, payload)
    else:
        tab.queue(tab.next_row(event, payload, now), event)


async def _confirm(hub: Hub, tab: Tab, event: Journalled, payload: bytes) -> None:
    """A resend: the same event is acknowledged again, another one with its seq ends the connection."""
    if tab.is_in_flight(event, payload):
        return
    async with asyncio.timeout(DATABASE_S):
        same = await sit.resent(hub.database, tab.sitting_id, event.seq, payload)
    if not same:
        await sit.record_conflict(hub.database, tab.sitting_id, event.seq, payload, hub.clock.now())
        raise CloseTab(CloseCode.OUT_OF_TURN)
    await tab.acknowledge_again()


async def _submit(hub: Hub, tab: Tab, event: Submit, payload: bytes) -> None:
    """Hand in once everything before is durable."""
    now = hub.clock.now()
    await tab.settled()
    row = tab.next_row(event, payload, now)
    try:
        async with asyncio.timeout(DATABASE_S):
            await sit.submit(hub.database, row, worker=hub.worker)
    except Conflict:
        # Another connection or the end of time came first: what the client is told next says which.
        tab.keep_evidence("not_running", payload)
        raise CloseTab(CloseCode.TRY_AGAIN) from None
    tab.submitted(row, event)
    await hub.refresh([tab.sitting_id])


async def _keep(hub: Hub, sitting_id: int, evidence: Evidence) -> None:
    payloads = [msgspec.json.encode(event) for event in evidence.events]
    await sit.keep_evidence(hub.database, sitting_id, "superseded", payloads, hub.clock.now())
