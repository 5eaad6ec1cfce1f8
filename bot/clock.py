"""What happens because time passed: timers, erasures, retention, the sealing of days."""

import asyncio
import contextlib
from datetime import datetime, timedelta

import structlog

from storage.clock import Clock
from storage.database import Store, StoreUnavailable
from storage.erasure import erase_waiting
from storage.evidence import SETTLES, day_of, miscounted, seal_days
from storage.inbox import Inbox
from storage.media import Media
from storage.retention import Periods, let_go
from storage.timers import fire

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between two looks."""

SEAL_EVERY = timedelta(minutes=10)
LET_GO_EVERY = timedelta(hours=6)


class ClockWorker:
    """Turns what fell due into messages, and seals the days.

    Args:
        store: the database.
        inbox: told when timers became messages.
        kept: the files, of which those of erased people are deleted.
        clock: tells the time.
        periods: how long each kind of data is kept.
    """

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        kept: Media,
        clock: Clock,
        periods: Periods,
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._kept = kept
        self._clock = clock
        self._periods = periods
        self._sealed_at: datetime | None = None
        self._let_go_at: datetime | None = None
        self._counted = ""

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
        if erased := await erase_waiting(self._store, self._kept, now):
            log.info("erased", addresses=erased)
            # What was deleted stands in the log of changes until it is emptied.
            await self._store.truncate_log()
        if self._let_go_at is None or now - self._let_go_at >= LET_GO_EVERY:
            gone = await let_go(self._store, self._kept, self._periods, now)
            await self._kept.sweep()
            if any(gone.values()):
                log.info("kept no longer", **gone)
            self._let_go_at = now
        if self._sealed_at is None or now - self._sealed_at >= SEAL_EVERY:
            await seal_days(self._store, now)
            await self._count_anew(now)
            await self._store.truncate_log()
            self._sealed_at = now

    async def _count_anew(self, now: datetime) -> None:
        """Tell once a day where yesterday's kept counts are not those of its evidence."""
        yesterday = day_of(now - SETTLES - timedelta(days=1))
        if yesterday == self._counted:
            return
        async with self._store.reading() as connection:
            differing = await miscounted(connection, yesterday)
        for one in differing:
            log.error(
                "evidence: a kept count differs from its rows",
                day=yesterday,
                kind=one.kind,
                unit=one.unit,
                kept=one.kept.count,
                counted=one.counted.count,
            )
        self._counted = yesterday
