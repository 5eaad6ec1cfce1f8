"""Addresses that are one human being: joined by a code, taken apart again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from messages.envelope import Address
from storage import channel_tables, tables
from storage.connection import Connection
from storage.database import Conflict, Store
from storage.outbox import Recipient
from storage.work import Work

CODE_LASTS = timedelta(minutes=10)

MOST = 6
"""Addresses of one human being: more is no person but a desk."""


@dataclass(frozen=True, slots=True)
class JoinCode:
    """A code that can still be used.

    Attributes:
        code_hash: its keyed hash.
        person_id: whom it joins to.
    """

    code_hash: str
    person_id: int


@dataclass(frozen=True, slots=True)
class GiveJoinCode:
    """Give the person of the turn a code; an earlier one of theirs works no more.

    Attributes:
        code: eight characters of the alphabet of codes.
    """

    code: str

    async def apply(self, work: Work) -> None:
        """Write it down; Conflict where somebody else has the same, by a chance in a billion."""
        table, digest = channel_tables.join_codes, work.box.digest("join", self.code)
        lapsed = table.c.expires_at <= work.now
        await work.connection.execute(
            delete(table).where(or_(table.c.person_id == work.person_id, lapsed))
        )
        taken = await work.connection.execute(
            select(table.c.person_id).where(table.c.code_hash == digest)
        )
        if taken.first() is not None:
            raise Conflict("join code")
        await work.connection.execute(
            table.insert().values(
                person_id=work.person_id, code_hash=digest, expires_at=work.now + CODE_LASTS
            )
        )


@dataclass(frozen=True, slots=True)
class Join:
    """Join the person of the turn to the person who was given a code; the code is used up.

    Attributes:
        code: as `Joining.code` found it.
    """

    code: JoinCode

    async def apply(self, work: Work) -> None:
        """Make both, and whoever each was joined to, one; Conflict where the code is used."""
        table = channel_tables.join_codes
        used = await work.connection.execute(
            delete(table)
            .where(
                table.c.code_hash == self.code.code_hash,
                table.c.person_id == self.code.person_id,
                table.c.expires_at > work.now,
            )
            .returning(table.c.person_id)
        )
        if used.first() is None:
            raise Conflict("join code")
        await _join(work.connection, (work.person_id, self.code.person_id))


@dataclass(frozen=True, slots=True)
class Part:
    """Take the person of the turn out of those they are joined to."""

    async def apply(self, work: Work) -> None:
        """Let them stand alone, and the last of the others too."""
        people = tables.people
        rows = await _all_of(work.connection, (work.person_id,))
        others = [id_ for id_ in rows if id_ != work.person_id]
        await work.connection.execute(
            update(people).where(people.c.id == work.person_id).values(joined_to=None)
        )
        if others:
            head = others[0] if len(others) > 1 else None
            await work.connection.execute(
                update(people).where(people.c.id.in_(others)).values(joined_to=head)
            )
        await work.connection.execute(
            delete(channel_tables.join_codes).where(
                channel_tables.join_codes.c.person_id == work.person_id
            )
        )


async def join_code(store: Store, code: str, now: datetime) -> JoinCode | None:
    """Find a code that can still be used, as it was read."""
    table = channel_tables.join_codes
    digest = store.box.digest("join", code)
    async with store.reading() as connection:
        found = await connection.execute(
            select(table.c.person_id).where(table.c.code_hash == digest, table.c.expires_at > now)
        )
        person_id = found.scalar()
    return None if person_id is None else JoinCode(digest, person_id)


async def addresses(store: Store, person_id: int) -> list[Recipient]:
    """List all addresses of a person's human being, where they wrote last first.

    An address that left us comes last; the person's own is always among them.
    """
    people = tables.people
    async with store.reading() as connection:
        rows = await connection.execute(
            select(people.c.id, people.c.channel, people.c.address, people.c.language)
            .where(_one_being(person_id))
            .order_by(
                people.c.gone_at.is_not(None),
                func.coalesce(people.c.last_message_at, people.c.created_at).desc(),
                people.c.id,
            )
        )
        return [Recipient(row.id, Address(row.channel, row.address), row.language) for row in rows]


def _one_being(person_id: int) -> ColumnElement[bool]:
    """Whether the person of the row at hand and another are one; who is alone is joined to none."""
    people, asked = tables.people, tables.people.alias("asked")
    head = select(asked.c.joined_to).where(asked.c.id == person_id).scalar_subquery()
    return or_(people.c.id == person_id, people.c.joined_to == head)


async def _all_of(connection: Connection, ids: Collection[int]) -> list[int]:
    """Give everybody who is one with one of these, by number, locked."""
    people = tables.people
    rows = await connection.execute(
        select(people.c.id)
        .where(or_(*(_one_being(id_) for id_ in ids)))
        .order_by(people.c.id)
        .with_for_update()
    )
    return list(rows.scalars())


async def _join(connection: Connection, ids: Collection[int]) -> None:
    people = tables.people
    everybody = await _all_of(connection, ids)
    await connection.execute(
        update(people).where(people.c.id.in_(everybody)).values(joined_to=everybody[0])
    )


async def take_over(store: Store, left: Address, taken: Address, now: datetime) -> None:
    """Join an address that its browser leaves to the one that it takes up, and write there alone.

    An address that never brought a ticket is only left: nobody need know of it.
    """
    people, tickets = tables.people, tables.tickets

    async def job(connection: Connection) -> None:
        found = await connection.execute(
            select(people.c.id, people.c.address).where(
                people.c.channel == left.channel, people.c.address.in_([left.id, taken.id])
            )
        )
        ids = {row.address: row.id for row in found}
        if left.id not in ids:
            return
        await connection.execute(
            update(people).where(people.c.id == ids[left.id]).values(gone_at=now)
        )
        brought = await connection.execute(
            select(tickets.c.code).where(tickets.c.person_id == ids[left.id]).limit(1)
        )
        if brought.first() is not None and len(ids) > 1:
            await _join(connection, tuple(ids.values()))

    await store.write(job)
