"""Files that a person sent to be read and not kept: exports, photographed receipts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select, update

from messages.envelope import Attachment, AttachmentKind, Incoming, Kind
from storage import tables
from storage.clock import Clock
from storage.connection import Connection
from storage.database import Conflict, Store
from storage.dossiers_tables import sent_files
from storage.inbox import CLOCK, put
from storage.sealing import CannotUnseal
from storage.work import Work

WANTED, LOOKED_AT, CONFIRMED, DONE = 0, 1, 2, 3

HELD = timedelta(minutes=10)
"""How long a worker has for a file before another takes it over."""

KEPT = timedelta(hours=24)
"""How long an export waits for its sender's yes."""

TRIES = 8


class Sent(StrEnum):
    """What a file was sent for."""

    RECEIPT = "receipt"
    EXPORT = "export"
    EXPORT_GONE_TOO = "export_gone_too"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that waits to be read.

    Attributes:
        id: our number of it.
        person_id: who sent it.
        channel: by which it came.
        purpose: what for.
        attachment: where its bytes are.
        state: WANTED, LOOKED_AT where nobody answered, or CONFIRMED.
        attempts: how often it was tried, this time included.
    """

    id: int
    person_id: int
    channel: str
    purpose: Sent
    attachment: Attachment
    state: int
    attempts: int


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A person sends a file to be read.

    Attributes:
        purpose: what for.
        attachment: where its bytes are.
    """

    purpose: Sent
    attachment: Attachment

    async def apply(self, work: Work) -> None:
        """Write it down."""
        box, one = work.box, self.attachment
        work.add(
            sent_files,
            person_id=work.person_id,
            channel=work.channel,
            purpose=self.purpose.value,
            ref=box.seal("sent_files.ref", f"{one.kind} {one.ref}"),
            name=box.seal("sent_files.name", one.name) if one.name else None,
            at=work.now,
            due_at=work.now,
        )


@dataclass(frozen=True, slots=True)
class ConfirmFile:
    """Its sender wants an export imported; Conflict where it does not wait for that any more.

    Attributes:
        file_id: our number of it.
        gone_too: whether it is agreed that many dossiers are gone.
    """

    file_id: int
    gone_too: bool

    async def apply(self, work: Work) -> None:
        """Write it down."""
        table = sent_files
        purpose = Sent.EXPORT_GONE_TOO if self.gone_too else Sent.EXPORT
        done = await work.connection.execute(
            update(table)
            .where(
                table.c.id == self.file_id,
                table.c.person_id == work.person_id,
                table.c.state == LOOKED_AT,
            )
            .values(state=CONFIRMED, purpose=purpose.value, due_at=work.now, attempts=0)
        )
        if done.rowcount != 1:
            raise Conflict("the file does not wait")


class SentFiles:
    """The worker's side: what is to be read, and what became of it.

    Args:
        store: the database.
        clock: tells when to try again.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def claim(self, channels: Collection[str]) -> SentFile | None:
        """Take the next file that is due; another worker does not get it meanwhile."""
        table, now = sent_files, self._clock()
        due = (
            select(table.c.id)
            .where(
                table.c.state != DONE,
                table.c.due_at <= now,
                or_(table.c.state != WANTED, table.c.channel.in_(channels)),
            )
            .order_by(table.c.due_at, table.c.id)
            .limit(1)
        )
        async with self._store.reading() as connection:
            if (await connection.execute(due)).first() is None:
                return None

        async def job(connection: Connection) -> SentFile | None:
            taken = await connection.execute(
                update(table)
                .where(table.c.id.in_(due.with_for_update(skip_locked=True).scalar_subquery()))
                .values(due_at=now + HELD, attempts=table.c.attempts + 1)
                .returning(table)
            )
            row = taken.first()
            if row is None:
                return None
            kind, ref = AttachmentKind.FILE.value, ""
            if row.ref:
                try:
                    told = self._store.box.unseal("sent_files.ref", row.ref)
                    kind, _, ref = told.partition(" ")
                except CannotUnseal:
                    ref = ""
            return SentFile(
                id=row.id,
                person_id=row.person_id,
                channel=row.channel,
                purpose=Sent(row.purpose),
                attachment=Attachment(AttachmentKind(kind), ref=ref),
                state=row.state,
                attempts=row.attempts,
            )

        return await self._store.write(job)

    async def again(self, file: SentFile, after: timedelta) -> None:
        """Try a file again later."""
        await self._set(file, file.state, self._clock() + after)

    async def looked_at(self, file: SentFile, news: str) -> None:
        """Let an export wait for its sender's yes, and tell them what it would change."""
        await self._set(file, LOOKED_AT, self._clock() + KEPT, news)

    async def done(self, file: SentFile, news: str | None) -> None:
        """Be done with a file; the news go to its sender in the same transaction."""
        await self._set(file, DONE, self._clock(), news)

    async def _set(
        self, file: SentFile, state: int, due_at: datetime, news: str | None = None
    ) -> None:
        now = self._clock()

        async def job(connection: Connection) -> None:
            values: dict[str, object] = {"state": state, "due_at": due_at}
            if state == DONE:
                values |= {"ref": None, "name": None}
            await connection.execute(
                update(sent_files).where(sent_files.c.id == file.id).values(values)
            )
            if news is not None:
                message = Incoming(
                    sender=CLOCK,
                    key=f"file:{file.id}:{state}",
                    sent_at=now,
                    kind=Kind.TIMER,
                    text="photographed" if file.purpose is Sent.RECEIPT else "export",
                    payload=news,
                )
                await put(connection, file.person_id, message, now)

        await self._store.write(job)

    async def may_import(self, person_id: int) -> bool:
        """Whether a person may import at this moment: their role may have ended meanwhile."""
        roles = tables.roles
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(roles.c.id).where(
                    roles.c.person_id == person_id,
                    roles.c.revoked_at.is_(None),
                    roles.c.role.in_(["staff", "leader", "admin"]),
                )
            )
            return found.first() is not None

    async def language_of(self, person_id: int) -> str:
        """Give the language in which a person is told."""
        people = tables.people
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(people.c.language).where(people.c.id == person_id)
            )
            return str(found.scalar() or "")
