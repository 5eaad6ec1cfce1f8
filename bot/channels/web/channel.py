"""The web chat as a channel: sockets for words, a form for photos."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol, cast

import structlog
from aiohttp import (
    BodyPartReader,
    MultipartReader,
    StreamReader,
    WSCloseCode,
    WSMsgType,
    web,
)
from aiolimiter import AsyncLimiter

from bot.channels.channel import Accept, Letter, Limits
from bot.channels.web.identity import CHANNEL, Identity
from bot.channels.web.inbound import FRAME_BYTES, BadFrame, FrameId, read
from bot.channels.web.origins import Origins
from bot.channels.web.outbound import Link
from bot.channels.web.outbound import frame as frame_of
from bot.channels.web.sockets import Connection, Gone, Sockets
from bot.channels.web.uploads import PHOTO_BYTES, BadUpload, Uploads, too_large
from bot.channels.web.whence import Whence
from bot.pages.forms import UNREADABLE
from messages.envelope import Address, Attachment
from messages.languages import say, speaks
from messages.text import Text, _
from storage.database import StoreUnavailable

log = structlog.get_logger(__name__)

HEARTBEAT = 25.0
"""Seconds between pings: below the minute after which proxies cut a silent connection."""

HOUR = 3600.0
FORM_BYTES = 64 * 1024
"""What a form may have around its photo."""

AT_ONCE, PER_SECONDS = 60.0, 10.0
"""What comes faster waits in the line: nothing is refused, whoever floods slows only themselves."""

LAST_ID = 1 << 62


class Replay(Protocol):
    """Reads what was already written to a person."""

    async def after(self, address: Address, letter_id: int) -> Sequence[Letter]:
        """Give the person's letters with a higher id, oldest first, as many as are still kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebChat:
    """What a web chat needs.

    Attributes:
        identity: tells who asks.
        origins: whose pages may talk to us.
        uploads: where photos wait.
        replay: reads what a page missed.
        link: gives the address of an attachment of ours.
        whence: tells from which internet address a request comes.
        now: our clock.
        prefix: where its routes begin.
        pace: how many frames of a socket are read at once, and in how many seconds as many again.
    """

    identity: Identity
    origins: Origins
    uploads: Uploads
    replay: Replay
    link: Link
    now: Callable[[], datetime]
    whence: Whence = field(default_factory=Whence)
    prefix: str = "/chat"
    pace: tuple[float, float] = (AT_ONCE, PER_SECONDS)


class WebChannel:
    """People who write to us on our own page."""

    name = CHANNEL
    limits = Limits(
        text=20_000,
        caption=20_000,
        buttons=100,
        photo_bytes=PHOTO_BYTES,
        file_bytes=50 * 1024 * 1024,
        fetch_bytes=PHOTO_BYTES,
    )

    def __init__(self, chat: WebChat) -> None:
        self._chat = chat
        self._sockets = Sockets()

    def routes(self, accept: Accept) -> Sequence[web.AbstractRouteDef]:
        """Give `PREFIX/ws`, `PREFIX/poll` for where no socket can be had, and `PREFIX/upload`."""

        async def talk(request: web.Request) -> web.WebSocketResponse:
            return await self._talk(request, accept)

        async def say(request: web.Request) -> web.Response:
            return await self._say(request, accept)

        return [
            web.get(f"{self._chat.prefix}/ws", talk),
            web.get(f"{self._chat.prefix}/poll", self._tell),
            web.post(f"{self._chat.prefix}/poll", say),
            web.post(f"{self._chat.prefix}/upload", self._upload),
        ]

    async def listen(self, accept: Accept) -> None:
        """Delete every hour the photos that nobody wanted; messages come through the routes."""
        del accept
        while True:
            gone = await asyncio.to_thread(self._chat.uploads.purge)
            if gone:
                log.info("uploads purged", count=gone)
            await asyncio.sleep(HOUR)

    async def send(self, letter: Letter) -> tuple[str, ...]:
        """Show a letter on every open page of its person; without one it is replayed later."""
        await self._sockets.show(letter)
        return (str(letter.id),)

    async def fetch(self, attachment: Attachment) -> bytes:
        """Give the bytes of a photo; fails with CannotFetch."""
        return await asyncio.to_thread(self._chat.uploads.open, attachment.ref)

    async def close(self) -> None:
        """Close every socket; the pages come back by themselves."""
        await self._sockets.close()

    async def _talk(self, request: web.Request, accept: Accept) -> web.WebSocketResponse:
        if not self._chat.origins.allow(request):
            raise web.HTTPForbidden
        person = self._chat.identity.person(request)
        after = _number(request.query.get("after", ""))
        signals = "signals" in request.query
        # Frames up to four times the limit are refused in words; larger ones end the socket.
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT, timeout=HEARTBEAT, max_msg_size=4 * FRAME_BYTES
        )
        self._chat.identity.give(request, socket)
        await socket.prepare(request)
        connection = Connection(socket, person, self._chat.link)
        with self._sockets.holding(connection) as surplus:
            if surplus is not None:
                await surplus.close(WSCloseCode.POLICY_VIOLATION)
            try:
                if after is not None:
                    await connection.catch_up(lambda: self._chat.replay.after(person, after))
                    if signals:
                        await connection.write({"ready": True})
                await self._hear(socket, connection, _language(request), accept, signals=signals)
            except StoreUnavailable:
                await connection.close(WSCloseCode.TRY_AGAIN_LATER)
            except Gone:
                await connection.close(WSCloseCode.GOING_AWAY)
        return socket

    async def _hear(
        self,
        socket: web.WebSocketResponse,
        connection: Connection,
        language: str,
        accept: Accept,
        *,
        signals: bool,
    ) -> None:
        """Keep what comes; a page that asked for signals is told of each frame how it went.

        Without `?signals` a socket carries letters only, and a refusal in the form of one.
        """
        pace = AsyncLimiter(*self._chat.pace)
        async for message in socket:
            async with pace:
                if message.type is WSMsgType.ERROR:
                    log.info("socket ended", error=type(message.data).__name__)
                    return
                if message.type is WSMsgType.TEXT:
                    answer = await self._take(message.data, connection.person, language, accept)
                else:
                    answer = _error(_("This message could not be read."), None, language)
                if signals:
                    await connection.write(answer)
                elif "error" in answer:
                    await connection.write(
                        {"id": "", "text": answer["error"], "choices": [], "attachments": []}
                    )

    async def _take(
        self, raw: str, person: Address, language: str, accept: Accept
    ) -> dict[str, object]:
        """Keep a message; give the frame that says whether it is kept."""
        chat = self._chat
        try:
            frame = read(raw, person, language=language, now=chat.now(), find=chat.uploads.find)
        except BadFrame as error:
            log.info("frame refused", size=len(raw))
            return _error(error.reason, error.frame_id, language)
        try:
            await accept(frame.incoming)
        except StoreUnavailable:
            waiting = _("Your message is sent again by itself. Please leave the page open.")
            return {**_error(waiting, frame.id, language), "retry": True}
        return {"ack": frame.id}

    async def _tell(self, request: web.Request) -> web.Response:
        """Give a page without a socket the letters that it has not yet."""
        person = self._chat.identity.person(request)
        after = _number(request.query.get("after", "")) or 0
        letters = await self._chat.replay.after(person, after)
        said = {"letters": [frame_of(letter, self._chat.link) for letter in letters]}
        answer = web.json_response(said, headers={"Cache-Control": "no-store"})
        self._chat.identity.give(request, answer)
        return answer

    async def _say(self, request: web.Request, accept: Accept) -> web.Response:
        """Take a frame from a page without a socket."""
        if not self._chat.origins.allow(request):
            raise web.HTTPForbidden
        person, language = self._chat.identity.person(request), _language(request)
        try:
            raw = (await request.read()).decode()
        except (UnicodeDecodeError, web.RequestPayloadError):
            raw = ""
        said = await self._take(raw, person, language, accept)
        status = 200 if "ack" in said else 503 if said.get("retry") else 400
        answer = web.json_response(said, status=status)
        self._chat.identity.give(request, answer)
        return answer

    async def _upload(self, request: web.Request) -> web.Response:
        language = _language(request)
        if not self._chat.origins.allow(request):
            raise web.HTTPForbidden
        person = self._chat.identity.person(request)
        try:
            data = await _photo(request)
            keep = partial(
                self._chat.uploads.keep,
                data,
                person=person.id,
                address=self._chat.whence.of(request),
            )
            kept = await asyncio.to_thread(keep)
        except BadUpload as error:
            log.info("upload refused", status=error.status)
            said = {"error": say(error.reason, language)}
            return web.json_response(said, status=error.status)
        answer = web.json_response({"ref": kept.ref, "mime": kept.mime, "size": kept.size})
        self._chat.identity.give(request, answer)
        return answer


class _Bounded:
    """The body of a request, of which no more is read than is left.

    Counted where it is read: what stands before, between and beside the parts of a form counts,
    and so does a body that does not say how long it is.
    """

    def __init__(self, body: StreamReader, left: int) -> None:
        self._body = body
        self.left = left

    def __getattr__(self, name: str) -> object:
        return getattr(self._body, name)

    async def read(self, n: int = -1) -> bytes:
        """Read as the body does; raises BadUpload where that is more than is left."""
        return self._counted(await self._body.read(n))

    async def readline(self, *, max_line_length: int | None = None) -> bytes:
        """Read as the body does; raises BadUpload where that is more than is left."""
        return self._counted(await self._body.readline(max_line_length=max_line_length))

    def unread_data(self, data: bytes) -> None:
        """Put back what was read too far."""
        self.left += len(data)
        self._body.unread_data(data)

    def _counted(self, data: bytes) -> bytes:
        self.left -= len(data)
        if self.left < 0:
            raise too_large()
        return data


async def _photo(request: web.Request) -> bytes:
    """Read the part "photo" of a form, no more of it than a photo may have."""
    unreadable = BadUpload(400, _("The photo did not arrive whole. Please send it again."))
    if request.content_type != "multipart/form-data":
        raise unreadable
    if (request.content_length or 0) > PHOTO_BYTES + FORM_BYTES:
        raise too_large()
    try:
        body = _Bounded(request.content, FORM_BYTES)
        form = MultipartReader(request.headers, cast("StreamReader", body))
        while (part := await form.next()) is not None:
            if isinstance(part, BodyPartReader) and part.name == "photo":
                data = bytearray()
                body.left += PHOTO_BYTES
                while chunk := await part.read_chunk(1 << 16):
                    data += chunk
                    if len(data) > PHOTO_BYTES:
                        raise too_large()
                if data:
                    return bytes(data)
    except UNREADABLE as error:
        raise unreadable from error
    raise unreadable


def _error(reason: Text, frame_id: FrameId | None, language: str) -> dict[str, object]:
    said: dict[str, object] = {"error": say(reason, language)}
    return said if frame_id is None else {**said, "id": frame_id}


def _number(given: str) -> int | None:
    """Read the id after which letters were missed; what is no id asks for none."""
    if not (given.isascii() and given.isdigit() and len(given) <= len(str(LAST_ID))):
        return None
    return min(int(given), LAST_ID)


def _language(request: web.Request) -> str:
    return speaks(request.query.get("lang", ""))
