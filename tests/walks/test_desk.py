"""The officers' desk in a real browser, against the whole process, up to the public figures."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from messages.text import _
from tests.running import running
from tests.walks import job
from tests.walks.administrator import Administrator
from tests.walks.browser import program, watched
from tests.walks.phones import said
from tests.walks.webphone import WebPhone

pytestmark = pytest.mark.timeout(300)

LINK = re.compile(r"http://\S+/desk/enter/[0-9A-Z]{26}")


async def seated(phone: WebPhone) -> Page:
    """Let an officer ask for the link in the chat and open the desk in the same browser."""
    await phone.says("/desk")
    found = LINK.search(await phone.hears("/desk/enter/"))
    assert found
    desk = await phone.page.context.new_page()
    await desk.goto(found[0])
    await desk.get_by_role("button", name=said(_("Open the desk"))).click()
    await expect(desk.get_by_role("heading", name=said(_("Officers' desk")))).to_be_visible()
    return desk


async def test_what_is_answered_at_the_desk_is_read_rated_and_counted(
    folder: Path, store_settings: dict[str, str]
) -> None:
    program()
    async with running(folder, store_settings) as service, watched(service.url) as browser:
        phones: list[WebPhone] = []
        for is_phone in (True, False):
            page = await (await browser.context(phone=is_phone)).new_page()
            await page.goto(f"{service.url}/chat")
            phones.append(WebPhone(page))
        citizen, officer = phones
        await job.come_on_duty(Administrator(folder, store_settings), officer)
        desk = await seated(officer)

        await citizen.says(f"/gopy {job.ONE_LINE}")
        code = job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
        await desk.reload()
        await desk.get_by_role("link", name=code).click()
        await expect(desk.locator(".conversation")).to_contain_text(job.ONE_LINE)
        await desk.get_by_role("button", name=said(_("Claim it"))).click()
        status = desk.get_by_role("status").first
        await expect(status).to_contain_text(said(_("You have taken ticket {code}.", code=code)))
        box = desk.get_by_role("textbox", name=said(_("Write about {code}", code=code)))
        await box.fill(job.ANSWER)
        await desk.get_by_role("button", name=said(_("Answer the citizen"))).click()
        answered = _(
            "Ticket {code} is answered. The answer is on its way to the citizen.", code=code
        )
        await expect(status).to_contain_text(said(answered))

        await citizen.hears(_("Answer to your feedback {code}:", code=code), f"\n{job.ANSWER}\n")
        await citizen.rates(5, _("Very satisfied"))
        await citizen.hears(_("Thank you for your rating."))

        await citizen.page.goto(f"{service.url}/minh-bach")
        for label in (
            "Phản ánh, góp ý đã nhận",
            "Phản ánh được trả lời đúng hạn",
            "Lượt chấm hài lòng",
            "Điểm hài lòng trung bình",
        ):
            # Counted, or it were 0; but what one person did is not told to everybody.
            row = citizen.page.get_by_role("row", name=label)
            await expect(row.get_by_role("cell").last).to_have_text("*")

        # Who leaves the desk is out, and is told so with the status of a shut door.
        browser.expected = ("status of 401",)
        await desk.get_by_role("button", name=said(_("Leave the desk"))).click()
        await desk.goto(f"{service.url}/desk/t/{code}")
        await expect(desk.get_by_role("heading")).to_have_text(
            said(_("The officers' desk is shut"))
        )
        await expect(desk.locator("body")).not_to_contain_text(job.ONE_LINE)
