"""A notice to many is killed in the middle: none lost, none twice, and doubt is told.

`NOTICE_KILLS` and `NOTICE_PEOPLE` make it longer; `make bench-full` does it with 100,000 people.
"""

import asyncio
import os
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.notices import CODE, followers
from bot.settings import Settings
from messages.languages import ZONE
from storage.database import Store
from storage.outbox import SENT, UNKNOWN
from storage.reader import Reader
from storage.sealing import Box, secret_in
from tests.databases import Databases
from tests.emulators.telegram import TelegramEmulator
from tests.running import start

KILLS = int(os.environ.get("NOTICE_KILLS", "1"))
PEOPLE = int(os.environ.get("NOTICE_PEOPLE", "150"))
PACE = 150
FIRST = 1000
"""The number that Telegram calls the first of them."""


@pytest.mark.timeout(600)
async def test_a_notice_that_is_killed_in_the_middle_reaches_everybody_once(
    tmp_path: Path, made_databases: Databases
) -> None:
    folder = tmp_path / "var"
    url = await made_databases.fresh()
    folder.mkdir()
    store = Store(url, Box(secret_in(Settings(_env_file=None, var_dir=folder).var_dir)))
    await store.open()
    begun = datetime(2026, 11, 24, 9, tzinfo=ZONE)
    await followers(store, PEOPLE, begun, "telegram", FIRST)
    async with TelegramEmulator() as telegram:
        people = [telegram.person(FIRST + n) for n in range(PEOPLE)]
        for person in people:
            person.started = True

        async def arrive(wanted: int) -> None:
            await telegram.until(lambda: sum(bool(one.letters) for one in people) >= wanted, 120)

        settings = {
            **telegram.environment(),
            "BOT_DATABASE_URL": url,
            "BOT_PACING": str(PACE),
            "BOT_CHANNELS": "telegram,web",
        }
        for kill in range(KILLS + 1):
            # Later at each start, and never in quiet hours.
            now = begun + timedelta(minutes=kill + 1)
            service = await start(folder, {**settings, "BOT_NOW": now.isoformat()})
            if kill < KILLS:
                await arrive(PEOPLE * (kill + 1) // (KILLS + 1))
                await service.kill()
        fates: dict[int, int] = {}
        while fates.get(SENT, 0) + fates.get(UNKNOWN, 0) < PEOPLE:
            assert service.process.returncode is None
            await asyncio.sleep(0.1)
            fates = dict(await Reader(store).notices.fates(CODE))
        assert await service.stop() == 0
    got = Counter(len(person.letters) for person in people)
    assert set(got) <= {0, 1}, "nobody reads it twice"
    # What had left when the power went is not repeated but told; nothing else is missing.
    assert got[0] <= fates.get(UNKNOWN, 0)
    assert fates.get(UNKNOWN, 0) <= KILLS * 32
    notice = await Reader(store).notices.one(CODE)
    assert notice is not None
    assert notice.written == PEOPLE
    await store.close()
