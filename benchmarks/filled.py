"""A store of years: answers, memory and the second start among a million people's messages.

`python -m benchmarks.filled PEOPLE MESSAGES SECONDS` takes other numbers than `benchmarks.scale`.
"""

import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp
from sqlalchemy import Table, insert

from benchmarks import load
from benchmarks.programs import (
    Row,
    apart,
    folder,
    free_port,
    memory,
    percentile,
    process,
    service,
    wait_for,
)
from storage import tables
from storage.clock import system_clock
from storage.connection import Connection
from storage.database import Store
from storage.inbox import HANDLED
from storage.migrate import migrate
from storage.outbox import SENT
from storage.sealing import Box, secret_in

BATCH = 10_000
SPAN = timedelta(days=20)
"""Over which the messages came: less than any of them is kept (`commune.toml`, retention)."""

FIRST = 3_000_000_000
"""The number by which Zalo knows the first person, as in `load.zalo`."""

WARM = 100
"""New people who write before anything is timed."""

ON_ZALO, ON_WEB = 50.0, 100.0
"""Messages a second."""

SOCKETS = 499
"""Pages that are open together, each written on every five seconds; odd, so that all the texts of
the load are written on each."""


def rows(platform: int, people: int, messages: int, seconds: int) -> list[Row]:
    """Measure on a store with so many people and messages, for so many seconds on each channel."""
    with folder() as place:
        apart(fill, place, people, messages)
        with service(platform, place) as (port, running):
            _warm(platform, port, people)
            on_zalo = _zalo(platform, port, people, seconds)
            on_web = asyncio.run(_web(port, seconds))
            size = memory(running)
        began = time.monotonic()
        with service(platform, place):
            start = time.monotonic() - began
    among = f"among {people:,} people and {messages:,} messages"
    return [
        (
            f"{among}: Zalo webhook → reply's HTTP call at {ON_ZALO:.0f}/s, p50 / p99",
            f"{statistics.median(on_zalo) * 1000:.0f} / {percentile(on_zalo, 99) * 1000:.0f} ms",
            "(goal: p99 below 100 ms)",
        ),
        (
            f"the same on the web chat over WebSockets at {ON_WEB:.0f}/s",
            f"{statistics.median(on_web) * 1000:.0f} / {percentile(on_web, 99) * 1000:.0f} ms",
            "(goal: p99 below 100 ms)",
        ),
        (f"memory after {seconds} s of each", f"{size:.0f} MB", "(goal: below 200 MB)"),
        ("second start with this store until it listens", f"{start:.1f} s", "(goal: below 2 s)"),
    ]


def fill(place: Path, people: int, messages: int) -> None:
    """Write people of Zalo, handled messages and the letter that answered each, into a new store.

    Bodies are gone from all of them, as they are from a handled message.
    """
    asyncio.run(_fill(place, people, messages, system_clock()))


async def _fill(place: Path, people: int, messages: int, now: datetime) -> None:
    store = Store(f"sqlite+aiosqlite:///{place / 'bot.db'}", Box(secret_in(place)))
    await store.open()
    try:
        await migrate(store)
        for table, found in (
            (tables.people, _people(people, now)),
            (tables.inbox, _messages(people, messages, now)),
            (tables.outbox, _letters(people, messages, now)),
        ):
            while batch := list(itertools.islice(found, BATCH)):
                await store.write(partial(_written, table, batch))
        await store.truncate_log()
    finally:
        await store.close()


async def _written(table: Table, batch: list[Mapping[str, object]], connection: Connection) -> None:
    await connection.execute(insert(table), batch)


def _people(count: int, now: datetime) -> Iterator[Mapping[str, object]]:
    for n in range(count):
        yield {
            "id": n + 1,
            "channel": "zalo",
            "address": str(FIRST + n),
            "created_at": now - 2 * SPAN,
            "last_message_at": now - timedelta(days=1),
        }


def _messages(people: int, count: int, now: datetime) -> Iterator[Mapping[str, object]]:
    for n in range(count):
        at = now - SPAN + SPAN * (n / count)
        yield {
            "channel": "zalo",
            "key": f"stored{n:012d}",
            "person_id": n % people + 1,
            "accepted_at": at,
            "state": HANDLED,
            "attempts": 1,
            "handled_at": at,
        }


def _letters(people: int, count: int, now: datetime) -> Iterator[Mapping[str, object]]:
    for n in range(count):
        at = now - SPAN + SPAN * (n / count)
        yield {
            "channel": "zalo",
            "address": str(FIRST + n % people),
            "created_at": at,
            "due_at": at,
            "state": SENT,
            "attempts": 1,
            "parts_sent": 1,
            "sent_at": at,
        }


def _warm(platform: int, port: int, people: int) -> None:
    requests = [load.zalo(people + n) for n in range(WARM)]
    asyncio.run(load.flood(port, requests))
    wait_for(platform, WARM)


def _zalo(platform: int, port: int, people: int, seconds: int) -> list[float]:
    """Let people of the store write, each once and from all over it; give seconds until answers."""
    count = min(people, int(seconds * ON_ZALO))
    # Odd, so that all the texts of the load are written.
    apart_by = (people // count - 1) | 1
    sent = asyncio.run(
        load.drip(port, lambda n: load.zalo(n * apart_by), first=0, count=count, per_second=ON_ZALO)
    )
    told = wait_for(platform, count)
    return [told[str(FIRST + n * apart_by)] - at for n, at in sent.items()]


async def _web(port: int, seconds: int) -> list[float]:
    """Let new people write on open pages; give seconds from when each was to write to its answer.

    What a page writes later than it was to, because it still waited, counts as waiting.
    """
    count = int(seconds * ON_WEB)
    waits: list[float] = []
    begun: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    linked = asyncio.Semaphore(0)

    async def page(session: aiohttp.ClientSession, first: int) -> None:
        async with session.ws_connect(f"http://127.0.0.1:{port}/chat/ws") as talk:
            linked.release()
            start = await begun
            for number in range(first, count, SOCKETS):
                due = start + number / ON_WEB
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await talk.send_json({"id": f"said-{number}", "text": load.text_of(number)})
                while "text" not in await talk.receive_json(timeout=60):
                    pass
                waits.append(time.monotonic() - due)

    # Without cookies each socket is somebody new.
    async with (
        aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=0)
        ) as session,
        asyncio.TaskGroup() as pages,
    ):
        for first in range(min(SOCKETS, count)):
            pages.create_task(page(session, first))
            await linked.acquire()
        begun.set_result(time.monotonic() + 1)
    return waits


def main(given: Sequence[str]) -> None:
    """Measure it with other numbers: of people, of messages, of seconds on each channel."""
    people, messages, seconds = map(int, given)
    port = free_port()
    with process(["benchmarks.platform", str(port)], port):
        for row in rows(port, people, messages, seconds):
            print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
