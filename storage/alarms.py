"""Alarms: what the administrators must hear, once each, wherever they are reached."""

import hashlib
from datetime import datetime

from sqlalchemy import select

from messages.envelope import Incoming, Kind
from messages.vietnamese import clean
from storage import tables
from storage.connection import Connection
from storage.database import Conflict, Store
from storage.inbox import CLOCK, put

NAME = "alarm"
"""The name under which an alarm comes, as a timer does."""

LONGEST = 400


async def alarm(store: Store, subject: str, episode: str, told: str, now: datetime) -> None:
    """Put an alarm into the line of each administrator; the same episode comes once.

    Args:
        store: the database.
        subject: what it is about, one word: "zalo-consent".
        episode: tells this trouble from the next of its kind.
        told: what is known of it, one line without secrets.
        now: the moment.

    Raises:
        StoreUnavailable: it could not be kept; it is to be raised again.
    """
    roles, people = tables.roles, tables.people
    digest = hashlib.sha256(f"{subject}:{episode}".encode("utf-8", "replace")).hexdigest()[:32]

    async def job(connection: Connection) -> None:
        found = await connection.execute(
            select(roles.c.person_id)
            .join(people, people.c.id == roles.c.person_id)
            .where(
                roles.c.role == "admin", roles.c.revoked_at.is_(None), people.c.gone_at.is_(None)
            )
            .distinct()
            .order_by(roles.c.person_id)
        )
        for person_id in found.scalars().all():
            message = Incoming(
                sender=CLOCK,
                key=f"{NAME}:{digest}:{person_id}",
                sent_at=now,
                kind=Kind.TIMER,
                text=NAME,
                payload=f"{subject} {clean(told)[:LONGEST]}".strip(),
            )
            await put(connection, person_id, message, now)

    try:
        await store.write(job)
    except Conflict:
        # Another process raised it at the same moment.
        return
