"""What the commune publishes for a week: its calendar, its reception schedule."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from storage.civic_tables import weeks as table
from storage.connection import INSERTS
from storage.database import Store
from storage.work import Work


@dataclass(frozen=True, slots=True)
class Publication:
    """Something published; `week` is its Monday."""

    kind: str
    week: date
    text: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Publish:
    """Somebody publishes a week's text, in place of an earlier one."""

    kind: str
    week: date
    text: str

    async def apply(self, work: Work) -> None:
        """Write it."""
        await work.flush()
        values = {
            "text": work.box.seal("weeks.text", self.text),
            "published_at": work.now,
            "published_by": work.person_id,
        }
        insert = INSERTS[work.connection.dialect.name](table)
        await work.connection.execute(
            insert.values(
                kind=self.kind, week=self.week.isoformat(), **values
            ).on_conflict_do_update(index_elements=["kind", "week"], set_=values)
        )


class WeekReader:
    """What may be asked about them.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def since(self, kind: str, week: date, limit: int = 2) -> list[Publication]:
        """Give what is published for a week and those after it, in order."""
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table)
                .where(table.c.kind == kind, table.c.week >= week.isoformat())
                .order_by(table.c.week)
                .limit(limit)
            )
            return [
                Publication(
                    row.kind,
                    date.fromisoformat(row.week),
                    self._store.box.unseal("weeks.text", row.text),
                    row.published_at,
                )
                for row in rows
            ]
