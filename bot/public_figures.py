"""The public figures, read once a minute however many people look at them."""

import asyncio
from datetime import datetime, timedelta

from bot.pages.site import Figures
from handlers.report import facts
from handlers.report_contents import months
from messages.languages import ZONE
from scoring.periods import parse
from scoring.report_json import counts_as_json
from storage.clock import Clock
from storage.database import Store
from storage.reader import Reader

FRESH = timedelta(minutes=1)


class PublicFigures:
    """Reads the figures of the running half year.

    Args:
        store: the database.
        clock: tells the time.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._read, self._clock = Reader(store), clock
        self._kept: tuple[datetime, Figures] | None = None
        self._reading = asyncio.Lock()

    async def read(self) -> Figures:
        """Give the figures, a minute old at most; one question reads them for all that wait."""
        async with self._reading:
            now = self._clock()
            if self._kept is not None and self._kept[0] <= now < self._kept[0] + FRESH:
                return self._kept[1]
            today = now.astimezone(ZONE).date()
            period = parse("", today)
            counted = await facts(self._read, period, now)
            rows = await self._read.reports.rows((period.start, period.end), period.bounds, 0)
            found = Figures(
                period,
                counts_as_json(counted),
                await self._read.dossier_counts(*period.bounds, now),
                months(rows, period, today),
            )
            self._kept = now, found
            return found
