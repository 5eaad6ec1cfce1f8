"""Keeps what the commune publishes as its file has it now, and writes down what is public."""

import asyncio
import contextlib
from pathlib import Path
from typing import Final

import structlog

from handlers.commune import PUBLICATIONS, BadCommune, load_publications
from handlers.office import Office
from handlers.publications import contents
from storage.clock import Clock
from storage.database import Store, StoreUnavailable
from storage.published import publish

log = structlog.get_logger(__name__)

EVERY: Final = 5.0
"""Seconds between two looks."""


class PublicationWatch:
    """Reads the file again where it changed; each day writes evidence of what is public.

    Args:
        folder: the commune's.
        office: holds the noticeboard, and what else is public.
        store: keeps the days.
        clock: tells the time.
        shows: whether this process serves the pages on which it is public.
    """

    def __init__(
        self, folder: Path, office: Office, store: Store, clock: Clock, *, shows: bool
    ) -> None:
        self._folder = folder
        self._office = office
        self._store = store
        self._clock = clock
        self._shows = shows
        self._stamp: tuple[int, int] | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        """Look every few seconds until told to stop."""
        while not stopping.is_set():
            try:
                await self.look()
            except StoreUnavailable as error:
                log.warning("publications: the store is unavailable", reason=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY)

    async def look(self) -> None:
        """Take over what changed since the last look; keep what is public today."""
        office = self._office
        stamp = await asyncio.to_thread(self._stamped)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                office.board.become(await asyncio.to_thread(load_publications, self._folder))
            except BadCommune as error:
                log.warning("publications: the file is wrong and not taken", reason=str(error))
        if self._shows:
            public = await asyncio.to_thread(
                contents, office.commune, office.catalogue, office.board
            )
            await publish(self._store, public, self._clock())

    def _stamped(self) -> tuple[int, int]:
        try:
            told = (self._folder / PUBLICATIONS).stat()
        except OSError:
            return 0, 0
        return told.st_mtime_ns, told.st_size
