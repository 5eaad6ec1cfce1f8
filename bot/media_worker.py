"""Fetch the files that tickets want to keep, in the background and a few at a time."""

import asyncio
import contextlib
from collections.abc import Mapping
from functools import partial

import structlog

from bot.channels.channel import CannotFetch, Channel, SendError
from bot.darkroom import Broken, Darkroom
from bot.logs import where
from bot.media_types import is_expected, mime_as
from bot.photos import BadPhoto
from messages.envelope import AttachmentKind
from storage.database import StoreUnavailable
from storage.media import Media, Wanted

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""Files under way at a time: each may take 20 MB of memory."""

LOOK_AGAIN = 0.5
PICTURES = frozenset({AttachmentKind.IMAGE, AttachmentKind.STICKER})


class MediaWorker:
    """Fetches files from the channel by which they came, and keeps them.

    What is a picture by its content is made anew without what its camera wrote into it, whatever it
    was sent as; what is not what it was sent as is not kept.

    Args:
        media: the kept files.
        channels: by name; the files of one that is closed wait until it opens again.
        darkroom: opens pictures; whoever made it closes it.
    """

    def __init__(self, media: Media, channels: Mapping[str, Channel], darkroom: Darkroom) -> None:
        self._media = media
        self._channels = channels
        self._darkroom = darkroom
        self._fetching: dict[int, asyncio.Task[None]] = {}

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until told to stop; what is under way then is fetched again at the next start."""
        try:
            while not stopping.is_set():
                try:
                    await self.look()
                except StoreUnavailable as error:
                    log.warning("media: the store is unavailable", reason=str(error))
                await self._wait(stopping)
        finally:
            await self.close()

    async def look(self) -> int:
        """Begin to fetch what is wanted now; give how many files."""
        room = AT_ONCE - len(self._fetching)
        if room <= 0:
            return 0
        # Those under way are wanted still, and stand before the others.
        wanted = await self._media.wanted(self._channels, AT_ONCE + room)
        begun = [one for one in wanted if one.id not in self._fetching][:room]
        for one in begun:
            task = asyncio.create_task(self._fetch(one), name=f"file {one.id}")
            self._fetching[one.id] = task
            task.add_done_callback(partial(self._done, one.id))
        return len(begun)

    def _done(self, number: int, task: asyncio.Task[None]) -> None:
        del task
        self._fetching.pop(number, None)

    async def finish(self) -> None:
        """Wait for what is under way."""
        while self._fetching:
            await asyncio.wait(self._fetching.values())

    async def close(self) -> None:
        """Stop what is under way."""
        for task in list(self._fetching.values()):
            task.cancel()
        await asyncio.gather(*self._fetching.values(), return_exceptions=True)

    async def _wait(self, stopping: asyncio.Event) -> None:
        """Wait until a file is done, a moment has passed, or it is told to stop."""
        told = asyncio.create_task(stopping.wait())
        tasks = {told, *self._fetching.values()}
        await asyncio.wait(tasks, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()

    async def _fetch(self, wanted: Wanted) -> None:
        with contextlib.suppress(StoreUnavailable):
            # Where it cannot be written down it is fetched again.
            reason, final = await self._fetched(wanted)
            if reason:
                log.info(
                    "file: not kept", ticket=wanted.code, channel=wanted.channel, reason=reason
                )
                await self._media.missed(wanted, reason, final=final)

    async def _fetched(self, wanted: Wanted) -> tuple[str, bool]:
        """Fetch and keep a file; else say why not, and whether that is for ever."""
        if not wanted.attachment.ref:
            return "unreadable", True
        try:
            content = await self._channels[wanted.channel].fetch(wanted.attachment)
            content, mime = await self._as_it_is_kept(wanted.attachment.kind, content)
            await self._media.keep(wanted, content, mime)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one file's fault stops no other
            return _why(error)
        return "", True

    async def _as_it_is_kept(self, kind: AttachmentKind, content: bytes) -> tuple[bytes, str]:
        """Give what is kept of a file, and its media type by its content."""
        mime = mime_as(kind, content)
        if kind in PICTURES or mime.startswith("image/"):
            return await self._darkroom.without_traces(content)
        if not is_expected(kind, mime):
            raise CannotFetch(f"sent as {kind}, but it is none")
        return content, mime


def _why(error: Exception) -> tuple[str, bool]:
    """Say why a file was not kept, and whether it never will be."""
    match error:
        case CannotFetch() | BadPhoto():
            return str(error) or type(error).__name__, True
        case SendError():
            return error.reason or type(error).__name__, not error.retry
        case Broken():
            return f"the picture could not be opened ({error})", False
        case OSError():
            # A full disk, most likely: there is room again some time.
            log.error("file: not written", reason=error.strerror)
            return "could not be written", False
    log.error("file: the channel failed", error=where(error))
    return type(error).__name__, False
