"""Letters under way, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, select, update

from messages.envelope import Address, Incoming, Kind, Outgoing
from messages.vietnamese import clean
from storage import tables
from storage.connection import INSERTS, Connection, Insert
from storage.inbox import CLOCK, put

WAITING, SENT, FAILED, HELD, UNKNOWN = 0, 1, 2, 3, 4

MAYBE_SENT = "unknown"
"""The reason of a letter whose sending nobody heard the end of: it may have arrived."""


LONGEST_ID = 128
"""Characters that the column of a platform's ids takes."""


class Purpose(StrEnum):
    """Why a letter was written, where somebody waits to hear what became of it."""

    REPLY = ""
    CARD = "card"
    ANSWER = "answer"
    QUESTION = "question"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Due:
    """A letter claimed for sending.

    Attributes:
        id: its number.
        to: where it goes.
        body: what it says.
        bulk: whether it is one of many alike.
        parts_sent: how many parts an earlier try sent.
        attempt: how often it was claimed, this time included.
        repeat: whether an earlier try may have arrived.
        created_at: when it was written.
        written_at: when the person last wrote to us.
        purpose: why it was written.
        ticket: what it is about.
        report_to: the person who is told what became of it.
        lease: the token under which it is sent.
    """

    id: int
    to: Address
    body: Outgoing
    bulk: bool
    parts_sent: int
    attempt: int
    repeat: bool
    created_at: datetime
    written_at: datetime | None
    purpose: Purpose
    ticket: str
    report_to: int | None
    lease: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a letter's sending.

    Attributes:
        due: the letter.
        state: SENT, FAILED, HELD, UNKNOWN, or WAITING to try again.
        external_ids: the platform's ids of the parts that went out now.
        again_at: when to try again.
        reason: why it was not sent, one line.
        gone: whether the person left, so that all letters to them end.
    """

    due: Due
    state: int
    external_ids: tuple[str, ...] = ()
    again_at: datetime | None = None
    reason: str = ""
    gone: bool = False


_SETTLE = (
    update(tables.outbox)
    .where(tables.outbox.c.id == bindparam("which"), tables.outbox.c.lease == bindparam("under"))
    .values(
        state=bindparam("now_state"),
        reason=bindparam("why"),
        parts_sent=bindparam("parts"),
        sent_at=bindparam("sent", type_=tables.Moment),
        due_at=func.coalesce(bindparam("again", type_=tables.Moment), tables.outbox.c.due_at),
        lease=None,
        lease_until=None,
    )
)


# A letter is held for a window that opened while it was under way: its person wrote meanwhile.
_RELEASE = (
    update(tables.outbox)
    .where(
        tables.outbox.c.id == bindparam("which"),
        tables.outbox.c.state == HELD,
        exists().where(
            tables.people.c.channel == tables.outbox.c.channel,
            tables.people.c.address == tables.outbox.c.address,
            tables.people.c.last_message_at
            > func.coalesce(bindparam("wrote", type_=tables.Moment), 0),
        ),
    )
    .values(state=WAITING, reason=None)
)


def _news(letter_id: int, ticket: str, state: int, reason: str, now: datetime) -> Incoming:
    """What became of a letter, as a message to the official who wrote it."""
    return Incoming(
        sender=CLOCK,
        key=f"letter:{letter_id}:{state}",
        sent_at=now,
        kind=Kind.TIMER,
        text="letter",
        payload=f"{ticket} {state} {reason}".strip(),
    )


def _reason(fate: Fate) -> str | None:
    """What is written down beside a letter; that it may have arrived is not forgotten."""
    if fate.due.repeat and fate.state == WAITING:
        return MAYBE_SENT
    return fate.reason[:256] or None


@cache
def _parts(dialect: str) -> Insert:
    return INSERTS[dialect](tables.outbox_parts).on_conflict_do_nothing()


async def settle(connection: Connection, fates: Sequence[Fate], now: datetime) -> None:
    """Write down what became of letters, and tell whoever waits to hear of it."""
    rows = [
        {
            "channel": fate.due.to.channel,
            "address": fate.due.body.group or fate.due.to.id,
            # A platform's odd id must not be a reason to send the letter again and again.
            "external_id": clean(external_id)[:LONGEST_ID],
            "letter_id": fate.due.id,
        }
        for fate in fates
        for external_id in fate.external_ids
    ]
    if rows:
        await connection.execute(_parts(connection.dialect.name), rows)
    await connection.execute(
        _SETTLE,
        [
            {
                "which": fate.due.id,
                "under": fate.due.lease,
                "now_state": fate.state,
                "why": _reason(fate),
                "parts": fate.due.parts_sent + len(fate.external_ids),
                "sent": now if fate.state == SENT else None,
                "again": fate.again_at,
            }
            for fate in fates
        ],
    )
    for fate in fates:
        due = fate.due
        if fate.state == HELD:
            await connection.execute(_RELEASE, {"which": due.id, "wrote": due.written_at})
        if fate.gone:
            await _close_all(connection, due.to, now)
        if due.report_to is not None and fate.state != WAITING:
            news = _news(due.id, due.ticket, fate.state, fate.reason, now)
            await put(connection, due.report_to, news, now)


async def _close_all(connection: Connection, to: Address, now: datetime) -> None:
    """End every letter to a person who left."""
    outbox, people = tables.outbox, tables.people
    rows = await connection.execute(
        select(outbox.c.id, outbox.c.ticket, outbox.c.report_to)
        .where(
            outbox.c.channel == to.channel,
            outbox.c.address == to.id,
            outbox.c.state.in_([WAITING, HELD]),
        )
        .order_by(outbox.c.id)
        .with_for_update()
    )
    for row in rows.all():
        await give_up(connection, row, "gone", now)
    await connection.execute(
        update(people)
        .where(people.c.channel == to.channel, people.c.address == to.id)
        .values(gone_at=now)
    )


async def give_up(
    connection: Connection, row: Row[*tuple[Any, ...]], reason: str, now: datetime
) -> None:
    """Close a letter that cannot be sent and tell whoever waits to hear of it."""
    outbox = tables.outbox
    await connection.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(state=FAILED, reason=reason, lease=None, lease_until=None)
    )
    if row.report_to is not None:
        news = _news(row.id, row.ticket or "", FAILED, reason, now)
        await put(connection, row.report_to, news, now)
