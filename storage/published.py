"""What the commune has published: the catalogue as it was on a day; what is public since when."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from storage import guide_tables
from storage.connection import INSERTS, Connection
from storage.database import Store
from storage.evidence import Evidence, day_of
from storage.work import Gathered, Work

DAILY = "publication"
"""The kind of evidence that a day's publication is; what is public is behind a dot."""

PROCEDURES = "procedures"
"""The subject that proves the components of procedures and fees."""


@dataclass(frozen=True, slots=True)
class Published:
    """Since when something is public, and when it last changed."""

    subject: str
    first_day: date
    changed_day: date


async def keep_version(store: Store, content: bytes, now: datetime) -> bool:
    """Keep a catalogue file that is in use from now on; give whether it was not in use before."""
    found = hashlib.sha256(content).hexdigest()
    table = guide_tables.catalogue_versions

    async def job(connection: Connection) -> bool:
        last = (
            await connection.execute(select(table.c.hash).order_by(table.c.id.desc()).limit(1))
        ).scalar()
        if last == found:
            return False
        gathered = Gathered(connection, store.box)
        gathered.add(table, {"at": now, "hash": found, "content": zlib.compress(content, 9)})
        await gathered.flush()
        return True

    return await store.write(job)


async def version_at(store: Store, moment: datetime) -> tuple[datetime, bytes] | None:
    """Give the catalogue file in use at a moment and since when, None where none was kept."""
    table = guide_tables.catalogue_versions
    async with store.reading() as connection:
        row = (
            await connection.execute(
                select(table.c.at, table.c.content, table.c.hash)
                .where(table.c.at <= moment)
                .order_by(table.c.at.desc(), table.c.id.desc())
                .limit(1)
            )
        ).first()
    if row is None:
        return None
    content = zlib.decompress(row.content)
    if hashlib.sha256(content).hexdigest() != row.hash:
        raise ValueError("the kept catalogue is not what was kept")
    return row.at, content


async def publish(store: Store, contents: Mapping[str, str], now: datetime) -> int:
    """Keep that subjects are public today; give how many rows of evidence that made.

    Each subject makes one row a day ("publication" for the procedures, which the measure of
    presence counts, "publication.SUBJECT" for others), and one more ("publication.changed") on the
    day on which it came or changed. Several processes may call it at once.

    Args:
        store: the database.
        contents: subject → what is public of it; what is empty is not public.
        now: the moment.
    """
    today = day_of(now)
    digests = {
        subject: hashlib.sha256(content.encode()).hexdigest()
        for subject, content in contents.items()
        if content.strip()
    }
    known = await published(store)
    if all(known.get(subject) == (digest, today) for subject, digest in digests.items()):
        return 0

    async def job(connection: Connection) -> int:
        gathered = Gathered(connection, store.box)
        work = Work(gathered, now=now, person_id=0, channel="web")
        seen = 0
        for subject, digest in sorted(digests.items()):
            for happened in await _publish(connection, subject, digest, today):
                await happened.apply(work)
                seen += 1
        await gathered.flush()
        return seen

    return await store.write(job)


async def _publish(connection: Connection, subject: str, digest: str, today: str) -> list[Evidence]:
    """Write one subject; give what is evidence of it, nothing where another process was first."""
    table = guide_tables.publications
    came = await connection.execute(
        INSERTS[connection.dialect.name](table)
        .values(subject=subject, hash=digest, first_day=today, changed_day=today, last_day=today)
        .on_conflict_do_nothing()
    )
    kind = DAILY if subject == PROCEDURES else f"{DAILY}.{subject}"
    shown, changed = Evidence(kind, about=subject), Evidence(f"{DAILY}.changed", about=subject)
    if came.rowcount == 1:
        return [shown, changed]
    happened = []
    one = update(table).where(table.c.subject == subject)
    newer = await connection.execute(one.where(table.c.last_day < today).values(last_day=today))
    if newer.rowcount == 1:
        happened.append(shown)
    other = await connection.execute(
        one.where(table.c.hash != digest).values(hash=digest, changed_day=today)
    )
    if other.rowcount == 1:
        happened.append(changed)
    return happened


async def published(store: Store) -> Mapping[str, tuple[str, str]]:
    """Give of each subject the hash of what is public and the last day on which it was shown."""
    table = guide_tables.publications
    async with store.reading() as connection:
        rows = await connection.execute(select(table.c.subject, table.c.hash, table.c.last_day))
        return {subject: (digest, day) for subject, digest, day in rows}


async def since(store: Store) -> Mapping[str, Published]:
    """Tell of each subject since when it is public and when it changed."""
    table = guide_tables.publications
    async with store.reading() as connection:
        rows = await connection.execute(select(table))
        return {
            row.subject: Published(
                row.subject,
                date.fromisoformat(row.first_day),
                date.fromisoformat(row.changed_day),
            )
            for row in rows
        }
