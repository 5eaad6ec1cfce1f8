from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from tests.emulators.receiver import Receiver
from tests.emulators.telegram import Person, TelegramEmulator
from tests.emulators.telegram.caller import BotApi
from tests.emulators.telegram.cast import TALKING, assemble
from tests.emulators.wire import Clock
from tests.emulators.zalo import ZaloEmulator


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 3, 0, tzinfo=UTC), running=False)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as listening:
        yield listening


@pytest.fixture
async def zalo(clock: Clock) -> AsyncIterator[ZaloEmulator]:
    async with ZaloEmulator(clock=clock) as emulator:
        yield emulator


@pytest.fixture
async def telegram(clock: Clock) -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(clock=clock, loopback_webhooks=True) as emulator:
        yield emulator


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


@pytest.fixture
def bot_api(telegram: TelegramEmulator, http: aiohttp.ClientSession) -> BotApi:
    return BotApi(telegram, http)


@pytest.fixture
async def me(telegram: TelegramEmulator, bot_api: BotApi) -> Person:
    """Who talks with the bot: message 1 is theirs, letter 2 is the bot's."""
    person = assemble(telegram)
    await person.says("a")
    await bot_api("sendMessage", chat_id=TALKING, text="b")
    return person
