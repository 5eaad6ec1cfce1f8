"""What a report may ask of the store, beside what every turn may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from storage.database import Store
from storage.evidence import Tally, last_seal, tallies
from storage.filed_evidence import (
    CONFIRMED,
    FiledItem,
    filed_counts,
    filed_item,
    filed_items,
    waiting_items,
)
from storage.judgements import Judged, judged
from storage.period_rows import MonthCounts, PeriodRows, month_counts, period_rows
from storage.report_orders import Order, order_of
from storage.ticket_counts import TicketCounts, ticket_counts


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in a period, all of one moment.

    Attributes:
        tickets: counted each once.
        tallies: evidence by kind.
        filed: component → confirmed items filed by people.
        judged: what people decided about exactly this period.
    """

    tickets: TicketCounts
    tallies: Mapping[str, Tally]
    filed: Mapping[str, int]
    judged: Sequence[Judged]


class ReportReader:
    """Reads for reports; every answer is what is committed at that moment.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def counted(
        self, days: tuple[date, date], moments: tuple[datetime, datetime], now: datetime
    ) -> Counted:
        """Count a period: its days, both included, and its moments, the second not."""
        async with self._store.reading() as connection:
            return Counted(
                await ticket_counts(connection, *moments, now),
                await tallies(connection, *days),
                await filed_counts(connection, *days),
                await judged(connection, self._store.box, *days),
            )

    async def rows(
        self, days: tuple[date, date], moments: tuple[datetime, datetime], most: int
    ) -> PeriodRows:
        """Read what is listed of a period, with at most so many rows of evidence."""
        async with self._store.reading() as connection:
            return await period_rows(connection, days, moments, most)

    async def months(
        self, days: tuple[date, date], months: Sequence[tuple[datetime, datetime]]
    ) -> MonthCounts:
        """Count the months of a period; see `month_counts`."""
        async with self._store.reading() as connection:
            return await month_counts(connection, days, months)

    async def judged(self, start: date, end: date) -> list[Judged]:
        """Give what people decided about exactly this period."""
        async with self._store.reading() as connection:
            return await judged(connection, self._store.box, start, end)

    async def filed(
        self, start: date, end: date, states: Sequence[int] = (CONFIRMED,)
    ) -> list[FiledItem]:
        """Give the items of evidence that people filed for a period."""
        async with self._store.reading() as connection:
            return await filed_items(connection, self._store.box, start, end, states)

    async def waiting(self, limit: int) -> list[FiledItem]:
        """Give the items that wait for confirmation, the oldest first."""
        async with self._store.reading() as connection:
            return await waiting_items(connection, self._store.box, limit)

    async def item(self, code: str) -> FiledItem | None:
        """Find an item of evidence by its code."""
        async with self._store.reading() as connection:
            return await filed_item(connection, self._store.box, code)

    async def sealed(self, end: date) -> tuple[date, str] | None:
        """Give the newest sealed day up to one, and its seal."""
        async with self._store.reading() as connection:
            return await last_seal(connection, end)

    async def order(self, number: int) -> Order | None:
        """Find an order of documents."""
        async with self._store.reading() as connection:
            return await order_of(connection, number, self._store.box)
