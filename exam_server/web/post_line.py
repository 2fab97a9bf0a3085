"""POST /api/sitting/line: a candidate's conversation where no socket can be held, by requests in a row.

Each reply has a number, in the name of the line that it gives: whoever asks with an older one has not heard
the last reply and is told it again. So a reply that is lost on the way loses nothing. Browsers and proxies
send a request again when a connection breaks under it: what comes twice to the letter is heard once.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator

import msgspec
from aiohttp import web

from exam_server.errors import Invalid
from exam_server.protocol.message import MAX_LINE_WAIT_MS
from exam_server.protocol.sitting import CloseCode, LineRequest
from exam_server.web.bodies import read_body
from exam_server.web.conversation import Conversation
from exam_server.web.hub import DATABASE_S, HUB, Hub
from exam_server.web.line import MAX_BUFFERED_BYTES
from exam_server.web.sessions import CANDIDATE_COOKIE
from exam_server.web.upgrade import Caller

MAX_LINES = 5_000
_NAME_BYTES = 12
_DECODER = msgspec.json.Decoder(LineRequest)


class PostLine:
    """What is to be told at the next request. Implements ``web.line.Line``."""

    def __init__(self, cookie: str) -> None:
        self.name = secrets.token_urlsafe(_NAME_BYTES)
        self.cookie = cookie
        self.conversation: Conversation | None = None
        self.over = False
        self._close: CloseCode | None = None
        self._told: list[bytes] = []
        self._untold: list[bytes] = []
        self._bytes = 0
        self._reply = 0
        self._heard_reply = 0
        self._asked: tuple[str | None, tuple[msgspec.Raw, ...]] = (None, ())
        self._turn = 0
        self._news = asyncio.Event()

    def send(self, data: bytes) -> None:
        """Keep a message for the next reply. A client that never asks, or never hears, is given up."""
        if self.over:
            return
        self._untold.append(data)
        self._bytes += len(data)
        self._news.set()
        if self._bytes > MAX_BUFFERED_BYTES:
            self.cut()

    def close(self, code: CloseCode) -> None:
        """Tell why with the next reply, and end."""
        self._close = code
        self.cut()

    def probe(self) -> None:
        """A request is the sign of life."""

    def cut(self) -> None:
        """End."""
        if not self.over:
            self.over = True
            self._news.set()
            if self.conversation is not None:
                asyncio.get_running_loop().call_soon(self.conversation.left)

    def goes_on_as(self, name: str | None, cookie: str) -> bool:
        """Whether a request that gives this name speaks on this line."""
        own, _, _ = (name or "").partition(".")
        return own == self.name and cookie == self.cookie and not self.over

    def hear(self, conversation: Conversation, asked: LineRequest) -> None:
        """Forget what the client has heard: the reply that gave it this name, and all before; then hear what
        it says, unless it was said already."""
        if asked.line == f"{self.name}.{self._reply}":
            self._heard_reply, self._told, self._bytes = self._reply, [], sum(map(len, self._untold))
        conversation.alive()
        said = (asked.line, asked.messages)
        if said != self._asked:
            self._asked = said
            for message in asked.messages:
                conversation.hear(bytes(message))

    async def reply(self, wait_s: float) -> bytes:
        """What there is to tell once all that was said is settled; or after ``wait_s`` without any news."""
        self._turn += 1
        turn, loop = self._turn, asyncio.get_running_loop()
        self._news.set()  # a request that still waits has been given up by its client
        settled_by, quiet_by = loop.time() + DATABASE_S, loop.time() + wait_s
        while turn == self._turn and not self.over:
            self._news.clear()
            settled = self.conversation is None or self.conversation.settled or self._waits_outside()
            until = (loop.time() if self._untold or self._told else quiet_by) if settled else settled_by
            if not await self._hear_news(until - loop.time()):
                break
        # A later request tells what there is: this reply must not pass for one that did.
        return self._take() if turn == self._turn else self._encode(self._heard_reply, [])

    def _waits_outside(self) -> bool:
        """Whether there is nothing to tell but a place in the queue."""
        return self.conversation is not None and self.conversation.tab is None and bool(self._untold)

    async def _hear_news(self, most_s: float) -> bool:
        try:
            async with asyncio.timeout(max(0.0, most_s)):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    def _take(self) -> bytes:
        self._told, self._untold = [*self._told, *self._untold], []
        self._reply += 1
        return self._encode(self._reply, self._told)

    def _encode(self, number: int, messages: list[bytes]) -> bytes:
        close = b"null" if self._close is None else b"%d" % self._close
        name = f"{self.name}.{number}".encode()
        return b'{"line":"%b","messages":[%b],"close":%b}' % (name, b",".join(messages), close)


LINES: web.AppKey[dict[str, PostLine]] = web.AppKey("lines", dict[str, PostLine])


async def keep_lines(app: web.Application) -> AsyncGenerator[None, None]:
    """For ``cleanup_ctx``: the lines of this process, by name."""
    app[LINES] = {}
    yield


async def sitting_line(request: web.Request) -> web.StreamResponse:
    """One request and its reply. Raises Invalid with code ``bad_json``, TooLarge."""
    asked = await _read(request)
    line = _line_of(request, asked)
    if line.conversation is not None:
        line.hear(line.conversation, asked)
    body = await line.reply(min(asked.wait_ms, MAX_LINE_WAIT_MS) / 1_000)
    if line.over:
        request.app[LINES].pop(line.name, None)
    return web.Response(body=body, content_type="application/json")


async def _read(request: web.Request) -> LineRequest:
    try:
        return _DECODER.decode(await read_body(request))
    except msgspec.DecodeError as error:
        raise Invalid("bad_json") from error


def _line_of(request: web.Request, asked: LineRequest) -> PostLine:
    """The line that the request names, or a new one that begins with its Hello."""
    lines, cookie = request.app[LINES], request.cookies.get(CANDIDATE_COOKIE, "")
    known = lines.get((asked.line or "").partition(".")[0])
    if known is not None and known.goes_on_as(asked.line, cookie):
        return known
    line = PostLine(cookie)
    _make_room(lines)
    lines[line.name] = line
    _begin(request.app[HUB], line, request, asked)
    return line


def _make_room(lines: dict[str, PostLine]) -> None:
    """Drop lines that are over and that nobody has asked about since; the oldest when there are too many."""
    for name in [name for name, line in lines.items() if line.over]:
        del lines[name]
    if len(lines) >= MAX_LINES:
        lines.pop(next(iter(lines))).cut()


def _begin(hub: Hub, line: PostLine, request: web.Request, asked: LineRequest) -> None:
    conversation = line.conversation = Conversation(hub, line)
    conversation.begin(
        Caller(
            host=request.host,
            origin=request.headers.get("Origin"),
            fetch_site=request.headers.get("Sec-Fetch-Site"),
            cookies={CANDIDATE_COOKIE: line.cookie},
            sitting=request.query.get("sitting"),
        )
    )
    conversation.hear(msgspec.json.encode(asked.hello))
