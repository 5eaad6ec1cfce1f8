"""Who sits at the desk in a browser: links that serve once, and the sessions they open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from messages.envelope import Address, Outgoing
from storage import desk_tables, tables
from storage.audit import looked
from storage.connection import Connection
from storage.database import Store
from storage.inbox import HANDLED
from storage.outbox import BODY
from storage.people import Person, roles_of
from storage.work import Work

DESK_CHANNEL = "desk"
"""The channel of what is done in the browser, in the audit."""

LINK_LASTS = timedelta(minutes=10)

SESSION_LASTS = timedelta(hours=4)
"""Half a working day: who leaves a computer open leaves it no longer than that."""


@dataclass(frozen=True, slots=True)
class GiveDeskLink:
    """Give the person of the turn a link to the desk; an unused one of theirs works no more.

    Attributes:
        code: what the link carries, drawn by chance.
    """

    code: str

    async def apply(self, work: Work) -> None:
        """Write its keyed hash down, and forget what has lapsed."""
        table = desk_tables.desk_sessions
        unused = (table.c.person_id == work.person_id) & table.c.session_hash.is_(None)
        await work.connection.execute(delete(table).where(or_(unused, table.c.until <= work.now)))
        await work.connection.execute(
            table.insert().values(
                link_hash=work.box.digest("desk link", self.code),
                person_id=work.person_id,
                link_until=work.now + LINK_LASTS,
            )
        )


class DeskSessions:
    """Opens, reads and ends the sessions of the desk.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def looked(self, person: Person, act: str, about: str, now: datetime) -> None:
        """Write down that somebody at a desk looks at something; raises StoreUnavailable."""
        await looked(self._store, act, about, person_id=person.id, channel=DESK_CHANNEL, now=now)

    async def opens(self, code: str, now: datetime) -> bool:
        """Tell whether a link would open the desk, without using it up."""
        table = desk_tables.desk_sessions
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(table.c.person_id).where(
                    table.c.link_hash == self._store.box.digest("desk link", code),
                    table.c.session_hash.is_(None),
                    table.c.link_until > now,
                )
            )
            return found.first() is not None

    async def enter(self, code: str, session: str, now: datetime) -> bool:
        """Use a link up and begin a session; False where it was used or has lapsed."""
        table, box = desk_tables.desk_sessions, self._store.box

        async def job(connection: Connection) -> bool:
            used = await connection.execute(
                update(table)
                .where(
                    table.c.link_hash == box.digest("desk link", code),
                    table.c.session_hash.is_(None),
                    table.c.link_until > now,
                )
                .values(session_hash=box.digest("desk session", session), until=now + SESSION_LASTS)
            )
            return used.rowcount == 1

        return await self._store.write(job)

    async def leave(self, session: str) -> None:
        """End a session."""
        table = desk_tables.desk_sessions
        digest = self._store.box.digest("desk session", session)

        async def job(connection: Connection) -> None:
            await connection.execute(delete(table).where(table.c.session_hash == digest))

        await self._store.write(job)

    async def whose(self, session: str, now: datetime) -> Person | None:
        """Tell whose session it is, with the roles they hold at this moment; None for nobody's."""
        table, people = desk_tables.desk_sessions, tables.people
        async with self._store.reading() as connection:
            row = (
                await connection.execute(
                    select(
                        people.c.id,
                        people.c.channel,
                        people.c.address,
                        people.c.language,
                        people.c.joined_to,
                    )
                    .join(table, table.c.person_id == people.c.id)
                    .where(
                        table.c.session_hash == self._store.box.digest("desk session", session),
                        table.c.until > now,
                    )
                )
            ).first()
            held = await roles_of(connection, [row.id]) if row else {}
        if row is None:
            return None
        return Person(
            row.id,
            row.channel,
            row.address,
            language=row.language,
            roles=held.get(row.id, ()),
            joined_to=row.joined_to,
        )

    async def became(self, sender: Address, key: str) -> list[Outgoing] | None:
        """Give what was written to a person about a message of theirs; None until it is handled."""
        inbox, outbox = tables.inbox, tables.outbox
        async with self._store.reading() as connection:
            row = (
                await connection.execute(
                    select(inbox.c.accepted_at, inbox.c.state).where(
                        inbox.c.channel == sender.channel, inbox.c.key == key
                    )
                )
            ).first()
            if row is None or row.state != HANDLED:
                return None
            letters = await connection.execute(
                select(outbox.c.body)
                .where(
                    outbox.c.channel == sender.channel,
                    outbox.c.address == sender.id,
                    outbox.c.created_at == row.accepted_at,
                    outbox.c.body.is_not(None),
                )
                .order_by(outbox.c.id)
            )
            box = self._store.box
            return [BODY.validate_json(box.unseal("outbox.body", one)) for one in letters.scalars()]
