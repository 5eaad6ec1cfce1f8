"""Every fault in an order drawn by chance, on a service in one process or several.

The seed is printed; `CHAOS_SEED=… pytest tests/chaos/test_faults.py -s` draws the same again.
CHAOS says how many rounds of all faults, CHAOS_SECONDS how long each stands.
"""

import asyncio
import os
import random
from pathlib import Path

import pytest

from tests.chaos.citizens import replay
from tests.chaos.faults import FAULTS, struck
from tests.chaos.invariants import check, check_seals_once_past, settled
from tests.chaos.scene import LAYOUTS, STANDS, scene
from tests.databases import Databases

ROUNDS = int(os.environ.get("CHAOS", "1"))
ON_POSTGRESQL = bool(os.environ.get("TEST_DATABASE_URL"))


@pytest.mark.timeout(600 + ROUNDS * len(FAULTS) * (120 + STANDS))
@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "whole" or ON_POSTGRESQL])
async def test_whatever_breaks_nothing_acknowledged_is_lost_and_all_is_handled_once_in_order(
    tmp_path: Path, made_databases: Databases, layout: str
) -> None:
    seed = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(10**6)))
    print(f"CHAOS_SEED={seed}")  # noqa: T201 - so that a failure can be repeated
    chance = random.Random(seed)
    url = await made_databases.fresh()
    async with scene(tmp_path, url, layout, chance) as tormented:
        folder, people = tormented.folder, tormented.people
        for _ in range(ROUNDS):
            for name in chance.sample(list(FAULTS), len(FAULTS)):
                print(name)  # noqa: T201 - so that a failure tells what broke it
                async with tormented.writing():
                    await asyncio.sleep(chance.random() / 2)
                    async with struck(tormented, [name]):
                        pass
                    await asyncio.sleep(chance.random() / 2)
                if ROUNDS > 1:
                    await settled(url, folder, people)
                    await check(url, folder, people)
        await replay(tormented.zalo, tormented.writers, chance)
        await settled(url, folder, people)
    await check(url, folder, people)
    await check_seals_once_past(url, folder)
    await made_databases.drop(url)
