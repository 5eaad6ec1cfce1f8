"""Requests about personal data and incidents with it: what was asked, found, done, and by when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage import privacy_tables, tables
from storage.connection import INSERTS
from storage.database import Store
from storage.tickets import Ticket, ticket_of
from storage.work import Work


@dataclass(frozen=True, slots=True)
class Breach:
    """What the log has of an incident beside its ticket; each "" until it is known.

    Attributes:
        found_at: from when the 72 hours run (Luật 91/2025/QH15, Đ.23).
        touches: whom it touches, and how many they are.
        measures: what was done against it.
        told: what the authority was told.
        told_at: when.
    """

    found_at: datetime
    touches: str = ""
    measures: str = ""
    told: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LogBreach:
    """An official writes down what is known of an incident.

    Attributes:
        code: its ticket.
        breach: all that is known now; what was there is replaced.
    """

    code: str
    breach: Breach

    async def apply(self, work: Work) -> None:
        """Write it sealed; the history of the ticket tells the steps."""
        await work.flush()
        table, one = privacy_tables.breaches, self.breach
        values = {
            "found_at": one.found_at,
            "touches": work.box.seal("breaches.touches", one.touches) if one.touches else None,
            "measures": work.box.seal("breaches.measures", one.measures) if one.measures else None,
            "told": work.box.seal("breaches.told", one.told) if one.told else None,
            "told_at": one.told_at,
        }
        insert = INSERTS[work.connection.dialect.name](table).values(code=self.code, **values)
        await work.connection.execute(
            insert.on_conflict_do_update(index_elements=["code"], set_=values)
        )


class DataRegister:
    """What may be asked about such requests and incidents.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def breach(self, code: str) -> Breach | None:
        """Read what the log has of an incident, None where there is none of that code."""
        table, box = privacy_tables.breaches, self._store.box
        async with self._store.reading() as connection:
            row = (await connection.execute(select(table).where(table.c.code == code))).first()
        if row is None:
            return None
        return Breach(
            row.found_at,
            box.unseal("breaches.touches", row.touches) if row.touches else "",
            box.unseal("breaches.measures", row.measures) if row.measures else "",
            box.unseal("breaches.told", row.told) if row.told else "",
            row.told_at,
        )

    async def tickets(
        self, kinds: Collection[str], start: datetime, end: datetime, limit: int
    ) -> list[Ticket]:
        """List tickets of some kinds that came from a moment to before another, newest first."""
        table = tables.tickets
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table)
                .where(
                    table.c.kind.in_(sorted(kinds)),
                    table.c.received_at >= start,
                    table.c.received_at < end,
                )
                .order_by(table.c.received_at.desc(), table.c.code)
                .limit(limit)
            )
            return [ticket_of(row, self._store.box) for row in rows]
