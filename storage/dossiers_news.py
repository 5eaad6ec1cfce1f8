"""What an import, a morning or a printed letter is to people: messages in their own lines."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from messages.envelope import Incoming, Kind
from storage import tables
from storage.connection import Connection
from storage.database import Store
from storage.dossiers import DONE
from storage.dossiers_apologies import Apology
from storage.dossiers_tables import apologies, dossier_imports
from storage.evidence import Evidence
from storage.inbox import CLOCK, put
from storage.reader import Reader
from storage.work import Gathered, Work

PAGE = 200


def _message(key: str, name: str, payload: str, now: datetime) -> Incoming:
    return Incoming(sender=CLOCK, key=key, sent_at=now, kind=Kind.TIMER, text=name, payload=payload)


async def untold(store: Store) -> list[int]:
    """Give the imports of which followers were not told; the last of them speaks for all."""
    table = dossier_imports
    async with store.reading() as connection:
        found = await connection.execute(
            select(table.c.id)
            .where(table.c.state == DONE, table.c.told_at.is_(None))
            .order_by(table.c.id)
        )
        return list(found.scalars())


async def tell_changes(store: Store, read: Reader, import_id: int, now: datetime) -> int:
    """Put a message into the line of each follower for whom something is new; give how many.

    Whoever dies in the middle does it again: a message's key keeps it from coming twice.
    """
    told, after = 0, 0
    while followers := await read.following.after(after, PAGE):
        after = followers[-1].id
        known = await read.dossiers.by_codes({one.code for one in followers})
        news = [
            one for one in followers if one.code in known and known[one.code].notable != one.told
        ]
        told += len(news)
        pairs = [(one.id, one.person_id) for one in news]

        async def job(connection: Connection, pairs: list[tuple[int, int]] = pairs) -> None:
            for follower_id, person_id in pairs:
                key = f"dossier:{follower_id}:{import_id}"
                message = _message(key, "dossier", str(follower_id), now)
                await put(connection, person_id, message, now)

        if pairs:
            await store.write(job)
    await store.write(lambda connection: _all_told(connection, store, import_id, now))
    return told


async def _all_told(connection: Connection, store: Store, import_id: int, now: datetime) -> None:
    """Write down, once, that an import is told; its figures are public from now on."""
    table = dossier_imports
    first = await connection.execute(
        update(table)
        .where(table.c.id == import_id, table.c.told_at.is_(None))
        .values(told_at=now)
        .returning(table.c.person_id, table.c.rows)
    )
    row = first.first()
    if row is None:
        return
    gathered = Gathered(connection, store.box)
    work = Work(gathered, now=now, person_id=row.person_id or 0, channel=CLOCK.channel)
    await Evidence("dossier.published", about=str(import_id), value=row.rows).apply(work)
    await gathered.flush()


async def say_good_morning(store: Store, day: str, now: datetime) -> None:
    """Put the morning's message into the line of each officer and administrator, once a day."""
    roles = tables.roles
    async with store.reading() as connection:
        found = await connection.execute(
            select(roles.c.person_id)
            .where(roles.c.revoked_at.is_(None), roles.c.role.in_(["officer", "admin"]))
            .distinct()
        )
        people = sorted(found.scalars())

    async def job(connection: Connection) -> None:
        for person_id in people:
            key = f"dossiers:{day}:{person_id}"
            await put(connection, person_id, _message(key, "dossiers-morning", day, now), now)

    await store.write(job)


async def staff(store: Store) -> list[tuple[int, str]]:
    """Give who answers for the table of dossiers, and the language of each ("" where unknown)."""
    roles, people = tables.roles, tables.people
    async with store.reading() as connection:
        found = await connection.execute(
            select(people.c.id, people.c.language)
            .join(roles, roles.c.person_id == people.c.id)
            .where(roles.c.revoked_at.is_(None), roles.c.role.in_(["staff", "admin"]))
            .distinct()
            .order_by(people.c.id)
        )
        return [(row.id, row.language or "") for row in found]


async def say_to_staff(store: Store, told: Mapping[int, str], now: datetime) -> None:
    """Put what became of a pulled table into the line of each of these people."""

    async def job(connection: Connection) -> None:
        for person_id, text in told.items():
            key = f"pulled:{now.isoformat()}:{person_id}"
            await put(connection, person_id, _message(key, "export", f"0 - {text}", now), now)

    await store.write(job)


async def letter_is_made(store: Store, apology: Apology, digest: str, now: datetime) -> None:
    """Write down that a letter was printed, and let it be sent in its leader's line."""

    async def job(connection: Connection) -> None:
        await connection.execute(
            update(apologies).where(apologies.c.id == apology.id).values(hash=digest)
        )
        if apology.leader_id is not None:
            message = _message(f"apology:{apology.id}", "apology", str(apology.id), now)
            await put(connection, apology.leader_id, message, now)

    await store.write(job)
