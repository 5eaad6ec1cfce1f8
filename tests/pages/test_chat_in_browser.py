"""What only a real browser can show: that the page loses nothing and runs nothing it was sent."""

import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from bot.channels.channel import Letter
from bot.channels.web.channel import WebChannel, WebChat
from bot.channels.web.origins import Origins
from bot.channels.web.uploads import Uploads
from bot.pages.guarding import guard
from bot.pages.routes import pages
from bot.pages.site import Site
from messages.envelope import Address, Choice, Incoming, Outgoing
from tests.conftest import Hands

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs Debian's package chromium (apt-get install chromium)"
)

MENU = (Choice("feedback", "Gửi phản ánh"), Choice("guides", "Hỏi thủ tục"))


@dataclass
class Village:
    """A service that answers every message with its own words, and can be stopped and started."""

    site: Site
    uploads: Uploads
    clock: Hands
    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    heard: dict[str, Incoming] = field(default_factory=dict)
    runner: web.AppRunner | None = None
    channel: WebChannel | None = None

    async def after(self, address: Address, letter_id: int) -> Sequence[Letter]:
        return [each for each in self.letters if each.to == address and each.id > letter_id]

    async def accept(self, incoming: Incoming) -> bool:
        if incoming.key in self.heard:
            return False
        self.heard[incoming.key] = incoming
        words = incoming.text or incoming.choice or "ảnh"
        letter = Letter(len(self.letters) + 1, incoming.sender, Outgoing(f"Nghe: {words}", MENU))
        self.letters.append(letter)
        assert self.channel
        await self.channel.send(letter)
        return True

    async def start(self) -> None:
        self.channel = WebChannel(
            WebChat(
                identity=self.site.identity,
                origins=Origins("http://127.0.0.1"),
                uploads=self.uploads,
                replay=self,
                link=self.site.links.of,
                now=self.clock,
            )
        )
        app = web.Application(middlewares=[guard(self.site)])
        app.add_routes([*pages(self.site), *self.channel.routes(self.accept)])
        self.runner = web.AppRunner(app, shutdown_timeout=1)
        await self.runner.setup()
        listening = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True)
        await listening.start()
        self.port = self.runner.addresses[0][1]

    async def stop(self) -> None:
        if self.runner and self.channel:
            await self.channel.close()
            await self.runner.cleanup()

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.heard.values()]


@pytest.fixture
async def village(site: Site, hands: Hands, tmp_path: Path) -> AsyncIterator[Village]:
    village = Village(site, Uploads(tmp_path / "uploads", hands), hands)
    await village.start()
    yield village
    await village.stop()


@pytest.fixture
async def page(village: Village) -> AsyncIterator[Page]:
    expect.set_options(timeout=20_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await browser.new_context(viewport={"width": 360, "height": 740})
        page = await context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"http://127.0.0.1:{village.port}/chat")
        yield page
        await browser.close()
        assert not complaints


async def write(page: Page, words: str) -> None:
    await page.get_by_role("textbox").fill(words)
    await page.get_by_role("button", name="Gửi", exact=True).click()


async def test_the_bot_speaks_first_and_a_button_answers(page: Page, village: Village) -> None:
    log = page.get_by_role("log")
    await expect(log).to_contain_text("Nghe: /start")
    await page.get_by_role("button", name="Hỏi thủ tục").click()
    await expect(log).to_contain_text("Nghe: guides")
    await expect(page.locator(".own .mark")).to_have_text("đã gửi")
    assert [each.choice for each in village.heard.values()] == ["", "guides"]


async def test_a_start_link_is_told_once_and_leaves_the_address(
    page: Page, village: Village
) -> None:
    await page.goto(f"http://127.0.0.1:{village.port}/chat?start=q_KS01")
    await expect(page).to_have_url(f"http://127.0.0.1:{village.port}/chat")
    await page.reload()
    await write(page, "sau")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: sau")
    assert [each.payload for each in village.heard.values()].count("q_KS01") == 1


async def test_words_written_while_the_service_is_away_arrive_once(
    page: Page, village: Village
) -> None:
    await expect(page.get_by_role("log")).to_contain_text("Nghe: /start")
    await village.stop()
    await expect(page.get_by_role("status")).to_contain_text("Mất kết nối")
    await write(page, "Viết khi mất mạng")
    await expect(page.locator(".own .mark")).to_have_text("đang gửi…")
    await village.start()
    await expect(page.locator(".own .mark")).to_have_text("đã gửi", timeout=30_000)
    await expect(page.get_by_role("status")).to_have_text("")
    assert village.texts.count("Viết khi mất mạng") == 1


async def test_a_reload_and_another_tab_show_the_conversation(page: Page) -> None:
    await write(page, "Đèn đường hỏng")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: Đèn đường hỏng")
    before = await page.locator(".message").all_inner_texts()
    await page.reload()
    await expect(page.locator(".message")).to_have_count(len(before))
    assert await page.locator(".message").all_inner_texts() == before
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(other.get_by_role("log")).to_contain_text("Nghe: Đèn đường hỏng")


async def test_what_is_said_stays_text_and_web_addresses_become_links(
    page: Page, village: Village
) -> None:
    said = "<img src=x onerror=alert(1)> xem https://dichvucong.gov.vn/a?b=1. javascript:alert(1)"
    await write(page, said)
    letter = page.locator(".letter .bubble").last
    await expect(letter).to_contain_text(said)
    assert await page.locator(".log img").count() == 0
    links = await page.locator(".log a").evaluate_all("all => all.map(a => a.href)")
    assert set(links) == {"https://dichvucong.gov.vn/a?b=1"}
    assert village.texts[-1] == said


async def test_another_store_makes_the_page_begin_anew(page: Page, village: Village) -> None:
    for words in ("một", "hai"):
        await write(page, words)
        await expect(page.get_by_role("log")).to_contain_text(f"Nghe: {words}")
    await village.stop()
    village.letters.clear()
    village.heard.clear()
    await village.start()
    await expect(page.locator(".message")).to_have_count(1, timeout=30_000)
    await expect(page.get_by_role("log")).to_contain_text("Nghe: /start")
    await write(page, "ba")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: ba")


async def test_the_chat_works_by_keyboard_alone(page: Page, village: Village) -> None:
    await expect(page.get_by_role("button", name="Gửi phản ánh")).to_be_visible()
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent") == "Gửi phản ánh":
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: feedback")
    await page.get_by_role("textbox").focus()
    await page.keyboard.type("dòng một")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("dòng hai")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Nghe: dòng một")
    assert village.texts[-1] == "dòng một\ndòng hai"


async def test_no_page_is_wider_than_its_window(page: Page, village: Village) -> None:
    for width in (180, 360, 1280):
        await page.set_viewport_size({"width": width, "height": 740})
        for path in ("/", "/chat", "/q/KS01", "/minh-bach", "/q/XX99"):
            await page.goto(f"http://127.0.0.1:{village.port}{path}")
            wide, seen = await page.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
            )
            assert wide <= seen, (path, width)
