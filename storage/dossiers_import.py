"""An import of an export: short batches that nobody sees, and one switch at the end.

A version of a dossier holds from one import until another. While an import is under way its
versions lie beside those that readers see; the switch makes the import the current one in one
row. Whoever dies before it has changed nothing that anybody reads.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, insert, select, text, update

from storage.clock import Clock
from storage.connection import Connection
from storage.database import Conflict, Store
from storage.dossiers import (
    DONE,
    DROPPED,
    LOADING,
    Exported,
    fingerprint,
    last_import,
    row_of,
    visible,
)
from storage.dossiers_tables import STILL, dossier_imports, dossiers

BATCH = 500
"""Rows that one commit takes: some 10 ms, for which a webhook may have to wait."""

DEAD_AFTER = timedelta(minutes=2)
"""An import that wrote nothing for so long has died."""


class Busy(Exception):
    """Another import is under way."""


class TooManyGone(Exception):
    """More dossiers would be gone than a whole export can lack; was it a part of one?

    Attributes:
        gone: how many.
        of: of how many.
    """

    def __init__(self, gone: int, of: int) -> None:
        super().__init__(gone, of)
        self.gone, self.of = gone, of


@dataclass(slots=True)
class Difference:
    """What an export changes.

    Attributes:
        rows: dossiers in the export.
        new: codes that were not known.
        changed: of which something is different.
        gone: received within the days that the export covers, and not in it.
        known: dossiers that were known within these days.
        examples: some codes of each kind.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    known: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)

    def note(self, kind: str, codes: Sequence[str]) -> None:
        """Count codes of a kind and keep the first few."""
        setattr(self, kind, getattr(self, kind) + len(codes))
        kept = self.examples.setdefault(kind, [])
        kept += codes[: max(5 - len(kept), 0)]


_KNOWN = select(dossiers.c.id, dossiers.c.code, dossiers.c.fingerprint, dossiers.c.gone).where(
    visible(), dossiers.c.code.in_(bindparam("codes", expanding=True))
)
_END = (
    update(dossiers)
    .where(dossiers.c.id.in_(bindparam("ids", expanding=True)))
    .values(until_import=bindparam("until"))
)
_COVERED = (
    select(dossiers)
    .where(
        visible(),
        dossiers.c.id > bindparam("after"),
        dossiers.c.gone.is_(False),
        dossiers.c.received_at >= bindparam("start"),
        dossiers.c.received_at <= bindparam("end"),
    )
    .order_by(dossiers.c.id)
    .limit(bindparam("most"))
)


class DossierImport:
    """One import, or a look at what it would change.

    Args:
        store: the database.
        clock: tells when it began and that it lives.
        dry: whether nothing is to be written.
        by: the person who sent the export, None for the command line.
    """

    def __init__(
        self, store: Store, clock: Clock, *, dry: bool = False, by: int | None = None
    ) -> None:
        self._store, self._clock, self._dry, self._by = store, clock, dry, by
        self._id = 0
        self._is_first: bool | None = None
        self._seen: set[int] = set()
        self._from: datetime | None = None
        self._to: datetime | None = None
        self.difference = Difference()

    async def begin(self) -> None:
        """Begin; what an import left behind that died is cleared away.

        Raises:
            Busy: another one is under way.
        """
        if self._dry:
            return
        now = self._clock()
        try:
            dead = await self._store.write(lambda c: self._claim(c, now))
        except Conflict as error:
            raise Busy from error
        for one in dead:
            await _clear(self._store, one.id, one.after_id)

    async def _claim(self, connection: Connection, now: datetime) -> list[Row[Any]]:
        table = dossier_imports
        under_way = await connection.execute(
            select(table).where(table.c.state == LOADING).with_for_update()
        )
        rows = list(under_way.all())
        if any(row.beat_at > now - DEAD_AFTER for row in rows):
            raise Busy
        if rows:
            await connection.execute(
                update(table).where(table.c.id.in_([r.id for r in rows])).values(state=DROPPED)
            )
        last = await connection.execute(select(func.coalesce(func.max(dossiers.c.id), 0)))
        made = await connection.execute(
            insert(table)
            .values(
                begun_at=now,
                beat_at=now,
                as_of=now,
                state=LOADING,
                person_id=self._by,
                after_id=last.scalar_one(),
            )
            .returning(table.c.id)
        )
        self._id = made.scalar_one()
        return rows

    async def add(self, batch: Sequence[Exported]) -> None:
        """Take the next dossiers of the export; no code may come twice."""
        for start in range(0, len(batch), BATCH):
            await self._add(batch[start : start + BATCH])

    async def _add(self, batch: Sequence[Exported]) -> None:
        box, difference = self._store.box, self.difference
        prints = await asyncio.to_thread(lambda: [fingerprint(box, one) for one in batch])
        known = await self._known([one.code for one in batch])
        fresh: list[tuple[Exported, str]] = []
        ended: list[int] = []
        for one, print_ in zip(batch, prints, strict=True):
            self._seen.add(_short(one.code))
            self._cover(one.received_at)
            before = known.get(one.code)
            if before is None:
                difference.note("new", [one.code])
            elif before.fingerprint != print_ or before.gone:
                difference.note("changed", [one.code])
                ended.append(before.id)
            else:
                continue
            fresh.append((one, print_))
        difference.rows += len(batch)
        if self._dry:
            return
        rows = await asyncio.to_thread(
            lambda: [row_of(box, one, print_, self._id) for one, print_ in fresh]
        )
        await self._write(rows, ended)

    async def _known(self, codes: Sequence[str]) -> dict[str, Row[Any]]:
        async with self._store.reading() as connection:
            if self._is_first is None:
                self._is_first = await last_import(connection) is None
            if self._is_first:
                return {}
            found = await connection.execute(_KNOWN, {"codes": codes})
            return {row.code: row for row in found}

    def _cover(self, received: datetime | None) -> None:
        if received is not None:
            self._from = min(self._from or received, received)
            self._to = max(self._to or received, received)

    async def _write(self, rows: list[dict[str, object]], ended: list[int]) -> None:
        now = self._clock()

        async def job(connection: Connection) -> None:
            alive = await connection.execute(
                update(dossier_imports)
                .where(dossier_imports.c.id == self._id, dossier_imports.c.state == LOADING)
                .values(beat_at=now)
            )
            if alive.rowcount != 1:
                raise Busy
            if rows:
                await connection.execute(insert(dossiers), rows)
            if ended:
                await connection.execute(_END, {"ids": ended, "until": self._id})

        await self._store.write(job)

    async def finish(self, *, gone_too: bool = False) -> Difference:
        """Mark what is gone, then switch.

        Args:
            gone_too: whether the many that are gone were agreed to.

        Raises:
            TooManyGone: more than half of what was known would be gone; nothing is switched.
            Busy: it took so long that another import began.
        """
        gone = await self._find_gone()
        difference = self.difference
        if not gone_too and len(gone) > max(difference.known // 2, 20):
            raise TooManyGone(len(gone), difference.known)
        if self._dry:
            return difference
        for start in range(0, len(gone), BATCH):
            await self._mark_gone(gone[start : start + BATCH])
        await self._store.write(self._switch)
        await _clear_ended(self._store, self._id)
        return difference

    async def _find_gone(self) -> list[int]:
        """Give the versions that the export should tell of and does not."""
        if self._from is None or self._to is None:
            return []
        gone: list[int] = []
        after = 0
        while True:
            async with self._store.reading() as connection:
                values = {"after": after, "start": self._from, "end": self._to, "most": 2000}
                rows = (await connection.execute(_COVERED, values)).all()
            if not rows:
                return gone
            after = rows[-1].id
            self.difference.known += len(rows)
            lacking = [row for row in rows if _short(row.code) not in self._seen]
            gone += [row.id for row in lacking]
            self.difference.note("gone", [row.code for row in lacking])

    async def _mark_gone(self, ids: Collection[int]) -> None:
        async with self._store.reading() as connection:
            rows = await connection.execute(select(dossiers).where(dossiers.c.id.in_(ids)))
            copies = [
                {
                    **{name: value for name, value in row._mapping.items() if name != "id"},  # noqa: SLF001 - SQLAlchemy's public name for it
                    "from_import": self._id,
                    "until_import": STILL,
                    "gone": True,
                }
                for row in rows
            ]
        await self._write(copies, list(ids))

    async def _switch(self, connection: Connection) -> None:
        difference = self.difference
        switched = await connection.execute(
            update(dossier_imports)
            .where(dossier_imports.c.id == self._id, dossier_imports.c.state == LOADING)
            .values(
                state=DONE,
                rows=difference.rows,
                new=difference.new,
                changed=difference.changed,
                gone=difference.gone,
                covers_from=self._from,
                covers_to=self._to,
            )
        )
        if switched.rowcount != 1:
            raise Busy

    async def drop(self) -> None:
        """Leave everything as it was before `begin`."""
        if self._dry or not self._id:
            return
        table = dossier_imports

        async def job(connection: Connection) -> int:
            row = await connection.execute(
                update(table)
                .where(table.c.id == self._id, table.c.state == LOADING)
                .values(state=DROPPED)
                .returning(table.c.after_id)
            )
            return int(row.scalar() or 0)

        after = await self._store.write(job)
        await _clear(self._store, self._id, after)


def _short(code: str) -> int:
    """Give a code as a number that takes little room; two codes in 10^18 share one."""
    return hash(code)


def _ended() -> Select[int]:
    """The versions that some import ended; said so that their index is used."""
    return select(dossiers.c.id).where(dossiers.c.until_import < text(str(STILL)))


async def _in_batches(store: Store, job: Callable[[Connection], Any]) -> None:
    while await store.write(job):
        # What others want to write comes between: the store takes turns.
        pass


async def _clear(store: Store, import_id: int, after_id: int) -> None:
    """Undo what an import wrote that never became the current one."""

    async def unwrite(connection: Connection) -> int:
        ids = (
            select(dossiers.c.id)
            .where(dossiers.c.id > after_id, dossiers.c.from_import == import_id)
            .limit(BATCH)
        )
        return (
            await connection.execute(
                delete(dossiers).where(dossiers.c.id.in_(ids.scalar_subquery()))
            )
        ).rowcount

    async def restore(connection: Connection) -> int:
        ids = _ended().where(dossiers.c.until_import == import_id).limit(BATCH)
        return (
            await connection.execute(
                update(dossiers)
                .where(dossiers.c.id.in_(ids.scalar_subquery()))
                .values(until_import=STILL)
            )
        ).rowcount

    await _in_batches(store, unwrite)
    await _in_batches(store, restore)


async def _clear_ended(store: Store, import_id: int) -> None:
    """Delete the versions that the current import ended."""

    async def forget(connection: Connection) -> int:
        ids = _ended().where(dossiers.c.until_import <= import_id).limit(BATCH)
        return (
            await connection.execute(
                delete(dossiers).where(dossiers.c.id.in_(ids.scalar_subquery()))
            )
        ).rowcount

    await _in_batches(store, forget)
