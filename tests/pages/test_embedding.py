"""The chat on the commune's portal: one script, under the portal's own strict policy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from playwright.async_api import Browser, Page, expect

from bot.channels.web.identity import EMBEDDED_COOKIE, CookieIdentity
from bot.channels.web.origins import Origins
from tests.chromium import beside_chromium, needs_chromium
from tests.pages.conftest import Opened, settings
from tests.pages.village import Village


@dataclass
class Portal:
    """A site of somebody else's, which loads nothing that it does not name."""

    page: Page
    url: str
    complaints: list[str]


@asynccontextmanager
async def portal(village: Village, chromium: Browser, *, allowed: bool) -> AsyncIterator[Portal]:
    """Open a portal that loads the chat's script; `localhost` is another site than 127.0.0.1."""
    port, ours = unused_port(), unused_port()
    url = f"http://localhost:{port}"
    known = settings(embed_origins=url if allowed else "https://other.example.vn")
    await village.stop()
    village.port = ours
    village.site = replace(
        village.site,
        settings=known,
        identity=CookieIdentity("key", secure=True, embeddable=True),
        origins=Origins(f"http://127.0.0.1:{ours}", known.embed_origins),
    )
    await village.start()

    async def home(request: web.Request) -> web.Response:
        policy = (
            f"default-src 'none'; script-src {village.url}; frame-src {village.url}; "
            "require-trusted-types-for 'script'"
        )
        text = f'<!doctype html><title>x</title><script src="{village.url}/chat/embed.js" async>'
        if request.path == "/early":
            text = text.removesuffix(" async>") + ">"
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=f"{text}</script>", content_type="text/html", headers=headers)

    app = web.Application()
    app.add_routes([web.get("/", home), web.get("/early", home)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "localhost", port).start()
    try:
        expect.set_options(timeout=20_000)
        async with await chromium.new_context() as context:
            page = await context.new_page()
            complaints: list[str] = []
            page.on("console", lambda said: complaints.append(said.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(url)
            yield Portal(page, url, complaints)
    finally:
        await runner.cleanup()


@needs_chromium
@beside_chromium
async def test_an_allowed_portal_shows_the_chat_in_place_and_knows_its_visitor_again(
    village: Village, chromium: Browser
) -> None:
    async with portal(village, chromium, allowed=True) as seen:
        button = seen.page.get_by_role("button", name="Nhắn cho xã Nghi Dương")
        await button.click()
        chat = seen.page.frame_locator("iframe")
        await chat.get_by_role("textbox").fill("Viết trên cổng của xã")
        await chat.get_by_role("button", name="Gửi", exact=True).click()
        await expect(chat.get_by_role("log")).to_contain_text("Nghe: Viết trên cổng của xã")
        await seen.page.keyboard.press("Tab")
        await seen.page.reload()
        await seen.page.get_by_role("button", name="Nhắn cho xã").click()
        await expect(chat.get_by_role("log")).to_contain_text("Nghe: Viết trên cổng của xã")
        cookies = await seen.page.context.cookies()
        assert EMBEDDED_COOKIE in {one["name"] for one in cookies if "name" in one}
        assert not [said for said in seen.complaints if "Content Security Policy" in said]
    assert len({message.sender for message in village.heard.values()}) == 1


@needs_chromium
@beside_chromium
async def test_a_script_that_is_there_before_the_page_has_a_body_waits_for_it(
    village: Village, chromium: Browser
) -> None:
    async with portal(village, chromium, allowed=True) as seen:
        await seen.page.goto(f"{seen.url}/early")
        await expect(seen.page.get_by_role("button", name="Nhắn cho xã")).to_be_visible()


@needs_chromium
@beside_chromium
async def test_a_portal_that_is_not_named_opens_a_window_of_its_own(
    village: Village, chromium: Browser
) -> None:
    async with portal(village, chromium, allowed=False) as seen:
        async with seen.page.context.expect_page() as opening:
            await seen.page.get_by_role("button", name="Nhắn cho xã").click()
        window = await opening.value
        await expect(window).to_have_url(f"{village.url}/chat")
        assert not await seen.page.locator("iframe").count()


@needs_chromium
@beside_chromium
async def test_a_portal_that_frames_it_all_the_same_shows_nothing(
    village: Village, chromium: Browser
) -> None:
    async with portal(village, chromium, allowed=False) as seen:
        await seen.page.evaluate(
            """address => {
              const frame = document.createElement('iframe');
              frame.src = address;
              document.body.append(frame);
            }""",
            f"{village.url}/chat?embed=1",
        )
        await seen.page.wait_for_timeout(1500)
        assert any("frame-ancestors" in said for said in seen.complaints)
    assert not village.heard


@pytest.mark.parametrize(
    ("given", "framed"),
    [
        ({"public_url": "https://chat.xa.example.vn"}, True),
        ({"public_url": "http://chat.xa.example.vn"}, False),
    ],
)
async def test_without_https_the_script_frames_nothing(
    opened: Opened,
    given: dict[str, str],
    framed: bool,  # noqa: FBT001 - of the table
) -> None:
    portals = settings(embed_origins="https://xa.example.vn", **given)
    async with opened(settings=portals) as client:
        script = await (await client.get("/chat/embed.js")).text()
    assert ('["https://xa.example.vn"]' in script) is framed
