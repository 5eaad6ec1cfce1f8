"""The web chat in a real browser: three people, each with a browser of their own."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from messages.text import _
from tests.running import ROOT, RunningService, free_port, running
from tests.walks import job
from tests.walks.administrator import Administrator
from tests.walks.browser import PHONE, Watched, program, watched
from tests.walks.phones import said
from tests.walks.webphone import WebPhone

pytestmark = pytest.mark.timeout(300)

PAGES = ("/", "/chat", "/demo", "/q/KS01", "/minh-bach", "/q/XX99")
PICTURE = ROOT / "docs" / "web-chat.png"


@dataclass
class Walk:
    """A running service with its pages, and a browser."""

    browser: Watched
    service: RunningService
    admin: Administrator

    async def phone(self) -> WebPhone:
        """Let somebody open the chat on a phone of their own."""
        page = await (await self.browser.context()).new_page()
        await page.goto(f"{self.service.url}/chat")
        return WebPhone(page)


@asynccontextmanager
async def walking(
    folder: Path, settings: dict[str, str], port: int | None = None
) -> AsyncIterator[Walk]:
    """Run the service without any platform's credentials, and start the browser."""
    program()
    async with (
        running(folder, settings, port=port) as service,
        watched(service.url) as browser,
    ):
        yield Walk(browser, service, Administrator(folder, settings))


async def test_a_message_becomes_an_answered_ticket_and_a_line_of_the_report(
    folder: Path, store_settings: dict[str, str]
) -> None:
    async with walking(folder, store_settings) as walk:
        citizen, officer, staff = [await walk.phone() for _person in range(3)]
        # A page that is opened for the first time is greeted by itself.
        await citizen.hears("Ủy ban nhân dân xã Nghi Dương", "/riengtu")
        code = await job.walk(job.Cast(citizen, officer, staff, walk.admin))
        await job.until_kept(folder)
        await officer.says(f"/phieu {code}")
        await officer.hears(code, job.STORY)
        shown = officer.log.locator("img").last
        await shown.scroll_into_view_if_needed()
        assert await shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
        if os.environ.get("SCREENSHOT") == "1":
            await _picture(await walk.phone(), officer)


async def _picture(citizen: WebPhone, officer: WebPhone) -> None:
    """Take the README's picture: what a citizen sees once they are answered."""
    await citizen.says("Tôi muốn phản ánh: đèn đường cạnh nhà văn hóa tắt ba đêm nay")
    await citizen.hears(_("Please look it over before sending:"))
    await citizen.chooses(_("Send"))
    code = job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
    thanks = "Cảm ơn bà đã báo cho xã."
    await officer.says(f"/traloi {code} Tổ điện đã thay bóng lúc 16 giờ. {thanks}")
    await citizen.hears(thanks)
    await citizen.chooses(_("Very satisfied"))
    await citizen.hears(_("Thank you for your rating."))
    await citizen.page.wait_for_timeout(1000)
    answer = citizen.log.locator(".message", has_text=thanks).last
    await answer.evaluate(
        "one => one.parentElement.scrollTo("
        "{ top: one.offsetTop - one.parentElement.offsetTop - 12, behavior: 'instant' })"
    )
    await asyncio.to_thread(PICTURE.parent.mkdir, exist_ok=True)
    await citizen.page.screenshot(path=PICTURE)


async def test_a_page_that_was_away_shows_what_it_missed(
    folder: Path, store_settings: dict[str, str]
) -> None:
    port = free_port()
    async with walking(folder, store_settings, port) as walk:
        walk.browser.expected = ("ERR_CONNECTION_REFUSED", "WebSocket connection to")
        citizen, officer = await walk.phone(), await walk.phone()
        await job.come_on_duty(walk.admin, officer)
        await citizen.says(f"/gopy {job.ONE_LINE}")
        code = job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
        await citizen.page.goto("about:blank")
        await officer.says(f"/traloi {code} {job.ANSWER}")
        await officer.hears(
            _("Ticket {code} is answered. The answer is on its way to the citizen.", code=code)
        )
        await citizen.page.goto(f"{walk.service.url}/chat")
        await citizen.hears(job.ANSWER)
        assert await walk.service.stop() == 0
        await citizen.says("Cảm ơn ạ")
        waiting = citizen.log.locator(".mark.sending")
        await waiting.wait_for()
        async with running(folder, store_settings, port=port):
            await waiting.wait_for(state="detached")
            await citizen.hears(_("You are welcome."))
            await citizen.chooses(_("Very satisfied"))
            await citizen.hears(_("Thank you for your rating."))
            texts = await citizen.texts()
            assert sum(job.ANSWER in text for text in texts) == 1
            await citizen.page.reload()
            await citizen.choice(_("No comment")).wait_for()
            assert await citizen.texts() == texts


async def test_everything_can_be_done_by_the_keyboard_alone(
    folder: Path, store_settings: dict[str, str]
) -> None:
    async with walking(folder, store_settings) as walk:
        citizen = await walk.phone()
        await citizen.hears("Ủy ban nhân dân xã Nghi Dương")
        keyboard = citizen.page.keyboard

        async def tab_to(words: str, key: str = "Tab") -> None:
            for _press in range(60):
                await keyboard.press(key)
                told = await citizen.page.evaluate(
                    "() => { const one = document.activeElement;"
                    " return one.matches(':focus-visible')"
                    " ? one.ariaLabel || one.labels?.[0]?.textContent || one.textContent : ''; }"
                )
                if str(told).strip().startswith(words):
                    return
            raise AssertionError(f"no way to {words!r} by {key}")

        await tab_to("Gửi phản ánh")
        await keyboard.press("Enter")
        await citizen.hears(_("What is it about? Please choose."))
        await tab_to("Giao thông")
        await keyboard.press("Space")
        await citizen.hears(_("Please tell in one message what happened and where."))
        await tab_to(said(_("Your message")))
        await keyboard.type(job.ONE_LINE)
        await keyboard.press("Enter")
        await citizen.hears(_("Do you have photos? Send them now, or choose Continue."))
        await tab_to("Tiếp tục", "Shift+Tab")
        await keyboard.press("Enter")
        await citizen.hears(_("Where is it? Send your location, or tell the place in words."))
        await tab_to("Bỏ qua")
        await keyboard.press("Enter")
        await citizen.hears(_("Please look it over before sending:"), job.ONE_LINE)
        await tab_to("Gửi")
        await keyboard.press("Enter")
        job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
        # The page follows the conversation by itself, however quickly the answer comes.
        await citizen.choice(_("Show my ticket")).wait_for()
        await citizen.page.wait_for_timeout(1000)
        box = await citizen.choice(_("Show my ticket")).bounding_box()
        assert box is not None
        assert 0 < box["y"] < PHONE["height"] - box["height"]
        assert not await citizen.root.locator(".newer").is_visible()
        # Only the conversation scrolls, however long it is.
        taller = "() => document.documentElement.scrollHeight > window.innerHeight"
        assert not await citizen.page.evaluate(taller)


async def test_no_page_is_wider_than_its_window_or_asks_anybody_else(
    folder: Path, store_settings: dict[str, str]
) -> None:
    async with walking(folder, store_settings) as walk:
        # The page of a guide that does not exist says so, with its status.
        walk.browser.expected = ("status of 404",)
        for phone in (True, False):
            page = await (await walk.browser.context(phone=phone, dark=not phone)).new_page()
            for path in PAGES:
                await page.goto(f"{walk.service.url}{path}")
                wider = "() => document.documentElement.scrollWidth > window.innerWidth"
                assert not await page.evaluate(wider), path
                assert await page.locator("h1").count() == 1, path
