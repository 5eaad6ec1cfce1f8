"""Letters to send: written with the turn that causes them, sent in order for each person."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    BindParameter,
    Exists,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from messages.envelope import Address, Attachment, Choice, Outgoing
from messages.languages import DEFAULT, say
from messages.text import Sayable
from storage import tables
from storage.clock import Clock
from storage.connection import Connection
from storage.database import Store
from storage.fates import (
    FAILED,
    HELD,
    MAYBE_SENT,
    SENT,
    UNKNOWN,
    WAITING,
    Due,
    Fate,
    Purpose,
    give_up,
    settle,
)
from storage.leases import token
from storage.sealing import CannotUnseal

LEASE = timedelta(seconds=15)
"""How long a letter waits whose worker died; a living one renews it while it sends."""

GIVEN_UP_AFTER = timedelta(hours=24)

BODY = TypeAdapter(Outgoing)


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice of a letter before its language is known.

    Attributes:
        key: what comes back; a key that begins with "/" is a command and works at any time.
        title: what is read.
        url: where it leads instead.
        number: what is typed for it, 0 = the next free number.
    """

    key: str
    title: Sayable
    url: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a letter is for.

    Attributes:
        id: our number of the person.
        to: where they are reached.
        language: in which language.
    """

    id: int
    to: Address
    language: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter as a turn writes it.

    Attributes:
        to: whom it is for.
        text: what it says.
        offers: what may be chosen.
        attachments: what goes with it.
        ask: "location" or "contact" where the channel may ask for it by its own button.
        group: the group chat to send it to instead.
        reply_to: the platform's id of the message it answers.
        ticket: the code of the ticket it is about, "" for none.
        purpose: why it was written.
        report_to: the person who is told what became of it, None for nobody.
        bulk: whether it is one of many alike.
        restart: whether its choices are numbered from 1 although others were offered before.
        asked: whether the letter before it asked by a button of the channel's own.
    """

    to: Recipient
    text: Sayable
    offers: tuple[Offer, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    ask: str = ""
    group: str = ""
    reply_to: str = ""
    ticket: str = ""
    purpose: Purpose = Purpose.REPLY
    report_to: int | None = None
    bulk: bool = False
    restart: bool = True
    asked: bool = False


_NOW = bindparam("now", type_=tables.Moment)
_CHANNELS: BindParameter[str] = bindparam("channels", expanding=True)


def _due() -> Select[int]:
    """Letters that may be sent and that nobody sends; takes `channels`, `now`."""
    outbox = tables.outbox
    return select(outbox.c.id).where(
        outbox.c.state == WAITING,
        outbox.c.channel.in_(_CHANNELS),
        outbox.c.due_at <= _NOW,
        (outbox.c.lease_until.is_(None)) | (outbox.c.lease_until <= _NOW),
    )


def _another_goes_first() -> Exists:
    """Whether another letter to the person of the row at hand is to be sent before it.

    One that is under way, an earlier one of its kind, and to bulk any of conversation.
    """
    outbox, other = tables.outbox, tables.outbox.alias("other")
    return exists().where(
        other.c.channel == outbox.c.channel,
        other.c.address == outbox.c.address,
        other.c.state == WAITING,
        other.c.id != outbox.c.id,
        or_(
            other.c.lease_until > _NOW,
            other.c.priority < outbox.c.priority,
            and_(other.c.priority == outbox.c.priority, other.c.id < outbox.c.id),
        ),
    )


def _lease() -> ReturningUpdate[*tuple[Any, ...]]:
    """Lease what is due, conversation first; takes `bulk`, `most`, `by`, `until` besides."""
    outbox = tables.outbox
    next_of_each = (
        _due()
        .where(outbox.c.priority <= bindparam("bulk"), ~_another_goes_first())
        .order_by(outbox.c.priority, outbox.c.due_at, outbox.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return (
        update(outbox)
        .where(outbox.c.id.in_(next_of_each.scalar_subquery()))
        .values(
            lease=bindparam("by"),
            lease_until=bindparam("until", type_=tables.Moment),
            attempts=outbox.c.attempts + 1,
            # Whoever held it before never told what became of it. One of many is marked by
            # itself when it leaves: until then it only waited for its pace.
            reason=case(
                (and_(outbox.c.lease.is_not(None), outbox.c.priority == 0), MAYBE_SENT),
                else_=outbox.c.reason,
            ),
        )
        .returning(outbox)
    )


# Asked for every letter: to build such a statement anew costs more than to run it.
_WAITS, _LEASE = _due().limit(1), _lease()
_WROTE = select(
    tables.people.c.channel, tables.people.c.address, tables.people.c.last_message_at
).where(
    tables.people.c.channel.in_(_CHANNELS),
    tables.people.c.address.in_(bindparam("addresses", expanding=True)),
)


def in_words(draft: Draft, offered: tuple[Choice, ...]) -> Outgoing:
    """Say a letter in its recipient's language, its choices as numbered."""
    language = draft.to.language or DEFAULT
    return Outgoing(
        text=say(draft.text, language),
        choices=offered,
        attachments=draft.attachments,
        ask=draft.ask,
        group=draft.group,
        reply_to=draft.reply_to,
        asked=draft.asked,
    )


def numbered(draft: Draft, taken: Sequence[Choice] = ()) -> tuple[Choice, ...]:
    """Give a letter's choices their titles and numbers, after the numbers that are taken."""
    language = draft.to.language or DEFAULT
    wished = () if taken else (offer.number for offer in draft.offers)
    free = max((*wished, *(choice.number for choice in taken)), default=0)
    choices = []
    for offer in draft.offers:
        if offer.url or offer.key == "/menu":
            number = 0
        elif offer.number and not taken:
            number = offer.number
        else:
            free += 1
            number = free
        choices.append(Choice(offer.key, say(offer.title, language), offer.url, number))
    return tuple(choices)


class Outbox:
    """The letters' side of the durable border.

    Args:
        store: the database.
        clock: tells when letters are due.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.written = asyncio.Event()
        """Set when letters were written, so that a worker need not look again and again."""

    async def waits(self, channels: Sequence[str]) -> bool:
        """Whether any letter can be claimed now."""
        async with self._store.reading() as connection:
            found = await connection.execute(_WAITS, {"channels": channels, "now": self._clock()})
            return found.first() is not None

    async def claim(
        self, channels: Sequence[str], limit: int, *, with_bulk: bool = True
    ) -> list[Due]:
        """Lease due letters, conversation first, the oldest of each person, one for each."""
        if limit <= 0:
            return []
        return await self._store.write(
            lambda conn: self._claim(conn, channels, limit, with_bulk=with_bulk)
        )

    async def _claim(
        self, connection: Connection, channels: Sequence[str], limit: int, *, with_bulk: bool
    ) -> list[Due]:
        now, lease = self._clock(), token()
        rows = (
            await connection.execute(
                _LEASE,
                {
                    "channels": channels,
                    "bulk": int(with_bulk),
                    "now": now,
                    "most": limit,
                    "by": lease,
                    "until": now + LEASE,
                },
            )
        ).all()
        if not rows:
            return []
        wrote = await connection.execute(
            _WROTE,
            {
                "channels": sorted({row.channel for row in rows}),
                "addresses": sorted({row.address for row in rows}),
            },
        )
        written_at = {(row.channel, row.address): row.last_message_at for row in wrote}
        claimed = []
        for row in sorted(rows, key=lambda row: (row.priority, row.id)):
            try:
                letter = self._due(row, written_at.get((row.channel, row.address)))
            except (CannotUnseal, ValidationError, TypeError) as error:
                await give_up(connection, row, type(error).__name__, now)
            else:
                claimed.append(letter)
        return claimed

    def _due(self, row: Row[*tuple[Any, ...]], written_at: datetime | None = None) -> Due:
        """Read a row of the table."""
        return Due(
            id=row.id,
            to=Address(row.channel, row.address),
            body=BODY.validate_json(self._store.box.unseal("outbox.body", row.body)),
            bulk=row.priority > 0,
            parts_sent=row.parts_sent,
            attempt=row.attempts,
            repeat=row.reason == MAYBE_SENT,
            created_at=row.created_at,
            written_at=written_at,
            purpose=Purpose(row.purpose),
            ticket=row.ticket or "",
            report_to=row.report_to,
            lease=row.lease or "",
        )

    async def renew(self, letters: Sequence[Due]) -> None:
        """Keep the leases of letters that are still being sent."""
        outbox = tables.outbox

        async def job(connection: Connection) -> None:
            await connection.execute(
                update(outbox)
                .where(
                    outbox.c.id.in_([due.id for due in letters]),
                    outbox.c.lease.in_({due.lease for due in letters}),
                )
                .values(lease_until=self._clock() + LEASE)
            )

        await self._store.write(job)

    async def leave(self, letters: Sequence[Due]) -> frozenset[int]:
        """Mark letters that leave now: they may have arrived, whatever happens from here on.

        Returns:
            The numbers of those whose lease still holds; the others are somebody else's by now.
        """
        outbox = tables.outbox

        async def job(connection: Connection) -> frozenset[int]:
            marked = await connection.execute(
                update(outbox)
                .where(
                    outbox.c.id.in_([due.id for due in letters]),
                    outbox.c.lease.in_({due.lease for due in letters}),
                )
                .values(reason=MAYBE_SENT)
                .returning(outbox.c.id)
            )
            return frozenset(marked.scalars())

        return await self._store.write(job)

    async def settle(self, fates: Sequence[Fate]) -> None:
        """Write down what became of letters, in one transaction."""
        if not fates:
            return
        now = self._clock()
        await self._store.write(lambda conn: settle(conn, fates, now))

    async def after(self, to: Address, letter_id: int, limit: int = 200) -> list[Due]:
        """Give the letters to a person after a number, sent or not: for a page that reconnects."""
        outbox = tables.outbox
        async with self._store.reading() as connection:
            rows = (
                await connection.execute(
                    select(outbox)
                    .where(
                        outbox.c.channel == to.channel,
                        outbox.c.address == to.id,
                        outbox.c.id > letter_id,
                        outbox.c.state == SENT,
                        outbox.c.body.is_not(None),
                    )
                    .order_by(outbox.c.id.desc())
                    .limit(limit)
                )
            ).all()
        return [self._due(row) for row in reversed(rows)]

    async def depth(self) -> dict[int, int]:
        """Count letters by state."""
        outbox = tables.outbox
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(outbox.c.state, func.count()).group_by(outbox.c.state)
            )
            return {row.state: row[1] for row in rows}


__all__ = [
    "FAILED",
    "HELD",
    "MAYBE_SENT",
    "SENT",
    "UNKNOWN",
    "WAITING",
    "Draft",
    "Due",
    "Fate",
    "Offer",
    "Outbox",
    "Purpose",
    "Recipient",
]
