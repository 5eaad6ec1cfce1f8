"""The desk under load: its queue, many officers who claim at once, and what falls due together.

Each function takes the address of an empty, migrated database.
"""

import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, insert, select

from benchmarks.programs import Answer, Row, apart
from bot.inbox_worker import InboxWorker
from bot.metrics import Metrics
from handlers import commune, router, search
from handlers.office import Office
from messages.codes import ALPHABET
from messages.envelope import Address, Incoming
from scoring import criteria
from storage import tables
from storage.connection import Connection
from storage.database import Store
from storage.desk_reader import DeskReader, Shown
from storage.inbox import Inbox
from storage.migrate import migrate
from storage.outbox import Outbox
from storage.sealing import Box
from storage.timers import fire
from tests.postgresql import server

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
COMMUNE = Path(__file__).parent.parent / "commune"
UNITS = ("ttpvhcc", "vp", "kinhte", "vhxh", "congan", "quansu", "tramyte")
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in milliseconds.

    Attributes:
        median: of all.
        p99: what 99 of 100 stay below.
        longest: of all.
    """

    median: float
    p99: float
    longest: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        """Sum up single times in seconds."""
        ordered = sorted(seconds)
        nth = min(len(ordered) - 1, int(len(ordered) * 0.99))
        found = (statistics.median(ordered), ordered[nth], ordered[-1])
        return cls(*(value * 1000 for value in found))


@dataclass(frozen=True, slots=True)
class Claims:
    """What came of many officers who claim the same tickets at once.

    Attributes:
        times: of a turn, beside those of the other officers.
        claimed: tickets that somebody has.
        twice: tickets that were claimed more than once: none, or it is wrong.
    """

    times: Times
    claimed: int
    twice: int


@dataclass(frozen=True, slots=True)
class Escalation:
    """What came of tickets that fell due together.

    Attributes:
        seconds: until the last reminder was written.
        letters: that were written.
    """

    seconds: float
    letters: int


def code_of(number: int) -> str:
    """Give the code of the ticket of a number, from 0 to a million."""
    letters = ""
    for _letter in range(4):
        number, digit = divmod(number, 32)
        letters = ALPHABET[digit] + letters
    return f"PA2611-{letters}"


def office() -> Office:
    """Read the shipped commune."""
    return Office(
        commune.load(COMMUNE), search.load(COMMUNE), criteria.read(COMMUNE / "criteria.toml")
    )


CITIZEN = 1000
"""The number of the first citizen; officers have numbers from 2 on."""


async def _people(store: Store, officers: int, citizens: int = 1) -> None:
    """Write officers of all units, and citizens."""

    async def job(connection: Connection) -> None:
        people = [
            {"id": 1 + n, "channel": "web", "address": f"p{n:016}", "created_at": NOW}
            for n in (*range(1, officers + 1), *range(CITIZEN - 1, CITIZEN + citizens - 1))
        ]
        roles = [
            {
                "person_id": 2 + n,
                "role": "officer",
                "unit": "",
                "name": f"Cán bộ {n}",
                "granted_at": NOW,
                "on_duty_since": NOW if n == 0 else None,
            }
            for n in range(officers)
        ]
        await connection.execute(insert(tables.people), people)
        await connection.execute(insert(tables.roles), roles)

    await store.write(job)


async def fill(store: Store, count: int, *, due: int = 0, holders: int = 40) -> None:
    """Write so many open tickets, half of them taken by so many officers.

    The first `due` have just fallen due, each another citizen's; the rest are one citizen's.
    """
    rows = (
        {
            "code": code_of(n),
            "person_id": CITIZEN + (n if n < due else 0),
            "kind": "feedback",
            "category": "giaothong",
            "unit": UNITS[n % len(UNITS)],
            "state": "new" if n % 2 == 0 else "in_progress",
            "source": "web",
            "anonymous": False,
            "received_at": NOW - timedelta(days=10),
            "due_at": NOW if n < due else NOW + timedelta(minutes=n),
            "assignee_id": None if n % 2 == 0 else 2 + n % holders,
        }
        for n in range(count)
    )
    while batch := list(itertools.islice(rows, BATCH)):
        await store.write(partial(_written, batch))


async def _written(batch: Sequence[Mapping[str, object]], connection: Connection) -> None:
    await connection.execute(insert(tables.tickets), batch)
    words = [
        {"code": row["code"], "message_id": row["code"], "version": 1, "at": NOW} for row in batch
    ]
    await connection.execute(insert(tables.ticket_words), words)


async def queue(url: str, count: int = 100_000, asked: int = 300) -> Times:
    """Time the queue, its lists and their counts with so many tickets open."""
    store = await _opened(url)
    try:
        await _people(store, 50)
        await fill(store, count)
        desk, times = DeskReader(store), []
        for n in range(asked):
            me, units = 2 + n % 50, () if n % 3 == 0 else (UNITS[n % len(UNITS)],)
            began = time.perf_counter()
            if n % 2:
                await desk.queue(units=units, officer_id=me, limit=50)
            else:
                await desk.listed(
                    tuple(Shown)[n % 4], units=units, officer_id=me, now=NOW, limit=50
                )
            times.append(time.perf_counter() - began)
        return Times.of(times)
    finally:
        await store.close()


async def claims(url: str, officers: int = 50, tickets: int = 1000) -> Claims:
    """Let officers claim the same tickets at once, each all of them in an order of their own."""
    store = await _opened(url)
    try:
        await _people(store, officers)
        await fill(store, tickets * 2, holders=officers)
        free = [code_of(n) for n in range(0, tickets * 2, 2)]
        inbox, worker = _service(store)
        share = tickets // officers * 2
        for officer, nth in itertools.product(range(officers), range(share)):
            # Each ticket is wanted by two officers.
            code = free[(officer * (share // 2) + nth) % tickets]
            key = f"{officer}-{nth}"
            await inbox.accept(
                Incoming(Address("web", f"p{officer + 1:016}"), key, NOW, text=f"/nhan {code}")
            )
        times = await _drained(worker)
        return Claims(Times.of(times), *await _claimed(store))
    finally:
        await store.close()


async def _drained(worker: InboxWorker) -> list[float]:
    """Handle everything; give how long each turn took beside those handled with it."""
    times: list[float] = []
    while True:
        start = time.perf_counter()
        handled = await worker.work()
        await worker.finish()
        if not handled:
            return times
        times += [time.perf_counter() - start] * handled


async def _claimed(store: Store) -> tuple[int, int]:
    events = tables.ticket_events
    async with store.reading() as connection:
        found = await connection.execute(
            select(events.c.code, func.count())
            .where(events.c.event == "claimed")
            .group_by(events.c.code)
        )
        counts = [row[1] for row in found]
    return len(counts), sum(count > 1 for count in counts)


async def escalation(url: str, due: int = 1000, count: int = 100_000) -> Escalation:
    """Let so many tickets among many fall due at once; each officer on duty is told."""
    store = await _opened(url)
    try:
        await _people(store, 50, citizens=due)
        await fill(store, count, due=due)

        async def timers(connection: Connection) -> None:
            rows = [
                {"name": "due", "subject": code_of(n), "person_id": CITIZEN + n, "due_at": NOW}
                for n in range(due)
            ]
            await connection.execute(insert(tables.timers), rows)

        await store.write(timers)
        _inbox, worker = _service(store)
        began = time.perf_counter()
        while await fire(store, NOW):
            pass
        while await worker.work():
            await worker.finish()
        took = time.perf_counter() - began
        async with store.reading() as connection:
            letters = await connection.execute(select(func.count()).select_from(tables.outbox))
            return Escalation(took, int(letters.scalar_one()))
    finally:
        await store.close()


async def _opened(url: str) -> Store:
    store = Store(url, Box("benchmark"))
    await store.open()
    await migrate(store)
    return store


def _service(store: Store) -> tuple[Inbox, InboxWorker]:
    inbox = Inbox(store, lambda: NOW)
    worker = InboxWorker(
        store,
        inbox,
        Outbox(store, lambda: NOW),
        router=router,
        office=office(),
        metrics=Metrics(),
    )
    return inbox, worker


def _on_sqlite(measure: Callable[[str], Coroutine[object, object, Answer]]) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measure(f"sqlite+aiosqlite:///{folder}/bot.db"))


def _on_postgresql(measure: Callable[[str], Coroutine[object, object, Answer]]) -> Answer:
    with server() as url:
        return asyncio.run(measure(url.replace("postgresql://", "postgresql+asyncpg://", 1)))


def rows(_platform: int) -> list[Row]:
    """Measure all three on SQLite, and the claims on PostgreSQL, each in a process of its own."""
    shown = apart(_on_sqlite, queue)
    claimed = apart(_on_sqlite, claims)
    on_postgresql = apart(_on_postgresql, claims)
    fallen = apart(_on_sqlite, escalation)
    return [
        (
            "the desk's queue among 100,000 open tickets, p50 / p99",
            f"{shown.median:.0f} / {shown.p99:.0f} ms",
            "(goal: p99 below 50 ms)",
        ),
        (
            "50 officers who press for the same 1,000 tickets: a claim, p50 / p99",
            f"{claimed.times.median:.0f} / {claimed.times.p99:.0f} ms",
            f"claimed {claimed.claimed:,}, twice {claimed.twice} (goal: p99 below 1 s)",
        ),
        (
            "the same on PostgreSQL",
            f"{on_postgresql.times.median:.0f} / {on_postgresql.times.p99:.0f} ms",
            f"claimed {on_postgresql.claimed:,}, twice {on_postgresql.twice}",
        ),
        (
            "1,000 of 100,000 tickets that fall due together, until the last letter is written",
            f"{fallen.seconds:.1f} s",
            f"{fallen.letters:,} letters (goal: 2 s)",
        ),
    ]
