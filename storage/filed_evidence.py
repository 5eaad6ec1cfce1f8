"""Evidence that people file by hand, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update

from messages.envelope import Attachment
from storage import report_tables, tables
from storage.connection import Reading
from storage.database import Conflict
from storage.media import KEPT
from storage.sealing import Box
from storage.ticket_files import OURS, add_kept
from storage.work import Work

WAITING, CONFIRMED, SENT_BACK = 0, 1, 2


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """A person files an item of evidence, which waits for confirmation.

    Attributes:
        code: drawn by the turn; where it is taken the turn runs again and draws another.
        component: id of a component or of a part of the report's prose.
        day: the day it counts for.
        words: what it says, with the number of the document.
        unit: for which unit, "" for the commune.
        attachments: photos and documents.
    """

    code: str
    component: str
    day: date
    words: str
    unit: str = ""
    attachments: Sequence[Attachment] = ()

    async def apply(self, work: Work) -> None:
        """Write it and have its files fetched."""
        work.add(
            report_tables.filed_evidence,
            code=self.code,
            component=self.component,
            day=self.day.isoformat(),
            unit=self.unit,
            words=work.box.seal("filed_evidence.words", self.words),
            person_id=work.person_id,
            filed_at=work.now,
        )
        ours = [one for one in self.attachments if one.ref.startswith(OURS)]
        if ours:
            await work.flush()
            await add_kept(work, ours, filed=self.code)
        for attachment in self.attachments:
            if attachment in ours:
                continue
            name = attachment.name
            work.add(
                tables.ticket_files,
                code=None,
                filed=self.code,
                channel=work.channel,
                kind=attachment.kind,
                ref=work.box.seal("ticket_files.ref", attachment.ref),
                name=work.box.seal("ticket_files.name", name) if name else None,
                at=work.now,
                due_at=work.now,
            )


@dataclass(frozen=True, slots=True)
class DecideEvidence:
    """The reporting staff confirm an item or send it back."""

    code: str
    confirmed: bool
    reason: str = ""

    async def apply(self, work: Work) -> None:
        """Write it.

        Raises:
            Conflict: somebody decided in the meantime.
        """
        await work.flush()
        table = report_tables.filed_evidence
        sealed = work.box.seal("filed_evidence.reason", self.reason) if self.reason else None
        changed = await work.connection.execute(
            update(table)
            .where(table.c.code == self.code, table.c.state == WAITING)
            .values(
                state=CONFIRMED if self.confirmed else SENT_BACK,
                decided_by=work.person_id,
                decided_at=work.now,
                reason=sealed,
            )
        )
        if not changed.rowcount:
            raise Conflict(self.code)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of an item that was fetched."""

    name: str
    hash: str
    mime: str


@dataclass(frozen=True, slots=True)
class FiledItem:
    """An item of evidence as it is kept.

    Attributes:
        person_id: who filed it; `by` their official name.
        decided_by: the official name of who confirmed it or sent it back, "" while it waits.
        files: those that were fetched; `wanted` how many there were.
    """

    code: str
    component: str
    day: date
    unit: str
    words: str
    person_id: int
    by: str
    filed_at: datetime
    state: int
    decided_by: str
    reason: str
    files: tuple[KeptFile, ...]
    wanted: int


async def filed_counts(connection: Reading, start: date, end: date) -> Mapping[str, int]:
    """Count the confirmed items of each component from a day to a day, both included."""
    table = report_tables.filed_evidence
    rows = await connection.execute(
        select(table.c.component, func.count())
        .where(
            table.c.day >= start.isoformat(),
            table.c.day <= end.isoformat(),
            table.c.state == CONFIRMED,
        )
        .group_by(table.c.component)
    )
    return {component: int(count) for component, count in rows}


async def filed_items(
    connection: Reading, box: Box, start: date, end: date, states: Sequence[int] = (CONFIRMED,)
) -> list[FiledItem]:
    """Give the items of a period, by component, day and code."""
    table = report_tables.filed_evidence
    query = (
        select(table)
        .where(
            table.c.day >= start.isoformat(),
            table.c.day <= end.isoformat(),
            table.c.state.in_(states),
        )
        .order_by(table.c.component, table.c.day, table.c.code)
    )
    return await _items(connection, box, query)


async def waiting_items(connection: Reading, box: Box, limit: int) -> list[FiledItem]:
    """Give the items that wait for confirmation, the oldest first."""
    table = report_tables.filed_evidence
    query = (
        select(table)
        .where(table.c.state == WAITING)
        .order_by(table.c.filed_at, table.c.code)
        .limit(limit)
    )
    return await _items(connection, box, query)


async def filed_item(connection: Reading, box: Box, code: str) -> FiledItem | None:
    """Find an item by its code."""
    table = report_tables.filed_evidence
    found = await _items(connection, box, select(table).where(table.c.code == code))
    return found[0] if found else None


async def _items(connection: Reading, box: Box, query: Select[Any]) -> list[FiledItem]:
    rows = (await connection.execute(query)).all()
    people = {row.person_id for row in rows} | {row.decided_by for row in rows}
    names = await official_names(connection, people)
    files: dict[str, list[Row[Any]]] = {}
    table, media = tables.ticket_files, tables.media
    for batch in (rows[start : start + 500] for start in range(0, len(rows), 500)):
        found = await connection.execute(
            select(table.c.filed, table.c.name, table.c.state, table.c.hash, media.c.mime)
            .outerjoin(media, media.c.hash == table.c.hash)
            .where(table.c.filed.in_([row.code for row in batch]))
            .order_by(table.c.id)
        )
        for file in found:
            files.setdefault(file.filed, []).append(file)
    return [_item(row, box, names, files.get(row.code, [])) for row in rows]


def _item(
    row: Row[Any], box: Box, names: Mapping[int, str], files: Sequence[Row[Any]]
) -> FiledItem:
    kept = tuple(
        KeptFile(
            box.unseal("ticket_files.name", file.name) if file.name else "", file.hash, file.mime
        )
        for file in files
        if file.state == KEPT and file.mime
    )
    return FiledItem(
        code=row.code,
        component=row.component,
        day=date.fromisoformat(row.day),
        unit=row.unit,
        words=box.unseal("filed_evidence.words", row.words),
        person_id=row.person_id,
        by=names.get(row.person_id, ""),
        filed_at=row.filed_at,
        state=row.state,
        decided_by=names.get(row.decided_by, ""),
        reason=box.unseal("filed_evidence.reason", row.reason) if row.reason else "",
        files=kept,
        wanted=len(files),
    )


async def official_names(connection: Reading, people: set[int | None]) -> Mapping[int, str]:
    """Give the official names of people, also of those who hold no role any more."""
    roles = tables.roles
    rows = await connection.execute(
        select(roles.c.person_id, roles.c.name)
        .where(roles.c.person_id.in_({one for one in people if one is not None}))
        .order_by(roles.c.id.desc())
    )
    return {row.person_id: row.name for row in rows}
