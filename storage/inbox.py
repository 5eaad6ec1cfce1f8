"""Messages received: kept before they are acknowledged, handled once, in order for each person."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row, ScalarSelect, Select, Update, bindparam, func, select, update
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from messages.envelope import Address, Incoming
from storage import albums, tables
from storage.clock import Clock
from storage.connection import INSERTS, Connection
from storage.database import Store, StoreUnavailable
from storage.leases import token
from storage.people import Person, Role, roles_of, unseal_data, unseal_offered
from storage.sealing import CannotUnseal, seal_once, unseal_once

WAITING, HANDLED, SET_ASIDE = 0, 1, 2

LEASE = timedelta(seconds=10)
"""A turn takes milliseconds; a person whose worker died waits so long."""

TRIES = 5
"""A message that failed so often is set aside for a person to see."""

BODY = TypeAdapter(Incoming)

CLOCK = Address("clock", "")
"""The sender of our own messages: timers that fell due, news of a letter."""

SHARED = 256


@dataclass(frozen=True, slots=True)
class Claimed:
    """A person's oldest message, leased to one worker.

    Attributes:
        id: its number in the inbox.
        person: who wrote it, as they stand now.
        message: what they wrote.
        accepted_at: when we took it.
        attempt: how often it was claimed, this time included.
        lease: the token that `finish` must still hold.
        parts: the numbers of the other messages that this one was put together from.
    """

    id: int
    person: Person
    message: Incoming
    accepted_at: datetime
    attempt: int
    lease: str
    parts: tuple[int, ...] = ()

    @property
    def all_ids(self) -> tuple[int, ...]:
        """The numbers of all messages that the turn handles."""
        return (self.id, *self.parts)


class SetAside(NamedTuple):
    """A message that could not be handled."""

    id: int
    channel: str
    accepted_at: datetime
    error: str


class _Arrival(NamedTuple):
    incoming: Incoming
    at: datetime
    body: bytes
    key: bytes
    done: asyncio.Future[bool]


@cache
def _arriving(dialect: str) -> ReturningInsert[int, str, str]:
    people, new = tables.people, INSERTS[dialect](tables.people)
    since = func.coalesce(people.c.waiting_since, new.excluded.waiting_since)
    return new.on_conflict_do_update(
        index_elements=["channel", "address"], set_={"waiting_since": since}
    ).returning(people.c.id, people.c.channel, people.c.address)


@cache
def _kept(dialect: str) -> ReturningInsert[str, str]:
    inbox = tables.inbox
    return INSERTS[dialect](inbox).on_conflict_do_nothing().returning(inbox.c.channel, inbox.c.key)


def _free() -> Select[int]:
    """Those who wait and whom nobody handles; takes `now`."""
    people = tables.people
    now = bindparam("now", type_=tables.Moment)
    return select(people.c.id).where(
        people.c.waiting_since.is_not(None),
        (people.c.lease_until.is_(None)) | (people.c.lease_until <= now),
    )


def _lease() -> ReturningUpdate[*tuple[Any, ...]]:
    """Lease those who waited longest; takes `now`, `most`, `by`, `until`."""
    people = tables.people
    longest = (
        _free()
        .order_by(people.c.waiting_since, people.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return (
        update(people)
        .where(people.c.id.in_(longest.scalar_subquery()))
        .values(lease=bindparam("by"), lease_until=bindparam("until", type_=tables.Moment))
        .returning(people)
    )


def _take() -> ReturningUpdate[*tuple[Any, ...]]:
    """Take the oldest message of each person; takes `leased`."""
    inbox = tables.inbox
    oldest = (
        select(func.min(inbox.c.id))
        .where(inbox.c.person_id.in_(bindparam("leased", expanding=True)), inbox.c.state == WAITING)
        .group_by(inbox.c.person_id)
    )
    return (
        update(inbox)
        .where(inbox.c.id.in_(oldest.scalar_subquery()))
        .values(attempts=inbox.c.attempts + 1)
        .returning(
            inbox.c.id,
            inbox.c.person_id,
            inbox.c.accepted_at,
            inbox.c.attempts,
            inbox.c.body,
            inbox.c.body_key,
        )
    )


# Asked for every message: to build such a statement anew costs more than to run it.
_WAITING, _LEASE, _TAKE = _free().limit(1), _lease(), _take()


class Inbox:
    """The durable border: from `accept` on nothing can be lost.

    Args:
        store: the database.
        clock: tells the moment of acceptance, by which everything is counted.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._arrivals: list[_Arrival] = []
        self._keeping: asyncio.Task[None] | None = None
        self.arrived = asyncio.Event()
        """Set when a message was kept, so that a worker need not look again and again."""

    async def accept(self, incoming: Incoming) -> bool:
        """Keep a message; return after the commit, which concurrent accepts share.

        True where it is new, False where its key was there. Order of calls is order of acceptance.

        Raises:
            StoreUnavailable: it could not be kept.
        """
        body, key = seal_once(BODY.dump_json(incoming, exclude_defaults=True))
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._arrivals.append(_Arrival(incoming, self._clock(), body, key, done))
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep(), name="accept")
        return await done

    async def _keep(self) -> None:
        try:
            while self._arrivals:
                batch, self._arrivals = self._arrivals[:SHARED], self._arrivals[SHARED:]
                await self._keep_batch(batch)
        finally:
            self._keeping = None

    async def _keep_batch(self, batch: list[_Arrival]) -> None:
        try:
            new = await self._store.write(partial(self._insert, batch), urgent=True)
        except Exception as error:  # noqa: BLE001 - raised to each who waits
            if len(batch) > 1 and not isinstance(error, StoreUnavailable):
                # One that the database refuses must not keep the others out.
                for arrival in batch:
                    await self._keep_batch([arrival])
                return
            for arrival in batch:
                if not arrival.done.done():
                    arrival.done.set_exception(error)
            return
        self.arrived.set()
        for arrival in batch:
            key = (arrival.incoming.sender.channel, arrival.incoming.key)
            # Two copies in one batch are one message: the first of them is the new one.
            is_new = key in new
            new.discard(key)
            if not arrival.done.done():
                arrival.done.set_result(is_new)

    async def _insert(self, batch: list[_Arrival], connection: Connection) -> set[tuple[str, str]]:
        """Keep a batch; give the channel and key of those that are new."""
        # In one order everywhere, so that two processes never wait for each other.
        writers = {(a.incoming.sender.channel, a.incoming.sender.id): a for a in reversed(batch)}
        rows = await connection.execute(
            _arriving(connection.dialect.name),
            [
                {
                    "channel": channel,
                    "address": address,
                    "created_at": arrival.at,
                    "waiting_since": arrival.at,
                }
                for (channel, address), arrival in sorted(writers.items())
            ],
        )
        ids = {(channel, address): id_ for id_, channel, address in rows}
        kept = await connection.execute(
            _kept(connection.dialect.name),
            [
                {
                    "channel": arrival.incoming.sender.channel,
                    "key": arrival.incoming.key,
                    "person_id": ids[arrival.incoming.sender.channel, arrival.incoming.sender.id],
                    "accepted_at": arrival.at,
                    "body": arrival.body,
                    "body_key": arrival.key,
                }
                for arrival in batch
            ],
        )
        return {(channel, key) for channel, key in kept}

    async def waits(self) -> bool:
        """Whether any person's message can be claimed now."""
        async with self._store.reading() as connection:
            found = await connection.execute(_WAITING, {"now": self._clock()})
            return found.first() is not None

    async def claim(self, limit: int) -> list[Claimed]:
        """Lease the persons who waited longest; give the oldest message of each."""
        return await self._store.write(lambda conn: self._claim(conn, limit))

    async def _claim(self, connection: Connection, limit: int) -> list[Claimed]:
        now, lease = self._clock(), token()
        rows = (
            await connection.execute(
                _LEASE,
                {"now": now, "most": limit, "by": lease, "until": now + LEASE},
            )
        ).all()
        if not rows:
            return []
        leased = {row.id: row for row in rows}
        messages = (await connection.execute(_TAKE, {"leased": list(leased)})).all()
        roles = await roles_of(connection, list(leased))
        empty = set(leased) - {row.person_id for row in messages}
        if empty:
            # A second copy of a handled message marked its sender as waiting.
            await connection.execute(
                update(tables.people)
                .where(tables.people.c.id.in_(empty))
                .values(lease=None, lease_until=None, waiting_since=None)
            )
        claimed = []
        for row in sorted(messages, key=lambda row: row.id):
            who = leased[row.person_id]
            try:
                message = BODY.validate_json(unseal_once(row.body, row.body_key))
                person = self._person(who, roles.get(who.id, ()))
            except (CannotUnseal, ValidationError, TypeError) as error:
                await self._lay_aside(connection, row.id, who.id, type(error).__name__)
                continue
            one = Claimed(row.id, person, message, row.accepted_at, row.attempts, lease)
            whole = await self._whole(connection, one, now) if albums.is_part(message) else one
            if whole is not None:
                claimed.append(whole)
        return claimed

    async def _whole(self, connection: Connection, first: Claimed, now: datetime) -> Claimed | None:
        """Put an album together; None where more of it may come: its person waits a little."""
        parts = await albums.waiting_parts(
            connection, first.person.id, first.message.album, WAITING
        )
        whole_at = albums.whole_at(parts)
        if whole_at <= now:
            others = tuple(part.id for part in parts if part.id != first.id)
            return replace(first, message=albums.together(parts), parts=others)
        people, inbox = tables.people, tables.inbox
        await connection.execute(
            update(people)
            .where(people.c.id == first.person.id)
            .values(lease=None, lease_until=whole_at)
        )
        # Waiting for the rest is no try.
        await connection.execute(
            update(inbox).where(inbox.c.id == first.id).values(attempts=inbox.c.attempts - 1)
        )
        return None

    def _person(self, row: Row[Any], roles: tuple[Role, ...]) -> Person:
        """Read a row of the table of people."""
        box = self._store.box
        return Person(
            id=row.id,
            channel=row.channel,
            address=row.address,
            name=box.unseal("people.name", row.name) if row.name else "",
            language=row.language,
            step=row.step,
            data=unseal_data(box, row.data),
            offered=unseal_offered(box, row.offered),
            roles=roles,
            is_new=row.last_message_at is None,
            joined_to=row.joined_to,
            human_until=row.human_until,
            blocked_until=row.blocked_until,
            minute_began=row.minute_began,
            minute_messages=row.minute_messages,
            called=box.unseal("people.called", row.called) if row.called else "",
        )

    async def _lay_aside(
        self, connection: Connection, message_id: int, person_id: int, error: str
    ) -> None:
        """Set a message aside that cannot even be read, and free its person."""
        people, inbox = tables.people, tables.inbox
        await connection.execute(
            update(inbox)
            .where(inbox.c.id == message_id)
            .values(state=SET_ASIDE, error=error, handled_at=self._clock())
        )
        await connection.execute(
            update(people)
            .where(people.c.id == person_id)
            .values(lease=None, lease_until=None, waiting_since=oldest_waiting())
        )

    async def give_back(self, claimed: Claimed) -> None:
        """Return a person's lease after a failure; the message is tried again after a pause."""
        people = tables.people
        pause = timedelta(seconds=0.1 * 2**claimed.attempt)

        async def job(connection: Connection) -> None:
            await connection.execute(
                update(people)
                .where(people.c.id == claimed.person.id, people.c.lease == claimed.lease)
                .values(lease=None, lease_until=self._clock() + pause)
            )

        await self._store.write(job)

    async def set_aside(self) -> list[SetAside]:
        """List the messages that could not be handled."""
        inbox = tables.inbox
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(inbox.c.id, inbox.c.channel, inbox.c.accepted_at, inbox.c.error)
                .where(inbox.c.state == SET_ASIDE)
                .order_by(inbox.c.id)
            )
            return [SetAside(row.id, row.channel, row.accepted_at, row.error or "") for row in rows]


async def put(connection: Connection, person_id: int, incoming: Incoming, now: datetime) -> None:
    """Put a message of our own into a person's line; its key keeps it from coming twice."""
    people, inbox = tables.people, tables.inbox
    body, key = seal_once(BODY.dump_json(incoming, exclude_defaults=True))
    known = await connection.execute(
        select(inbox.c.id).where(
            inbox.c.channel == incoming.sender.channel, inbox.c.key == incoming.key
        )
    )
    if known.first() is not None:
        return
    await connection.execute(
        inbox.insert().values(
            channel=incoming.sender.channel,
            key=incoming.key,
            person_id=person_id,
            accepted_at=now,
            body=body,
            body_key=key,
        )
    )
    await connection.execute(
        update(people)
        .where(people.c.id == person_id)
        .values(
            # Without its type SQLite would be given a text, on which the next claim fails.
            waiting_since=func.coalesce(
                people.c.waiting_since, bindparam(None, now, type_=tables.Moment)
            )
        )
    )


def oldest_waiting() -> ScalarSelect[datetime]:
    """When the person of the row at hand began to wait, NULL where nothing waits."""
    people, inbox = tables.people, tables.inbox
    return (
        select(func.min(inbox.c.accepted_at))
        .where(inbox.c.person_id == people.c.id, inbox.c.state == WAITING)
        .correlate(people)
        .scalar_subquery()
    )


def handled() -> Update:
    """The statement that marks messages handled and deletes their bodies; takes `which`, `when`."""
    inbox = tables.inbox
    return (
        update(inbox)
        .where(inbox.c.id == bindparam("which"))
        .values(
            state=HANDLED,
            body=None,
            body_key=None,
            handled_at=bindparam("when", type_=tables.Moment),
        )
    )


def laid_aside() -> Update:
    """The statement that sets messages aside; takes `which`, `when`, `why`."""
    inbox = tables.inbox
    return (
        update(inbox)
        .where(inbox.c.id == bindparam("which"))
        .values(
            state=SET_ASIDE,
            error=bindparam("why"),
            handled_at=bindparam("when", type_=tables.Moment),
        )
    )
