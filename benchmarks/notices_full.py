"""A notice to 100,000 people at Telegram's own rate, killed in the middle; questions meanwhile.

It takes about an hour (`make bench-full`). The service is a process of its own and is killed as by
a power cut when half have it; `python -m benchmarks.notices_full PEOPLE RATE` runs it shorter.
"""

import asyncio
import contextlib
import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from benchmarks.notices import followers
from benchmarks.programs import Row, folder, free_port, memory, percentile, process
from bot.settings import Settings
from messages.languages import ZONE
from storage.clock import system_clock
from storage.database import Store
from storage.migrate import migrate
from storage.sealing import Box, secret_in

PEOPLE, RATE = 100_000, 30.0
"""Telegram takes about 30 messages a second from a bot (Bots FAQ)."""

ASKS_EVERY = 1.0
SECRET = "a-secret-of-the-benchmark"  # noqa: S105 - of a fake platform
CITIZENS = itertools.count(2_000_000_000)
SETTLING = 10.0
"""Seconds at either end of a stretch that are not in the rate: starting, and the last batch."""


def rows(platform: int, people: int = PEOPLE, rate: float = RATE) -> list[Row]:
    """Send the notice; give its figures."""
    with folder() as place:
        asyncio.run(_prepare(place, people))
        return asyncio.run(_measure(platform, place, people, rate))


async def _prepare(place: Path, people: int) -> None:
    secret = secret_in(Settings(_env_file=None, var_dir=place).var_dir)
    store = Store(f"sqlite+aiosqlite:///{place}/bot.db", Box(secret))
    await store.open()
    await migrate(store)
    await followers(store, people, _morning(), "telegram", 1)
    await store.close()


def _morning() -> datetime:
    """Give nine o'clock of this day: the notice begins then, far from quiet hours."""
    return system_clock().astimezone(ZONE).replace(hour=9, minute=0, second=0, microsecond=0)


@contextlib.contextmanager
def _service(
    platform: int, place: Path, rate: float, now: datetime
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    settings = {
        "BOT_VAR_DIR": str(place),
        "BOT_PORT": str(port),
        "BOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "BOT_PACING": str(rate),
        "BOT_NOW": now.isoformat(),
        "BOT_CHANNELS": "telegram,web",
        "BOT_TELEGRAM_TOKEN": "1:x",
        "BOT_TELEGRAM_API_URL": f"http://127.0.0.1:{platform}",
        "BOT_TELEGRAM_MODE": "webhook",
        "BOT_TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    with process(["bot", "run"], port, **settings) as running:
        yield port, running


async def _measure(platform: int, place: Path, people: int, rate: float) -> list[Row]:
    waits: list[float] = []
    stretches, sizes = [], []
    kills = 0
    for goal in (people // 2, people):
        now = _morning() + timedelta(hours=kills, minutes=1)
        with _service(platform, place, rate, now) as (port, running):
            begun = time.monotonic()
            async with _asking(platform, port, waits):
                sizes.append(await _until(platform, goal, running, goal / rate * 3 + 120))
            ended = time.monotonic()
            if goal < people:
                running.kill()
                running.wait()
                kills += 1
        settling = min(SETTLING, (ended - begun) / 4)
        first, last = begun + settling, ended - settling
        sent = await _told(platform, f"/sent?from={first}&to={last}")
        stretches.append(float(sent["sent"]) / (last - first))
    told = await _told(platform, f"/reached?last={people}")
    reached = statistics.mean(stretches)
    middle, worst = (percentile(waits, share) * 1000 for share in (50, 99))
    grown = max(most - least for least, most in sizes)
    return [
        (
            f"a notice to {people:,} people, killed in the middle, of {rate:.0f} letters/s allowed",
            f"{reached:.1f}/s",
            f"**{reached / rate:.2f}** of it; reached {told['people']:,}, twice {told['twice']}",
        ),
        (
            "answers to citizens meanwhile, p50 / p99; growth of memory",
            f"{middle:.0f} / {worst:.0f} ms; {grown:.0f} MB",
            f"(goal: 300 ms); {len(waits)} questions",
        ),
    ]


async def _until(
    platform: int, goal: int, running: subprocess.Popen[bytes], seconds: float
) -> tuple[float, float]:
    """Wait until so many have the notice; give the least and most memory after the first minute."""
    begun = time.monotonic()
    found: list[float] = []
    before = -1
    while time.monotonic() < begun + seconds:
        told = await _told(platform, f"/reached?last={PEOPLE * 10}")
        # What left when the power went is told as unknown, and never comes.
        if told["people"] >= goal or (told["people"] == before and told["people"] >= goal - 64):
            break
        before = told["people"]
        if time.monotonic() > begun + min(60, seconds / 6):
            found.append(memory(running))
        await asyncio.sleep(5 if goal > PEOPLE // 10 else 1)
    else:
        raise SystemExit(f"{told['people']} of {goal} in {seconds:.0f} s")
    return (min(found), max(found)) if found else (0.0, 0.0)


@contextlib.asynccontextmanager
async def _asking(platform: int, port: int, waits: list[float]) -> AsyncIterator[None]:
    """Let a new citizen ask every second; note how long each waits for the answer's call."""

    async def ask(session: aiohttp.ClientSession, who: int) -> None:
        chat = {"id": who, "type": "private", "first_name": "A"}
        update = {
            "update_id": who,
            "message": {
                "message_id": 1,
                "date": int(time.time()),
                "chat": chat,
                "from": {"id": who, "is_bot": False, "first_name": "A"},
                "text": "/lich",
            },
        }
        begun = time.monotonic()
        async with session.post(
            f"http://127.0.0.1:{port}/webhooks/telegram",
            json=update,
            headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
        ) as answer:
            answer.raise_for_status()
        for _look in itertools.count():
            at = (await _told(platform, f"/arrived?person={who}")).get("at")
            if at is not None:
                waits.append(float(at) - begun)
                return
            await asyncio.sleep(0.02)

    async def keep_asking() -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                await ask(session, next(CITIZENS))
                await asyncio.sleep(ASKS_EVERY)

    asking = asyncio.create_task(keep_asking())
    try:
        yield
    finally:
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking


async def _told(platform: int, path: str) -> dict[str, int]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{platform}{path}") as answer,
    ):
        found: dict[str, int] = await answer.json()
    return found


def main(given: Sequence[str]) -> None:
    """Run it with other numbers than those of the long run."""
    port = free_port()
    with process(["benchmarks.platform", str(port)], port):
        for row in rows(port, int(given[0]), float(given[1])):
            print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
