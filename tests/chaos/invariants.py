"""What holds whatever broke."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy import func, select

from storage import tables
from storage.database import Store, StoreUnavailable
from storage.evidence import seal_days, tallies, verify
from storage.inbox import WAITING
from storage.outbox import SENT
from storage.outbox import WAITING as UNSENT
from storage.reader import Reader
from storage.sealing import Box, secret_in

CODE = re.compile(r"PA\d{4}-[0-9A-Z]{4}")

PATIENCE = 120.0
"""Seconds after which nothing is waited for any more."""


class Wrote(Protocol):
    """Somebody who wrote to the service."""

    acknowledged: list[str]
    """What they wrote and were told was taken, in their order."""

    @property
    def letters(self) -> list[str]:
        """What was written to them."""
        ...


@asynccontextmanager
async def looked_into(url: str, folder: Path) -> AsyncIterator[Store]:
    """Open the store of a service whose BOT_VAR_DIR is a folder."""
    store = Store(url, Box(secret_in(folder)))
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def settled(url: str, folder: Path, wrote: Sequence[Wrote]) -> None:
    """Wait until every acknowledged message is handled and no letter waits to be sent."""
    wanted = sum(len(one.acknowledged) for one in wrote)
    found: tuple[int, int, int] | str = ""
    try:
        async with asyncio.timeout(PATIENCE):
            async with looked_into(url, folder) as store:
                while found != (wanted, 0, 0):
                    try:
                        found = await _counted(store)
                    except StoreUnavailable as error:
                        found = str(error)
                    await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(
            f"wanted {wanted} tickets, nothing waiting in or out; found {found}"
        ) from None


async def _counted(store: Store) -> tuple[int, int, int]:
    """Count tickets, messages that wait, letters that wait."""
    inbox, outbox = tables.inbox, tables.outbox
    async with store.reading() as connection:
        counted = [
            (await connection.execute(statement)).scalar_one()
            for statement in (
                select(func.count()).select_from(tables.tickets),
                select(func.count()).where(inbox.c.state == WAITING),
                select(func.count()).where(outbox.c.state == UNSENT),
            )
        ]
    return counted[0], counted[1], counted[2]


async def check(
    url: str, folder: Path, wrote: Sequence[Wrote], *, repeated: int | None = None
) -> None:
    """Hold everything that was promised against what is kept and what people heard.

    Args:
        url: the database.
        folder: BOT_VAR_DIR.
        wrote: everybody who wrote.
        repeated: how many letters to one person may have come once more than needed; None = any,
            as where two processes cannot know of each other.
    """
    async with looked_into(url, folder) as store:
        codes = await _each_once_and_in_order(store, wrote)
        await _sent_or_visibly_failed(store, wrote, codes)
        await _sealed(store, len(codes))
    heard = [
        Counter(code for text in one.letters for code in set(CODE.findall(text))) for one in wrote
    ]
    for one, receipts in zip(wrote, heard, strict=True):
        assert len(receipts) <= len(one.acknowledged)
        if repeated is not None:
            assert sum(receipts.values()) - len(receipts) <= repeated


async def _each_once_and_in_order(store: Store, wrote: Sequence[Wrote]) -> set[str]:
    """Each message made one ticket, each person's in the order in which they wrote."""
    read = Reader(store)
    handled = []
    for ticket in await read.all_tickets():
        words = " ".join(part.text for part in await read.words(ticket.code))
        handled.append(
            ((await read.history(ticket.code))[0].id, ticket.person_id, words, ticket.code)
        )
    by_person: dict[int, list[str]] = {}
    for _, person_id, words, _ in sorted(handled):
        by_person.setdefault(person_id, []).append(words)
    kept = [one.acknowledged for one in wrote if one.acknowledged]
    assert sorted(by_person.values()) == sorted(kept)
    async with store.reading() as connection:
        aside = await connection.execute(
            select(func.count()).where(tables.inbox.c.error.is_not(None))
        )
        assert aside.scalar_one() == 0
    return {code for *_, code in handled}


async def _sent_or_visibly_failed(store: Store, wrote: Sequence[Wrote], codes: set[str]) -> None:
    """Every ticket has its receipt, which was heard or says why not."""
    outbox = tables.outbox
    async with store.reading() as connection:
        rows = (
            await connection.execute(
                select(outbox.c.ticket, outbox.c.state, outbox.c.reason).where(
                    outbox.c.ticket.in_(codes)
                )
            )
        ).all()
    assert {row.ticket for row in rows} == codes
    heard = {code for one in wrote for text in one.letters for code in CODE.findall(text)}
    for row in rows:
        if row.state == SENT:
            assert row.ticket in heard, "said to be sent, and nobody heard it"
        else:
            assert row.reason, f"a letter in state {row.state} does not say why"


async def _sealed(store: Store, tickets: int) -> None:
    """Each ticket is counted as evidence once, and what is sealed holds."""
    async with store.reading() as connection:
        counted = await tallies(connection, date(2020, 1, 1), date(2100, 1, 1))
    assert counted["feedback.received"].count == tickets
    assert await verify(store) == []


async def check_seals_once_past(url: str, folder: Path) -> None:
    """Seal as the clock will do in some days: all evidence is in the seals, and they hold."""
    async with looked_into(url, folder) as store:
        await seal_days(store, datetime.now(UTC) + timedelta(days=30))
        assert await verify(store) == []
        evidence, seals = tables.evidence, tables.evidence_seals
        async with store.reading() as connection:
            rows = await connection.execute(select(func.count()).select_from(evidence))
            sealed = await connection.execute(select(func.sum(seals.c.rows)))
            assert sealed.scalar_one() == rows.scalar_one() > 0
