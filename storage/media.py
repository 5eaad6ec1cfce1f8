"""Photos and documents of tickets: fetched after a turn decided to keep them, named by content."""

import asyncio
import hashlib
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, select, update

from messages.envelope import Attachment, AttachmentKind
from storage import civic_tables, dossiers_tables, report_tables, tables
from storage.clock import Clock
from storage.connection import INSERTS, Connection
from storage.database import Store
from storage.sealing import CannotUnseal

WAITING, KEPT, LOST = 0, 1, 2
TRIES, LONGEST_PAUSE = 32, timedelta(hours=1)
"""A platform may be out of order for most of a day."""

SWEPT_AFTER = timedelta(days=1)
SWEPT = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a ticket or an item of evidence wants to have; its code."""

    id: int
    code: str
    channel: str
    attachment: Attachment
    attempts: int


class Media:
    """The files under VAR_DIR/media and their rows.

    Args:
        store: the database.
        folder: where the files are.
        clock: tells when to try again.
    """

    def __init__(self, store: Store, folder: Path, clock: Clock) -> None:
        self._store = store
        self.folder = folder
        self._clock = clock

    def path(self, digest: str) -> Path:
        """Where a file is, by the hash of its content."""
        return self.folder / digest[:2] / digest

    async def wanted(self, channels: Collection[str], limit: int = 8) -> list[Wanted]:
        """Give files that are to be fetched now over one of these channels.

        One of which the place cannot be read comes without ref.
        """
        table = tables.ticket_files
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table)
                .where(
                    table.c.state == WAITING,
                    table.c.channel.in_(channels),
                    table.c.due_at <= self._clock(),
                )
                .order_by(table.c.due_at, table.c.id)
                .limit(limit)
            )
            return [
                Wanted(
                    id=row.id,
                    code=row.code or row.filed,
                    channel=row.channel,
                    attachment=Attachment(
                        AttachmentKind(row.kind),
                        ref=self._opened("ref", row.ref),
                        name=self._opened("name", row.name),
                    ),
                    attempts=row.attempts,
                )
                for row in rows
            ]

    def _opened(self, column: str, sealed: bytes | None) -> str:
        try:
            return self._store.box.unseal(f"ticket_files.{column}", sealed) if sealed else ""
        except CannotUnseal:
            return ""

    async def keep(self, wanted: Wanted, content: bytes, mime: str) -> str:
        """Keep a file's content; give its hash."""
        files = tables.ticket_files
        digest, keep = await self.prepared(content, mime)

        async def job(connection: Connection) -> None:
            await keep(connection)
            await connection.execute(
                update(files).where(files.c.id == wanted.id).values(state=KEPT, hash=digest)
            )

        await self._store.write(job)
        return digest

    async def prepared(
        self, content: bytes, mime: str
    ) -> tuple[str, Callable[[Connection], Awaitable[None]]]:
        """Write a file's content; give its hash, and what writes its row in a transaction."""
        digest = await self.written(content)

        async def keep(connection: Connection) -> None:
            await connection.execute(
                INSERTS[connection.dialect.name](tables.media)
                .values(hash=digest, mime=mime, size=len(content), kept_at=self._clock())
                .on_conflict_do_nothing()
            )

        return digest, keep

    async def written(self, content: bytes) -> str:
        """Write a file's content without a row; give its hash.

        Whoever wants it writes the row within a day: until then `sweep` leaves it.
        """
        return await asyncio.to_thread(self._written, content)

    async def keep_own(self, content: bytes, mime: str) -> str:
        """Keep a file that we made ourselves; give its hash. A second time changes nothing."""
        digest, keep = await self.prepared(content, mime)
        await self._store.write(keep)
        return digest

    def _written(self, content: bytes) -> str:
        """Write a file where there is none of its content; give the hash."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if path.exists():
            # It is wanted anew: nobody may sweep it before its row is written.
            path.touch()
        else:
            self._write(path, content)
        return digest

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{secrets.token_hex(8)}.part")
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        # The name must survive a power cut too, since the row that names it does.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    async def missed(self, wanted: Wanted, reason: str, *, final: bool) -> None:
        """Write down that a file could not be fetched; try again later unless that is final."""
        files = tables.ticket_files
        lost = final or wanted.attempts + 1 >= TRIES
        pause = min(timedelta(seconds=5 * 2**wanted.attempts), LONGEST_PAUSE)

        async def job(connection: Connection) -> None:
            await connection.execute(
                update(files)
                .where(files.c.id == wanted.id)
                .values(
                    state=LOST if lost else WAITING,
                    attempts=wanted.attempts + 1,
                    due_at=self._clock() + pause,
                    reason=reason[:256],
                )
            )

        await self._store.write(job)

    async def mime_of(self, digest: str) -> str:
        """Give the media type of a kept file, "" where there is none."""
        table = tables.media
        async with self._store.reading() as connection:
            found = await connection.execute(select(table.c.mime).where(table.c.hash == digest))
            return str(found.scalar() or "")

    async def delete(self, digests: Collection[str]) -> None:
        """Delete files whose rows are gone; one that is gone already is as well."""

        def job() -> None:
            for digest in digests:
                self.path(digest).unlink(missing_ok=True)

        await asyncio.to_thread(job)

    async def sweep(self) -> int:
        """Delete files that have no row: whoever was to delete them died in between.

        A new file stands there before its row does, so that a day is waited.

        Returns:
            How many there were.
        """
        # By the machine's clock, as the file system writes it.
        before = time.time() - SWEPT_AFTER.total_seconds()
        old = await asyncio.to_thread(self._older, before)
        gone = 0
        for start in range(0, len(old), SWEPT):
            part, table = old[start : start + SWEPT], tables.media
            async with self._store.reading() as connection:
                rows = await connection.execute(
                    select(table.c.hash).where(table.c.hash.in_([path.name for path in part]))
                )
                named = {*rows.scalars()}
            nobodys = [path.name for path in part if path.name not in named]
            await self.delete(nobodys)
            gone += len(nobodys)
        return gone

    def _older(self, before: float) -> list[Path]:
        return [
            path
            for path in self.folder.glob("??/*")
            if path.is_file() and path.stat().st_mtime < before
        ]

    async def read(self, digest: str) -> bytes:
        """Read a kept file.

        Raises:
            FileNotFoundError: there is none of that hash.
        """
        return await asyncio.to_thread(self.path(digest).read_bytes)


async def every_hash(store: Store) -> list[str]:
    """Give the hash of every file that is kept, in order."""
    async with store.reading() as connection:
        found = await connection.execute(select(tables.media.c.hash).order_by(tables.media.c.hash))
        return [str(one) for one in found.scalars()]


async def unnamed(connection: Connection, digests: Collection[str]) -> frozenset[str]:
    """Delete the rows of files that nothing names any more; give their hashes."""
    letters, orders = civic_tables.official_letters, report_tables.report_orders
    naming = (
        tables.ticket_files.c.hash,
        dossiers_tables.apologies.c.hash,
        *(orders.c.png, orders.c.docx, orders.c.xlsx),
        *(letters.c.pdf, letters.c.picture, letters.c.word),
    )
    named: set[str] = set()
    for column in naming:
        found = await connection.execute(select(column).where(column.in_(digests)))
        named |= {*found.scalars()}
    gone = frozenset(digests) - named
    await connection.execute(delete(tables.media).where(tables.media.c.hash.in_(gone)))
    return gone
