"""A service in front of a real browser, that answers every message with its own words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler
from playwright.async_api import Page

from bot.channels.channel import Letter
from bot.channels.web.channel import WebChannel, WebChat
from bot.channels.web.uploads import Uploads
from bot.pages.guarding import guard
from bot.pages.routes import pages
from bot.pages.site import Site
from messages.envelope import Address, Choice, Incoming, Kind, Outgoing
from tests.conftest import Hands

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
    seen: list[int] = field(default_factory=list)
    choices: tuple[Choice, ...] = MENU
    has_sockets: bool = True
    runner: web.AppRunner | None = None
    channel: WebChannel | None = None

    async def after(self, address: Address, letter_id: int) -> Sequence[Letter]:
        return [each for each in self.letters if each.to == address and each.id > letter_id]

    async def accept(self, incoming: Incoming) -> bool:
        if incoming.key in self.heard:
            return False
        if incoming.kind is Kind.SEEN:
            self.seen += map(int, incoming.about.split())
            return True
        self.heard[incoming.key] = incoming
        words = incoming.text or incoming.choice or "ảnh"
        await self.say(f"Nghe: {words}", incoming.sender)
        return True

    async def say(self, text: str, to: Address | None = None) -> None:
        """Write a letter, to whoever was last written to where nobody is named."""
        to = to or self.letters[-1].to
        letter = Letter(len(self.letters) + 1, to, Outgoing(text, self.choices))
        self.letters.append(letter)
        assert self.channel
        await self.channel.send(letter)

    async def start(self) -> None:
        self.channel = WebChannel(
            WebChat(
                identity=self.site.identity,
                origins=self.site.origins,
                uploads=self.uploads,
                replay=self,
                link=self.site.links.of,
                now=self.clock,
            )
        )

        @web.middleware
        async def network(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.endswith("/ws") and not self.has_sockets:
                return web.Response(status=400)
            return await handler(request)

        app = web.Application(middlewares=[network, guard(self.site)])
        app.add_routes([*pages(self.site), *self.channel.routes(self.accept)])
        self.runner = web.AppRunner(app, shutdown_timeout=1)
        await self.runner.setup()
        listening = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True)
        await listening.start()
        self.port = self.runner.addresses[0][1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        if self.runner and self.channel:
            await self.channel.close()
            await self.runner.cleanup()

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.heard.values()]


async def write(page: Page, words: str) -> None:
    """Type a message and send it."""
    await page.get_by_role("textbox").fill(words)
    await page.get_by_role("button", name="Gửi", exact=True).click()


async def until(page: Page, expression: str) -> None:
    """Wait until something is so on a page; Playwright's own way needs a page that allows eval."""
    for _look in range(200):
        if await page.evaluate(expression):
            return
        await page.wait_for_timeout(50)
    raise AssertionError(expression)
