import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bot.channels.telegram.channel import TelegramChannel
from bot.settings import Settings
from messages.envelope import Incoming
from storage.database import StoreUnavailable
from tests.emulators.telegram import TelegramEmulator

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LOOK = 300.0
KEY = b"the service's own key"


class Door:
    """An inbox that keeps in a list; `shut` makes it fail, so often or for ever."""

    def __init__(self, telegram: TelegramEmulator) -> None:
        self._telegram = telegram
        self.kept: list[Incoming] = []
        self.asked: list[Incoming] = []
        self.shut: Callable[[Incoming], bool] = lambda _incoming: False

    async def accept(self, incoming: Incoming) -> bool:
        self.asked.append(incoming)
        # As the real one, it comes back later than it was called.
        await asyncio.sleep(0)
        self._telegram.changed()
        if self.shut(incoming):
            raise StoreUnavailable("the disk is full")
        if any(incoming.key == kept.key for kept in self.kept):
            return False
        self.kept.append(incoming)
        self._telegram.changed()
        return True

    async def holds(self, count: int) -> list[Incoming]:
        """What was kept, as soon as it is so many."""
        await self._telegram.until(lambda: len(self.kept) >= count, what=f"{count} messages")
        return self.kept


class Pauses:
    """Waits as the channel asks for, without the waiting; `look` lets it look at its webhook."""

    def __init__(self, telegram: TelegramEmulator) -> None:
        self._telegram = telegram
        self.taken: list[float] = []
        self._looks = asyncio.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        self._telegram.changed()
        if seconds >= LOOK:
            await self._looks.acquire()
        else:
            await asyncio.sleep(0.001)

    def look(self) -> None:
        self._looks.release()


class Files:
    """Our own files by reference."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def open(self, ref: str) -> bytes:
        if ref not in self.kept:
            raise FileNotFoundError(ref)
        return self.kept[ref]


def commands(language: str) -> list[tuple[str, str]]:
    told = {"vi": "Gửi phản ánh", "en": "Give feedback"}
    return [("gopy", told[language])]


def about(language: str) -> tuple[str, str]:
    return {"vi": ("Bot của xã", "Xã"), "en": ("The commune's bot", "Commune")}[language]


Opened = Callable[..., TelegramChannel]
Listen = Callable[[TelegramChannel], "asyncio.Task[None]"]


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(loopback_webhooks=True) as emulator:
        yield emulator


@pytest.fixture
def door(telegram: TelegramEmulator) -> Door:
    return Door(telegram)


@pytest.fixture
def pauses(telegram: TelegramEmulator) -> Pauses:
    return Pauses(telegram)


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
async def open_channel(
    telegram: TelegramEmulator, pauses: Pauses, files: Files
) -> AsyncIterator[Opened]:
    opened = []

    def open_one(**settings: object) -> TelegramChannel:
        given = {
            "telegram_token": SecretStr(telegram.token),
            "telegram_api_url": telegram.url,
            "pacing": 1000.0,
            **settings,
        }
        channel = TelegramChannel(
            Settings.model_validate(given),
            KEY,
            lambda: NOW,
            commands=commands,
            about=about,
            open_media=files.open,
            pause=pauses,
        )
        opened.append(channel)
        return channel

    yield open_one
    for channel in opened:
        await channel.close()


@pytest.fixture
def channel(open_channel: Opened) -> TelegramChannel:
    return open_channel()


@pytest.fixture
async def listen(door: Door) -> AsyncIterator[Listen]:
    tasks = []

    def start(channel: TelegramChannel) -> "asyncio.Task[None]":
        task = asyncio.create_task(channel.listen(door.accept))
        tasks.append(task)
        return task

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
