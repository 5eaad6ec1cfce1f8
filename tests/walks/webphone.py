"""A person at a page of the web chat, in a real browser."""

import asyncio
import re

from playwright.async_api import Locator, Page

from messages.text import Text
from tests.walks.phones import PATIENCE, Ear, said

LETTERS = """root => [...root.querySelectorAll('.message.letter')].map(letter => {
  const copy = letter.cloneNode(true);
  for (const hidden of copy.querySelectorAll('.unseen, .choices')) hidden.remove();
  return copy.textContent;
})"""


class WebPhone:
    """A chat on a page; `root` is the page, or one of the phones on the practice page."""

    channel = "web"

    def __init__(self, page: Page, root: Locator | None = None) -> None:
        self.page = page
        self.root = root or page.locator("body")
        self.log = self.root.get_by_role("log")
        self.box = self.root.get_by_role("textbox")
        self._ear = Ear()

    async def says(self, text: str) -> None:
        await self.box.fill(text)
        await self.root.get_by_role("button", name="Gửi", exact=True).last.click()

    async def chooses(self, title: Text | str) -> None:
        await self.choice(title).click()

    def choice(self, title: Text | str) -> Locator:
        """Find the newest choice whose title begins so."""
        name = re.compile(f"^{re.escape(said(title))}")
        return self.log.get_by_role("button", name=name).last

    async def rates(self, points: int, title: Text) -> None:
        choices = self.log.locator(".message.letter").last.get_by_role("button")
        assert (await choices.all_inner_texts())[points - 1] == said(title)
        await choices.nth(points - 1).click()

    async def sends_photo(self, content: bytes, caption: str = "") -> None:
        assert not caption, "the page sends photos without words"
        photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content}
        await self.root.locator("input[type=file]").set_input_files(photo)  # type: ignore[arg-type] # a FilePayload

    async def sends_place(self, latitude: float, longitude: float) -> None:
        await self.page.context.set_geolocation({"latitude": latitude, "longitude": longitude})
        await self.root.locator(".writer").get_by_role("button", name="Vị trí").click()

    async def hears(self, *parts: Text | str) -> str:
        wanted = [said(part) for part in parts]
        texts: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    texts = await self.texts()
                    found = self._ear.find(texts, wanted)
                    if found is not None:
                        return found
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise AssertionError(f"waited for {wanted}, got {self._ear.unheard(texts)}") from error

    async def texts(self) -> list[str]:
        """Give all letters on the page, as they read."""
        found: list[str] = await self.log.evaluate(LETTERS)
        return found
