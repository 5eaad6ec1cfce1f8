"""The public figures, read once a minute however many people look at them."""

import asyncio
from datetime import datetime, timedelta

from bot.pages.site import Figures
from handlers.office import Office
from handlers.report import facts
from handlers.report_contents import counted_months
from messages.languages import ZONE
from scoring.report_json import counts_as_json
from storage.clock import Clock
from storage.database import Store
from storage.reader import Reader

FRESH = timedelta(minutes=1)


class PublicFigures:
    """Reads the figures of the running half year.

    Args:
        store: the database.
        office: knows when a half year's figures are closed.
        clock: tells the time.
    """

    def __init__(self, store: Store, office: Office, clock: Clock) -> None:
        self._read, self._office, self._clock = Reader(store), office, clock
        self._kept: tuple[datetime, Figures] | None = None
        self._reading = asyncio.Lock()

    async def read(self) -> Figures:
        """Give the figures, a minute old at most; one question reads them for all that wait."""
        async with self._reading:
            now = self._clock()
            if self._kept is not None and self._kept[0] <= now < self._kept[0] + FRESH:
                return self._kept[1]
            today = now.astimezone(ZONE).date()
            period = self._office.period("", today)
            counted = await facts(self._read, period, now)
            found = Figures(
                period,
                counts_as_json(counted),
                await self._read.dossier_counts(*period.bounds, now),
                await counted_months(self._read, period, today),
            )
            self._kept = now, found
            return found
