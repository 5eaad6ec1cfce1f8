"""What the desk asks of the store: its queue, what is beside a ticket, what is known of duty.

The queue is read by the indexes of open and of free tickets, in the order of deadlines, so that it
costs the same however many are open; no statement counts further than `COUNTED`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, true

from storage import desk_tables, tables
from storage.database import Store
from storage.ticket_files import first_photos
from storage.tickets import Ticket, Words, ticket_of
from storage.together import Together

COUNTED = 1000
"""Tickets of a list that are counted; beyond that it is more."""


class Shown(StrEnum):
    """Which open tickets a list of the desk shows."""

    MINE = "mine"
    FREE = "free"
    UNIT = "unit"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Registered:
    """Who brought feedback on an administrative rule, as the register has them."""

    name: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class Handover:
    """What an officer told whoever is on duty next in a unit."""

    at: datetime
    person_id: int
    note: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of the roster.

    Attributes:
        code: drawn by chance.
        unit: whose duty it is; of volunteers, where they help.
        channel: "zalo", "facebook", "hotline", "counter" and so on: what is looked after.
        weekday: 0 is Monday; None where it is one date.
        day: the date, "" where it is every week.
        begins: minutes from midnight.
        ends: minutes from midnight.
        name: who; "" is nobody: a shift of a date that replaces a weekly one.
        person_id: the official, None for a volunteer or somebody who does not write here.
        volunteer: whether they are no official.
        replaces: the weekly shift in whose place this one stands on its date, "" for none.
    """

    code: str
    unit: str
    channel: str
    weekday: int | None
    day: str
    begins: int
    ends: int
    name: str
    person_id: int | None = None
    volunteer: bool = False
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class UnitCount:
    """A unit's open tickets.

    Attributes:
        unit: an id of commune.toml.
        open: all of them.
        late: past their deadline.
        soon: due before the moment that was asked about, and not late.
        free: taken by nobody.
    """

    unit: str
    open: int
    late: int
    soon: int
    free: int


@dataclass(frozen=True, slots=True)
class VillageCount:
    """The open tickets of a village, "" where none was chosen."""

    village: str
    count: int
    late: int


def _by_deadline_and_age(ticket: Ticket) -> tuple[datetime, datetime, str]:
    return ticket.due_at, ticket.received_at, ticket.code


class DeskReader:
    """Reads for the desk.

    Args:
        store: the database; each question raises StoreUnavailable where it cannot be read.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._named = Together(self._read_named)

    async def queue(
        self, *, units: Sequence[str], officer_id: int, limit: int = COUNTED
    ) -> list[Ticket]:
        """List what an officer has to do: their own first, then what nobody has, by deadline.

        Args:
            units: the units they serve; empty = all.
            officer_id: who asks; tickets that name them are left out.
            limit: at most so many.
        """
        mine = await self.listed(Shown.MINE, units=units, officer_id=officer_id, limit=limit)
        if len(mine) >= limit:
            return mine
        free = await self.listed(
            Shown.FREE, units=units, officer_id=officer_id, limit=limit - len(mine)
        )
        return [*mine, *free]

    async def listed(
        self,
        shown: Shown,
        *,
        units: Sequence[str],
        officer_id: int,
        now: datetime | None = None,
        limit: int = 50,
    ) -> list[Ticket]:
        """List open tickets by deadline, of those due together the oldest first.

        Args:
            shown: which; "late" needs `now`.
            units: of which units; empty = all. An officer's own are shown whatever their unit.
            officer_id: who asks; tickets that name them are left out.
            now: what deadlines are compared with.
            limit: at most so many.
        """
        table = tables.tickets
        # One list for each unit, so that its index gives them in order; then the earliest of all.
        found: list[Ticket] = []
        for unit in units if units and shown is not Shown.MINE else ("",):
            found += await self._tickets(
                self._open(shown, unit, officer_id, now)
                .order_by(table.c.due_at, table.c.received_at, table.c.code)
                .limit(limit)
            )
        return sorted(found, key=_by_deadline_and_age)[:limit]

    async def counts(
        self, *, units: Sequence[str], officer_id: int, now: datetime
    ) -> Mapping[Shown, int]:
        """Count the lists, each up to `COUNTED`."""
        counted: dict[Shown, int] = {}
        async with self._store.reading() as connection:
            for shown in Shown:
                counted[shown] = 0
                for unit in units if units and shown is not Shown.MINE else ("",):
                    some = self._open(shown, unit, officer_id, now).limit(COUNTED).subquery()
                    rows = await connection.execute(select(func.count()).select_from(some))
                    counted[shown] = min(counted[shown] + int(rows.scalar_one()), COUNTED)
        return counted

    @staticmethod
    def _open(
        shown: Shown, unit: str, officer_id: int, now: datetime | None
    ) -> Select[tuple[Any, ...]]:
        table, named = tables.tickets, desk_tables.ticket_named
        not_about_me = table.c.code.not_in(
            select(named.c.code).where(named.c.person_id == officer_id)
        )
        query = select(table).where(table.c.unit == unit if unit else true(), not_about_me)
        match shown:
            case Shown.MINE:
                return query.where(tables.IS_OPEN, table.c.assignee_id == officer_id)
            case Shown.FREE:
                return query.where(tables.IS_FREE)
            case Shown.UNIT:
                return query.where(tables.IS_OPEN)
            case Shown.LATE:
                return query.where(tables.IS_OPEN, table.c.due_at < now)

    async def to_take_over(
        self, *, units: Sequence[str], officer_id: int, now: datetime, limit: int = 20
    ) -> list[Ticket]:
        """List what others have that is past its deadline, or whose holder has no role any more.

        Args:
            units: the units of which the tickets are; empty = all.
            officer_id: who asks; their own are left out, and those that name them.
            now: what the deadlines are compared with.
            limit: at most so many.
        """
        table, roles = tables.tickets, tables.roles
        holders = await self._holders()
        async with self._store.reading() as connection:
            acting = await connection.execute(
                select(roles.c.person_id).where(
                    roles.c.role.in_(["officer", "admin"]), roles.c.revoked_at.is_(None)
                )
            )
            gone = holders - set(acting.scalars())
        theirs = and_(table.c.assignee_id.is_not(None), table.c.assignee_id != officer_id)
        found: list[Ticket] = []
        for unit in units or ("",):
            for which in (
                self._open(Shown.LATE, unit, officer_id, now).where(theirs),
                self._open(Shown.UNIT, unit, officer_id, now).where(table.c.assignee_id.in_(gone)),
            ):
                query = which.order_by(table.c.due_at, table.c.received_at, table.c.code).limit(
                    limit
                )
                found += await self._tickets(query)
        each = {one.code: one for one in found if one.assignee_id != officer_id}
        return sorted(each.values(), key=_by_deadline_and_age)[:limit]

    async def _holders(self) -> set[int]:
        """Give who has tickets: few people, so that the index over them is walked, not the rows."""
        table = tables.tickets
        held: set[int] = set()
        step = 0
        async with self._store.reading() as connection:
            while True:
                found = await connection.execute(
                    select(table.c.assignee_id)
                    .where(tables.IS_OPEN, table.c.assignee_id > step)
                    .order_by(table.c.assignee_id)
                    .limit(1)
                )
                step = found.scalar() or 0
                if not step:
                    return held
                held.add(step)

    async def _tickets(self, query: Select[tuple[Any, ...]]) -> list[Ticket]:
        async with self._store.reading() as connection:
            rows = await connection.execute(query)
            return [ticket_of(row, self._store.box) for row in rows]

    async def villages(
        self, *, units: Sequence[str], officer_id: int, now: datetime
    ) -> list[VillageCount]:
        """Count the open tickets of each village, the most first."""
        table, named = tables.tickets, desk_tables.ticket_named
        not_mine = table.c.code.not_in(select(named.c.code).where(named.c.person_id == officer_id))
        late = func.sum(case((table.c.due_at < now, 1), else_=0))
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table.c.village, func.count().label("n"), late.label("late"))
                .where(tables.IS_OPEN, table.c.unit.in_(units) if units else true(), not_mine)
                .group_by(table.c.village)
                .order_by(func.count().desc(), table.c.village)
            )
            return [VillageCount(row.village, row.n, int(row.late or 0)) for row in rows]

    async def in_village(
        self, village: str, *, units: Sequence[str], officer_id: int, limit: int = 50
    ) -> list[Ticket]:
        """List the open tickets of a village by deadline."""
        table = tables.tickets
        query = self._open(Shown.UNIT, "", officer_id, None).where(
            table.c.village == village, table.c.unit.in_(units) if units else true()
        )
        return await self._tickets(
            query.order_by(table.c.due_at, table.c.received_at, table.c.code).limit(limit)
        )

    async def versions(self, code: str) -> list[Words]:
        """Give what the person wrote about a ticket, each message in all its versions, in order."""
        table, box = tables.ticket_words, self._store.box
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table).where(table.c.code == code).order_by(table.c.id)
            )
            return [
                Words(
                    row.message_id,
                    row.version,
                    row.at,
                    box.unseal("ticket_words.words", row.words) if row.words else "",
                )
                for row in rows
            ]

    async def first_words(self, codes: Sequence[str]) -> Mapping[str, str]:
        """Give how several tickets begin: the first message of each, as it was first written."""
        table, box = tables.ticket_words, self._store.box
        first = (
            select(func.min(table.c.id)).where(table.c.code.in_(codes)).group_by(table.c.code)
        ).scalar_subquery()
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table.c.code, table.c.words).where(table.c.id.in_(first))
            )
            return {
                row.code: box.unseal("ticket_words.words", row.words) if row.words else ""
                for row in rows
            }

    async def first_photos(self, codes: Sequence[str]) -> Mapping[str, str]:
        """Give code → hash of the first photo that a citizen sent of several tickets."""
        async with self._store.reading() as connection:
            return await first_photos(connection, codes)

    async def named(self, code: str) -> frozenset[int]:
        """Give the officials whom a ticket names."""
        return await self._named.get(code)

    async def _read_named(self, codes: Collection[str]) -> Mapping[str, frozenset[int]]:
        table = desk_tables.ticket_named
        found: dict[str, set[int]] = {code: set() for code in codes}
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table.c.code, table.c.person_id).where(table.c.code.in_(codes))
            )
            for row in rows:
                found[row.code].add(row.person_id)
        return {code: frozenset(people) for code, people in found.items()}

    async def officials(self, role: str) -> list[tuple[int, str]]:
        """Give number and official name of everybody who holds a role now, in whatever unit."""
        roles = tables.roles
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(roles.c.person_id, roles.c.name).where(
                    roles.c.role == role, roles.c.revoked_at.is_(None)
                )
            )
            return [(row.person_id, row.name) for row in rows]

    async def alike(self, ticket: Ticket, since: datetime, limit: int = 40) -> list[Ticket]:
        """List open tickets that may be the same matter: its category, received since a moment."""
        table = tables.tickets
        return await self._tickets(
            select(table)
            .where(
                tables.IS_OPEN,
                table.c.unit == ticket.unit,
                table.c.code != ticket.code,
                table.c.received_at >= since,
                or_(table.c.category == ticket.category, table.c.village == ticket.village),
            )
            .order_by(table.c.received_at.desc())
            .limit(limit)
        )

    async def duplicates(self, code: str) -> list[Ticket]:
        """List the tickets that were joined to one."""
        table = tables.tickets
        query = select(table).where(table.c.duplicate_of == code).order_by(table.c.received_at)
        return await self._tickets(query)

    async def registered(self, code: str) -> Registered | None:
        """Give what the register has of who brought a ticket, None for nothing."""
        table, box = desk_tables.ticket_register, self._store.box
        async with self._store.reading() as connection:
            row = (await connection.execute(select(table).where(table.c.code == code))).first()
        if row is None or row.name is None:
            return None
        return Registered(
            box.unseal("ticket_register.name", row.name),
            box.unseal("ticket_register.address", row.address),
            box.unseal("ticket_register.phone", row.phone),
        )

    async def handover(self, unit: str) -> Handover | None:
        """Give the newest hand-over note of a unit."""
        table, box = desk_tables.handovers, self._store.box
        async with self._store.reading() as connection:
            row = (
                await connection.execute(
                    select(table).where(table.c.unit == unit).order_by(table.c.id.desc()).limit(1)
                )
            ).first()
        if row is None:
            return None
        return Handover(row.at, row.person_id, box.unseal("handovers.note", row.note))

    async def shifts(self) -> list[Shift]:
        """List the roster as it stands."""
        table = desk_tables.shifts
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table).where(table.c.ended_at.is_(None)).order_by(table.c.code)
            )
            return [
                Shift(
                    code=row.code,
                    unit=row.unit,
                    channel=row.channel,
                    weekday=row.weekday,
                    day=row.day,
                    begins=row.begins,
                    ends=row.ends,
                    name=row.name,
                    person_id=row.person_id,
                    volunteer=row.volunteer,
                    replaces=row.replaces or "",
                )
                for row in rows
            ]

    async def units(self, now: datetime, until: datetime) -> list[UnitCount]:
        """Count each unit's open tickets; `soon` is due from now to `until`."""
        table = tables.tickets
        late = case((table.c.due_at < now, 1), else_=0)
        soon = case((and_(table.c.due_at >= now, table.c.due_at < until), 1), else_=0)
        free = case((table.c.assignee_id.is_(None), 1), else_=0)
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(
                    table.c.unit,
                    func.count().label("open"),
                    func.sum(late).label("late"),
                    func.sum(soon).label("soon"),
                    func.sum(free).label("free"),
                )
                .where(tables.IS_OPEN)
                .group_by(table.c.unit)
                .order_by(table.c.unit)
            )
            return [
                UnitCount(row.unit, row.open, int(row.late), int(row.soon), int(row.free))
                for row in rows
            ]
