"""What people do, for tests that need it done: they write, are listened to and answered."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Row, Table, func, insert, select

from messages.envelope import Address, Attachment, Incoming, Kind
from messages.text import Sayable
from storage.clock import Clock
from storage.database import Store
from storage.inbox import Claimed, Inbox
from storage.outbox import Draft, Offer, Purpose, Recipient
from storage.unit_of_work import Finished, finish
from storage.work import Effect

SENT_AT = datetime(2026, 11, 23, 1, 59, tzinfo=UTC)

_keys = itertools.count(1)


class Parts(TypedDict, total=False):
    """What a message may have beside its words."""

    kind: Kind
    choice: str
    about: str
    group: str
    album: str
    name: str
    language: str
    attachments: tuple[Attachment, ...]


class LetterParts(TypedDict, total=False):
    """What a letter may have beside its words."""

    offers: tuple[Offer, ...]
    attachments: tuple[Attachment, ...]
    ask: str
    group: str
    reply_to: str
    ticket: str
    purpose: Purpose
    report_to: int | None
    bulk: bool
    restart: bool


def message(
    who: str = "an",
    text: str = "xin chào",
    *,
    key: str = "",
    channel: str = "web",
    **more: Unpack[Parts],
) -> Incoming:
    """A message, each with a key of its own unless the test says which."""
    return Incoming(
        sender=Address(channel, who),
        key=key or f"key-{next(_keys)}",
        sent_at=SENT_AT,
        text=text,
        **more,
    )


async def only(inbox: Inbox) -> Claimed:
    """Claim; there must be one person who waits."""
    (claimed,) = await inbox.claim(10)
    return claimed


async def heard(
    store: Store,
    clock: Clock,
    who: str = "an",
    text: str = "xin chào",
    *,
    channel: str = "web",
    **more: Unpack[Parts],
) -> Claimed:
    """Somebody writes and their message is claimed; nobody else may be waiting."""
    inbox = Inbox(store, clock)
    await inbox.accept(message(who, text, channel=channel, **more))
    return await only(inbox)


def turn(
    claimed: Claimed,
    *effects: Effect,
    letters: Sequence[Draft] = (),
    step: str = "",
    data: Mapping[str, str] | None = None,
    language: str = "",
    aside: str = "",
) -> Finished:
    """What a handler made of a message."""
    return Finished(claimed, step, data or {}, tuple(letters), effects, language, aside)


async def does(
    store: Store,
    clock: Clock,
    *effects: Effect,
    who: str = "an",
    letters: Sequence[Draft] = (),
    step: str = "",
    channel: str = "web",
    **more: Unpack[Parts],
) -> Claimed:
    """Somebody writes, and these effects and letters come of it."""
    claimed = await heard(store, clock, who, channel=channel, **more)
    assert not await finish(store, [turn(claimed, *effects, letters=letters, step=step)])
    return claimed


def recipient(claimed: Claimed) -> Recipient:
    """Whoever wrote a message, as a letter's recipient."""
    person = claimed.person
    return Recipient(person.id, Address(person.channel, person.address))


def letter(
    to: Claimed | Recipient, text: Sayable = "Xin chào.", **more: Unpack[LetterParts]
) -> Draft:
    """A letter to somebody."""
    return Draft(to if isinstance(to, Recipient) else recipient(to), text, **more)


async def rows(store: Store, table: Table) -> list[Row[Any]]:
    """Every row of a table, in order."""
    async with store.reading() as connection:
        return list(await connection.execute(select(table).order_by(*table.primary_key)))


async def count(store: Store, table: Table) -> int:
    """How many rows a table has."""
    async with store.reading() as connection:
        found = await connection.execute(select(func.count()).select_from(table))
        return int(found.scalar_one())


async def put_in(store: Store, table: Table, **values: object) -> None:
    """Write a row past everything that would refuse it."""
    await store.write(lambda connection: connection.execute(insert(table).values(**values)))
