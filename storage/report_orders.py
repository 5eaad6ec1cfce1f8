"""Documents of a report that somebody asked for in the chat, made after the turn that asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from storage import report_tables, tables
from storage.clock import Clock
from storage.connection import Connection, Reading
from storage.database import Store
from storage.media import Media
from storage.sealing import Box
from storage.work import Work

WAITING, MADE, GIVEN_UP = 0, 1, 2
TRIES = 3
LEASE = timedelta(minutes=2)
"""After so long another worker takes over what one had begun."""

READY = "report"
"""The name of the timer that tells the person that their documents are made."""

DOCX_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PNG_MIME = "image/png"


@dataclass(frozen=True, slots=True)
class Documents:
    """The files of a report."""

    png: bytes
    docx: bytes
    xlsx: bytes


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made, or was.

    Attributes:
        id: its number.
        person_id: who asked.
        period: as `scoring.periods` writes it.
        asked_at: when; it is counted up to then.
        png, docx, xlsx: hashes of the files, "" until they are made.
        reason: why a document could not be made, "" where all were.
    """

    id: int
    person_id: int
    period: str
    asked_at: datetime
    png: str = ""
    docx: str = ""
    xlsx: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OrderReport:
    """The person of the turn asks for the documents of a period."""

    period: str

    async def apply(self, work: Work) -> None:
        """Write it down; a worker makes them."""
        work.add(
            report_tables.report_orders,
            person_id=work.person_id,
            period=self.period,
            asked_at=work.now,
            due_at=work.now,
        )


class Orders:
    """The orders of a store, for the worker that makes the documents.

    Args:
        store: the database.
        media: keeps the files.
        clock: tells the time.
    """

    def __init__(self, store: Store, media: Media, clock: Clock) -> None:
        self._store, self._media, self._clock = store, media, clock

    async def claim(self) -> Order | None:
        """Take the oldest order that waits, None where none does."""
        table = report_tables.report_orders
        due = (table.c.state == WAITING, table.c.due_at <= self._clock())
        async with self._store.reading() as connection:
            if (await connection.execute(select(table.c.id).where(*due).limit(1))).first() is None:
                return None

        async def job(connection: Connection) -> Order | None:
            found = (
                await connection.execute(
                    select(table)
                    .where(*due)
                    .order_by(table.c.due_at, table.c.id)
                    .limit(1)
                    .with_for_update(skip_locked=True)
                )
            ).first()
            if found is None:
                return None
            await connection.execute(
                update(table)
                .where(table.c.id == found.id)
                .values(due_at=self._clock() + LEASE, attempts=found.attempts + 1)
            )
            return Order(found.id, found.person_id, found.period, found.asked_at)

        return await self._store.write(job)

    async def made(self, order: Order, documents: Documents) -> None:
        """Keep the files of an order and let its person be told."""
        png, keep_png = await self._media.prepared(documents.png, PNG_MIME)
        docx, keep_docx = await self._media.prepared(documents.docx, DOCX_MIME)
        xlsx, keep_xlsx = await self._media.prepared(documents.xlsx, XLSX_MIME)

        async def job(connection: Connection) -> None:
            for keep in (keep_png, keep_docx, keep_xlsx):
                await keep(connection)
            await self._end(connection, order, state=MADE, png=png, docx=docx, xlsx=xlsx)

        await self._store.write(job)

    async def refused(self, order: Order, reason: str) -> None:
        """Let the person be told why nothing was made."""
        sealed = self._store.box.seal("report_orders.reason", reason)
        await self._store.write(
            lambda connection: self._end(connection, order, state=GIVEN_UP, reason=sealed)
        )

    async def failed(self, order: Order) -> None:
        """Try again; after some tries tell the person that it cannot be done."""
        table = report_tables.report_orders

        async def job(connection: Connection) -> None:
            attempts = (
                await connection.execute(select(table.c.attempts).where(table.c.id == order.id))
            ).scalar_one()
            if attempts >= TRIES:
                await self._end(connection, order, state=GIVEN_UP)

        await self._store.write(job)

    async def _end(self, connection: Connection, order: Order, **values: object) -> None:
        table, timers = report_tables.report_orders, tables.timers
        changed = await connection.execute(
            update(table).where(table.c.id == order.id, table.c.state == WAITING).values(**values)
        )
        if changed.rowcount:
            await connection.execute(
                timers.insert().values(
                    name=READY,
                    subject=str(order.id),
                    person_id=order.person_id,
                    due_at=self._clock(),
                )
            )


async def order_of(connection: Reading, number: int, box: Box) -> Order | None:
    """Find an order by its number."""
    table = report_tables.report_orders
    row = (await connection.execute(select(table).where(table.c.id == number))).first()
    if row is None:
        return None
    return Order(
        id=row.id,
        person_id=row.person_id,
        period=row.period,
        asked_at=row.asked_at,
        png=row.png or "",
        docx=row.docx or "",
        xlsx=row.xlsx or "",
        reason=box.unseal("report_orders.reason", row.reason) if row.reason else "",
    )
