"""A running desk: the real handlers, store, inbox and outbox behind the real pages."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser

from bot.darkroom import Darkroom
from bot.desk_files import DeskFiles
from bot.pages.guarding import guard
from bot.pages.media import KeptMedia, MediaLinks
from bot.pages.routes import pages
from bot.pages.site import Desk, Site
from messages.envelope import Incoming
from storage.desk_sessions import DeskSessions
from storage.media import Media
from tests.transcript import Somebody, Talk

LINK = re.compile(r"/desk/enter/[0-9A-Z]{26}")


@dataclass
class DeskScene:
    """People who talk, and the pages of the desk beside them."""

    talk: Talk
    site: Site
    desk: Desk
    kept: Media
    url: str = ""
    accepted: list[Incoming] = field(default_factory=list)
    browser: Browser = field(init=False)

    async def fetch(self, content: bytes) -> None:
        """Let every photo that citizens sent be fetched, and be this one."""
        for wanted in await self.kept.wanted({"web", "telegram", "zalo"}):
            await self.kept.keep(wanted, content, "image/jpeg")

    async def link(self, officer: Somebody) -> str:
        """Let an officer ask for their link; give its path."""
        found = LINK.search("\n".join(await officer.says("/desk")))
        assert found
        return found[0]


@asynccontextmanager
async def desk_scene(
    talk: Talk, site: Site, media: dict[str, KeptMedia], folder: Path
) -> AsyncIterator[DeskScene]:
    """Serve the pages of a desk on a port of its own; what is sent there is kept in the folder."""
    accepted: list[Incoming] = []

    async def accept(incoming: Incoming) -> bool:
        accepted.append(incoming)
        new = await talk.inbox.accept(incoming)
        await talk.settle()
        return new

    kept = Media(talk.store, folder, talk.hands)
    darkroom = Darkroom()

    async def open_media(digest: str) -> KeptMedia | None:
        if digest in media:
            return media[digest]
        mime = await kept.mime_of(digest)
        return KeptMedia(await kept.read(digest), mime) if mime else None

    desk = Desk(
        office=talk.office,
        read=talk.read,
        sessions=DeskSessions(talk.store),
        accept=accept,
        files=DeskFiles(kept, darkroom),
        links=MediaLinks("key", talk.hands),
        now=talk.hands,
    )
    site = replace(site, desks=(desk,), links=desk.links, open_media=open_media)
    app = web.Application(middlewares=[guard(site)])
    app.add_routes(pages(site))
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield DeskScene(talk, site, desk, kept, url, accepted)
    finally:
        await runner.cleanup()
        await darkroom.close()
