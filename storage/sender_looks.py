"""What decides who of the officials may see who brought a ticket: its first unit, looks before."""

from collections.abc import Collection

from sqlalchemy import func, select

from storage import tables
from storage.audit import Audited
from storage.database import Store
from storage.privacy_tables import audit
from storage.tickets import Event

_LOOK = "sender.look"


def look(reason: str, code: str) -> Audited:
    """Give the row of the audit that opens the sender of a ticket to the person of the turn.

    Args:
        reason: its kind, an identifier; never words.
        code: of the ticket.
    """
    return Audited(f"{_LOOK} {reason}", code)


class SenderLooks:
    """Reads it; every question raises StoreUnavailable where it cannot be read.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def first_unit(self, code: str) -> str:
        """Give the unit that received a ticket first, "" where none is known."""
        table = tables.ticket_events
        query = (
            select(table.c.unit)
            .where(table.c.code == code, table.c.event == Event.RECEIVED)
            .order_by(table.c.id)
            .limit(1)
        )
        async with self._store.reading() as connection:
            return str((await connection.execute(query)).scalar() or "")

    async def has_looked(self, code: str, people: Collection[int]) -> bool:
        """Whether one of these numbers of an official looked at who brought a ticket.

        It is as long known as the audit is kept; after that a reason is asked for again.
        """
        query = select(func.count()).where(
            audit.c.about == code,
            audit.c.person_id.in_(people),
            audit.c.act.startswith(f"{_LOOK} ", autoescape=True),
        )
        async with self._store.reading() as connection:
            return bool((await connection.execute(query)).scalar())
