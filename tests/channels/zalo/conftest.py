"""A Zalo that refuses what Zalo refuses, and a channel beside it."""

from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.client import Client
from bot.channels.zalo.surroundings import Surroundings
from bot.channels.zalo.tokens import Tokens
from handlers.office import Office
from messages.envelope import Incoming
from storage.credentials import Credentials
from storage.database import Store, StoreUnavailable
from tests.channels.zalo.settings import settings_for
from tests.channels.zalo.wired import Wired, wired
from tests.conftest import Hands
from tests.emulators.wire import Clock
from tests.emulators.zalo import Citizen, ZaloEmulator

Logs = list[MutableMapping[str, Any]]


class Door:
    """The door of the inbox, and what came through it."""

    def __init__(self) -> None:
        self.came: list[Incoming] = []
        self.broken = False

    async def __call__(self, incoming: Incoming) -> bool:
        if self.broken:
            raise StoreUnavailable("disk full")
        is_new = incoming.key not in {one.key for one in self.came}
        self.came.append(incoming)
        return is_new


@pytest.fixture
async def zalo(hands: Hands) -> AsyncIterator[ZaloEmulator]:
    async with ZaloEmulator(clock=Clock(hands.now, running=False)) as emulator:
        emulator.webhook.deadline = 30.0  # A busy machine is no fault of the channel.
        yield emulator


@pytest.fixture
def citizen(zalo: ZaloEmulator) -> Citizen:
    """A person who wrote just now."""
    person = zalo.citizen()
    person.interacts()
    return person


Channels = Callable[..., ZaloChannel]


@pytest.fixture
async def channels(zalo: ZaloEmulator, store: Store, hands: Hands) -> AsyncIterator[Channels]:
    """Makes channels on one store, as several processes would, and closes them."""
    made: list[ZaloChannel] = []
    # The setting stays as it was however often the pair is renewed.
    first = {"zalo_refresh_token": zalo.grants.refresh_token}

    def make(around: Surroundings | None = None, **more: object) -> ZaloChannel:
        settings, client = settings_for(zalo, **(first | more)), Client()
        tokens = Tokens(settings, Credentials(store, hands), client, hands)
        made.append(ZaloChannel(settings, tokens, hands, client, around))
        return made[-1]

    yield make
    for channel in made:
        await channel.close()


@pytest.fixture
def channel(channels: Channels) -> ZaloChannel:
    return channels()


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
async def served(zalo: ZaloEmulator) -> AsyncIterator[Callable[[ZaloChannel, Door], Any]]:
    """Serves a channel's routes and points the emulator's webhook at them."""
    servers: list[TestServer] = []

    async def serve(channel: ZaloChannel, door: Door) -> TestServer:
        app = web.Application()
        app.add_routes(channel.routes(door))
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        zalo.webhook.url = str(server.make_url("/webhooks/zalo"))
        # One try is enough to see the answer.
        zalo.webhook.retries_refusals = False
        return server

    yield serve
    for server in servers:
        await server.close()


@pytest.fixture
def logs() -> Iterator[Logs]:
    with structlog.testing.capture_logs() as captured:
        yield captured


@pytest.fixture
async def service(
    store: Store, office: Office, hands: Hands, zalo: ZaloEmulator, tmp_path: Path
) -> AsyncIterator[Wired]:
    """The whole service between the emulated Zalo and people."""
    async with wired(store, office, hands, zalo, tmp_path) as whole:
        yield whole
