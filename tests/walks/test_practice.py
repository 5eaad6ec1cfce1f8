"""The practice page in a real browser: three phones side by side, the whole job in one window."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from messages.text import _
from tests.running import running
from tests.walks import job
from tests.walks.browser import program, watched
from tests.walks.phones import said
from tests.walks.webphone import WebPhone

pytestmark = pytest.mark.timeout(300)


async def test_a_newcomer_sees_the_whole_job_on_one_page(folder: Path) -> None:
    program()
    async with running(folder, {}) as service, watched(service.url) as browser:
        page = await (await browser.context(phone=False)).new_page()
        await page.goto(f"{service.url}/demo")
        # Nobody can take it for the real thing.
        banner = page.get_by_text(said(_("Practice – the data is not real")))
        assert await banner.locator("visible=true").count() >= 1
        citizen, officer, staff = (
            WebPhone(page, one) for one in await page.locator(".phone").all()
        )
        await officer.hears(_("You are on duty now: new tickets come to you."))
        await citizen.hears("Ủy ban nhân dân xã Nghi Dương")
        await citizen.root.get_by_role("button", name="/gopy").click()
        code = job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
        await officer.hears(_("New ticket {code}", code=code))
        await officer.chooses(_("Claim {code}", code=code[-4:]))
        await officer.hears(_("You have taken ticket {code}.", code=code))
        await officer.says(f"/traloi {code} {job.ANSWER}")
        await citizen.hears(_("Answer to your feedback {code}:", code=code), job.ANSWER)
        await citizen.rates(5, _("Very satisfied"))
        await citizen.hears(_("Thank you for your rating."))
        await staff.root.get_by_role("button", name="/report", exact=True).click()
        await staff.hears(_("Ratings: {n}, {mean} of 5 on average", n=1, mean=5))
        # What was practised is in no figure of the commune.
        figures = await (await page.request.get(f"{service.url}/minh-bach.json")).json()
        assert figures["counts"]["feedback"]["received"] == 0


async def test_on_a_telephone_one_phone_is_shown_and_the_others_count(folder: Path) -> None:
    program()
    async with running(folder, {}) as service, watched(service.url) as browser:
        page = await (await browser.context()).new_page()
        await page.goto(f"{service.url}/demo")
        citizen, officer, _staff = [
            WebPhone(page, one) for one in await page.locator(".phone").all()
        ]
        await citizen.says(f"/gopy {job.ONE_LINE}")
        await citizen.hears(_("Thank you. We have received your feedback."))
        tab = page.get_by_role("button", name="Công chức trực")
        await tab.locator(".unread:not([hidden])").wait_for()
        assert not await officer.log.is_visible()
        await tab.click()
        assert await officer.log.is_visible()
        assert not await citizen.log.is_visible()
        await officer.hears(job.ONE_LINE)


NOT_FOR_PRACTICE = (
    {"BOT_HOST": "0.0.0.0"},
    {"BOT_TELEGRAM_TOKEN": "1:a", "BOT_TELEGRAM_API_URL": "http://127.0.0.1:9"},
    {"BOT_PRACTICE": "off"},
)


async def test_there_is_no_practice_where_it_could_be_taken_for_real(tmp_path: Path) -> None:
    async def look(number: int, settings: dict[str, str]) -> None:
        folder = tmp_path / str(number)
        async with running(folder, settings) as service, aiohttp.ClientSession() as http:
            for path in ("/demo", "/demo/ws?as=officer"):
                async with http.get(service.url + path) as answer:
                    assert answer.status == 404, settings

    await asyncio.gather(*(look(*one) for one in enumerate(NOT_FOR_PRACTICE)))
