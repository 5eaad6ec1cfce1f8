"""What handlers may ask of the store about people: officials, addresses, invitations."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select

from messages.envelope import Address
from storage import privacy_tables, tables
from storage.database import Store
from storage.joining import JoinCode, addresses, join_code
from storage.outbox import Recipient
from storage.people import TRIES_AN_HOUR
from storage.together import Together


@dataclass(frozen=True, slots=True)
class Officer:
    """An official who may act on a unit's tickets.

    Attributes:
        id: our number of the person.
        name: the official name.
        unit: the unit, "" for all.
        on_duty: whether they take new tickets now.
        recipient: how to write to them.
    """

    id: int
    name: str
    unit: str
    on_duty: bool
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that can still be used."""

    code_hash: str
    role: str
    unit: str
    name: str


def _officials() -> Select[Any]:
    """Those who hold roles and can be reached; takes `held`."""
    roles, people = tables.roles, tables.people
    return (
        select(
            people.c.id,
            people.c.channel,
            people.c.address,
            people.c.language,
            roles.c.role,
            roles.c.name,
            roles.c.unit,
            roles.c.on_duty_since,
        )
        .join(people, people.c.id == roles.c.person_id)
        .where(
            roles.c.revoked_at.is_(None),
            people.c.gone_at.is_(None),
            roles.c.role.in_(bindparam("held", expanding=True)),
        )
        .order_by(roles.c.id)
    )


# Asked in most turns: to build such a statement anew costs as much as to run it.
_OFFICIALS = _officials()


def _each_once(officials: Iterable[Officer]) -> list[Officer]:
    """Name everybody once, by the first of their roles."""
    found: dict[int, Officer] = {}
    for one in officials:
        found.setdefault(one.id, one)
    return list(found.values())


class PeopleReader:
    """Reads about people; every answer is what is committed at that moment.

    Args:
        store: the database; each question raises StoreUnavailable where it cannot be read.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._officials = Together(self._read_officials)

    @property
    def store(self) -> Store:
        """The database that is read."""
        return self._store

    async def phone_of(self, person_id: int) -> str:
        """Give the telephone number that a person left, "" for none."""
        people = tables.people
        async with self._store.reading() as connection:
            found = await connection.execute(select(people.c.phone).where(people.c.id == person_id))
            sealed = found.scalar()
        return self._store.box.unseal("people.phone", sealed) if sealed else ""

    async def holds_role(self, ids: Collection[int]) -> bool:
        """Whether any of these people is an official now."""
        roles = tables.roles
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(roles.c.id)
                .where(roles.c.person_id.in_(ids), roles.c.revoked_at.is_(None))
                .limit(1)
            )
            return found.first() is not None

    async def erasure_is_asked(self, person_id: int) -> bool:
        """Whether a person is about to be erased."""
        table = privacy_tables.erasures
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(table.c.id).where(table.c.person_id == person_id, table.c.done_at.is_(None))
            )
            return found.first() is not None

    async def last_wrote(self, person_id: int) -> tuple[str, datetime | None]:
        """Tell on which channel a person is, and when they last wrote there."""
        people = tables.people
        async with self._store.reading() as connection:
            row = (
                await connection.execute(
                    select(people.c.channel, people.c.last_message_at).where(
                        people.c.id == person_id
                    )
                )
            ).one()
        return row.channel, row.last_message_at

    async def officers(self, unit: str) -> list[Officer]:
        """List who may act on a unit's tickets: its officers, those without unit."""
        officials = await self._officials.get("officer")
        return _each_once(one for one in officials if one.unit in {"", unit})

    async def admins(self) -> list[Officer]:
        """List the administrators, who may act on every ticket."""
        return _each_once(await self._officials.get("admin"))

    async def leaders(self) -> list[Officer]:
        """List those who lead the commune."""
        return _each_once(await self._officials.get("leader"))

    async def staff(self) -> list[Officer]:
        """List the staff: of a unit, and those without one, who put the report together."""
        return _each_once(await self._officials.get("staff"))

    async def _read_officials(self, roles: Collection[str]) -> Mapping[str, list[Officer]]:
        found: dict[str, list[Officer]] = {role: [] for role in roles}
        async with self._store.reading() as connection:
            for row in await connection.execute(_OFFICIALS, {"held": list(roles)}):
                recipient = Recipient(row.id, Address(row.channel, row.address), row.language)
                on_duty = row.on_duty_since is not None
                found[row.role].append(Officer(row.id, row.name, row.unit, on_duty, recipient))
        return found

    async def recipient(self, person_id: int) -> Recipient:
        """Tell how to write to a person at their own address, whatever they are joined to."""
        people = tables.people
        async with self._store.reading() as connection:
            row = (
                await connection.execute(
                    select(people.c.channel, people.c.address, people.c.language).where(
                        people.c.id == person_id
                    )
                )
            ).one()
        return Recipient(person_id, Address(row.channel, row.address), row.language)

    async def addresses(self, person_id: int) -> list[Recipient]:
        """List all addresses of a person's human being, where they wrote last first."""
        return await addresses(self._store, person_id)

    async def join_code(self, code: str, now: datetime) -> JoinCode | None:
        """Find a code for joining that can still be used, as it was read."""
        return await join_code(self._store, code, now)

    async def had_roles(self, channel: str) -> Mapping[str, tuple[str, frozenset[str]]]:
        """List who holds or once held a role on a channel: address → language, roles held now."""
        people, roles = tables.people, tables.roles
        found: dict[str, tuple[str, frozenset[str]]] = {}
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(people.c.address, people.c.language, roles.c.role, roles.c.revoked_at)
                .join(roles, roles.c.person_id == people.c.id)
                .where(people.c.channel == channel, people.c.gone_at.is_(None))
                .order_by(people.c.id, roles.c.id)
            )
            for row in rows:
                _language, held = found.get(row.address, ("", frozenset()))
                now = held if row.revoked_at is not None else held | {row.role}
                found[row.address] = (row.language, now)
        return found

    async def group(self, to: Address) -> Recipient | None:
        """Find a group chat that took us in, by its address; None where we are not in it."""
        people = tables.people
        async with self._store.reading() as connection:
            row = (
                await connection.execute(
                    select(people.c.id, people.c.language).where(
                        people.c.channel == to.channel,
                        people.c.address == to.id,
                        people.c.gone_at.is_(None),
                    )
                )
            ).first()
        return Recipient(row.id, to, row.language) if row else None

    async def name_of(self, person_id: int, *, official: bool = False) -> str:
        """Give a person's official name, else what they asked to be called, else their platform's.

        Args:
            person_id: our number of them.
            official: whether only an official's name is wanted.
        """
        people, roles = tables.people, tables.roles
        async with self._store.reading() as connection:
            held = await connection.execute(
                select(roles.c.name).where(roles.c.person_id == person_id).order_by(roles.c.id)
            )
            if (name := held.scalar()) or official:
                return str(name or "")
            found = await connection.execute(
                select(people.c.name, people.c.called).where(people.c.id == person_id)
            )
            row = found.first()
        box = self._store.box
        if row is not None and row.called:
            return box.unseal("people.called", row.called)
        return box.unseal("people.name", row.name) if row is not None and row.name else ""

    async def invitation(self, code: str, now: datetime) -> Invitation | None:
        """Find an invitation that can still be used, by the code as it was read."""
        table = tables.invites
        code_hash = self._store.box.digest("invite", code)
        async with self._store.reading() as connection:
            row = (
                await connection.execute(
                    select(table).where(
                        table.c.code_hash == code_hash,
                        table.c.used_at.is_(None),
                        table.c.expires_at > now,
                    )
                )
            ).first()
        return Invitation(row.code_hash, row.role, row.unit, row.name) if row else None

    async def anybody_invited(self) -> bool:
        """Whether anybody was ever invited."""
        async with self._store.reading() as connection:
            found = await connection.execute(select(tables.invites.c.code_hash).limit(1))
            return found.first() is not None

    async def tries_again_at(self, person_id: int, now: datetime) -> datetime | None:
        """Tell when a person may try an invitation code again, None where they may now."""
        table = tables.invite_tries
        async with self._store.reading() as connection:
            tries = await connection.execute(
                select(table.c.at)
                .where(table.c.person_id == person_id, table.c.at > now - timedelta(hours=1))
                .order_by(table.c.at.desc())
                .offset(TRIES_AN_HOUR - 1)
                .limit(1)
            )
            blocking: datetime | None = tries.scalar()
        return None if blocking is None else blocking + timedelta(hours=1)
