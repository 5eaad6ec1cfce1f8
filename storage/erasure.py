"""Erasing a person: everything that is theirs goes, what is counted and owed stays, without them.

Luật 91/2025/QH15, Đ.14. It runs beside the service in short batches, and whoever takes over from a
process that died goes on where it stopped: each step may be done twice.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, String, cast, delete, or_, select, update

from storage import (
    channel_tables,
    civic_tables,
    desk_tables,
    dossiers_tables,
    media,
    privacy_tables,
    tables,
)
from storage.connection import Connection, Reading
from storage.database import Conflict, Store
from storage.dossiers_following import REMEMBERED
from storage.households import taker_hash
from storage.letter_book import FIELDS
from storage.media import Media
from storage.outbox import FAILED, HELD, WAITING
from storage.people import NOBODY
from storage.sealing import Box
from storage.tickets import OPEN
from storage.traces import erase_in_letters
from storage.work import Work

WAITS = timedelta(hours=1)
"""How long the letter that tells of the erasure is waited for."""

BATCH = 200


@dataclass(frozen=True, slots=True)
class AskErasure:
    """A person asks to be erased, at all their addresses.

    Attributes:
        people: our numbers of them.
        code: the ticket of the request, which is the commune's record of it; "" for none.
    """

    people: tuple[int, ...]
    code: str = ""

    async def apply(self, work: Work) -> None:
        """Write it down; what is under way for an address is asked for once."""
        table = privacy_tables.erasures
        under_way = await work.connection.execute(
            select(table.c.person_id).where(
                table.c.person_id.in_(self.people), table.c.done_at.is_(None)
            )
        )
        for person_id in sorted({*self.people} - {*under_way.scalars()}):
            work.add(table, person_id=person_id, code=self.code, asked_at=work.now, done_at=None)


async def erase_waiting(store: Store, kept: Media, now: datetime) -> int:
    """Erase whoever asked for it and has been told; give how many addresses were erased."""
    table = privacy_tables.erasures
    async with store.reading() as connection:
        asked = (
            await connection.execute(
                select(table).where(table.c.done_at.is_(None)).order_by(table.c.id).limit(BATCH)
            )
        ).all()
    done = 0
    for row in asked:
        try:
            done += await _erase(store, kept, row, now)
        except Conflict:
            # They wrote at this very moment: the next look erases what they asked for.
            continue
    return done


async def _erase(store: Store, kept: Media, row: Row[Any], now: datetime) -> bool:
    """Erase one address; False where its time has not come."""
    people, tickets = tables.people, tables.tickets
    async with store.reading() as connection:
        person = (
            await connection.execute(select(people).where(people.c.id == row.person_id))
        ).one()
        if not await _is_told(connection, person, row.asked_at, now):
            return False
        brought = await connection.execute(
            select(tickets.c.code, tickets.c.received_at)
            .where(
                tickets.c.person_id == person.id,
                tickets.c.received_at <= row.asked_at,
                tickets.c.code != row.code,
            )
            .order_by(tickets.c.received_at)
        )
        found = brought.all()
    codes = [one.code for one in found]
    await erase_in_letters(store, person, codes)
    for start in range(0, len(codes), BATCH):
        await _strip(store, kept, codes[start : start + BATCH], now)
    to_them = civic_tables.official_letters.c.person_id == person.id
    hashes = await store.write(lambda c: _strip_letters_of_commune(c, store.box, to_them))
    await discard(store, kept, hashes)
    await store.write(lambda c: _erase_person(c, store, person, row, now))
    return True


async def _strip(store: Store, kept: Media, codes: Sequence[str], now: datetime) -> None:
    """Strip tickets in one transaction, then delete their files."""
    hashes = await store.write(lambda c: strip_tickets(c, store.box, codes, now))
    await discard(store, kept, hashes)


async def _is_told(connection: Reading, person: Row[Any], asked: datetime, now: datetime) -> bool:
    """Whether nothing is under way for a person any more, or has been for too long."""
    if person.waiting_since is not None or person.lease is not None:
        return False
    outbox = tables.outbox
    waiting = await connection.execute(
        select(outbox.c.id)
        .where(
            outbox.c.channel == person.channel,
            outbox.c.address == person.address,
            outbox.c.state == WAITING,
        )
        .limit(1)
    )
    return waiting.first() is None or now - asked > WAITS


async def strip_tickets(
    connection: Connection, box: Box, codes: Collection[str], now: datetime
) -> frozenset[str]:
    """Take everything personal out of tickets; their dates, states and ratings are counted on.

    Returns:
        The hashes of files that they had.
    """
    tickets, words, events = tables.tickets, tables.ticket_words, tables.ticket_events
    files, register = tables.ticket_files, desk_tables.ticket_register
    if not codes:
        return frozenset()
    # Whatever is still open was withdrawn with the request; a race must not leave one behind.
    await connection.execute(
        update(tickets)
        .where(tickets.c.code.in_(codes), tickets.c.state.in_(OPEN))
        .values(state="withdrawn", closed_at=now)
    )
    await connection.execute(
        update(tickets)
        .where(tickets.c.code.in_(codes))
        .values(place=None, village="", latitude=None, longitude=None)
    )
    await connection.execute(
        update(words)
        .where(words.c.code.in_(codes))
        .values(words=None, message_id=NOBODY + cast(words.c.id, String))
    )
    await connection.execute(update(events).where(events.c.code.in_(codes)).values(note=None))
    await connection.execute(
        update(register)
        .where(register.c.code.in_(codes))
        .values(name=None, address=None, phone=None)
    )
    breaches = privacy_tables.breaches
    await connection.execute(
        update(breaches)
        .where(breaches.c.code.in_(codes))
        .values(touches=None, measures=None, told=None)
    )
    await connection.execute(
        update(civic_tables.initiatives)
        .where(civic_tables.initiatives.c.code.in_(codes))
        .values(decision=None)
    )
    gone = await connection.execute(
        delete(files).where(files.c.code.in_(codes)).returning(files.c.hash)
    )
    hashes = frozenset(one for one in gone.scalars() if one)
    letters = civic_tables.official_letters
    return hashes | await _strip_letters_of_commune(connection, box, letters.c.ticket.in_(codes))


async def _strip_letters_of_commune(
    connection: Connection, box: Box, which: ColumnElement[bool]
) -> frozenset[str]:
    """Take people out of the letters that the commune wrote to them; the register counts on."""
    letters = civic_tables.official_letters
    had = (await connection.execute(select(letters).where(which))).all()
    for row in had:
        asked = FIELDS.validate_json(box.unseal("official_letters.fields", row.fields))
        blank = FIELDS.dump_json(dict.fromkeys(asked, "")).decode()
        await connection.execute(
            update(letters)
            .where(letters.c.code == row.code)
            .values(
                fields=box.seal("official_letters.fields", blank),
                person_id=None,
                ticket="",
                pdf=None,
                picture=None,
                word=None,
            )
        )
    return frozenset(one for row in had for one in (row.pdf, row.picture, row.word) if one)


async def discard(store: Store, kept: Media, hashes: Collection[str]) -> int:
    """Delete files that nothing names any more; give how many."""
    if not hashes:
        return 0
    gone = await store.write(lambda c: media.unnamed(c, hashes))
    await kept.delete(gone)
    return len(gone)


async def _erase_person(
    connection: Connection, store: Store, person: Row[Any], row: Row[Any], now: datetime
) -> None:
    """Erase what is a person's own, and at last themselves."""
    people, who, asked = tables.people, person.id, row.asked_at
    wrote_since = person.last_message_at is not None and person.last_message_at > asked
    blank: dict[str, Any] = dict.fromkeys(
        ("name", "called", "phone", "joined_to", "human_until", "blocked_until")
    )
    blank |= {"minute_began": None, "minute_messages": 0}
    token = NOBODY + secrets.token_hex(8)
    if not wrote_since:
        blank |= {
            "address": token,
            "language": "",
            "step": "",
            "data": None,
            "offered": None,
            "last_message_at": None,
            "gone_at": now,
        }
    changed = await connection.execute(
        update(people)
        .where(people.c.id == who, people.c.lease.is_(None), people.c.waiting_since.is_(None))
        .values(blank)
    )
    if changed.rowcount != 1:
        raise Conflict("person")
    await _let_go_of_joined(connection, person)
    await _erase_letters(connection, person, asked)
    await _erase_rows(connection, store, person, asked, now, request=row.code)
    if wrote_since:
        await _detach(connection, person, row, token, now)
    table = privacy_tables.erasures
    await connection.execute(update(table).where(table.c.id == row.id).values(done_at=now))


async def _let_go_of_joined(connection: Connection, person: Row[Any]) -> None:
    """Let whoever is left of one human being stand together without this address."""
    people = tables.people
    if person.joined_to is None:
        return
    others = list(
        (
            await connection.execute(
                select(people.c.id)
                .where(people.c.joined_to == person.joined_to)
                .order_by(people.c.id)
            )
        ).scalars()
    )
    head = others[0] if len(others) > 1 else None
    await connection.execute(update(people).where(people.c.id.in_(others)).values(joined_to=head))


async def _erase_letters(connection: Connection, person: Row[Any], asked: datetime) -> None:
    """Empty the letters to a person; that they were written is counted."""
    outbox, parts = tables.outbox, tables.outbox_parts
    theirs = (
        outbox.c.channel == person.channel,
        outbox.c.address == person.address,
        outbox.c.created_at <= asked,
    )
    await connection.execute(
        update(outbox)
        .where(*theirs, outbox.c.state.in_([WAITING, HELD]))
        .values(state=FAILED, reason="erased", lease=None, lease_until=None)
    )
    await connection.execute(
        delete(parts).where(parts.c.channel == person.channel, parts.c.address == person.address)
    )
    await connection.execute(
        update(outbox).where(*theirs).values(body=None, address=NOBODY.rstrip("-"))
    )


async def _erase_rows(
    connection: Connection,
    store: Store,
    person: Row[Any],
    asked: datetime,
    now: datetime,
    *,
    request: str,
) -> None:
    """Erase a person's rows in every table that has them."""
    who = person.id
    inbox, timers, tickets = tables.inbox, tables.timers, tables.tickets
    tries, takers = dossiers_tables.dossier_tries, civic_tables.survey_takers
    for table in (
        tables.invite_tries,
        channel_tables.join_codes,
        desk_tables.desk_sessions,
        civic_tables.subscriptions,
        dossiers_tables.dossier_followers,
        dossiers_tables.sent_files,
        privacy_tables.consents,
        privacy_tables.access_links,
    ):
        await connection.execute(delete(table).where(table.c.person_id == who))
    # Wrong tries of the last day keep others from guessing at a dossier.
    await connection.execute(
        delete(tries).where(tries.c.person_id == who, tries.c.at < now - REMEMBERED)
    )
    await connection.execute(delete(takers).where(takers.c.taker == taker_hash(store, who)))
    carried = channel_tables.carry_codes
    await connection.execute(delete(carried).where(carried.c.address == person.address))
    # What others are owed goes on: a colleague's ticket, the request itself, what came since.
    owed = select(tickets.c.code).where(
        or_(tickets.c.person_id != who, tickets.c.code == request, tickets.c.received_at > asked)
    )
    await connection.execute(
        delete(timers).where(timers.c.person_id == who, timers.c.subject.not_in(owed))
    )
    # A handled message is a number by which a second copy is known; it goes where it tells more.
    await connection.execute(
        delete(inbox).where(
            inbox.c.person_id == who,
            inbox.c.accepted_at <= asked,
            or_(inbox.c.body.is_not(None), inbox.c.key.contains(person.address, autoescape=True)),
        )
    )
    await connection.execute(
        update(tables.outbox).where(tables.outbox.c.report_to == who).values(report_to=None)
    )


async def _detach(
    connection: Connection, person: Row[Any], row: Row[Any], token: str, now: datetime
) -> None:
    """Give what is counted of before to nobody, where the person has begun anew since."""
    people, tickets, inbox = tables.people, tables.tickets, tables.inbox
    nobody = (
        await connection.execute(
            people.insert()
            .values(
                channel=person.channel, address=token, created_at=person.created_at, gone_at=now
            )
            .returning(people.c.id)
        )
    ).scalar_one()
    for table, at in ((tickets, tickets.c.received_at), (inbox, inbox.c.accepted_at)):
        await connection.execute(
            update(table)
            .where(table.c.person_id == person.id, at <= row.asked_at)
            .values(person_id=nobody)
        )
