"""Who looked at what and did what: rows that are only added, and go by their retention alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from storage import tables
from storage.connection import Connection
from storage.database import Store
from storage.privacy_tables import audit
from storage.work import Work

LINK = "link"
"""The channel of whoever opens a signed link: nothing tells who they are."""

AGAIN = timedelta(minutes=1)
"""One look at the same thing by the same way in so long is one row: a page reloads its pictures."""

COMMAND_LINE = "cli"
"""The channel of whoever sits at the machine itself; they have no number."""


@dataclass(frozen=True, slots=True)
class Audited:
    """The person of the turn did something as an official, or looked at it.

    Attributes:
        act: the handler: "desk.claim".
        about: a code, "" where it is about none.
    """

    act: str
    about: str = ""

    async def apply(self, work: Work) -> None:
        """Write it."""
        work.add(
            audit,
            at=work.now,
            person_id=work.person_id,
            act=self.act[:64],
            about=self.about[:64],
            channel=work.channel,
        )


@dataclass(frozen=True, slots=True)
class Audit:
    """One row of the audit; the person is None at the command line."""

    at: datetime
    person_id: int | None
    act: str
    about: str
    channel: str


async def looked(
    store: Store, act: str, about: str, *, person_id: int | None, channel: str, now: datetime
) -> None:
    """Write down what was done or looked at outside a turn: a page, a command.

    Raises:
        StoreUnavailable: it could not be written; then nothing may be shown either.
    """
    row = {"at": now, "person_id": person_id, "act": act[:64], "about": about[:64]}
    await store.write(lambda c: c.execute(audit.insert().values(**row, channel=channel)))


async def looked_at_file(store: Store, digest: str, now: datetime) -> None:
    """Write down that a file of a ticket was opened by its link; other files are nobody's.

    Raises:
        StoreUnavailable: it could not be written; then the file may not be shown either.
    """
    files = tables.ticket_files

    async def job(connection: Connection) -> None:
        codes = await connection.execute(
            select(files.c.code).where(files.c.hash == digest).distinct().limit(MOST_CODES)
        )
        for code in sorted(codes.scalars()):
            again = await connection.execute(
                select(audit.c.id)
                .where(
                    audit.c.about == code,
                    audit.c.at > now - AGAIN,
                    audit.c.act == OPENED,
                    audit.c.channel == LINK,
                )
                .limit(1)
            )
            if again.first() is None:
                row = {"at": now, "person_id": None, "act": OPENED, "about": code}
                await connection.execute(audit.insert().values(**row, channel=LINK))

    await store.write(job)


OPENED = "media.open"
"""The act of whoever opens a file."""

MOST_CODES = 20
"""Tickets that share a file: the same photo sent again has the same hash."""


async def audited(store: Store, about: str = "", limit: int = 1000) -> list[Audit]:
    """List the newest rows, or those about one code, the newest first."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if about:
        query = query.where(audit.c.about == about)
    async with store.reading() as connection:
        return [
            Audit(row.at, row.person_id, row.act, row.about, row.channel)
            for row in await connection.execute(query)
        ]
