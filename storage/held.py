"""What is held about a person, for themselves: Luật 91/2025/QH15, Đ.4; and the link to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from storage import privacy_tables, tables
from storage.civic_tables import subscriptions
from storage.dossiers_tables import dossier_followers
from storage.joining import addresses
from storage.reader import Reader
from storage.tickets import Event, File, Happening, Ticket, Words
from storage.work import Work

LASTS = timedelta(minutes=30)

TOLD = (Event.ASKED, Event.ANSWERED, Event.REJECTED, Event.RATED, Event.COMMENTED, Event.REOPENED)
"""What of a ticket's history was said between the commune and the person."""

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to, and when it was taken back."""

    purpose: str
    version: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldTicket:
    """A ticket with all that was said about it."""

    ticket: Ticket
    words: tuple[Words, ...]
    files: tuple[File, ...]
    said: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """All that is held about a person.

    Attributes:
        language: in which it is told.
        names: channel → what the platform calls them there.
        called: what they asked to be called, "" where they did not.
        phones: the telephone numbers that they left.
        tickets: what they brought, the oldest first.
        topics: what they are sent, since when.
        consents: to what they said yes, and when they took it back.
        dossiers: code of each that they proved to be theirs → since when, whether they follow it.
    """

    language: str
    names: tuple[tuple[str, str], ...]
    called: str
    phones: tuple[str, ...]
    tickets: tuple[HeldTicket, ...]
    topics: tuple[tuple[str, datetime], ...]
    consents: tuple[Consent, ...]
    dossiers: tuple[tuple[str, datetime, bool], ...]


@dataclass(frozen=True, slots=True)
class GiveAccess:
    """Give the person of the turn a link to what is held about them; an earlier one ends.

    Attributes:
        code: what the link carries, drawn by chance.
    """

    code: str

    async def apply(self, work: Work) -> None:
        """Write its keyed hash down, and forget what has lapsed."""
        table = privacy_tables.access_links
        lapsed = or_(table.c.person_id == work.person_id, table.c.until <= work.now)
        await work.connection.execute(delete(table).where(lapsed))
        await work.connection.execute(
            table.insert().values(
                person_id=work.person_id,
                code_hash=work.box.digest("access", self.code),
                until=work.now + LASTS,
            )
        )


async def held_by_link(read: Reader, code: str, now: datetime) -> Held | None:
    """Give what a link leads to, None for one that has lapsed or never was."""
    table, store = privacy_tables.access_links, read.store
    digest = store.box.digest("access", code)
    async with store.reading() as connection:
        found = await connection.execute(
            select(table.c.person_id).where(table.c.code_hash == digest, table.c.until > now)
        )
        person_id = found.scalar()
    return None if person_id is None else await held(read, person_id)


async def held(read: Reader, person_id: int) -> Held:
    """Collect what is held about a person, at all their addresses."""
    everybody = await addresses(read.store, person_id)
    ids = sorted(one.id for one in everybody)
    phones = [await read.phone_of(one) for one in ids]
    return Held(
        language=next(one.language for one in everybody if one.id == person_id),
        names=tuple([(one.to.channel, await _sealed(read, one.id, "name")) for one in everybody]),
        called=await _sealed(read, person_id, "called"),
        phones=tuple(sorted({phone for phone in phones if phone})),
        tickets=await _tickets(read, ids),
        topics=await _topics(read, ids),
        consents=await _consents(read, ids),
        dossiers=await _dossiers(read, ids),
    )


async def _sealed(read: Reader, person_id: int, column: str) -> str:
    people = tables.people
    async with read.store.reading() as connection:
        found = await connection.execute(select(people.c[column]).where(people.c.id == person_id))
        sealed = found.scalar()
    return read.store.box.unseal(f"people.{column}", sealed) if sealed else ""


async def _tickets(read: Reader, ids: Collection[int]) -> tuple[HeldTicket, ...]:
    found = [ticket for one in ids for ticket in await read.tickets_of(one, MOST)]
    return tuple(
        [
            HeldTicket(
                ticket,
                tuple(await read.words(ticket.code)),
                tuple(await read.files(ticket.code)),
                tuple(row for row in await read.history(ticket.code) if row.event in TOLD),
            )
            for ticket in sorted(found, key=lambda one: one.received_at)
        ]
    )


async def _topics(read: Reader, ids: Collection[int]) -> tuple[tuple[str, datetime], ...]:
    async with read.store.reading() as connection:
        rows = await connection.execute(
            select(subscriptions.c.topic, subscriptions.c.since)
            .where(subscriptions.c.person_id.in_(ids))
            .order_by(subscriptions.c.since)
        )
        return tuple((row.topic, row.since) for row in rows)


async def _consents(read: Reader, ids: Collection[int]) -> tuple[Consent, ...]:
    table = privacy_tables.consents
    async with read.store.reading() as connection:
        rows = await connection.execute(
            select(table).where(table.c.person_id.in_(ids)).order_by(table.c.id)
        )
        return tuple(
            Consent(row.purpose, row.version, row.given_at, row.withdrawn_at) for row in rows
        )


async def _dossiers(read: Reader, ids: Collection[int]) -> tuple[tuple[str, datetime, bool], ...]:
    table = dossier_followers
    async with read.store.reading() as connection:
        rows = await connection.execute(
            select(table).where(table.c.person_id.in_(ids)).order_by(table.c.id)
        )
        return tuple((row.code, row.proven_at, row.following) for row in rows)
