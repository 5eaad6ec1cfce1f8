"""A real browser: Chromium from the system, watched for errors and for whom it talks to."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    ViewportSize,
    async_playwright,
)

from tests.chromium import FLAGS, PROGRAM

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}


def program() -> str:
    """Find Chromium; without it the test is skipped, or fails where REQUIRE_BROWSER is 1."""
    if PROGRAM is not None:
        return PROGRAM
    reason = "no Chromium here: install it (apt install chromium) to walk in a real browser"
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Watched:
    """What the pages of a browser did that they should not.

    Attributes:
        origin: of the service, the only one that may be asked.
        wrong: errors on the console, uncaught exceptions, requests to somebody else.
        expected: parts of messages that a test brings about on purpose.
    """

    browser: Browser
    origin: str
    wrong: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    async def context(self, *, phone: bool = True, dark: bool = False) -> BrowserContext:
        """Open a browser of somebody's own: cookies, storage, a place on the map."""
        context = await self.browser.new_context(
            viewport=PHONE if phone else DESK,
            device_scale_factor=2,
            has_touch=phone,
            is_mobile=phone,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            color_scheme="dark" if dark else "light",
            permissions=["geolocation"],
            geolocation={"latitude": 20.72, "longitude": 106.66},
        )
        context.set_default_timeout(30_000)
        context.on("page", self._watch)
        return context

    def _watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", self._fault)
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._note(f"{message.type}: {message.text}")

    def _fault(self, error: Error) -> None:
        self._note(f"exception: {error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self._note(f"asked {request.url}")

    def _note(self, what: str) -> None:
        if not any(part in what for part in self.expected):
            self.wrong.append(what)


@asynccontextmanager
async def watched(origin: str) -> AsyncIterator[Watched]:
    """Start the browser; when the block ends nothing may have gone wrong."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        try:
            seen = Watched(browser, origin)
            yield seen
        finally:
            await browser.close()
    assert not seen.wrong, seen.wrong
