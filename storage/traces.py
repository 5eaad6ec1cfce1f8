"""A person's traces in letters to others: cards, lists and reminders that officials were sent."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select, update

from storage import civic_tables, tables
from storage.connection import Connection
from storage.database import Store
from storage.letter_book import FIELDS
from storage.sealing import Box, CannotUnseal

BATCH = 500
TELLING = 12
"""Characters of a line by which it is known whose it is; a shorter one anybody may write."""

SHORTEST = 4
"""Characters of a name: a shorter one stands in letters about anybody."""


async def erase_in_letters(store: Store, person: Row[Any], codes: Collection[str]) -> None:
    """Empty the letters about a person's tickets, and every letter that names one, or them."""
    outbox = tables.outbox
    listed = sorted(codes)
    for start in range(0, len(listed), BATCH):
        part = listed[start : start + BATCH]

        async def job(connection: Connection, part: list[str] = part) -> None:
            await connection.execute(
                update(outbox)
                .where(outbox.c.ticket.in_(part), outbox.c.state != 0)
                .values(body=None)
            )

        await store.write(job)
    marks = {*listed} | _names(store.box, person) | await _said(store, person, listed)
    if marks:
        await _empty_where(store, marks, person.created_at)


def _names(box: Box, person: Row[Any]) -> set[str]:
    """Give what a person is called by: their name and their telephone number."""
    found = set()
    for column in ("name", "called", "phone"):
        sealed = getattr(person, column)
        if sealed:
            try:
                found.add(box.unseal(f"people.{column}", sealed))
            except CannotUnseal:
                continue
    return {one for one in found if len(one) >= SHORTEST}


async def _said(store: Store, person: Row[Any], codes: Collection[str]) -> set[str]:
    """Give what they wrote, and what the commune's letters to them are about, line by line."""
    words, letters, box = tables.ticket_words, civic_tables.official_letters, store.box
    about = or_(letters.c.person_id == person.id, letters.c.ticket.in_(codes))
    texts = []
    async with store.reading() as connection:
        for row in await connection.execute(select(letters).where(about)):
            fields = FIELDS.validate_json(box.unseal("official_letters.fields", row.fields))
            texts += [row.code.rjust(TELLING), *fields.values()]
        for row in await connection.execute(select(words).where(words.c.code.in_(codes))):
            texts.append(box.unseal("ticket_words.words", row.words) if row.words else "")
    said = (line.strip() for text in texts for line in text.splitlines() if len(line) >= TELLING)
    # As the body of a letter has it, which is JSON.
    return {json.dumps(one, ensure_ascii=False)[1:-1] for one in said}


async def _empty_where(store: Store, marks: set[str], since: datetime) -> None:
    """Read letters to officials in batches, and empty those that have one of these marks."""
    outbox, people, roles = tables.outbox, tables.people, tables.roles
    officials = select(people.c.address).where(people.c.id.in_(select(roles.c.person_id)))
    after = 0
    while True:
        async with store.reading() as connection:
            rows = (
                await connection.execute(
                    select(outbox.c.id, outbox.c.body)
                    .where(
                        outbox.c.id > after,
                        outbox.c.body.is_not(None),
                        outbox.c.state != 0,
                        outbox.c.created_at >= since,
                        outbox.c.address.in_(officials),
                    )
                    .order_by(outbox.c.id)
                    .limit(BATCH)
                )
            ).all()
        if not rows:
            return
        after = rows[-1].id
        named = [row.id for row in rows if _has(store.box, row.body, marks)]
        if named:

            async def job(connection: Connection, named: list[int] = named) -> None:
                await connection.execute(
                    update(outbox).where(outbox.c.id.in_(named)).values(body=None)
                )

            await store.write(job)


def _has(box: Box, body: bytes, marks: set[str]) -> bool:
    try:
        text = box.unseal("outbox.body", body)
    except CannotUnseal:
        return False
    return any(mark in text for mark in marks)
