"""The real service between the emulated Zalo and people whom a test plays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.channels.channel import Channel
from bot.channels.zalo.opening import open_zalo
from bot.metrics import Metrics
from bot.outbox_worker import OutboxWorker
from bot.pages.media import MediaLinks
from bot.service import Ground
from handlers.office import Office
from messages.envelope import Attachment
from storage import tables
from storage.database import Store
from storage.media import Media
from tests.channels.zalo.settings import settings_for
from tests.conftest import Hands
from tests.emulators.zalo import ZaloEmulator
from tests.transcript import Talk

PUBLIC = "https://xa.example.vn"


class Wired(Talk):
    """Conversations whose Zalo is the real channel on the emulator's wire."""

    def __init__(
        self,
        store: Store,
        office: Office,
        hands: Hands,
        *,
        zalo: ZaloEmulator,
        folder: Path,
        **settings: object,
    ) -> None:
        super().__init__(store, office, hands)
        self.zalo = zalo
        self.media = Media(store, folder, hands)
        self.links = MediaLinks("key of the links", hands)
        self.ground = Ground(
            store=store,
            inbox=self.inbox,
            outbox=self.outbox,
            media=self.media,
            office=office,
            clock=hands,
            metrics=Metrics(),
        )
        given = settings_for(zalo, public_url=PUBLIC, **settings)
        self.channel = open_zalo(given, self.ground, self._link)
        channels: dict[str, Channel] = {**self.channels, "zalo": self.channel}
        self.outbox_worker = OutboxWorker(self.outbox, channels, hands, self.ground.metrics)

    def _link(self, attachment: Attachment) -> str:
        path = self.links.of(attachment)
        return PUBLIC + path if path.startswith("/") else path

    async def move(self, **by: float) -> None:
        """Let time pass for us and for Zalo."""
        self.zalo.clock.advance(**by)
        await self.pass_time(**by)

    async def fates(self) -> list[tuple[int, str]]:
        """Give state and reason of each letter, in order."""
        outbox = tables.outbox
        async with self.store.reading() as connection:
            rows = await connection.execute(
                select(outbox.c.state, outbox.c.reason).order_by(outbox.c.id)
            )
            return [(row.state, row.reason or "") for row in rows]


@asynccontextmanager
async def wired(
    store: Store,
    office: Office,
    hands: Hands,
    zalo: ZaloEmulator,
    folder: Path,
    **settings: object,
) -> AsyncIterator[Wired]:
    """Serve the webhook, point the emulator at it, and close all at the end."""
    whole = Wired(store, office, hands, zalo=zalo, folder=folder, **settings)
    app = web.Application()
    app.add_routes(whole.channel.routes(whole.inbox.accept))
    server = TestServer(app)
    await server.start_server()
    zalo.webhook.url = str(server.make_url("/webhooks/zalo"))
    zalo.webhook.retries_refusals = False
    zalo.switches.echoes = False
    try:
        yield whole
    finally:
        await whole.outbox_worker.finish()
        await whole.channel.close()
        await server.close()
