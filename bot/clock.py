"""What happens because time passed: timers, the sealing of days, files to be fetched."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.channels.channel import CannotFetch, Channel, SendError
from bot.logs import where
from bot.photos import BadPhoto, mime_of, without_traces
from messages.envelope import AttachmentKind
from storage.clock import Clock
from storage.database import Store, StoreUnavailable
from storage.evidence import seal_days
from storage.inbox import Inbox
from storage.media import Media, Wanted
from storage.timers import fire

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between two looks."""

SEAL_EVERY = timedelta(minutes=10)


class ClockWorker:
    """Turns what fell due into messages, and fetches the files that tickets want to keep.

    Args:
        store: the database.
        inbox: told when timers became messages.
        media: the kept files.
        channels: by name; a file is fetched from the channel it came by.
        clock: tells the time.
    """

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        *,
        media: Media,
        channels: Mapping[str, Channel],
        clock: Clock,
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._media = media
        self._channels = channels
        self._clock = clock
        self._sealed_at: datetime | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        """Look every second until told to stop."""
        while not stopping.is_set():
            try:
                await self.look()
            except StoreUnavailable as error:
                log.warning("clock: the store is unavailable", reason=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY)

    async def look(self) -> None:
        """Do what is due now."""
        now = self._clock()
        while await fire(self._store, now):
            self._inbox.arrived.set()
        if self._sealed_at is None or now - self._sealed_at >= SEAL_EVERY:
            await seal_days(self._store, now)
            await self._store.truncate_log()
            self._sealed_at = now
        # The files of a channel that is closed at present are fetched when it opens again.
        for wanted in await self._media.wanted(self._channels):
            await self._fetch(wanted)

    async def _fetch(self, wanted: Wanted) -> None:
        if not wanted.attachment.ref:
            await self._media.missed(wanted, "unreadable", final=True)
            return
        try:
            content = await self._channels[wanted.channel].fetch(wanted.attachment)
            mime = mime_of(content)
            if wanted.attachment.kind is AttachmentKind.IMAGE:
                content, mime = await asyncio.to_thread(without_traces, content)
        except CannotFetch as error:
            await self._media.missed(wanted, f"{type(error).__name__}: {error}", final=True)
        except BadPhoto as error:
            await self._media.missed(wanted, str(error), final=True)
        except SendError as error:
            await self._media.missed(wanted, error.reason, final=not error.retry)
        except Exception as error:  # noqa: BLE001 - one file's fault stops no other, nor the timers
            log.error("file: the channel failed", error=where(error))  # noqa: TRY400 - see `where`
            await self._media.missed(wanted, type(error).__name__, final=False)
        else:
            await self._keep(wanted, content, mime)
            return
        log.info("file: not fetched", ticket=wanted.code, channel=wanted.channel)

    async def _keep(self, wanted: Wanted, content: bytes, mime: str) -> None:
        try:
            await self._media.keep(wanted, content, mime)
        except OSError as error:
            # A full disk, most likely: there is room again some time.
            log.error("file: not kept", reason=error.strerror)  # noqa: TRY400 - one line
            await self._media.missed(wanted, "could not be written", final=False)
