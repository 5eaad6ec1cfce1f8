"""Citizens who write all the time, each message again until it is acknowledged."""

import asyncio
import itertools
import random
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.conftest import COMMUNE
from tests.emulators.telegram.chats import Person
from tests.emulators.zalo import ZaloEmulator
from tests.emulators.zalo.citizen import Citizen

ACKNOWLEDGED = 200

PAUSE = 0.25
"""Seconds until what was not acknowledged is sent again."""


class Writer:
    """A citizen who sends numbered messages, each again until it is acknowledged.

    Args:
        zalo: carries them.
        citizen: who writes.
        number: of this writer; stands in each message.
        every: seconds between two messages: slower than the service handles them, or a backlog is
            all that is waited for.
        ports: of the processes that take webhooks, in turn; none = where the emulator posts.
    """

    def __init__(
        self,
        zalo: ZaloEmulator,
        citizen: Citizen,
        number: int,
        *,
        every: float = 0.4,
        ports: Sequence[int] = (),
    ) -> None:
        self.zalo, self.citizen, self.number, self.every = zalo, citizen, number, every
        self.acknowledged: list[str] = []
        self.stopping = False
        self._ports = itertools.cycle(ports)
        self._turns = bool(ports)

    @property
    def letters(self) -> list[str]:
        """What was written to them."""
        return [letter.text for letter in self.citizen.letters]

    async def write(self) -> None:
        while not self.stopping:
            text = f"/gopy Việc thứ {len(self.acknowledged)} của người {self.number}, đường ngập"
            message = {"text": text, "msg_id": f"{self.number}-{len(self.acknowledged)}"}
            self.citizen.interacts()
            ids = (self.citizen.id, self.citizen.id_by_app)
            event = self.zalo.events.said("user_send_text", ids, message)
            self._turn()
            delivery = await self.zalo.webhook.deliver(event)
            while delivery.status != ACKNOWLEDGED:
                await asyncio.sleep(PAUSE)
                self._turn()
                await self.zalo.webhook.again(delivery)
            self.acknowledged.append(text.removeprefix("/gopy "))
            await asyncio.sleep(self.every)

    def _turn(self) -> None:
        if self._turns:
            self.zalo.webhook.url = hook(next(self._ports))


class Caller:
    """A person on Telegram who sends numbered messages; the platform keeps them until we ask."""

    def __init__(self, person: Person, number: int, *, every: float) -> None:
        self.person, self.number, self.every = person, number, every
        self.acknowledged: list[str] = []
        self.stopping = False

    @property
    def letters(self) -> list[str]:
        """What was written to them."""
        return [letter.text for letter in self.person.letters]

    async def write(self) -> None:
        while not self.stopping:
            text = f"Việc thứ {len(self.acknowledged)} của người gọi {self.number}, đường ngập"
            await self.person.says(f"/gopy {text}")
            self.acknowledged.append(text)
            await asyncio.sleep(self.every)


def hook(port: int) -> str:
    """Give the address of a process's webhook."""
    return f"http://127.0.0.1:{port}/webhooks/zalo"


def ahead(**by: float) -> dict[str, str]:
    """The setting of a process whose clock is ahead: `ahead(minutes=3)`."""
    return {"BOT_NOW": (datetime.now(UTC) + timedelta(**by)).isoformat()}


async def replay(zalo: ZaloEmulator, writers: Sequence[Writer], chance: random.Random) -> None:
    """Post every webhook once more, in another order."""
    accepted = {one.message_id: one for one in zalo.webhook.deliveries if one.accepted}
    again = [
        accepted[f"{writer.number}-{count}"]
        for writer in writers
        for count in range(len(writer.acknowledged))
    ]
    chance.shuffle(again)
    for delivery in again:
        attempt = await zalo.webhook.again(delivery, num_retry=1)
        assert attempt.status == ACKNOWLEDGED, attempt


def patient_commune(folder: Path) -> Path:
    """The shipped commune, but nobody can send too much in a day or a minute."""
    shutil.copytree(COMMUNE, folder)
    path = folder / "commune.toml"
    text, changed = re.subn(
        r"(?m)^(tickets_a_day|messages_a_minute) = \d+", r"\1 = 100000", path.read_text("utf-8")
    )
    assert changed == 2
    path.write_text(text, "utf-8")
    return folder
