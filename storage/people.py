"""Who writes: where they stand in a conversation, what they may do, who invited them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select, update

from messages.envelope import Address, Choice, Kind
from storage import tables
from storage.connection import Connection, Reading
from storage.database import Conflict, Store
from storage.sealing import Box, CannotUnseal
from storage.work import Work

MINUTE = timedelta(minutes=1)

INVITE_LASTS = timedelta(hours=48)
TRIES_AN_HOUR = 5

PACED = {Kind.MESSAGE, Kind.EDIT}
"""What a person sends by themselves, and is counted by the minute."""

NOBODY = "erased-"
"""Begins the address of whoever was erased; no letter is written to it."""

OFFERED = TypeAdapter(tuple[Choice, ...])
DATA = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True)
class Role:
    """What a person may do.

    Attributes:
        role: "officer", "staff", "leader" or "admin".
        unit: the unit it holds for, "" for all.
        name: the official name.
        on_duty: whether an officer takes new tickets now.
    """

    role: str
    unit: str
    name: str
    on_duty: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a turn sees them.

    Attributes:
        id: our number of them.
        channel: where they write.
        address: their id there.
        name: what the platform calls them, "" where it says nothing.
        called: what they asked to be called instead, "" where they did not.
        blocked_until: until when nothing of theirs is taken, None where nobody decided that.
        language: the language they chose or their platform told, "" where neither.
        step: the step of a conversation that waits for their answer, "" for none.
        data: what that conversation has gathered.
        offered: the choices last offered, with the numbers typed for them.
        roles: what they may do.
        is_new: whether this is their first message.
        joined_to: what all addresses of one human being share, None where there is one only.
        human_until: until when an official talks to them by hand, None where none does.
        minute_began: when the minute began in which their messages were last counted.
        minute_messages: how many of them were handled in it.
    """

    id: int
    channel: str
    address: str
    name: str = ""
    language: str = ""
    step: str = ""
    data: Mapping[str, str] | None = None
    offered: tuple[Choice, ...] = ()
    roles: tuple[Role, ...] = ()
    is_new: bool = False
    joined_to: int | None = None
    human_until: datetime | None = None
    called: str = ""
    blocked_until: datetime | None = None
    minute_began: datetime | None = None
    minute_messages: int = 0

    def this_minute(self, now: datetime) -> tuple[datetime, int]:
        """Give when the minute of a message began, and how many came in it, this one included.

        A minute begins with the first message after the one before is over, or with any message
        that a clock put right lets come before it.
        """
        began = self.minute_began
        if began is None or not began <= now < began + MINUTE:
            return now, 1
        return began, self.minute_messages + 1

    @property
    def official_name(self) -> str:
        """The name by which colleagues know an official, "" for a citizen."""
        return self.roles[0].name if self.roles else ""

    def has(self, *roles: str) -> bool:
        """Whether they hold one of these roles; an admin holds all."""
        return any(held.role in {*roles, "admin"} for held in self.roles)

    def serves(self, unit: str) -> bool:
        """Whether they may act on a unit's tickets: its officer, one without unit, or an admin."""
        return any(
            held.role == "admin" or (held.role == "officer" and held.unit in {"", unit})
            for held in self.roles
        )


async def roles_of(connection: Reading, ids: list[int]) -> dict[int, tuple[Role, ...]]:
    """Read the roles that people hold now."""
    if not ids:
        return {}
    table = tables.roles
    rows = await connection.execute(
        select(table.c.person_id, table.c.role, table.c.unit, table.c.name, table.c.on_duty_since)
        .where(table.c.person_id.in_(ids), table.c.revoked_at.is_(None))
        .order_by(table.c.id)
    )
    found: dict[int, tuple[Role, ...]] = {}
    for row in rows:
        role = Role(row.role, row.unit, row.name, row.on_duty_since is not None)
        found[row.person_id] = (*found.get(row.person_id, ()), role)
    return found


def unseal_offered(box: Box, data: bytes | None) -> tuple[Choice, ...]:
    """Open the choices last offered to a person."""
    return OFFERED.validate_json(box.unseal("people.offered", data)) if data else ()


def seal_offered(box: Box, offered: tuple[Choice, ...]) -> bytes | None:
    """Seal the choices last offered to a person."""
    return box.seal("people.offered", OFFERED.dump_json(offered).decode()) if offered else None


def unseal_data(box: Box, data: bytes | None) -> dict[str, str]:
    """Open what a conversation has gathered."""
    return DATA.validate_json(box.unseal("people.data", data)) if data else {}


def seal_data(box: Box, data: Mapping[str, str]) -> bytes | None:
    """Seal what a conversation has gathered."""
    return box.seal("people.data", DATA.dump_json(dict(data)).decode()) if data else None


@dataclass(frozen=True, slots=True)
class UseInvite:
    """Give a person the role that an invitation carries; it serves once.

    Attributes:
        code_hash: the keyed hash of the code, as `Reader.invitation` found it.
    """

    code_hash: str

    async def apply(self, work: Work) -> None:
        """Mark it used and grant its role; Conflict where somebody was faster or it lapsed."""
        table = tables.invites
        used = await work.connection.execute(
            update(table)
            .where(
                table.c.code_hash == self.code_hash,
                table.c.used_at.is_(None),
                table.c.expires_at > work.now,
            )
            .values(used_at=work.now, used_by=work.person_id)
            .returning(table.c.role, table.c.unit, table.c.name)
        )
        row = used.first()
        if row is None:
            raise Conflict("invitation")
        work.add(
            tables.roles,
            person_id=work.person_id,
            role=row.role,
            unit=row.unit,
            name=row.name,
            granted_at=work.now,
            revoked_at=None,
            on_duty_since=None,
        )


@dataclass(frozen=True, slots=True)
class WrongTry:
    """Remember that a person tried a code that is no invitation."""

    async def apply(self, work: Work) -> None:
        """Write it down."""
        work.add(tables.invite_tries, person_id=work.person_id, at=work.now)


@dataclass(frozen=True, slots=True)
class Duty:
    """An officer goes on or off duty.

    Attributes:
        on: whether they take new tickets from now.
    """

    on: bool

    async def apply(self, work: Work) -> None:
        """Set it on each of the person's roles as officer or admin."""
        table = tables.roles
        await work.connection.execute(
            update(table)
            .where(
                table.c.person_id == bindparam("who"),
                table.c.role.in_(["officer", "admin"]),
                table.c.revoked_at.is_(None),
            )
            .values(on_duty_since=bindparam("since", type_=tables.Moment)),
            {"who": work.person_id, "since": work.now if self.on else None},
        )


@dataclass(frozen=True, slots=True)
class KeepPhone:
    """A person leaves their telephone number, or takes it back.

    Attributes:
        phone: digits with the country's code, "84912345678"; "" = none is kept any more.
    """

    phone: str

    async def apply(self, work: Work) -> None:
        """Keep it sealed."""
        people = tables.people
        sealed = work.box.seal("people.phone", self.phone) if self.phone else None
        await work.connection.execute(
            update(people).where(people.c.id == work.person_id).values(phone=sealed)
        )


@dataclass(frozen=True, slots=True)
class CorrectName:
    """A person tells their right name, which officials read in place of the platform's.

    Attributes:
        people: our numbers of them, at all their channels.
        name: "" = the platform's name is right after all.
    """

    people: tuple[int, ...]
    name: str

    async def apply(self, work: Work) -> None:
        """Keep it sealed."""
        people = tables.people
        sealed = work.box.seal("people.called", self.name) if self.name else None
        await work.connection.execute(
            update(people).where(people.c.id.in_(self.people)).values(called=sealed)
        )


@dataclass(frozen=True, slots=True)
class Block:
    """Nothing is taken of a person any more until a moment.

    Attributes:
        people: our numbers of them, at all their channels.
        until: None = from now on everything is taken again.
    """

    people: tuple[int, ...]
    until: datetime | None

    async def apply(self, work: Work) -> None:
        """Write it into the row that each claim reads anyway."""
        people = tables.people
        await work.connection.execute(
            update(people).where(people.c.id.in_(self.people)).values(blocked_until=self.until)
        )


async def phone_at(store: Store, to: Address) -> str:
    """Give the telephone number that a person left, "" for none or one that cannot be opened."""
    people = tables.people
    async with store.reading() as connection:
        found = await connection.execute(
            select(people.c.phone).where(people.c.channel == to.channel, people.c.address == to.id)
        )
        sealed = found.scalar()
    try:
        return store.box.unseal("people.phone", sealed) if sealed else ""
    except CannotUnseal:
        return ""


@dataclass(frozen=True, slots=True)
class TalkByHand:
    """An official talks to the person by hand, so that nothing is answered by itself.

    Attributes:
        until: when the service answers again.
    """

    until: datetime

    async def apply(self, work: Work) -> None:
        """Set it."""
        people = tables.people
        await work.connection.execute(
            update(people).where(people.c.id == work.person_id).values(human_until=self.until)
        )


async def invite(
    connection: Connection, *, code_hash: str, role: str, unit: str, name: str, now: datetime
) -> None:
    """Write an invitation down; it lasts 48 hours."""
    await connection.execute(
        tables.invites.insert().values(
            code_hash=code_hash, role=role, unit=unit, name=name, expires_at=now + INVITE_LASTS
        )
    )


async def revoke(connection: Connection, *, name: str, now: datetime) -> int:
    """End all roles held under a name and its unused invitations; give how many ended."""
    roles, invites = tables.roles, tables.invites
    ended = await connection.execute(
        update(roles)
        .where(roles.c.name == name, roles.c.revoked_at.is_(None))
        .values(revoked_at=now, on_duty_since=None)
    )
    lapsed = await connection.execute(
        update(invites)
        .where(invites.c.name == name, invites.c.used_at.is_(None), invites.c.expires_at > now)
        .values(expires_at=now)
    )
    return ended.rowcount + lapsed.rowcount
