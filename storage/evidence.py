"""Evidence: what happened, append-only, counted by day, each past day sealed to the one before."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, literal, or_, select, union_all

from messages.languages import ZONE
from storage import tables
from storage.connection import INSERTS, Connection, Reading
from storage.database import Store
from storage.inbox import WAITING
from storage.work import Gathered, Work

SETTLES = timedelta(minutes=10)
"""How long after its end a day is sealed: what was begun in it is written by then."""

PSEUDONYM = 16
"""Hex digits of a person's keyed hash: enough to tell people apart, not to find them."""


DENUNCIATION = "redirected.denunciation"
"""Luật Tố cáo 25/2018, Đ.8: who denounces is told to nobody."""

WITHHELD = "withheld.denunciation"
"""An official was stopped in writing such words down."""


def day_of(moment: datetime) -> str:
    """Give the day in Asia/Ho_Chi_Minh to which a moment belongs."""
    return moment.astimezone(ZONE).date().isoformat()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something happened that may prove a component.

    Attributes:
        kind: a name of the closed list of counts ("guidance.shown") or one of its own.
        about: a code: of a ticket, a dossier, a procedure, a guide.
        unit: the unit it counts for.
        place: the place of a poster.
        value: a number that is added up: a rating.
    """

    kind: str
    about: str = ""
    unit: str = ""
    place: str = ""
    value: int | None = None

    @property
    def anonymous(self) -> bool:
        """Whether nobody may learn whose it was: only the day of a denunciation is kept."""
        return self.kind in {DENUNCIATION, WITHHELD}

    async def apply(self, work: Work) -> None:
        """Write the row; its day's count is added before the commit."""
        day = day_of(work.now)
        person = work.box.digest("evidence", str(work.person_id))[:PSEUDONYM]
        work.add(
            tables.evidence,
            day=day,
            at=datetime.combine(date.fromisoformat(day), time(), ZONE)
            if self.anonymous
            else work.now,
            kind=self.kind,
            channel=work.channel,
            person="" if self.anonymous else person,
            about=self.about,
            unit=self.unit,
            place=self.place,
            value=self.value,
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something happened, and the sum of its values."""

    count: int
    total: int


async def tallies(connection: Reading, start: date, end: date) -> Mapping[str, Tally]:
    """Count evidence by kind from a day to a day, both included."""
    table = tables.evidence_counts
    rows = await connection.execute(
        select(table.c.kind, func.sum(table.c.count), func.sum(table.c.total))
        .where(table.c.day >= start.isoformat(), table.c.day <= end.isoformat())
        .group_by(table.c.kind)
    )
    return {kind: Tally(int(count), int(total)) for kind, count, total in rows}


class Broken(NamedTuple):
    """A day whose evidence is not what was sealed."""

    day: str
    reason: str


async def _lines_of(connection: Reading, day: str) -> list[bytes]:
    """Write a day's evidence as it is hashed, a line of JSON each."""
    table = tables.evidence
    rows = await connection.execute(select(table).where(table.c.day == day).order_by(table.c.id))
    return [_line(row) for row in rows]


def _line(row: Any) -> bytes:  # noqa: ANN401 - a row of evidence
    at = tables.milliseconds(row.at)
    fields = (row.id, at, row.kind, row.channel, row.person, row.about, row.unit, row.place)
    return json.dumps((*fields, row.value)).encode() + b"\n"


def _seal_of(before: str, lines: Iterable[bytes]) -> str:
    """Hash a day's lines onto the seal of the day before."""
    seal = hashlib.sha256(before.encode())
    for line in lines:
        seal.update(line)
    return seal.hexdigest()


async def _hash_of(connection: Reading, day: str, before: str) -> tuple[int, str]:
    """Count a day's evidence and hash it onto the seal of the day before."""
    lines = await _lines_of(connection, day)
    return len(lines), _seal_of(before, lines)


@dataclass(frozen=True, slots=True)
class SealedDay:
    """A day of evidence as it was sealed.

    Attributes:
        before: the seal of the day before, "" for the first day of all.
        lines: its rows, a line of JSON each: number, milliseconds since 1970 UTC, kind, channel,
            pseudonym, code, unit, place, value. The seal is the SHA-256 of `before` and the lines.
    """

    day: str
    rows: int
    before: str
    seal: str
    lines: bytes


async def sealed_days(store: Store, start: date, end: date) -> AsyncIterator[SealedDay]:
    """Give the sealed days from one to another, both included, each read when it is asked for."""
    table = tables.evidence_seals
    async with store.reading() as connection:
        earlier = await connection.execute(
            select(table.c.seal)
            .where(table.c.day < start.isoformat())
            .order_by(table.c.day.desc())
            .limit(1)
        )
        before = str(earlier.scalar() or "")
        seals = (
            await connection.execute(
                select(table)
                .where(table.c.day >= start.isoformat(), table.c.day <= end.isoformat())
                .order_by(table.c.day)
            )
        ).all()
    for seal in seals:
        async with store.reading() as connection:
            lines = b"".join(await _lines_of(connection, seal.day))
        yield SealedDay(seal.day, seal.rows, before, seal.seal, lines)
        before = seal.seal


async def last_seal(connection: Reading, end: date) -> tuple[date, str] | None:
    """Give the newest seal of a day up to one, which stands for all days before it too."""
    table = tables.evidence_seals
    row = (
        await connection.execute(
            select(table.c.day, table.c.seal)
            .where(table.c.day <= end.isoformat())
            .order_by(table.c.day.desc())
            .limit(1)
        )
    ).first()
    return None if row is None else (date.fromisoformat(row.day), row.seal)


async def seal_days(store: Store, now: datetime) -> int:
    """Seal every past day that has evidence and no seal yet; give how many.

    A day on which a message came that is still to be handled is not past: its evidence will be of
    that day.
    """

    async def job(connection: Connection) -> int:
        seals, table = tables.evidence_seals, tables.evidence
        waiting = await connection.execute(
            select(func.min(tables.inbox.c.accepted_at)).where(tables.inbox.c.state == WAITING)
        )
        today = day_of(min(waiting.scalar() or now, now - SETTLES))
        last = (
            await connection.execute(select(seals).order_by(seals.c.day.desc()).limit(1))
        ).first()
        before = last.seal if last else ""
        days = (
            await connection.execute(
                select(table.c.day)
                .where(table.c.day > (last.day if last else ""), table.c.day < today)
                .distinct()
                .order_by(table.c.day)
            )
        ).scalars()
        sealed = 0
        insert = INSERTS[connection.dialect.name]
        for day in days.all():
            count, before = await _hash_of(connection, day, before)
            await connection.execute(
                # Another process, sealing at this moment, comes to the same seal.
                insert(seals)
                .values(day=day, rows=count, seal=before, sealed_at=now)
                .on_conflict_do_nothing()
            )
            sealed += 1
        return sealed

    return await store.write(job)


async def verify(store: Store, start: date = date.min, end: date = date.max) -> list[Broken]:
    """Check the seals of the days from one to another against their evidence."""
    broken = []
    async with store.reading() as connection:
        table = tables.evidence_seals
        seals = (await connection.execute(select(table).order_by(table.c.day))).all()
        before = ""
        for seal in seals:
            if start.isoformat() <= seal.day <= end.isoformat():
                count, found = await _hash_of(connection, seal.day, before)
                if count != seal.rows:
                    broken.append(Broken(seal.day, f"{count} rows, {seal.rows} were sealed"))
                elif found != seal.seal:
                    broken.append(Broken(seal.day, "a row was changed"))
                elif await miscounted(connection, seal.day):
                    broken.append(Broken(seal.day, "its counts are not those of its rows"))
            before = seal.seal
        days = {seal.day for seal in seals}
        evidence = tables.evidence
        late = await connection.execute(
            select(evidence.c.day)
            .where(
                evidence.c.day >= start.isoformat(),
                evidence.c.day <= end.isoformat(),
                evidence.c.day < max(days, default=""),
            )
            .distinct()
        )
        broken += [Broken(day, "rows came after it was past") for day in {*late.scalars()} - days]
    return sorted(broken)


class Miscounted(NamedTuple):
    """A kept count that is not what the rows of its day come to, each with the sum of values."""

    kind: str
    unit: str
    kept: Tally
    counted: Tally


async def miscounted(connection: Reading, day: str) -> list[Miscounted]:
    """Count a day's evidence anew, "2026-11-24"; give where the kept counts differ.

    It is one statement, so that a row that comes meanwhile is in both or in neither.
    """
    rows, counts = tables.evidence, tables.evidence_counts
    none = literal(0)
    both = union_all(
        select(
            counts.c.kind,
            counts.c.unit,
            counts.c.count.label("kept"),
            counts.c.total.label("kept_total"),
            none.label("counted"),
            none.label("counted_total"),
        ).where(counts.c.day == day),
        select(
            rows.c.kind,
            rows.c.unit,
            none,
            none,
            func.count(),
            func.coalesce(func.sum(rows.c.value), 0),
        )
        .where(rows.c.day == day)
        .group_by(rows.c.kind, rows.c.unit),
    ).subquery()
    kept, kept_total, counted, counted_total = (
        func.sum(both.c[name]) for name in ("kept", "kept_total", "counted", "counted_total")
    )
    found = await connection.execute(
        select(both.c.kind, both.c.unit, kept, kept_total, counted, counted_total)
        .group_by(both.c.kind, both.c.unit)
        .having(or_(kept != counted, kept_total != counted_total))
        .order_by(both.c.kind, both.c.unit)
    )
    return [
        Miscounted(kind, unit, Tally(int(a), int(b)), Tally(int(c), int(d)))
        for kind, unit, a, b, c, d in found
    ]


async def record(store: Store, evidence: Evidence, *, now: datetime, channel: str) -> None:
    """Keep evidence of something that was no turn: a page that was opened."""

    async def job(connection: Connection) -> None:
        gathered = Gathered(connection, store.box)
        await evidence.apply(Work(gathered, now=now, person_id=0, channel=channel))
        await gathered.flush()

    await store.write(job)
