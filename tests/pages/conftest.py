from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, Page, expect

from bot.channels.web.identity import CookieIdentity
from bot.channels.web.origins import Origins
from bot.channels.web.uploads import Uploads
from bot.pages.guarding import guard
from bot.pages.media import KeptMedia, MediaLinks
from bot.pages.routes import pages
from bot.pages.site import Codes, Figures, Site
from bot.settings import Settings
from handlers.office import Office
from messages.envelope import Address
from scoring.periods import Period
from scoring.report import Month
from storage.carrying import CarryCodes
from storage.database import StoreUnavailable
from storage.dossiers_counts import NOTHING_COUNTED, DossierCounts
from tests.conftest import Hands
from tests.databases import opened as opened_store
from tests.pages.village import Village

Client = TestClient[web.Request, web.Application]
Opened = Callable[..., AbstractAsyncContextManager[Client]]

COUNTS: Mapping[str, Mapping[str, object]] = {
    "feedback": {"received": 12, "answered": 9, "answered_on_time": 2, "late": 1},
    "rating": {"count": 8, "average": 4.25},
    "redirected": {"denunciation": 7},
}


@dataclass
class Behind:
    """What the pages ask of the rest of the service."""

    shown: list[tuple[str, str, str]] = field(default_factory=list)
    media: dict[str, KeptMedia] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: COUNTS)
    dossiers: DossierCounts = NOTHING_COUNTED
    months: Sequence[Month] = ()
    is_out_of_order: bool = False
    taken_over: list[tuple[Address, Address]] = field(default_factory=list)

    async def take_over(self, left: Address, taken: Address) -> None:
        self.taken_over.append((left, taken))

    async def on_shown(self, code: str, place: str, channel: str = "web") -> None:
        if self.is_out_of_order:
            raise StoreUnavailable
        self.shown.append((code, place, channel))

    async def figures(self) -> Figures:
        if self.is_out_of_order:
            raise StoreUnavailable
        period = Period("2026-H2", date(2026, 7, 1), date(2026, 12, 31))
        return Figures(period, self.counts, self.dossiers, self.months)

    async def open_media(self, digest: str) -> KeptMedia | None:
        return self.media.get(digest)


class NoCodes:
    """No code stands: what carries a conversation has its own tests."""

    async def make(self, person: Address) -> str:
        raise NotImplementedError(person)

    async def whose(self, code: str) -> Address | None:
        raise NotImplementedError(code)

    async def use(self, code: str) -> Address | None:
        raise NotImplementedError(code)


def settings(**given: Any) -> Settings:  # noqa: ANN401 - as various as settings are
    """Settings that know nothing of the machine the test runs on."""
    return Settings(_env_file=None, **given)


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def codes() -> Codes:
    return NoCodes()


@pytest.fixture
def site(office: Office, behind: Behind, hands: Hands, codes: Codes) -> Site:
    return Site(
        commune=office.commune,
        catalogue=office.catalogue,
        settings=settings(),
        identity=CookieIdentity("key", secure=False),
        origins=Origins("http://127.0.0.1:8080"),
        codes=codes,
        take_over=behind.take_over,
        links=MediaLinks("key", hands),
        on_shown=behind.on_shown,
        figures=behind.figures,
        open_media=behind.open_media,
        surveys=office.surveys,
    )


@pytest.fixture
def practice() -> Mapping[str, Address]:
    return {who: Address("web", f"practice-{who}") for who in ("citizen", "officer", "staff")}


@pytest.fixture
def opened(site: Site) -> Opened:
    """Open the pages, with what differs from the site above."""

    @asynccontextmanager
    async def open_pages(**different: Any) -> AsyncIterator[Client]:  # noqa: ANN401 - any field of Site
        other = replace(site, **different)
        app = web.Application(middlewares=[guard(other)])
        app.add_routes(pages(other))

        async def break_down(request: web.Request) -> web.Response:
            raise RuntimeError(f"secret of {request.path}")

        app.add_routes([web.get("/breaks", break_down), web.post("/breaks", break_down)])
        async with TestClient(TestServer(app)) as client:
            yield client

    return open_pages


@pytest.fixture
async def client(opened: Opened) -> AsyncIterator[Client]:
    async with opened() as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def kept_codes(database: str, hands: Hands) -> AsyncIterator[CarryCodes]:
    """Codes in a database that is open on the loop of the browser."""
    async with opened_store(database) as store:
        yield CarryCodes(store, hands)


@pytest_asyncio.fixture(loop_scope="session")
async def village(site: Site, hands: Hands, tmp_path: Path) -> AsyncIterator[Village]:
    village = Village(site, Uploads(tmp_path / "uploads", hands), hands)
    await village.start()
    yield village
    await village.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def page(village: Village, chromium: Browser) -> AsyncIterator[Page]:
    """The chat on a phone; whatever goes wrong in it fails the test."""
    expect.set_options(timeout=20_000)
    async with await chromium.new_context(viewport={"width": 360, "height": 740}) as context:
        page = await context.new_page()
        complaints: list[str] = []
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        await page.goto(f"{village.url}/chat")
        yield page
    assert not complaints
