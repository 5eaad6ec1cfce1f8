"""Several processes on one database, a day's backlog, and a store of years.

`BENCH_LONG=1` takes the sizes of the goals, `BENCH_TINY=1` some that only show that it runs;
`python -m benchmarks.scale NAME…` measures only processes, backlog or filled.
"""

import asyncio
import contextlib
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, literal_column, select

from benchmarks import filled, load
from benchmarks.programs import (
    ROUNDS,
    Row,
    arrived,
    folder,
    free_port,
    process,
    service,
    tell,
)
from storage import tables
from storage.database import Store
from storage.inbox import HANDLED
from storage.sealing import Box
from tests.postgresql import server

PROCESSES = 4

DURABLE = ("max_connections=200",)
"""PostgreSQL's settings: unlike in the tests, what it has committed survives a power cut."""

LOOKS_EVERY = 0.1
"""Seconds between two looks whether all is handled."""

PATIENCE = 900.0
"""Seconds after which it is given up."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything.

    Attributes:
        webhooks: kept in each round, and turns of several processes.
        backlog: messages that wait when the service starts.
        people: in the filled store.
        messages: in the filled store.
        seconds: of load on each channel of the filled store.
    """

    webhooks: int = 6000
    backlog: int = 2000
    people: int = 20_000
    messages: int = 100_000
    seconds: int = 20


LONG = Sizes(backlog=50_000, people=1_000_000, messages=10_000_000, seconds=1800)
TINY = Sizes(webhooks=120, backlog=60, people=300, messages=1000, seconds=2)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store holds.

    Attributes:
        waiting: messages that are not handled.
        handled: messages that are.
        letters: to whomever.
        answered: people with a letter.
        twice: people with more than one, though each wrote once.
    """

    waiting: int
    handled: int
    letters: int
    answered: int
    twice: int


def processes(platform: int, sizes: Sizes) -> list[Row]:
    """Webhooks kept by four processes on PostgreSQL beside one on SQLite; then whole services."""
    one, four = [], []
    requests = [load.zalo(n) for n in range(sizes.webhooks)]
    for _ in range(ROUNDS):
        with folder() as place, service(platform, place, "web") as (port, _running):
            one.append(_kept(requests, port))
        with folder() as place, _several(platform, place, "web") as (_url, ports):
            four.append(_kept(requests, *ports))
    with folder() as place, _several(platform, place) as (url, ports):
        began = time.monotonic()
        _kept(requests, *ports)
        kept = asyncio.run(_when_handled(url))
        took = time.monotonic() - began
    arrived(platform, forget=True)
    ratio = statistics.median(f / o for f, o in zip(four, one, strict=True))
    return [
        (
            "Zalo webhooks kept durably, 64 connections, one `--only web` on SQLite",
            f"{statistics.median(one):,.0f}/s",
            "1.00",
        ),
        (
            f"the same by {PROCESSES} processes on PostgreSQL",
            f"{statistics.median(four):,.0f}/s",
            f"**{ratio:.2f}** (goal: 0.5)",
        ),
        (
            f"{sizes.webhooks:,} turns of {PROCESSES} whole processes on PostgreSQL",
            f"{sizes.webhooks / took:,.0f} turns/s",
            f"handled {kept.handled:,}, answered {kept.answered:,}, twice {kept.twice} (goal: 0)",
        ),
    ]


def backlog(platform: int, sizes: Sizes) -> list[Row]:
    """Messages kept by a process that only takes them in; then a whole service starts."""
    with folder() as place:
        with service(platform, place, "web") as (port, _):
            _kept([load.zalo(n) for n in range(sizes.backlog)], port)
        began = time.monotonic()
        with service(platform, place):
            kept = asyncio.run(_when_handled(f"sqlite+aiosqlite:///{place / 'bot.db'}"))
            took = time.monotonic() - began
    arrived(platform, forget=True)
    if (kept.handled, kept.answered) != (sizes.backlog, sizes.backlog):
        raise SystemExit(f"of {sizes.backlog} messages: {kept}")
    return [
        (
            f"a backlog of {sizes.backlog:,} messages, from the start until all are handled",
            f"{took:.1f} s",
            f"{kept.letters:,} letters queued (goal for 50,000: below 300 s)",
        )
    ]


def among_many(platform: int, sizes: Sizes) -> list[Row]:
    """Answers, memory and the second start with a filled store."""
    return filled.rows(platform, sizes.people, sizes.messages, sizes.seconds)


PARTS: dict[str, Callable[[int, Sizes], list[Row]]] = {
    "processes": processes,
    "backlog": backlog,
    "filled": among_many,
}


def rows(platform: int, names: Sequence[str] = ()) -> list[Row]:
    """Measure the named parts, all where none is named."""
    sizes = Sizes()
    if os.environ.get("BENCH_LONG"):
        sizes = LONG
    elif os.environ.get("BENCH_TINY"):
        sizes = TINY
    return [row for name in names or PARTS for row in PARTS[name](platform, sizes)]


@contextlib.contextmanager
def _several(platform: int, place: Path, *only: str) -> Iterator[tuple[str, list[int]]]:
    """Run the processes on a PostgreSQL of their own; give its address and their ports."""
    with contextlib.ExitStack() as running:
        url = running.enter_context(server(DURABLE))
        url = url.replace("postgresql://", "postgresql+asyncpg://", 1)
        ports = [
            running.enter_context(service(platform, place, *only, BOT_DATABASE_URL=url))[0]
            for _ in range(PROCESSES)
        ]
        yield url, ports


def _kept(requests: Sequence[bytes], *ports: int) -> float:
    """Have all kept by the processes on these ports; give how many a second."""
    outcome = asyncio.run(load.flood(ports[0], requests, *ports[1:]))
    tell(outcome)
    return outcome.per_second()


async def _when_handled(url: str) -> Kept:
    """Wait until nothing waits in a store; tell what it holds."""
    store = Store(url, Box("it opens nothing"))
    await store.open()
    try:
        until = time.monotonic() + PATIENCE
        while await _waits(store):
            if time.monotonic() > until:
                raise SystemExit(f"not handled in {PATIENCE:.0f} s: {await _count(store)}")
            await asyncio.sleep(LOOKS_EVERY)
        return await _count(store)
    finally:
        await store.close()


async def _waits(store: Store) -> bool:
    inbox = tables.inbox
    # Its number in the statement itself, as the index of those that wait has it.
    waiting = select(inbox.c.id).where(inbox.c.state == literal_column("0")).limit(1)
    async with store.reading() as connection:
        return (await connection.execute(waiting)).first() is not None


async def _count(store: Store) -> Kept:
    inbox, outbox = tables.inbox, tables.outbox
    people = (
        select(func.count().label("letters"))
        .select_from(outbox)
        .group_by(outbox.c.channel, outbox.c.address)
        .subquery()
    )
    async with store.reading() as connection:
        states = await connection.execute(
            select(inbox.c.state, func.count()).group_by(inbox.c.state)
        )
        messages = {row[0]: row[1] for row in states}
        letters = [row.letters for row in await connection.execute(select(people.c.letters))]
    handled = messages.pop(HANDLED, 0)
    return Kept(
        waiting=sum(messages.values()),
        handled=handled,
        letters=sum(letters),
        answered=len(letters),
        twice=sum(count > 1 for count in letters),
    )


def main(names: Sequence[str]) -> None:
    """Measure some of it and print the rows."""
    if unknown := set(names) - set(PARTS):
        raise SystemExit(f"{', '.join(sorted(unknown))}: not among {', '.join(PARTS)}")
    port = free_port()
    with process(["benchmarks.platform", str(port)], port):
        for row in rows(port, names):
            print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
