"""What administrators must be told, put into their line once a day."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from messages.envelope import Incoming, Kind
from messages.languages import ZONE
from storage import tables
from storage.database import Store
from storage.inbox import CLOCK, put

TROUBLE = "trouble"
"""The name of the timer message by which an administrator hears of a trouble."""


async def alarm(store: Store, subject: str, told: str, now: datetime) -> None:
    """Tell every administrator of a trouble, each at most once a day for each subject.

    The message's key says so, so that neither a restart nor a second process tells it again.

    Args:
        store: the database.
        subject: what is in trouble: the name of a channel.
        told: what is wrong, in one line, without secrets.
        now: the moment.
    """

    async def job(connection: AsyncConnection) -> None:
        roles = tables.roles
        admins = await connection.execute(
            select(roles.c.person_id)
            .where(roles.c.role == "admin", roles.c.revoked_at.is_(None))
            .distinct()
        )
        day = now.astimezone(ZONE).date()
        for person_id in sorted(row.person_id for row in admins):
            message = Incoming(
                sender=CLOCK,
                key=f"{TROUBLE}:{subject}:{day}:{person_id}",
                sent_at=now,
                kind=Kind.TIMER,
                text=TROUBLE,
                payload=f"{subject} {told}",
            )
            await put(connection, person_id, message, now)

    await store.write(job)
