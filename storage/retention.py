"""Keeping each kind of data as long as the commune lays down, and no longer.

Luật 91/2025/QH15, Đ.14. Short batches beside the running service. Figures come from dates, states
and the daily counts of evidence, none of which is touched, so that every count stays true.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, text, update

from storage import privacy_tables, tables
from storage.connection import Connection
from storage.database import Store
from storage.dossiers_tables import dossier_followers, dossiers
from storage.erasure import discard, strip_tickets
from storage.media import Media
from storage.outbox import FAILED, SENT, UNKNOWN
from storage.people import NOBODY
from storage.report_tables import report_orders
from storage.tickets import OPEN

BATCH = 500

Periods = Mapping[str, int | None]
"""Kind → days of rest after which it goes; None = kept for ever."""


def _messages(before: datetime) -> Select[Any]:
    inbox = tables.inbox
    # In the very words of the index, without which SQLite would not take it: handled or set aside.
    over = inbox.c.state != text("0")
    return select(inbox.c.id).where(over, inbox.c.accepted_at < before)


def _letters(before: datetime) -> Select[Any]:
    outbox = tables.outbox
    over = outbox.c.state.in_([SENT, FAILED, UNKNOWN])
    return select(outbox.c.id).where(over, outbox.c.body.is_not(None), outbox.c.created_at < before)


def _ended(before: datetime) -> ColumnElement[bool]:
    tickets = tables.tickets
    last = func.coalesce(tickets.c.closed_at, tickets.c.answered_at, tickets.c.received_at)
    return and_(tickets.c.state.not_in(OPEN), last < before)


def _media(before: datetime) -> Select[Any]:
    files, tickets = tables.ticket_files, tables.tickets
    return select(files.c.id).join(tickets, tickets.c.code == files.c.code).where(_ended(before))


def _tickets(before: datetime) -> Select[Any]:
    tickets, words, events = tables.tickets, tables.ticket_words, tables.ticket_events
    says = exists().where(words.c.code == tickets.c.code, words.c.words.is_not(None))
    notes = exists().where(events.c.code == tickets.c.code, events.c.note.is_not(None))
    lies = or_(tickets.c.place.is_not(None), tickets.c.latitude.is_not(None))
    return select(tickets.c.code).where(_ended(before), or_(says, notes, lies))


def _people(before: datetime) -> Select[Any]:
    """Who has not written since, is no official, is owed nothing and not about to be erased."""
    people, tickets = tables.people, tables.tickets
    wrote = func.coalesce(people.c.last_message_at, people.c.created_at)
    asked = privacy_tables.erasures
    return select(people.c.id).where(
        wrote < before,
        people.c.address.not_like(f"{NOBODY}%"),
        # A group chat, which has no person.
        people.c.address.not_like("-%"),
        people.c.waiting_since.is_(None),
        ~exists().where(tables.roles.c.person_id == people.c.id),
        ~exists().where(tickets.c.person_id == people.c.id, tickets.c.state.in_(OPEN)),
        ~exists().where(asked.c.person_id == people.c.id, asked.c.done_at.is_(None)),
    )


def _audit(before: datetime) -> Select[Any]:
    audit = privacy_tables.audit
    return select(audit.c.id).where(audit.c.at < before)


def _reports(before: datetime) -> Select[Any]:
    made = report_orders.c.state != 0
    return select(report_orders.c.id).where(made, report_orders.c.asked_at < before)


def _dossiers(before: datetime) -> Select[Any]:
    return select(dossiers.c.id).where(
        dossiers.c.finished_at < before,
        or_(dossiers.c.details.is_not(None), dossiers.c.factor != ""),
    )


DUE: Mapping[str, Callable[[datetime], Select[Any]]] = {
    "messages": _messages,
    "letters": _letters,
    "media": _media,
    "tickets": _tickets,
    "people": _people,
    "audit": _audit,
    "reports": _reports,
    "dossiers": _dossiers,
}
"""Kind → what of it has rested since before a moment, by its key."""


async def due(store: Store, periods: Periods, now: datetime) -> dict[str, int]:
    """Count what would go now, by kind; nothing is changed."""
    counts = {}
    async with store.reading() as connection:
        for kind, days in periods.items():
            if days is not None:
                rested = DUE[kind](now - timedelta(days=days)).subquery()
                found = await connection.execute(select(func.count()).select_from(rested))
                counts[kind] = int(found.scalar_one())
    return counts


async def let_go(store: Store, kept: Media, periods: Periods, now: datetime) -> dict[str, int]:
    """Delete or make anonymous what has rested for long enough; give how much, by kind.

    People are only marked: whatever erases those who ask erases them too.
    """
    counts = {}
    for kind, days in periods.items():
        if days is None:
            continue
        counts[kind] = 0
        before = now - timedelta(days=days)
        while keys := await _keys(store, DUE[kind](before)):
            hashes = await _let_go_batch(store, GO[kind], keys, now)
            await discard(store, kept, hashes)
            counts[kind] += len(keys)
    return counts


async def _keys(store: Store, query: Select[Any]) -> list[Any]:
    async with store.reading() as connection:
        return list((await connection.execute(query.limit(BATCH))).scalars())


async def _let_go_batch(
    store: Store, goes: "Goes", keys: list[Any], now: datetime
) -> frozenset[str]:
    return await store.write(lambda connection: goes(connection, store, keys, now))


Goes = Callable[[Connection, Store, list[Any], datetime], Awaitable[frozenset[str]]]
"""Lets a batch go in one transaction; gives the hashes of the files that it named."""


async def _go_messages(c: Connection, _s: Store, keys: list[Any], _n: datetime) -> frozenset[str]:
    await c.execute(delete(tables.inbox).where(tables.inbox.c.id.in_(keys)))
    return frozenset()


async def _go_letters(c: Connection, _s: Store, keys: list[Any], _n: datetime) -> frozenset[str]:
    outbox, parts = tables.outbox, tables.outbox_parts
    await c.execute(delete(parts).where(parts.c.letter_id.in_(keys)))
    await c.execute(update(outbox).where(outbox.c.id.in_(keys)).values(body=None))
    return frozenset()


async def _go_media(c: Connection, _s: Store, keys: list[Any], _n: datetime) -> frozenset[str]:
    files = tables.ticket_files
    gone = await c.execute(delete(files).where(files.c.id.in_(keys)).returning(files.c.hash))
    return frozenset(one for one in gone.scalars() if one)


async def _go_tickets(c: Connection, s: Store, keys: list[Any], now: datetime) -> frozenset[str]:
    return await strip_tickets(c, s.box, keys, now)


async def _go_people(c: Connection, _s: Store, keys: list[Any], now: datetime) -> frozenset[str]:
    table = privacy_tables.erasures
    await c.execute(
        table.insert(), [{"person_id": one, "code": "", "asked_at": now} for one in keys]
    )
    return frozenset()


async def _go_audit(c: Connection, _s: Store, keys: list[Any], _n: datetime) -> frozenset[str]:
    await c.execute(delete(privacy_tables.audit).where(privacy_tables.audit.c.id.in_(keys)))
    return frozenset()


async def _go_reports(c: Connection, _s: Store, keys: list[Any], _n: datetime) -> frozenset[str]:
    orders = report_orders
    gone = await c.execute(
        delete(orders)
        .where(orders.c.id.in_(keys))
        .returning(orders.c.png, orders.c.docx, orders.c.xlsx)
    )
    return frozenset(one for row in gone for one in row if one)


async def _go_dossiers(c: Connection, _s: Store, keys: list[Any], _n: datetime) -> frozenset[str]:
    codes = select(dossiers.c.code).where(dossiers.c.id.in_(keys))
    followers = dossier_followers
    await c.execute(delete(followers).where(followers.c.code.in_(codes)))
    await c.execute(update(dossiers).where(dossiers.c.id.in_(keys)).values(details=None, factor=""))
    return frozenset()


GO: Mapping[str, Goes] = {
    "messages": _go_messages,
    "letters": _go_letters,
    "media": _go_media,
    "tickets": _go_tickets,
    "people": _go_people,
    "audit": _go_audit,
    "reports": _go_reports,
    "dossiers": _go_dossiers,
}
