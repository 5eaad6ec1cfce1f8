"""A service in one process or several, and people who write to it on Zalo and Telegram."""

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.channels.zalo.tokens import NAME
from storage.clock import system_clock
from storage.credentials import Credentials
from tests.chaos.citizens import Caller, Writer, hook, patient_commune
from tests.chaos.invariants import looked_into
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo import ZaloEmulator
from tests.running import RunningService, free_port, start

STANDS = float(os.environ.get("CHAOS_SECONDS", "1"))
"""How many seconds a fault stands."""

Only = tuple[str, ...]
WHOLE: Only = ()
ROLES: Sequence[Only] = tuple(("--only", part) for part in ("web", "inbox", "outbox", "clock"))
LAYOUTS: dict[str, Sequence[Only]] = {"one": [WHOLE], "roles": ROLES, "whole": [WHOLE, WHOLE]}
"""Which processes there are; several whole ones need PostgreSQL."""

STARTED = "event=started"

LISTENS = {WHOLE, ROLES[0]}
"""Those that take webhooks."""

ZALO, TELEGRAM = 3, 1
"""How many people write on each."""


@dataclass
class Scene:
    """A running service that is tormented.

    Attributes:
        url: its database.
        folder: its BOT_VAR_DIR.
        settings: as every process has them.
        chance: what is drawn by chance.
        zalo: one platform.
        telegram: the other; it is listened to only where one process does.
        layout: which parts each process runs.
        writers: who writes on Zalo.
        callers: who writes on Telegram.
    """

    url: str
    folder: Path
    settings: dict[str, str]
    chance: random.Random
    zalo: ZaloEmulator
    telegram: TelegramEmulator
    layout: Sequence[Only]
    ports: list[int]
    writers: list[Writer] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    services: list[RunningService] = field(default_factory=list)

    @property
    def people(self) -> list[Writer | Caller]:
        """Everybody who writes."""
        return [*self.writers, *self.callers]

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file."""
        return self.url.startswith("sqlite")

    async def start(self, number: int) -> RunningService:
        """Start a process of the layout, again where it could not, as systemd does."""
        only, port = self.layout[number], self.ports[number]
        program = ("tests.chaos.hasty", "run", *only)
        async with asyncio.timeout(120):
            while True:
                before = self.logged().count(STARTED)
                service = await start(self.folder, self.settings, program=program, port=port)
                while service.process.returncode is None:
                    if self.logged().count(STARTED) > before:
                        return service
                    await asyncio.sleep(0.05)

    async def token_in_hand(self) -> None:
        """Wait until the first pair of Zalo's tokens is kept.

        A refresh token serves once: a fault between Zalo's answer and our commit costs a new
        consent (docs/zalo.md, 4), which is tests/chaos/test_tokens.py's to look at.
        """
        async with asyncio.timeout(120), looked_into(self.url, self.folder) as store:
            kept = Credentials(store, system_clock)
            while (pair := await kept.read(NAME)) is None or not pair.access:  # noqa: ASYNC110 - another process keeps it
                await asyncio.sleep(0.05)

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Let everybody write for as long as the block lasts, and until their last is taken."""
        for one in self.people:
            one.stopping = False
        tasks = [asyncio.create_task(one.write()) for one in self.people]
        try:
            yield
        finally:
            for one in self.people:
                one.stopping = True
            await asyncio.wait_for(asyncio.gather(*tasks), 120)

    def logged(self) -> str:
        """Give what the processes logged."""
        path = self.folder / "service.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""


@contextlib.asynccontextmanager
async def scene(
    tmp_path: Path, url: str, layout: str, chance: random.Random, **more: str
) -> AsyncIterator[Scene]:
    """Start a service and find people who will write to it."""
    processes = LAYOUTS[layout]
    ports = [free_port() for _ in processes]
    listening = [
        port for port, only in zip(ports, processes, strict=True) if only in {WHOLE, ROLES[0]}
    ]
    # At the platform's own pace of retries, or it would switch the webhook off in the middle.
    async with (
        ZaloEmulator(webhook=hook(listening[0]), retry_scale=1) as zalo,
        TelegramEmulator() as telegram,
    ):
        telegram_too = telegram.environment() if layout == "one" else {}
        settings = {
            **zalo.environment(),
            **telegram_too,
            "BOT_DATABASE_URL": url,
            "BOT_PACING": "1000",
            "BOT_COMMUNE_DIR": str(patient_commune(tmp_path / "commune")),
            **more,
        }
        one = Scene(url, tmp_path / "var", settings, chance, zalo, telegram, processes, ports)
        for number in range(ZALO):
            citizen = zalo.citizen(str(7_000_000 + number))
            one.writers.append(Writer(zalo, citizen, number, every=0.2, ports=listening))
        for number in range(TELEGRAM if telegram_too else 0):
            one.callers.append(Caller(telegram.person(5_200_000_001 + number), number, every=0.2))
        try:
            # One after the other: the first makes the secret key and the tables.
            for number in range(len(processes)):
                one.services.append(await one.start(number))
            await one.token_in_hand()
            yield one
        finally:
            codes = await asyncio.gather(*(service.stop() for service in one.services))
        assert set(codes) == {0}, one.logged()[-6000:]
