"""What became of letters after they were sent: delivered, read; and how each is told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from messages.envelope import Address
from storage import tables
from storage.connection import Reading
from storage.fates import Purpose
from storage.work import Work


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform tells that letters came to a person, or were read.

    Attributes:
        to: the person.
        message_ids: the platform's ids of the letters' parts; unknown ones change nothing.
        seen: whether they were read, which says that they came too.
    """

    to: Address
    message_ids: tuple[str, ...]
    seen: bool = False

    async def apply(self, work: Work) -> None:
        """Write down the first moment of each."""
        outbox, parts = tables.outbox, tables.outbox_parts
        # Without its type SQLite would be given a text.
        now = bindparam(None, work.now, type_=tables.Moment)
        values = {"delivered_at": func.coalesce(outbox.c.delivered_at, now)}
        if self.seen:
            values["seen_at"] = func.coalesce(outbox.c.seen_at, now)
        letters = select(parts.c.letter_id).where(
            parts.c.channel == self.to.channel,
            parts.c.address == self.to.id,
            parts.c.external_id.in_(self.message_ids),
        )
        await work.connection.execute(
            update(outbox).where(outbox.c.id.in_(letters.scalar_subquery())).values(values)
        )


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A letter to a citizen about a ticket, and how far it came.

    Attributes:
        purpose: why it was written.
        written_at: when.
        state: SENT, FAILED, HELD, UNKNOWN or WAITING.
        sent_at: when the platform took it.
        delivered_at: when the platform said that it came.
        seen_at: when the platform said that it was read.
    """

    purpose: Purpose
    written_at: datetime
    state: int
    sent_at: datetime | None
    delivered_at: datetime | None
    seen_at: datetime | None


TOLD = (Purpose.ANSWER, Purpose.QUESTION, Purpose.NOTICE)
"""Letters that an official wrote to the citizen."""


async def letters_about(connection: Reading, code: str) -> list[Correspondence]:
    """List what officials wrote to the citizen about a ticket, in order."""
    outbox = tables.outbox
    rows = await connection.execute(
        select(outbox)
        .where(outbox.c.ticket == code, outbox.c.purpose.in_(TOLD))
        .order_by(outbox.c.id)
    )
    return [
        Correspondence(
            purpose=Purpose(row.purpose),
            written_at=row.created_at,
            state=row.state,
            sent_at=row.sent_at,
            delivered_at=row.delivered_at,
            seen_at=row.seen_at,
        )
        for row in rows
    ]


async def known_parts(
    connection: Reading, to: Address, message_ids: Collection[str]
) -> frozenset[str]:
    """Tell which of these ids are of letters that we sent to a person."""
    parts = tables.outbox_parts
    rows = await connection.execute(
        select(parts.c.external_id).where(
            parts.c.channel == to.channel,
            parts.c.address == to.id,
            parts.c.external_id.in_(message_ids),
        )
    )
    return frozenset(rows.scalars())
