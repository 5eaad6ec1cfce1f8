"""Keeps the catalogue as its file and the officers have it now, in every process."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import structlog

from handlers import search
from handlers.search import PROCEDURES, REPEALED, Catalogue, CatalogueError
from storage.clock import Clock
from storage.database import Store, StoreUnavailable
from storage.published import keep_version
from storage.questions import learned, learned_until

log = structlog.get_logger(__name__)

EVERY: Final = 5.0
"""Seconds between two looks."""

Stamp = tuple[tuple[int, int], ...]


class CatalogueWatch:
    """Reads the file again where it changed, and adds the names that officers taught.

    A file that is wrong is left, and the catalogue stays as it was until it is right again. Each
    file that comes into use is kept, so that what was shown on a day can be proven.

    Args:
        folder: the commune's.
        catalogue: the one that everybody holds.
        store: has the names and keeps the versions.
        clock: tells the time.
    """

    def __init__(self, folder: Path, catalogue: Catalogue, store: Store, clock: Clock) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._store = store
        self._clock = clock
        self._plain = catalogue
        self._stamp: Stamp | None = None
        self._learned: tuple[int, int] = (0, 0)

    async def run(self, stopping: asyncio.Event) -> None:
        """Look every few seconds until told to stop."""
        while not stopping.is_set():
            try:
                await self.look()
            except StoreUnavailable as error:
                log.warning("catalogue: the store is unavailable", reason=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY)

    async def look(self) -> None:
        """Take over what changed since the last look."""
        stamp = await asyncio.to_thread(self._stamped)
        until = await learned_until(self._store)
        if stamp != self._stamp:
            await self._read_again()
            # Only now: where the store failed on the way the next look does it again.
            self._stamp = stamp
        elif until == self._learned:
            return
        names = await learned(self._store)
        self._catalogue.become(await asyncio.to_thread(self._taught, names))
        self._learned = until

    def _stamped(self) -> Stamp:
        """Give what tells that a file is another: when it was written, and its size."""
        found = []
        for name in (PROCEDURES, REPEALED):
            try:
                told = (self._folder / name).stat()
            except OSError:
                found.append((0, 0))
            else:
                found.append((told.st_mtime_ns, told.st_size))
        return tuple(found)

    async def _read_again(self) -> None:
        try:
            read, content = await asyncio.to_thread(self._load)
        except (CatalogueError, OSError) as error:
            log.warning("catalogue: the file is wrong and not taken", reason=str(error))
            return
        if await keep_version(self._store, content, self._clock()):
            log.info("catalogue: in use from now on", procedures=len(read.procedures))
        self._plain = read

    def _load(self) -> tuple[Catalogue, bytes]:
        return search.load(self._folder), (self._folder / PROCEDURES).read_bytes()

    def _taught(self, names: Mapping[str, tuple[str, ...]]) -> Catalogue:
        return self._plain.taught(names)
