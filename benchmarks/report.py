"""How long a half year's report takes, and that it does not grow with the history before it."""

import asyncio
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from benchmarks.programs import Row, apart
from handlers import commune, search
from handlers.office import Office
from handlers.report import as_text
from handlers.report_documents import documents
from messages.languages import ZONE
from scoring import criteria
from scoring.periods import Period
from storage import tables
from storage.connection import Connection
from storage.database import Store
from storage.migrate import migrate
from storage.reader import Reader
from storage.sealing import Box
from storage.tickets import Event, State

COMMUNE = Path(__file__).parent.parent / "commune"
PERIOD = Period("2026-H2", date(2026, 7, 1), date(2026, 12, 31))
NOW = datetime(2027, 1, 8, 9, tzinfo=ZONE)

TICKETS, ROWS = 5_000, 50_000
"""In the period."""

HISTORIES = (10_000, 100_000, 1_000_000)
"""Rows of evidence before the period; a tenth as many tickets."""

LONGEST = 10_000_000
"""The history of the goal: some GB and many minutes to fill, measured where BENCH_LONG is set."""

ROUNDS = 3
BATCH = 10_000
DAYS_OF_HISTORY = 3650

KINDS = ("guidance.shown", "guidance.scanned", "status.asked", "feedback.received", "rating")
UNITS = ("ttpvhcc", "vp", "kinhte", "vhxh", "congan")
CATEGORIES = ("giaothong", "moitruong", "dien", "nuoc", "datdai", "trattu", "anninh")


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of some rounds.

    Attributes:
        history: rows of evidence before the period.
        text: seconds until `/report` has its text.
        documents: seconds until chart, Word document and workbook are made.
        bytes: how large the three are together.
    """

    history: int
    text: float
    documents: float
    bytes: int


@contextlib.asynccontextmanager
async def filled(url: str, history: int) -> AsyncIterator[Store]:
    """Give a store with a period of the sizes above and so many rows before it."""
    store = Store(url, Box("a secret for benchmarks only"))
    await store.open()
    try:
        await migrate(store)
        person = {"channel": "web", "address": "bench", "created_at": NOW}
        await _write(store, tables.people, [person])
        before = PERIOD.start - timedelta(days=DAYS_OF_HISTORY)
        await _fill(store, before, DAYS_OF_HISTORY, history, history // 10)
        await _fill(store, PERIOD.start, PERIOD.days, ROWS, TICKETS)
        yield store
    finally:
        await store.close()


async def _fill(store: Store, start: date, days: int, rows: int, tickets: int) -> None:
    """Spread evidence and tickets evenly over the days from one on."""
    for table, made in (
        (tables.evidence, _evidence(start, days, rows)),
        (tables.evidence_counts, _counts(start, days, rows)),
        (tables.tickets, _tickets(start, days, tickets)),
        (tables.ticket_events, _events(start, days, tickets)),
    ):
        batch: list[dict[str, Any]] = []
        for row in made:
            batch.append(row)
            if len(batch) == BATCH:
                await _write(store, table, batch)
                batch = []
        await _write(store, table, batch)


async def _write(store: Store, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return

    async def job(connection: Connection) -> None:
        await connection.execute(insert(table), rows)

    await store.write(job)


def _at(start: date, days: int, number: int, of: int) -> datetime:
    first = datetime.combine(start, datetime.min.time(), ZONE) + timedelta(hours=9)
    return first + timedelta(days=number * days // of)


def _evidence(start: date, days: int, rows: int) -> Iterator[dict[str, Any]]:
    for n in range(rows):
        at = _at(start, days, n, rows)
        yield {
            "day": at.date().isoformat(),
            "at": at,
            "kind": KINDS[n % len(KINDS)],
            "channel": "zalo",
            "person": f"{n % 5000:016x}",
            "about": f"KS{n % 60:02}",
            "unit": UNITS[n % len(UNITS)],
            "place": "",
            "value": n % 5 + 1 if KINDS[n % len(KINDS)] == "rating" else None,
        }


def _counts(start: date, days: int, rows: int) -> Iterator[dict[str, Any]]:
    found: dict[tuple[str, str, str], list[int]] = {}
    for row in _evidence(start, days, rows):
        counted = found.setdefault((row["day"], row["kind"], row["unit"]), [0, 0])
        counted[0] += 1
        counted[1] += row["value"] or 0
    for (day, kind, unit), (count, total) in found.items():
        yield {"day": day, "kind": kind, "unit": unit, "count": count, "total": total}


def _code(start: date, number: int) -> str:
    return f"PA{start:%y%m}-{number}"


def _tickets(start: date, days: int, tickets: int) -> Iterator[dict[str, Any]]:
    for n in range(tickets):
        at = _at(start, days, n, tickets)
        is_open = n % 100 == 0 and start == PERIOD.start
        yield {
            "code": _code(start, n),
            "person_id": 1,
            "kind": "feedback",
            "category": CATEGORIES[n % len(CATEGORIES)],
            "unit": UNITS[n % len(UNITS)],
            "state": State.ASSIGNED if is_open else State.CLOSED,
            "source": "zalo",
            "anonymous": False,
            "received_at": at,
            "due_at": at + timedelta(days=14),
            "answered_at": None if is_open else at + timedelta(days=3),
            "rating": None if is_open or n % 3 else n % 5 + 1,
        }


def _events(start: date, days: int, tickets: int) -> Iterator[dict[str, Any]]:
    for row in _tickets(start, days, tickets):
        shared = {"code": row["code"], "actor_id": 1, "unit": row["unit"], "note": None}
        yield {
            **shared,
            "at": row["received_at"],
            "event": Event.RECEIVED,
            "state": State.NEW,
            "on_time": None,
        }
        if row["answered_at"] is not None:
            yield {
                **shared,
                "at": row["answered_at"],
                "event": Event.ANSWERED,
                "state": State.RESOLVED,
                "on_time": True,
            }


async def measured(folder: Path, history: int) -> Measured:
    """Fill a new SQLite database in a folder and measure.

    Args:
        folder: where the database is put.
        history: rows of evidence before the period.
    """
    office = Office(
        commune=commune.load(COMMUNE),
        catalogue=search.load(COMMUNE),
        scheme=criteria.read(COMMUNE / "criteria.toml"),
        folder=COMMUNE,
    )
    size = 0

    async with filled(f"sqlite+aiosqlite:///{folder / f'{history}.db'}", history) as store:
        read = Reader(store)

        async def text() -> None:
            told = await as_text(read, office, PERIOD, NOW)
            if f"nhận {TICKETS}," not in told:
                raise SystemExit(f"the text does not tell of {TICKETS} tickets")

        async def files() -> None:
            nonlocal size
            made = await documents(read, office, PERIOD, NOW)
            size = len(made.png) + len(made.docx) + len(made.xlsx)

        # The first of each reads libraries and catalogs; a service has done so long ago.
        await text()
        await files()
        return Measured(history, await _median(text), await _median(files), size)


async def _median(work: Callable[[], Awaitable[None]]) -> float:
    took = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        await work()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def _measured(history: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measured(Path(folder), history))


def rows(_platform: int) -> list[Row]:
    """Measure all histories, each in a process of its own."""
    histories = (*HISTORIES, LONGEST) if os.environ.get("BENCH_LONG") else HISTORIES
    return [
        (
            f"half-year report, {one.history:,} rows before it: text / all documents",
            f"{one.text * 1000:.0f} ms / {one.documents:.2f} s",
            "(goal: 100 ms / 3 s)",
        )
        for one in (apart(_measured, history) for history in histories)
    ]
