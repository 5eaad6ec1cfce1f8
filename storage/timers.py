"""What falls due later, kept so that it comes once, also after a restart."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from messages.envelope import Incoming, Kind
from storage import tables
from storage.connection import Connection
from storage.database import Store
from storage.inbox import CLOCK, put
from storage.work import Work

BATCH = 100


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Ask to be reminded.

    Attributes:
        name: which conversation is reminded ("close", "due").
        subject: of what: a ticket's code. One timer for each name and subject; a new one replaces.
        due_at: when.
        person_id: in whose line it comes, None = the person of the turn.
    """

    name: str
    subject: str
    due_at: datetime
    person_id: int | None = None

    async def apply(self, work: Work) -> None:
        """Write it down, in place of one of the same name and subject."""
        work.add(
            tables.timers,
            name=self.name,
            subject=self.subject,
            person_id=work.person_id if self.person_id is None else self.person_id,
            due_at=self.due_at,
        )


@dataclass(frozen=True, slots=True)
class StopTimer:
    """A reminder is no longer wanted."""

    name: str
    subject: str

    async def apply(self, work: Work) -> None:
        """Delete it where it has not fired."""
        await work.flush()
        table = tables.timers
        await work.connection.execute(
            delete(table).where(table.c.name == self.name, table.c.subject == self.subject)
        )


async def fire(store: Store, now: datetime) -> int:
    """Turn timers that fell due into messages of their persons; give how many.

    The timer goes and the message comes in one transaction, so that each fires once.
    """

    async def job(connection: Connection) -> int:
        table = tables.timers
        due = (
            await connection.execute(
                select(table)
                .where(table.c.due_at <= now)
                .order_by(table.c.due_at, table.c.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
        ).all()
        for timer in due:
            message = Incoming(
                sender=CLOCK,
                key=f"timer:{timer.id}",
                sent_at=timer.due_at,
                kind=Kind.TIMER,
                text=timer.name,
                payload=timer.subject,
            )
            await put(connection, timer.person_id, message, now)
        if due:
            await connection.execute(delete(table).where(table.c.id.in_([t.id for t in due])))
        return len(due)

    return await store.write(job)
