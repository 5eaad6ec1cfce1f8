"""Fifty power cuts: nothing acknowledged is lost, all is handled once and in order.

The seed is printed; `KILL_SEED=… pytest tests/kill -s` kills at the same places again.
"""

import asyncio
import os
import random
import re
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from bot.settings import Settings
from storage.database import Store
from storage.reader import Reader
from storage.sealing import Box, secret_in
from tests.conftest import COMMUNE
from tests.databases import Databases
from tests.emulators.zalo import ZaloEmulator
from tests.emulators.zalo.citizen import Citizen
from tests.kill.victim import PLACES
from tests.running import RunningService, free_port, running, start

KILLS = int(os.environ.get("KILLS", "50"))
PEOPLE = 6
CODE = re.compile(r"PA\d{4}-[0-9A-Z]{4}")


class Writer:
    """A citizen who sends numbered messages, each again until it is acknowledged."""

    def __init__(self, zalo: ZaloEmulator, citizen: Citizen, number: int) -> None:
        self.zalo, self.citizen, self.number = zalo, citizen, number
        self.acknowledged: list[str] = []
        self.stopping = False

    async def write(self) -> None:
        while not self.stopping:
            text = f"/gopy Việc thứ {len(self.acknowledged)} của người {self.number}, đường ngập"
            message = {"text": text, "msg_id": f"{self.number}-{len(self.acknowledged)}"}
            self.citizen.interacts()
            ids = (self.citizen.id, self.citizen.id_by_app)
            event = self.zalo.events.said("user_send_text", ids, message)
            while True:
                delivery = await self.zalo.webhook.deliver(event)
                if delivery.status == 200:
                    break
                await asyncio.sleep(0.05)
            self.acknowledged.append(text.removeprefix("/gopy "))
            # Slower than the service handles them, or a backlog is all that is waited for.
            await asyncio.sleep(0.4)


def _patient_commune(folder: Path) -> Path:
    """The shipped commune, but nobody can send too much in a day."""
    shutil.copytree(COMMUNE, folder)
    path = folder / "commune.toml"
    text, changed = re.subn(
        r"(?m)^tickets_a_day = \d+", "tickets_a_day = 100000", path.read_text("utf-8")
    )
    assert changed == 1
    path.write_text(text, "utf-8")
    return folder


async def _until_dead(service: RunningService, chance: random.Random) -> None:
    """Wait until it killed itself; where its place is never reached, kill it from outside."""
    try:
        code = await asyncio.wait_for(service.process.wait(), 2.5 + chance.random())
    except TimeoutError:
        await service.kill()
    else:
        assert code == -signal.SIGKILL, service.log.read_text("utf-8")[-2000:]


@pytest.mark.timeout(1800)
async def test_every_acknowledged_message_survives_fifty_kills_once_and_in_order(
    tmp_path: Path, made_databases: Databases
) -> None:
    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"KILL_SEED={seed}")  # noqa: T201 - so that a failure can be repeated
    chance = random.Random(seed)
    port, folder = free_port(), tmp_path / "var"
    url = await made_databases.fresh()
    # At the platform's own pace of retries, or it would switch the webhook off in the middle.
    url_of_hook = f"http://127.0.0.1:{port}/webhooks/zalo"
    async with ZaloEmulator(webhook=url_of_hook, retry_scale=1) as zalo:
        settings = {
            **zalo.environment(),
            "BOT_DATABASE_URL": url,
            "BOT_PACING": "1000",
            "BOT_COMMUNE_DIR": str(_patient_commune(tmp_path / "commune")),
        }
        writers = [Writer(zalo, zalo.citizen(str(7_000_000 + n)), n) for n in range(PEOPLE)]
        writing = [asyncio.create_task(writer.write()) for writer in writers]
        # A refresh token serves once: a cut between Zalo's answer and our commit costs a new
        # consent (docs/zalo.md, 4). What is tested here begins when the token is in hand.
        async with running(folder, settings, port=port):
            await _until_answered(zalo, PEOPLE)
        for _ in range(KILLS):
            place = f"{chance.choice(['before', 'after'])} {chance.choice(list(PLACES))}"
            program = ("tests.kill.victim", place, str(chance.randrange(30)))
            service = await start(folder, settings, program=program, port=port)
            await _until_dead(service, chance)
        async with running(folder, settings, port=port):
            for writer in writers:
                writer.stopping = True
            await asyncio.gather(*writing)
            await _until_answered(zalo, sum(len(writer.acknowledged) for writer in writers))
        await _check_tickets(url, folder, writers)
        for writer in writers:
            receipts = Counter(
                code for letter in writer.citizen.letters for code in set(CODE.findall(letter.text))
            )
            assert len(receipts) == len(writer.acknowledged)
            # A kill between the platform's yes and ours sends one letter again, at most once each.
            assert max(receipts.values()) <= 1 + KILLS
            assert sum(receipts.values()) - len(receipts) <= KILLS


async def _until_answered(zalo: ZaloEmulator, wanted: int) -> None:
    """Wait until every acknowledged message has its receipt."""
    async with asyncio.timeout(120):
        while True:
            told = {
                code
                for citizen in zalo.citizens.values()
                for letter in citizen.letters
                for code in CODE.findall(letter.text)
            }
            if len(told) >= wanted:
                return
            await asyncio.sleep(0.2)


async def _check_tickets(url: str, folder: Path, writers: list[Writer]) -> None:
    """Each message made one ticket, each person's in the order in which they wrote."""
    store = Store(url, Box(secret_in(Settings(var_dir=folder).var_dir)))
    await store.open()
    try:
        read = Reader(store)
        handled = []
        for ticket in await read.all_tickets():
            words = " ".join(part.text for part in await read.words(ticket.code))
            handled.append(((await read.history(ticket.code))[0].id, ticket.person_id, words))
        by_person: dict[int, list[str]] = {}
        for _, person_id, words in sorted(handled):
            by_person.setdefault(person_id, []).append(words)
    finally:
        await store.close()
    assert sorted(by_person.values()) == sorted(writer.acknowledged for writer in writers)
