"""Makes the documents of reports that were asked for in the chat, one order after the other."""

import asyncio
import contextlib

import structlog

from bot.logs import where
from handlers.office import Office
from handlers.report_documents import documents
from messages.languages import ZONE, say
from scoring.documents.broken import BrokenTemplate
from scoring.periods import BadPeriod
from storage.database import Store, StoreUnavailable
from storage.reader import Reader
from storage.report_orders import Order, Orders

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between two looks."""


class ReportWorker:
    """Makes documents; the turn that asked for them does not wait for that.

    Args:
        store: the database.
        orders: what was asked for.
        office: what the commune has laid down.
    """

    def __init__(self, store: Store, orders: Orders, office: Office) -> None:
        self._read = Reader(store)
        self._orders = orders
        self._office = office

    async def run(self, stopping: asyncio.Event) -> None:
        """Look every second until told to stop."""
        while not stopping.is_set():
            try:
                while not stopping.is_set() and await self.look():
                    pass
            except (StoreUnavailable, OSError) as error:
                log.warning("report: not made", reason=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY)

    async def look(self) -> bool:
        """Make the documents that wait longest; give whether any did."""
        order = await self._orders.claim()
        if order is None:
            return False
        try:
            await self._make(order)
        except (StoreUnavailable, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - one order's fault stops no other
            log.error("report: failed", order=order.id, error=where(error))  # noqa: TRY400 - see `where`
            await self._orders.failed(order)
        return True

    async def _make(self, order: Order) -> None:
        try:
            period = self._office.period(order.period, order.asked_at.astimezone(ZONE).date())
            made = await documents(self._read, self._office, period, order.asked_at)
        except (BrokenTemplate, BadPeriod) as error:
            await self._orders.refused(order, say(error.reason))
        else:
            await self._orders.made(order, made)
            log.info("report: made", order=order.id, period=order.period)
